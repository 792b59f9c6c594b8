"""`column IN (many ids)` with all ids in one parameter.

A parameter each, as SQLAlchemy's `in_` sends them, costs five hundred ids more than the statement itself.
"""

from typing import Any

from sqlalchemy import JSON, Boolean, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Ids(TypeDecorator[list[int]]):
    """A list of ids as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Integer) if dialect.name == "postgresql" else JSON())


class among(FunctionElement[bool]):  # noqa: N801  named as SQLAlchemy names what stands in a statement
    """Whether a column's id is one of those bound: `among(table.c.id, bindparam("ids", type_=Ids()))`."""

    type = Boolean()
    inherit_cache = True


@compiles(among)
def _by_json(element: among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, ids = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  compiled parts, no values


@compiles(among, "postgresql")
def _by_array(element: among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, ids = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"{column} = ANY({ids})"
