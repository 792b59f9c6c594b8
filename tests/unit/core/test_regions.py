"""Whether a region's clock goes to 24, for whatever an LMS may send as a locale."""

import pytest

from portal.core.regions import has_24_hours


@pytest.mark.parametrize("locale", ["en-GB", "de", "fr", "fr-CA", "es-ES", "pt-BR", "ja", "en_GB", "EN-gb"])
def test_it_goes_to_24_there(locale):
    assert has_24_hours(locale)


@pytest.mark.parametrize("locale", ["en-US", "en", "en-AU", "es-MX", "es-419", "zh-Hant-TW", "zh-TW", "ar"])
def test_it_goes_to_12_there(locale):
    assert not has_24_hours(locale)


@pytest.mark.parametrize(
    ("locale", "goes_to_24"),
    [
        pytest.param("xx-GB", True, id="an unknown language in a known region"),
        pytest.param("fr-US", False, id="a language that CLDR does not have in this region"),
        pytest.param("en-FR", True, id="the same, the other way"),
        pytest.param("de-ZZ", True, id="an unknown region: as the language"),
        pytest.param("en-GB-x-ukhe", True, id="with a school's own part"),
    ],
)
def test_the_region_decides_where_it_is_known(locale, goes_to_24):
    assert has_24_hours(locale) is goes_to_24


@pytest.mark.parametrize(
    "locale", [None, "", "xx", "-", "__", "$Launch.locale", "../../x", "a" * 300, "é", "1", "en-"]
)
def test_an_odd_locale_is_as_if_there_was_none(locale):
    assert has_24_hours(locale) is False
