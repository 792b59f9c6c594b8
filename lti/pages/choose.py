"""The page on which pages are chosen for an LMS course. The form that it sends: choose_form."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from lti.pages.choosable import Choosable, Order, Show, in_order
from lti.pages.choose_form import ChooseForm
from lti.protocol.deep_linking import Item, Settings
from portal.core.when import plural

MOST_POINTS = 1000.0
Mistakes = tuple[tuple[str, str], ...]  # (field id, sentence)


@dataclass(frozen=True)
class Row:
    """One page to choose. `key`: its destination; `id`: the same as ids may be."""

    key: str
    id: str
    title: str
    about: str
    dates: str
    chosen: bool
    takes_column: bool
    column: bool
    points: str
    mistake: str


@dataclass(frozen=True)
class Tab:
    """A part of the list."""

    value: str
    words: str
    number: int
    current: bool


@dataclass(frozen=True)
class Chosen:
    """What would be placed, in words."""

    number: int
    words: str
    button: str


@dataclass(frozen=True)
class ChoosePage:
    """The page. `target_words`: where links may open, where a person may say which: (value, words)."""

    code: str
    course_title: str
    platform_name: str
    tabs: tuple[Tab, ...]
    rows: tuple[Row, ...]
    total: int
    form: ChooseForm
    orders: tuple[tuple[str, str], ...]
    multiple: bool
    takes_columns: bool
    target_words: tuple[tuple[str, str], ...]
    draft: str  # the title or text that the LMS suggests
    chosen: Chosen
    mistakes: Mistakes
    sent: str  # how many links went to the LMS from this page already; empty: none


@dataclass(frozen=True)
class NothingToChoose:
    """Why nothing can be placed; the way back says so to the LMS too."""

    code: str
    title: str
    because: str


_TABS = (
    (Show.ALL, "All"),
    (Show.LESSONS, "Lessons"),
    (Show.WORK, "Work"),
    (Show.CALLS, "Calls"),
    (Show.MINE, "Home and record"),
    (Show.NOT_YET, "Not yet added"),
)
_ORDERS = ((Order.COURSE, "As in the course"), (Order.DUE, "By due date"), (Order.KIND, "By kind"))
_TARGETS = {"iframe": "In the page of the LMS", "window": "In a new tab"}


@dataclass(frozen=True)
class Choice:
    """The pages there are, what the platform accepts, and what was ticked of them.

    `placed`: destinations that the LMS course has; `sent`: how many of them this very request was answered with.
    """

    pages: tuple[Choosable, ...]
    settings: Settings
    form: ChooseForm
    placed: frozenset[str] = frozenset()
    sent: int = 0

    @property
    def ticked(self) -> tuple[Choosable, ...]:
        """The chosen pages, in the order they stand on the page."""
        by_key = {str(page.destination): page for page in self.pages}
        return tuple(by_key[key] for key in self.form.chosen if key in by_key)

    def has_column(self, page: Choosable) -> bool:
        """Whether the page gets a column: as ticked; where its row was not on the screen, as it is beforehand."""
        key = str(page.destination)
        if page.points is None or not self.settings.takes_columns:
            return False
        if key in self.form.points or key in self.form.columns:
            return key in self.form.columns
        wanted = self.settings.lineitems is True or self.settings.columns_expected
        return wanted and page.counts_by_itself

    def points_of(self, page: Choosable) -> float | None:
        """The points of its column; None where what was typed is no number in range."""
        typed = self.form.points.get(str(page.destination))
        if typed is None:
            return page.points
        try:
            points = float(typed)
        except ValueError:
            return None
        return points if isfinite(points) and 0 < points <= MOST_POINTS else None

    def mistakes(self) -> Mistakes:
        """What keeps this from being placed."""
        if not self.ticked and self.form.chosen:
            return (
                (
                    "list",
                    "What you ticked is not part of this course any more. Choose at least one page, or cancel.",
                ),
            )
        if not self.ticked:
            return (("list", "Choose at least one page, or cancel."),)
        if len(self.ticked) > 1 and not self.settings.multiple:
            return (("list", "Your LMS takes one page here. Choose one."),)
        return tuple(
            (f"p-{_id(page)}", f"{page.title}: give points above 0 and up to {MOST_POINTS:.0f}.")
            for page in self.ticked
            if self.has_column(page) and self.points_of(page) is None
        )

    @property
    def target(self) -> str | None:
        """Where the links open, as chosen of what is accepted."""
        accepted = self.settings.opens_in
        return self.form.opens_in if self.form.opens_in in accepted else next(iter(accepted), None)

    def items(self) -> list[Item]:
        """The links to place."""
        items = [
            page.item(
                points=self.points_of(page) if self.has_column(page) else None, with_dates=self.form.dates
            )
            for page in self.ticked
        ]
        if len(items) == 1 and self.form.keeps_words:
            return [items[0].named(self.settings.title, self.settings.text)]
        return items

    def summary(self) -> Chosen:
        """The line beside the button, and the button."""
        pages = self.ticked
        with_column = [page for page in pages if self.has_column(page)]
        points = sum(self.points_of(page) or 0 for page in with_column)
        words = [plural(len(with_column), "column"), f"{points:g} points"] if with_column else []
        words += ["added in this order"] if len(pages) > 1 else []
        button = f"Add {plural(len(pages), 'link')}" if pages and self.settings.multiple else "Add links"
        return Chosen(len(pages), ", ".join(words), button if self.settings.multiple else "Add this link")


def choose_page(
    choice: Choice, *, code: str, course_title: str, platform_name: str, mistakes: Mistakes = ()
) -> ChoosePage:
    """The page: rows that are searched for, and those that are ticked."""
    form, settings = choice.form, choice.settings
    wrong = dict(mistakes)
    listed = [page for page in in_order(choice.pages, form.order) if _is_listed(page, choice)]
    return ChoosePage(
        code=code,
        course_title=course_title,
        platform_name=platform_name,
        tabs=tuple(
            Tab(show.value, words, len(_of_tab(choice, show)), show is form.show) for show, words in _TABS
        ),
        rows=tuple(_row(page, choice, wrong) for page in listed),
        total=len(choice.pages),
        form=form,
        orders=tuple((order.value, words) for order, words in _ORDERS),
        multiple=settings.multiple,
        takes_columns=settings.takes_columns,
        target_words=tuple((one, _TARGETS[one]) for one in settings.opens_in)
        if len(settings.opens_in) > 1
        else (),
        draft=settings.title or ("text" if settings.text else ""),
        chosen=choice.summary(),
        mistakes=mistakes,
        sent=plural(choice.sent, "link") if choice.sent else "",
    )


def _is_listed(page: Choosable, choice: Choice) -> bool:
    form = choice.form
    if str(page.destination) in form.chosen:
        return True
    found = f"{page.title} {page.about}".casefold()
    return page in _of_tab(choice, form.show) and all(word in found for word in form.query.casefold().split())


def _of_tab(choice: Choice, show: Show) -> Sequence[Choosable]:
    if show is Show.NOT_YET:
        return [page for page in choice.pages if str(page.destination) not in choice.placed]
    return [page for page in choice.pages if show in (Show.ALL, page.show)]


def _row(page: Choosable, choice: Choice, wrong: dict[str, str]) -> Row:
    key, id_ = str(page.destination), _id(page)
    return Row(
        key=key,
        id=id_,
        title=page.title,
        about=page.about,
        dates=page.dates_words,
        chosen=key in choice.form.chosen,
        takes_column=page.points is not None,
        column=choice.has_column(page),
        points=choice.form.points.get(key, f"{page.points:g}" if page.points is not None else ""),
        mistake=f"Above 0, up to {MOST_POINTS:.0f}" if f"p-{id_}" in wrong else "",
    )


def _id(page: Choosable) -> str:
    return str(page.destination).replace(":", "-")
