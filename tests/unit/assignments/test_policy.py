"""What a person may do with an item."""

import pytest

from portal.assignments.policy import (
    HANDED_IN,
    TICKED_BY_HAND,
    Tick,
    first_revision,
    is_stale,
    tick,
    why_not_by_hand,
)
from portal.assignments.uploads import clean_filename
from portal.core.form_engine.definition import UploadKind
from portal.courses.package.parts import AssignmentKind


@pytest.mark.parametrize(
    ("needed", "done", "count", "mark"),
    [
        pytest.param(None, True, None, Tick(True), id="ticked"),
        pytest.param(None, False, None, Tick(False), id="unticked"),
        pytest.param(None, None, None, Tick(False), id="nothing said"),
        pytest.param(5, None, 2, Tick(False, 2), id="two of five"),
        pytest.param(5, None, 5, Tick(True, 5), id="five of five"),
        pytest.param(5, None, 99, Tick(True, 5), id="more than all"),
        pytest.param(5, None, -3, Tick(False, 0), id="less than none"),
        pytest.param(5, True, None, Tick(True, 5), id="ticked as a whole"),
        pytest.param(5, False, None, Tick(False, 0), id="unticked as a whole"),
        pytest.param(5, True, 3, Tick(False, 3), id="the count speaks"),
    ],
)
def test_what_a_mark_means(needed, done, count, mark):
    assert tick(needed, done=done, count=count) == mark


@pytest.mark.parametrize("kind", AssignmentKind)
def test_only_what_the_learner_alone_can_say_is_ticked_by_hand(kind):
    assert (why_not_by_hand(kind) is None) == (kind in TICKED_BY_HAND)
    assert not TICKED_BY_HAND & HANDED_IN


@pytest.mark.parametrize(
    ("revision", "token", "stale"),
    [
        pytest.param(4, "here", False, id="knew the newest, and wrote it"),
        pytest.param(4, "there", False, id="knew the newest"),
        pytest.param(3, "here", False, id="wrote the newest itself"),
        pytest.param(3, "there", True, id="another page wrote meanwhile"),
        pytest.param(0, "there", True, id="was drawn before there was a draft"),
    ],
)
def test_when_a_page_is_stale(revision, token, stale):
    assert is_stale(revision=revision, token=token, draft_revision=4, draft_token="here") is stale


def test_a_draft_after_a_submission_counts_above_all_before_it():
    assert first_revision(1) > first_revision(0) + 100_000


@pytest.mark.parametrize(
    ("sent", "kind", "shown"),
    [
        ("map.png", UploadKind.PNG, "map.png"),
        ("C:\\Users\\me\\map.PNG", UploadKind.PNG, "map.PNG"),
        ("../../etc/passwd", UploadKind.TXT, "passwd.txt"),
        ("photo.jpeg", UploadKind.JPG, "photo.jpeg"),
        ("photo.png", UploadKind.JPG, "photo.png.jpg"),
        ("invoice\u202egnp.exe", UploadKind.PDF, "invoicegnp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", UploadKind.PDF, "aSet-Cookie: x.pdf"),
        ("", UploadKind.PDF, "file.pdf"),
        (".pdf", UploadKind.PDF, "pdf.pdf"),
        ("Nguye\u0302\u0303n.docx", UploadKind.DOCX, "Nguyễn.docx"),
        ("x" * 500 + ".odt", UploadKind.ODT, "x" * 120 + ".odt"),
    ],
)
def test_a_files_name_as_it_is_shown(sent, kind, shown):
    assert clean_filename(sent, kind) == shown
