"""Small matters of English: numbers, plurals, lists, money."""

from collections.abc import Sequence

_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


def number_words(number: int, *, most: int = 12) -> str:
    """ "eight", "no"; figures above `most`, which is at most twenty."""
    return _NUMBERS[number] if 0 <= number <= most else str(number)


def listed(things: Sequence[str]) -> str:
    """ "physicians, pharmacists and nurses"."""
    return f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else "".join(things)


def lower_first(words: str) -> str:
    """As within a sentence: "Physicians" loses its capital, "CPPS recertification" keeps it."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def upper_first(words: str) -> str:
    """As at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def money_words(cents: int, currency: str) -> str:
    """ "$549", "$549.50", "549 EUR"."""
    whole, rest = divmod(cents, 100)
    amount = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:02}"
    return f"${amount}" if currency == "USD" else f"{amount} {currency}"
