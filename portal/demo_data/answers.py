"""Sample answers to any form: from its definition alone, with likely words for known fields."""

import random
from typing import Any

from portal.core.form_engine.definition import (
    ChoiceField,
    Column,
    DateField,
    Form,
    FormField,
    LongTextField,
    ScaleField,
    TableField,
    TextField,
)

_WORDS = {
    "problem": "Patients come back within thirty days, most with a plan of care nobody explained.",
    "people": "The nurses of two wards, the night porters, and six patients who told us what went wrong.",
    "values": "That nobody goes home afraid. That the person who sees a danger may say so.",
    "aim": "Falls on our three wards from 12 to 4 a month by June 30",
    "measure": "Falls per month from the incident system, counted by the ward's own team",
    "theory": "If we ask those who walk the ward at night, risks come up earlier: they see them first.",
    "organizing_sentence": "We organize the night staff of three wards to round together so that falls halve",
    "sentence": "We are organizing night staff and families to round together so that falls halve by June",
    "self": "In my first week a man fell beside me. Nobody had asked whether he could stand. I began to ask.",
    "us": "Each of us has such a night. We told them to each other, and then we were a team.",
    "now": "This winter the beds are full again. We know what works, and eleven of us have begun.",
    "ask": "Walk one round with us on Thursday night",
    "lived": "In the middle of the map now; in our first drawing they were missing.",
    "next": "I will sit down with the head porter, who knows everyone and was asked by nobody so far.",
    "well": "I let silence stand. In the second talk most came after it.",
    "different": "Ask earlier for a commitment, and write it down together.",
    "leaders": "The night porter who drew the plan: others follow him already.",
    "reflection": "Two more who lead rounds without me, and a fixed half hour to look at the numbers.",
    "tactics": "Joint rounds at ten and at four, a board by the lift, one story told at each handover.",
    "results": "Falls went from 12 to 5 a month; three families asked to join the rounds.",
    "what": "I will ask for commitments in the open. What may stand in the way is time at handover.",
    "best": "The one-to-one meetings, and that my coach answered each worksheet.",
    "better": "A shorter map, please. The table is long on a phone.",
}
_OTHER = (
    "We tried it on one ward first and wrote down what we learned.",
    "It changed how we begin our meetings: with a story, not with a list.",
    "More of us lead than in September, and I do less of it alone.",
)
_ROW = {
    "who": (
        "Night porters",
        "Ward sister",
        "Dr. M.",
        "Patients' council",
        "Chief nurse",
        "P. A.",
        "Family of 4B",
    ),
    "name": ("Head porter", "Ward sister", "Physiotherapist", "L. B."),
    "why": ("Knows everyone", "Others follow her", "Sees each patient walk"),
    "whom": ("L. B.", "Head porter", "M. S."),
    "learned": ("Wants nights to be safe; is tired of forms.", "Cares for dignity first."),
    "commitment": ("Walks two rounds with us", "Brings a colleague on Thursday"),
    "values": ("Safety", "Dignity", "Being asked"),
    "interests": ("Fewer forms", "A calm shift"),
    "assets": ("Time at night", "Trust of the families", "Knows the data"),
    "what": ("One round a week", "Speaks at handover", "Draws the board"),
}


def answers_to(form: Form, chance: random.Random) -> dict[str, Any]:
    """Answers to all that a person types or chooses; of alternatives the first group. No files."""
    taken = form.either[0] if form.either else None
    answers: dict[str, Any] = {}
    for field in form.all_fields():
        if field.group not in (None, taken) and form.either:
            continue
        value = _table(field, chance) if isinstance(field, TableField) else _value(field, chance)
        if value is not None:
            answers[field.id] = value
    return answers


def _table(field: TableField, chance: random.Random) -> list[dict[str, Any]]:
    rows = max(field.min_rows, 2)
    return [
        {column.id: value for column in field.columns if (value := _cell(column, chance, number)) is not None}
        for number in range(rows)
    ]


def _cell(column: Column, chance: random.Random, number: int) -> Any:
    likely = _ROW.get(column.id)
    if likely and isinstance(column, TextField | LongTextField):
        return likely[number % len(likely)]
    return _value(column, chance)


def _value(field: FormField | Column, chance: random.Random) -> Any:
    if isinstance(field, ScaleField):
        spread = field.highest - field.lowest
        return field.lowest + round(spread * min(chance.uniform(0.45, 1.1), 1.0))
    if isinstance(field, ChoiceField):
        return chance.choice(field.options[:2])
    if isinstance(field, DateField):
        return "2026-12-01"
    if isinstance(field, TextField):
        return _WORDS.get(field.id, chance.choice(_OTHER))[: field.max]
    if isinstance(field, LongTextField):
        return _WORDS.get(field.id, chance.choice(_OTHER))
    return None
