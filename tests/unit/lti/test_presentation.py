"""What a launch says of how we are shown: whatever it is, it is read or left aside, never refused."""

import pytest

from lti.protocol.presentation import Presentation, locale_of, presentation_of

LTI = "https://purl.imsglobal.org/spec/lti/claim/"


def saying(shown: object, **more: object) -> Presentation:
    return presentation_of({LTI + "launch_presentation": shown} | more)


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("es", "es"),
        ("en-US", "en-US"),
        ("es_mx", "es-MX"),  # Moodle's language packs
        ("ES-mx", "es-MX"),
        ("es_419", "es-419"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("en-GB-x-ukhe", "en-GB"),  # Canvas, of schools in Britain
        ("fr_FR.UTF-8", "fr-FR"),
        (" fr ", "fr"),
        ("fil", "fil"),
        ("xx", "xx"),
    ],
)
def test_a_locale_as_bcp_47_writes_it(said, locale):
    assert locale_of(said) == locale


@pytest.mark.parametrize(
    "said",
    [None, 5, True, [], ["es"], {}, "", " ", "$Launch.locale", "English", "e", "-", "es\n\nx" * 40, "ñu", "a" * 300],
)  # fmt: skip
def test_what_is_no_locale_is_not_said(said):
    assert locale_of(said) is None


def test_the_pages_locale_comes_before_the_persons():
    assert saying({"locale": "fr-CA"}, locale="en").locales == ("fr-CA", "en")
    assert saying({"locale": "$Launch.locale"}, locale="es").locales == ("es",)
    assert saying({}, locale="es").locales == ("es",)
    assert saying({"locale": "es"}, locale="es").locales == ("es",)


@pytest.mark.parametrize(
    ("target", "family", "is_framed"),
    [
        pytest.param("iframe", None, True, id="an iframe"),
        pytest.param("frame", None, True, id="a frame"),
        pytest.param("window", None, False, id="a window"),
        pytest.param("frame", "moodle", False, id="Moodle's existing window, which it calls a frame"),
        pytest.param("iframe", "moodle", True, id="Moodle's embedded one"),
        pytest.param("overlay", None, None, id="none of the three"),
        pytest.param(["iframe"], None, None, id="a list"),
        pytest.param(None, None, None, id="not said"),
    ],
)
def test_whether_a_launch_says_that_we_are_framed(target, family, is_framed):
    platform = {LTI + "tool_platform": {"product_family_code": family}}
    assert saying({"document_target": target}, **platform).is_framed is is_framed


@pytest.mark.parametrize("shown", [None, 5, "iframe", [], {}, {"locale": None, "width": "x"}])
def test_a_claim_of_any_shape_is_read(shown):
    assert saying(shown) == Presentation()
