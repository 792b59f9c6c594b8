"""What an item asks that takes nothing but files."""

from portal.assignments.queries import form_of
from portal.core.form_engine.drawing import draw
from portal.courses.package.parts import Assignment
from tests.builders.courses import first_content


def test_an_item_that_takes_files_is_a_form_with_one_upload():
    item = Assignment.model_validate(
        {"id": "plan", "kind": "upload", "required": True, "title": "Hand in your plan"}
        | {"accept": ["pdf", "odt"], "max_files": 2}
    )

    form = form_of(first_content(), item)
    (control,) = draw(form, {}).controls()

    assert form.title == "Hand in your plan"
    assert control.accept == ".pdf,.odt"
    assert control.many_files
    assert control.required
    assert control.hint == "PDF or OpenDocument (odt), up to 2 files of 25 MB each"


def test_a_worksheet_asks_its_form():
    content = first_content()
    assert form_of(content, content.assignment("asset-map").assignment).title == "Stakeholder and asset map"
