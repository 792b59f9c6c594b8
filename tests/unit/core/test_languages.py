"""The catalogues: every word of the pages at the door, in every language, as the code has it now."""

import re
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import nodes

from portal.core.error_pages import answer_for
from portal.core.errors import Conflict, NotFound
from portal.core.languages import ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[3]
CATALOGUES = ROOT / "portal" / "translations"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def catalogue_of(language: str) -> Catalog:
    written = (CATALOGUES / language / "LC_MESSAGES" / "messages.po").read_bytes()
    return read_po(BytesIO(written), locale=language)


def texts(message: str | Sequence[str] | None) -> tuple[str, ...]:
    """The forms of a message; most have one."""
    return (message,) if isinstance(message, str) else tuple(message or ())


@pytest.fixture(scope="module")
def said_by_the_code(tmp_path_factory) -> set[object]:
    """What tools/words.sh finds."""
    found = tmp_path_factory.mktemp("words") / "found.pot"
    command = (
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "pyproject.toml",
        "-k",
        "N_",
    )
    subprocess.run([*command, "-o", found, "."], cwd=ROOT, check=True)
    return {message.id for message in read_po(BytesIO(found.read_bytes())) if message.id}


def test_there_is_a_catalogue_for_each_language_and_no_other():
    assert sorted(path.name for path in CATALOGUES.iterdir()) == sorted(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_the_words_of_the_code_and_no_others(language, said_by_the_code):
    """Where this fails: `make words`, then translate what is empty."""
    catalogue = catalogue_of(language)

    assert {message.id for message in catalogue if message.id} == said_by_the_code
    assert len(said_by_the_code) > 90
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language):
    bare = [m.id for m in catalogue_of(language) if m.id and (m.fuzzy or not all(texts(m.string)))]

    assert bare == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"%\(\w+\)s", id="what is filled in"),
        pytest.param(r"</?\w+>", id="markup"),
        pytest.param(r"\.$", id="the full stop: sentences are joined and titles are not"),
    ],
)
def test_a_translation_keeps(language, pattern):
    changed = [
        message.id
        for message in catalogue_of(language)
        if message.id
        for text in texts(message.string)
        if sorted(re.findall(pattern, text)) != sorted(re.findall(pattern, texts(message.id)[-1]))
        and sorted(re.findall(pattern, text)) != sorted(re.findall(pattern, texts(message.id)[0]))
    ]

    assert changed == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language):
    """Where this fails: `make words`."""
    compiled = BytesIO()
    write_mo(compiled, catalogue_of(language))

    assert (CATALOGUES / language / "LC_MESSAGES" / "messages.mo").read_bytes() == compiled.getvalue()


# Which pages speak, and that they speak whole


def templates_at_the_door(app) -> dict[str, str]:
    found = {}
    for name in app.jinja_env.list_templates(extensions=["html"]):
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        if '{% extends "door.html" %}' in source:
            found[name] = source
    return found


def test_no_word_of_a_page_at_the_door_is_left_in_english(sqlite_world):
    environment, unmarked = sqlite_world.app.jinja_env, {}
    for name, source in templates_at_the_door(sqlite_world.app).items():
        plain = "".join(
            node.data for node in environment.parse(source).find_all(nodes.TemplateData) if node.data.strip()
        )
        # Attributes are for machines but for these; what is left between tags a person reads.
        said = re.findall(r'(?:title|alt|aria-label|placeholder)="([^"]+)"', plain)
        said += re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>?|^[^<]*>", " ", plain))
        if said:
            unmarked[name] = said

    assert len(templates_at_the_door(sqlite_world.app)) >= 8
    assert unmarked == {}


def test_only_pages_that_say_their_language_are_translated(sqlite_world):
    """A marked word in a page that says it is English would be read by a screen reader with the wrong voice."""
    environment = sqlite_world.app.jinja_env
    at_the_door = templates_at_the_door(sqlite_world.app)
    included = {
        name for source in at_the_door.values() for name in re.findall(r'{%-? include "([^"]+)"', source)
    }
    marked = {
        name
        for name in environment.list_templates(extensions=["html"])
        if re.search(r"\b_\(|{%-? trans\b", environment.loader.get_source(environment, name)[0])
    }

    assert marked - set(at_the_door) - included == {"door.html"}
    for name in sorted(included & marked):
        users = [
            page
            for page in environment.list_templates(extensions=["html"])
            if f'include "{name}"' in environment.loader.get_source(environment, page)[0]
        ]
        assert set(users) <= set(at_the_door), f"{name} is included by a page in English too"


def test_words_of_the_course_are_shown_as_they_are_signs_and_all(sqlite_world):
    app, words = sqlite_world.app, "Only 90 % of %(it)s counts."

    with app.test_request_context("/c/fall/", headers={"Accept-Language": "es"}):
        page = answer_for(Conflict(words)).get_data(as_text=True)

    assert words in page
    assert '<html lang="en"' in page


@pytest.mark.parametrize(
    ("title", "language"), [("Not found", "fr"), pytest.param("No such chapter", "en", id="not translated")]
)
def test_a_page_whose_title_nobody_translated_stays_in_english(sqlite_world, title, language):
    refusal = NotFound("There is no such page.")
    refusal.title = title

    with sqlite_world.app.test_request_context("/", headers={"Accept-Language": "fr"}):
        assert f'<html lang="{language}"' in answer_for(refusal).get_data(as_text=True)
