"""How a region writes the time of day, by CLDR."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global


@lru_cache(maxsize=1024)
def has_24_hours(locale: str | None) -> bool:
    """Whether the clock there goes to 24 ("en-GB", "de"). `locale`: BCP 47, of any origin; unknown ones: not."""
    for name in _names(locale or ""):
        try:
            pattern = Locale.parse(name).time_formats["short"].pattern
        except (UnknownLocaleError, ValueError):
            continue
        # UTS 35: H and k count to 24. Literals stand in quotes ("HH 'h' mm" in Quebec).
        return bool({"H", "k"} & set("".join(pattern.split("'")[::2])))
    return False


def _names(locale: str) -> list[str]:
    """CLDR's names to look under, the closest first: what was said, its region in any language, its language."""
    language, *more = locale.replace("-", "_").split("_")
    scripts = [tag.title() for tag in more[:2] if len(tag) == 4 and tag.isalpha()]
    regions = [tag.upper() for tag in more[:2] if len(tag) == 2 or (len(tag) == 3 and tag.isdigit())]
    # Of the regions whose people read English CLDR says nothing here.
    there = [str(get_global("likely_subtags").get(f"und_{region}", f"en_{region}")) for region in regions]
    language = language.lower()
    return ["_".join([language, *scripts, *regions]), "_".join([language, *regions]), *there, language]
