"""Values that never change as keys of what is worked out from them once."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """A value known by its identity: as a key of a cache it costs nothing, however large it is.

    For what lives long and never changes (a course version, a schedule). Kept as a key it lives on, so no other
    object can come to have its identity.
    """

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it
