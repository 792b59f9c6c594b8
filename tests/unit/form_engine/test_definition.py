"""What a course package may state as a form, and what it is told when it may not."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from portal.core.form_engine.definition import Form
from portal.core.form_engine.expand import expand

COURSE = Path(__file__).resolve().parents[3] / "courses" / "leadership-and-organizing"
FORMS = sorted([*COURSE.glob("worksheets/*.yaml"), *COURSE.glob("evaluation/*.yaml")])


A = {"id": "a", "label": "A"}


def form(fields, **more):
    return Form.model_validate({"title": "T", "sections": [{"title": "S", "fields": fields}], **more})


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_each_form_of_the_first_course_is_read_and_comes_back_from_json(path):
    read = Form.model_validate(YAML(typ="safe").load(path))
    assert Form.model_validate_json(read.model_dump_json()) == read
    assert Form.model_validate(read.model_dump(mode="json", by_alias=True)) == read


@pytest.mark.parametrize(
    ("fields", "more", "said"),
    [
        pytest.param([{"id": "a", "label": "A", "colour": "red"}], {}, "Extra inputs", id="an unknown key"),
        pytest.param([{"id": "a", "label": "A", "kind": "colour"}], {}, "colour", id="an unknown kind"),
        pytest.param([{"id": "A-b", "label": "A"}], {}, "pattern", id="an id that is none"),
        pytest.param([{"id": "action", "label": "A"}], {}, "needs for itself", id="an id the page needs"),
        pytest.param([{"id": "a", "label": "A"}] * 2, {}, "two fields", id="one id twice"),
        pytest.param([A | {"kind": "scale", "from": 5, "to": 1}], {}, "goes up", id="a scale down"),
        pytest.param([A | {"kind": "choice", "options": ["x", "x"]}], {}, "twice", id="options"),
        pytest.param([{"id": "a", "label": "A", "group": "w"}], {}, "does not list", id="a group of nobody"),
        pytest.param([A | {"pattern": "[0-9]+"}], {}, "example", id="a pattern without example"),
        pytest.param([A | {"pattern": "["}], {}, "regular", id="no pattern at all"),
        pytest.param([A], {"picture": "radar"}, "three sections", id="a radar of nothing"),
        pytest.param(
            [A | {"group": "v"}, {"id": "b", "label": "B", "group": "w", "required": True}],
            {"either": ["v", "w"]},
            "always be complete",
            id="an alternative that asks nothing",
        ),
        pytest.param(
            [{"id": "t", "label": "T", "kind": "table", "columns": [A], "min_rows": 9, "max_rows": 3}],
            {},
            "more than max_rows",
            id="more rows than can be",
        ),
    ],
)
def test_a_mistake_in_a_definition_is_named(fields, more, said):
    with pytest.raises(ValidationError) as caught:
        form(fields, **more)
    assert said in str(caught.value)


def test_a_section_for_each_of_a_list_is_written_out():
    question = {"id": "f", "kind": "scale", "from": 1, "to": 5, "label": "How well did {name} teach {this}?"}
    asked = Form.model_validate(
        {
            "title": "E",
            "sections": [
                {"title": "F", "each": "faculty", "field": question},
                {"title": "O", "each": "objectives", "field": {"id": "o", "label": "{objective}"}},
            ],
        }
    )

    written = expand(
        asked, {"faculty": [{"key": "mc-coy", "name": "Ann {x}"}, {"name": "Bo"}], "objectives": []}
    )

    assert [(field.id, field.label) for field in written.all_fields()] == [
        ("f_mc_coy", "How well did Ann {x} teach {this}?"),
        ("f_2", "How well did Bo teach {this}?"),
    ]
    assert [section.title for section in written.sections] == ["F"]
