"""From what is posted to what is kept, and what keeps it from being handed in."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as everything
from hypothesis import strategies as some
from werkzeug.datastructures import MultiDict

from portal.core.errors import Invalid
from portal.core.form_engine.checks import check, given
from portal.core.form_engine.definition import Form
from portal.core.form_engine.drawing import draw
from portal.core.form_engine.parsing import parse, with_file, with_row, without_file, without_row
from portal.core.form_engine.radar import radar
from portal.core.form_engine.reading import read

FIELDS: list[dict[str, Any]] = [
    {"id": "name", "label": "Name", "required": True, "max": 5},
    {"id": "story", "kind": "long_text", "label": "Story", "words": 3},
    {"id": "rate", "kind": "scale", "from": -2, "to": 2, "label": "Rate", "required": True},
    {"id": "pick", "kind": "choice", "options": ["yes", "not sure"], "label": "Pick"},
    {"id": "day", "kind": "date", "label": "Day"},
    {"id": "code", "label": "Code", "pattern": "[A-Z]{3}", "example": "ABC"},
    {
        "id": "people",
        "kind": "table",
        "label": "People",
        "min_rows": 1,
        "max_rows": 3,
        "columns": [
            {"id": "who", "label": "Who", "required": True},
            {"id": "power", "label": "Power", "kind": "scale", "from": 1, "to": 5},
        ],
    },
    {"id": "map", "kind": "upload", "label": "Map", "accept": ["png"], "text_alternative": "required"},
]


def form(fields=FIELDS, **more):
    return Form.model_validate({"title": "T", "sections": [{"title": "S", "fields": fields}], **more})


GOOD = {"name": "Ana", "rate": 0, "people": [{"who": "B", "power": 5}]}


def beside(answers, asked=None):
    return {mistake.control: mistake.beside or mistake.message for mistake in check(asked or form(), answers)}


def test_what_is_posted_becomes_typed_answers():
    posted = MultiDict(
        [
            ("name", " Ana\u0308 "),
            ("story", " a\r\nb \x00"),
            ("rate", "-2"),
            ("pick", "yes"),
            ("day", "2020-11-18"),
            ("people-7-who", "B"),
            ("people-3-power", "5"),
            ("people-3-who", ""),
            ("map-alternative", "A star"),
            ("nobody", "asked"),
            ("people-x-who", "?"),
        ]
    )

    answers = parse(form(), posted, earlier={"map": {"files": [4], "alternative": "old"}, "gone": 1})

    assert answers == {
        "name": "Anä",
        "story": " a\nb ",
        "rate": -2,
        "pick": "yes",
        "day": "2020-11-18",
        "people": [{"power": 5}, {"who": "B"}],
        "map": {"files": [4], "alternative": "A star"},
    }


def test_a_post_without_any_of_its_fields_leaves_the_draft_as_it_was():
    assert parse(form(), MultiDict({"action": "submit"}), earlier=GOOD) == GOOD


def test_good_answers_have_no_mistakes():
    assert check(form(), GOOD) == []


@pytest.mark.parametrize(
    ("changed", "control", "said"),
    [
        ({"name": ""}, "name", "Write an answer"),
        ({"name": "Aurelia"}, "name", "Write at most 5 characters instead of 7"),
        ({"rate": None}, "rate", "Choose a number from -2 to 2"),
        ({"rate": 3}, "rate", "Choose a number from -2 to 2"),
        ({"rate": "two"}, "rate", "Choose a number from -2 to 2"),
        ({"pick": "maybe"}, "pick", "Choose one of the answers"),
        ({"day": "next week"}, "day", "Write a day like 2020-11-18"),
        ({"day": "2020-02-30"}, "day", "Write a day like 2020-11-18"),
        ({"day": "2020-W47-3"}, "day", "Write a day like 2020-11-18"),
        ({"code": "abc"}, "code", "Write it like this, ABC,"),
        ({"people": []}, "people-1-who", "At least one row; none is filled in yet"),
        ({"people": [{}, {"power": 3}]}, "people-2-who", "Write an answer"),
        ({"people": [{"who": "x", "power": 6}]}, "people-1-power", "Choose a number from 1 to 5"),
        ({"people": [{"who": "x"}] * 4}, "people-1-who", "At most 3 rows; you have 4"),
        (
            {"map": {"files": [1], "alternative": " "}},
            "map-alternative",
            "Say in words what the picture shows",
        ),
    ],
)
def test_each_mistake_is_said_at_its_control(changed, control, said):
    assert beside(GOOD | changed) == {control: said}


def test_words_are_guidance_and_refuse_nothing():
    assert beside(GOOD | {"story": "one two three four five " * 100}) == {}


EITHER = [
    {"id": "self", "kind": "long_text", "label": "Self", "required": True, "group": "write"},
    {"id": "rate", "kind": "scale", "from": 1, "to": 5, "label": "Rate", "required": True, "group": "write"},
    {"id": "doc", "kind": "upload", "label": "Doc", "required": True, "group": "document"},
    {"id": "note", "label": "Note"},
]
DOCUMENT = {"doc": {"files": [1], "alternative": ""}}


@pytest.mark.parametrize(
    ("answers", "controls"),
    [
        pytest.param({}, ["self"], id="nothing: one sentence names both ways"),
        pytest.param({"self": "x"}, ["rate"], id="one begun: what it still needs"),
        pytest.param({"self": "x", "rate": 9}, ["rate"], id="one begun with a mistake"),
        pytest.param({"self": "x", "rate": 3}, [], id="one complete"),
        pytest.param(DOCUMENT, [], id="the other complete"),
        pytest.param(DOCUMENT | {"self": "x", "rate": 9}, [], id="a mistake in the one not taken"),
        pytest.param(DOCUMENT | {"self": "x", "rate": 3}, [], id="both"),
        pytest.param(DOCUMENT | {"note": "n" * 600}, ["note"], id="a field of neither is always looked at"),
    ],
)
def test_of_alternatives_one_is_enough(answers, controls):
    asked = form(EITHER, either=["write", "document"])
    assert [mistake.control for mistake in check(asked, answers)] == controls


def test_what_does_not_fit_in_a_group_not_taken_is_left_out_of_what_is_handed_in():
    asked = form(EITHER, either=["write", "document"])
    assert given(asked, DOCUMENT | {"self": "x", "rate": 9}) == DOCUMENT | {"self": "x"}


def test_empty_rows_are_not_handed_in_and_carried_answers_are():
    asked = form([*FIELDS, {"id": "then", "kind": "carried", "from": "sentence", "label": "Then"}])
    kept = given(
        asked,
        GOOD | {"people": [{}, {"who": "B"}, {"who": "  "}], "name": ""},
        carried={"sentence": "We are"},
    )
    assert kept == {"rate": 0, "people": [{"who": "B"}], "then": "We are"}


def test_a_text_longer_than_any_field_takes_is_kept_whole_and_refused_in_a_sentence():
    typed = "word " * 30_000

    answers = parse(form(), MultiDict({"story": typed}), earlier={})

    assert answers["story"] == typed
    assert beside(GOOD | answers) == {"story": "Write at most 20,000 characters instead of 150,000"}


def test_more_rows_than_a_table_takes_are_kept_and_refused_in_a_sentence():
    posted = MultiDict({f"people-{number}-who": "B" for number in range(1, 151)})

    answers = parse(form(), posted, earlier={})

    assert len(answers["people"]) == 150
    assert len(with_row(form(), answers, "people")["people"]) == 150
    assert beside(GOOD | answers) == {"people-1-who": "At most 3 rows; you have 150"}


def test_a_table_without_end_is_refused_and_nothing_is_changed():
    posted = MultiDict({f"people-{number}-who": "B" for number in range(1, 1202)})

    with pytest.raises(Invalid, match="“People” came with 1201 rows"):
        parse(form(), posted, earlier={})


def test_rows_and_files_are_added_and_taken_away():
    asked = form()
    assert with_row(asked, {}, "people") == {"people": [{}, {}]}
    assert with_row(asked, {"people": [{}, {}, {}]}, "people") == {"people": [{}, {}, {}]}
    assert with_row(asked, {}, "name") == {}
    assert without_row(asked, {"people": [{"who": "a"}, {"who": "b"}]}, "people", 1) == {
        "people": [{"who": "b"}]
    }
    assert without_row(asked, {"people": [{"who": "a"}]}, "people", 9) == {"people": [{"who": "a"}]}
    assert with_file(asked, {}, "map", 3) == {"map": {"files": [3], "alternative": ""}}
    assert without_file(asked, {"map": {"files": [3, 4], "alternative": ""}}, "map", 3) == {
        "map": {"files": [4], "alternative": ""}
    }
    assert without_file(asked, {"map": {"files": [3], "alternative": ""}}, "map", 3) == {}
    assert with_file(asked, {}, "name", 3) == {}


# The same examples each time, however busy the machine.
calmly = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
IDS = [field["id"] for field in FIELDS]


@calmly
@everything(some.dictionaries(some.sampled_from([*IDS, "gone"]), JSON))
def test_answers_of_another_form_are_drawn_checked_and_read_without_falling_over(answers):
    for mistake in check(form(), answers):
        assert mistake.message
    assert draw(form(), answers, check(form(), answers)).sections
    read(form(), answers)
    given(form(), answers)


@calmly
@everything(
    some.lists(
        some.tuples(
            some.sampled_from(
                [*IDS, "people-1-who", "people-2-power", "people-999-who", "map-alternative", "", "[]"]
            ),
            some.text(some.characters(), max_size=30),
        )
    )
)
def test_whatever_is_posted_is_parsed_and_can_be_stored(pairs):
    answers = parse(form(), MultiDict(pairs), earlier={})
    stored = repr(answers).encode("utf-8")  # no lone surrogate
    assert b"\\x00" not in stored
    check(form(), answers)


def scale(id_):
    return {"id": id_, "kind": "scale", "from": 1, "to": 5, "label": "L"}


RADAR = {
    "title": "R",
    "picture": "radar",
    "sections": [{"title": name, "fields": [scale(f"{name}1"), scale(f"{name}2")]} for name in "abc"],
}


def test_the_radar_has_a_corner_for_each_section_and_no_shape_before_all_have_an_answer():
    asked = Form.model_validate(RADAR)
    half = radar(asked, {"a1": 3, "a2": 4, "b1": "seven"})
    whole = radar(asked, {"a1": 5, "b1": 1, "c1": 3})

    assert half is not None
    assert whole is not None
    assert half.sentence == "Averages, 1 to 5: a 3.5, b no answer yet, c no answer yet"
    assert half.shape == ""
    assert whole.shape.startswith("M210 45 210 140")  # the rim for 5, the centre for 1


def test_a_control_names_what_describes_it_and_a_browser_holds_back_only_what_is_needed():
    drawn = draw(form(), {"map": {"files": [9], "alternative": ""}}, check(form(), {}))
    by_name = {control.name: control for control in drawn.controls()}

    assert by_name["name"].described == "f-name-e"
    assert by_name["name"].required
    assert by_name["story"].described == "f-story-n"
    assert by_name["story"].optional
    cells = by_name["people"].rows[0].cells
    assert [(cell.name, cell.required) for cell in cells] == [
        ("people-1-who", True),
        ("people-1-power", False),
    ]
    assert by_name["map"].accept == ".png"
    assert by_name["map"].files == ()  # one that is not there any more
