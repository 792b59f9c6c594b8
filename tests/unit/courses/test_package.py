"""A course package: what is in the first one, and that every mistake in another is named with its line."""

# ruff: noqa: E501
# A table of mistakes reads best with one in a line.

import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.errors import NotFound
from portal.courses.package.check import Checked, check_package
from portal.courses.package.schema import CourseContent

FIRST = Path(__file__).resolve().parents[3] / "courses" / "leadership-and-organizing"


@pytest.fixture(scope="module")
def first() -> CourseContent:
    checked = check_package(FIRST)
    assert checked.content is not None, checked.problems
    return checked.content


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the first course, to be spoilt."""
    return Path(shutil.copytree(FIRST, tmp_path / "course"))


@pytest.fixture
def change(package: Path) -> Callable[[str, str, str], Checked]:
    """Replace a text in a file of the copy, and check it."""

    def apply(file: str, old: str, new: str) -> Checked:
        path = package / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return check_package(package)

    return apply


def said(checked: Checked) -> list[str]:
    return [str(problem) for problem in checked.errors]


# What the first course holds


def test_the_first_course_has_no_mistakes_and_says_what_is_not_final():
    checked = check_package(FIRST)
    assert said(checked) == []
    warnings = "\n".join(map(str, checked.problems))
    assert warnings.count("disclosure not yet given") == 3
    assert warnings.count("a sample statement") == 4
    assert "applications are due 210 days before the first cohort starts" in warnings
    assert "4 recordings are samples" in warnings


def test_the_first_course_is_whole(first):
    assert [lesson.number for lesson in first.lessons] == list(range(1, 10))
    assert len(first.counted_lessons) == 8
    assert [len(lesson.videos) for lesson in first.lessons] == [3, 3, 3, 2, 3, 2, 3, 2, 0]
    assert [call.lesson for call in first.calls] == [2, 3, 5, 7]
    assert len([item for item in first.assignments if item.kind == "worksheet"]) == 7
    assert [item.id for item in first.assignments if not item.required] == [
        "introduce", "share-sentence", "relaunch-agenda", "practise-appendix", "share-revised-sentence",
        "review", "missing-work",
    ]  # fmt: skip
    assert len(first.objectives) == 8
    assert [member.full_name for member in first.faculty] == [
        "Derek Feeley, DBA",
        "Kate Hilton, JD, MTS",
        "Jessica Perlo, MPH",
    ]
    assert [offering.maximum for offering in first.credit.offerings] == [Decimal(9)] * 4
    assert first.fees.regular.cents == 54900
    assert first.evaluation_form is not None
    assert len(list(first.evaluation_form.all_fields())) == 8 + 3 + 3 + 3 + 6


def test_films_have_their_length_and_what_they_say(first):
    for video in (*first.videos, *first.recordings):
        assert 40 <= video.length_seconds <= 60
        assert len(video.cues) == 10
        assert video.cues[-1].end <= video.length_seconds


def test_content_survives_being_stored(first):
    assert CourseContent.model_validate_json(first.model_dump_json()) == first
    assert CourseContent.model_validate(first.model_dump(mode="json")) == first


def test_things_are_found_by_their_names(first):
    lesson, item = first.assignment("asset-map")
    assert (lesson.number, item.form) == (4, "worksheets/asset-map")
    assert first.worksheet("worksheets/asset-map").title == "Stakeholder and asset map"
    assert first.video("call-3").video.title.startswith("Recording of call 3")
    assert first.carried["organizing_sentence"] == ("project-design", "organizing_sentence")
    for missing in (
        lambda: first.lesson(12),
        lambda: first.assignment("none"),
        lambda: first.video("call-9"),
        lambda: first.call(5),
        lambda: first.worksheet("../course"),
    ):
        with pytest.raises(NotFound):
            missing()


# Mistakes


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "course.yaml", "code: LOC", "cod: LOC", "course.yaml:5: unknown key `cod`; did you mean `code`?", id="unknown key"
        ),
        pytest.param("course.yaml", "code: LOC", "", "course.yaml:1: `code` is missing", id="missing key"),
        pytest.param("course.yaml", "code: LOC", "code: LOC\ncode: X", "course.yaml:6: `code` is given twice", id="doubled key"),
        pytest.param("course.yaml", "America/New_York", "America/Newyork", "course.yaml:9: `time_zone` must be a time zone", id="no such zone"),
        pytest.param("course.yaml", 'at: "12:00"', 'at: "25:00"', "course.yaml:85: `at` must be a time of day", id="no such time"),
        pytest.param("course.yaml", "starts: 2020-09-24", "starts: 2020-13-24", "is not a day we know", id="no such day"),
        pytest.param("course.yaml", "file: media/sample-call.mp4", "file: ../../etc/passwd", "must be a path inside the package", id="a path outside"),
        pytest.param("course.yaml", "file: media/sample-call.mp4", "file: media/none.mp4", "media/none.mp4 is not in the package", id="no such film"),
        pytest.param("course.yaml", "file: media/sample-call.mp4", "file: course.yaml", "is not a kind of file taken here (mp4)", id="not a film"),
        pytest.param("course.yaml", "lesson: 2", "lesson: 3", "course.yaml:85: lesson 2 announces call 1, not 3", id="call and lesson disagree"),
        pytest.param("course.yaml", "day: 28", "day: 7", "comes before the one listed above it", id="calls out of order"),
        pytest.param("course.yaml", "number: 2", "number: 1", "“1” is already used in course.yaml, line 85", id="two calls of a number"),
        pytest.param("course.yaml", "  - 09-wrap-up", "  - 10-none", "lessons/10-none.md:1: there is no such file", id="no such lesson"),
        pytest.param("course.yaml", "form: post-course", "form: other", "the form is not the one that `evaluation` names", id="another form"),
        pytest.param("course.yaml", "maximum: 9, step: 0.25, details: []", "maximum: 9.1, step: 0.25, details: []", "not a whole number of steps", id="steps"),
        pytest.param("course.yaml", "faculty: hilton", "faculty: nobody", "“nobody” is not one of the faculty", id="no such signatory"),
        pytest.param("course.yaml", "watched_share: 0.9", "watched_share: 1.9", "watched_share", id="more than the whole film"),
        pytest.param("course.yaml", "cents: 54900", "cents: 549.5", "`cents` must be a whole number", id="half a cent"),
        pytest.param("course.yaml", "  - {kind: videos,", "  - {kind: films,", "kind must be one of", id="no such rule"),
        pytest.param("lessons/01-orientation.md", "faculty: [perlo]", "faculty: [perlow]", "01-orientation.md:6: “perlow” is not one of the faculty", id="no such faculty"),
        pytest.param("lessons/01-orientation.md", "kind: task", "kind: tusk", "01-orientation.md:17: `kind` must be", id="no such kind"),
        pytest.param("lessons/01-orientation.md", "id: profile", "id: watch-1", "01-orientation.md:18: “watch-1” is already used", id="two items of an id"),
        pytest.param("lessons/01-orientation.md", "id: l1-how", "id: call-1", "ids that begin with call- are kept for recordings", id="a recording's id"),
        pytest.param("lessons/01-orientation.md", "to_day: 6", "to_day: -1", "01-orientation.md:5:", id="a window before the start"),
        pytest.param("lessons/02-organizing.md", "from_day: 7, to_day: 13", "from_day: 7, to_day: 5", "to_day lies before from_day", id="a window backwards"),
        pytest.param("lessons/02-organizing.md", "due_day: 13, title", "due_day: 5, title", "is due before its lesson opens", id="due too early"),
        pytest.param("lessons/02-organizing.md", "due_day: 13, title", "due_day: 113, title", "is due after access ends", id="due too late"),
        pytest.param("lessons/02-organizing.md", "call: 1", "call: 9", "course.yaml has no call 9", id="no such call"),
        pytest.param("lessons/02-organizing.md", "form: worksheets/project-design", "form: worksheets/none", "02-organizing.md:21: worksheets/none.yaml is not in the package", id="no such form"),
        pytest.param("lessons/02-organizing.md", ", form: worksheets/project-design", "", "a worksheet names its `form`", id="no form"),
        pytest.param("lessons/02-organizing.md", "number: 2", "number: 12", "is listed after lesson 12", id="lessons out of order"),
        pytest.param("lessons/06-leadership-teams.md", "file: downloads/team", "file: /etc/team", "must be a path inside the package", id="an absolute path"),
        pytest.param("lessons/08-collective-action.md", "count: 5", "count: five", "`count` must be a whole number", id="a count in words"),
        pytest.param("lessons/09-wrap-up.md", "---\nnumber", "number", "09-wrap-up.md:1: the file begins with its facts", id="no facts"),
        pytest.param("worksheets/storyboard.yaml", "from: organizing_sentence", "from: nothing", "which no earlier worksheet asks for", id="nothing to carry"),
        pytest.param("worksheets/asset-map.yaml", "kind: table", "kind: tabel", "worksheets/asset-map.yaml:", id="no such field"),
        pytest.param("worksheets/asset-map.yaml", "from: 1, to: 5", "lowest: 1, to: 5", "unknown key `lowest`", id="our name for a key"),
        pytest.param("evaluation/post-course.yaml", "kind: long_text, label: \"If not, what did you notice?\", words: 150", "kind: upload, label: x", "an evaluation is confidential", id="an upload"),
        pytest.param("media/sample-a.en.vtt", "WEBVTT", "WEBVT", "media/sample-a.en.vtt:1: not WebVTT", id="not captions"),
        pytest.param("media/sample-a.en.vtt", "00:00.600 -->", "00:09.600 -->", "media/sample-a.en.vtt:3: not WebVTT: a caption ends before it begins", id="a caption backwards"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_line(change, file, old, new, expected):
    checked = change(file, old, new)
    assert checked.content is None
    assert any(expected in line for line in said(checked)), said(checked)


def test_all_mistakes_are_told_at_once(package, change):
    change("course.yaml", "code: LOC", "cod: LOC")
    change("lessons/03-public-narrative.md", "number: 3", "number: three")
    change("worksheets/one-to-ones.yaml", "min_rows: 2", "min_rows: 20")
    files = {problem.file for problem in check_package(package).errors}
    assert {"course.yaml", "lessons/03-public-narrative.md"} <= files


def test_mistakes_of_course_yaml_hide_none_of_the_lessons_worksheets_and_media(package, change):
    (package / "media" / "sample-a.mp4").unlink()
    change("worksheets/project-design.yaml", "max: 240", "max: nope")
    mistakes = "\n".join(said(change("course.yaml", "minutes: 60", "minutes: -5")))
    for part in (
        "course.yaml:",
        "media/sample-a.mp4 is not in the package",
        "worksheets/project-design.yaml:",
    ):
        assert part in mistakes


def test_an_author_cannot_state_what_loading_finds_out(change):
    checked = change("lessons/01-orientation.md", "id: l1-how,", "id: l1-how, length_seconds: 1,")
    assert any("`length_seconds` is not a key of the package" in line for line in said(checked))


def test_a_film_that_is_cut_off_is_named(package):
    film = package / "media" / "sample-a.mp4"
    film.write_bytes(film.read_bytes()[:3000])
    assert "media/sample-a.mp4:1: the file is not an MP4 video that can be read to its end" in said(
        check_package(package)
    )


def test_a_file_that_nothing_names_is_warned_of(package):
    (package / "downloads" / "old.md").write_text("left over")
    checked = check_package(package)
    assert checked.content is not None
    assert "downloads/old.md:1: warning: nothing in the package names this file" in map(str, checked.problems)


# Hostile packages


def test_a_link_that_leads_out_of_the_package_is_not_followed(package, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    download = package / "downloads" / "team-relaunch-agenda.md"
    download.unlink()
    download.symlink_to(secret)
    assert any(
        "team-relaunch-agenda.md is not in the package" in line for line in said(check_package(package))
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: &a [x, x, x, x, x, x, x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)), id="a bomb of aliases"),
        pytest.param("a: &a [*a]", id="an alias of itself"),
        pytest.param("a: " + "[" * 20_000, id="deep"),
        pytest.param("a: " + "{b: " * 200 + "1" + "}" * 200, id="deep and closed"),
        pytest.param("!!python/object/apply:os.system ['true']", id="a tag that acts"),
        pytest.param("slug: !!binary aGk=", id="a binary"),
        pytest.param("<<: {slug: x}", id="merge"),
        pytest.param("? [a]\n: b", id="a list for a key"),
        pytest.param('slug: "\\ud800"', id="half a character"),
        pytest.param('slug: "\\0"', id="nothing"),
        pytest.param("watched_share: .nan", id="no number"),
        pytest.param("format: 1" + "0" * 5000, id="a number too long"),
        pytest.param("%YAML 1.1\n---\nformat: 12:30:45", id="sixty to the hour"),
        pytest.param("format: 0x1F", id="hexadecimal"),
        pytest.param("a: 1\n---\nb: 2", id="two documents"),
        pytest.param("- a\n- b", id="a list"),
        pytest.param("just words", id="words"),
        pytest.param("", id="empty"),
        pytest.param("x" * 600_000, id="large"),
        pytest.param("lessons: [1, [2], ../../etc/passwd, null]", id="lessons of every kind"),
    ],
)  # fmt: skip
def test_hostile_yaml_is_a_problem_and_nothing_more(package, text):
    (package / "course.yaml").write_text(text)
    checked = check_package(package)
    assert checked.content is None
    assert said(checked)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\x00" * 50, b"slug: \xe9"])
def test_what_is_no_text_is_a_problem(package, raw):
    (package / "course.yaml").write_bytes(raw)
    assert check_package(package).content is None


def test_a_file_in_place_of_a_folder_and_a_folder_in_place_of_a_file(package, tmp_path):
    (package / "course.yaml").unlink()
    (package / "course.yaml").mkdir()
    assert "course.yaml:1: there is no such file in the package" in said(check_package(package))
    assert check_package(tmp_path / "nothing").content is None


def test_a_pipe_is_not_waited_for(package):
    (package / "lessons" / "01-orientation.md").unlink()
    os.mkfifo(package / "lessons" / "01-orientation.md")
    assert any("01-orientation.md:1: there is no such file" in line for line in said(check_package(package)))


FILES = sorted(path.relative_to(FIRST).as_posix() for path in FIRST.rglob("*") if path.is_file())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(FILES), at=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_damage_anywhere_never_raises(package, file, at, cut, put):
    path = package / file
    whole = path.read_bytes()
    place = int(at * len(whole))
    try:
        path.write_bytes(whole[:place] + put + whole[place + cut :])
        check_package(package)
    finally:
        path.write_bytes(whole)
