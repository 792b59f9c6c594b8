"""Sections that repeat a question for each member of a list, written out."""

from collections.abc import Mapping, Sequence

from portal.core.form_engine.definition import Form, FormField, Section

Lists = Mapping[str, Sequence[Mapping[str, str]]]


def expand(form: Form, lists: Lists) -> Form:
    """The form with every `each` section written out as plain fields.

    `lists` maps the list's name to its members: `{"objectives": [{"objective": "Tell …"}],
    "faculty": [{"key": "feeley", "name": "Derek Feeley"}]}`. A member's words replace `{word}` in
    label and help. A field's id becomes `<id>_<key>`, or `<id>_<number>` of a member without key.
    A section whose list is empty or missing is left out.
    """
    sections = tuple(
        section if section.each is None else _written_out(section, lists[section.each])
        for section in form.sections
        if section.each is None or lists.get(section.each)
    )
    return form.model_copy(update={"sections": sections})


def _written_out(section: Section, members: Sequence[Mapping[str, str]]) -> Section:
    field = section.field
    assert field is not None  # the definition's own rule
    fields = tuple(_for_member(field, member, number) for number, member in enumerate(members, start=1))
    return section.model_copy(update={"each": None, "field": None, "fields": fields})


def _for_member(field: FormField, member: Mapping[str, str], number: int) -> FormField:
    return field.model_copy(
        update={
            "id": f"{field.id}_{member.get('key', str(number))}".replace("-", "_"),
            "label": _filled(field.label, member),
            "help": _filled(field.help, member) if field.help else None,
        }
    )


def _filled(words: str, member: Mapping[str, str]) -> str:
    # Not str.format: a brace in a label is then just a brace.
    for key, value in member.items():
        words = words.replace("{" + key + "}", value)
    return words
