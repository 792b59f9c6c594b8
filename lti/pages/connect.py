"""What the pages of LTI show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lti.models import Context
from lti.services.choices import Choices, CohortOffered
from portal.core.errors import PortalError
from portal.core.languages import _, day_words, ngettext, weekday_words
from portal.courses.dates import Schedule
from portal.courses.package.schema import CourseContent
from portal.courses.queries import content_of, latest_version
from portal.courses.services import YEARS

NEW = "new"
MOST_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class ConnectForm:
    """What the instructor chose. `cohort`: a slug, or `new`."""

    cohort: str = ""
    course: str = ""
    name: str = ""
    starts: str = ""

    @classmethod
    def parse(cls, said: Mapping[str, str]) -> "ConnectForm":
        """The form's fields, cut to what they may hold."""
        return cls(*(said.get(name, "").strip()[:most] for name, most in _FIELDS.items()))

    def starts_on(self) -> date | None:
        """The first day, where it is a date a course can start on."""
        try:
            found = date.fromisoformat(self.starts)
        except ValueError:
            return None
        return found if found.year in YEARS else None

    def mistakes(self) -> tuple[tuple[str, str], ...]:
        """(field, sentence) for each mistake; fields of a choice not taken are ignored."""
        if not self.cohort:
            return (("cohort", _("Choose what the links of your course open.")),)
        if self.cohort != NEW:
            return ()
        found = []
        if not self.course:
            found.append(("course", _("Choose a course.")))
        if not self.name:
            found.append(("name", _("Give the cohort a name, such as Spring 2027.")))
        elif len(self.name) > MOST_NAME_CHARACTERS:
            most = MOST_NAME_CHARACTERS
            found.append(("name", _("Give the cohort a name of at most %(most)s characters.", most=most)))
        if self.starts_on() is None:
            found.append(("starts", _("Give the first day as a date, such as 2027-01-21.")))
        return tuple(found)


_FIELDS = {"cohort": 64, "course": 64, "name": 500, "starts": 10}


@dataclass(frozen=True)
class Pick:
    """A cohort to choose."""

    slug: str
    title: str
    first_day: date
    first: str
    last_day: date
    last: str
    people: str
    chosen: bool


@dataclass(frozen=True)
class DateLine:
    """One date of the cohort to be."""

    name: str
    words: str


@dataclass(frozen=True)
class ConnectPage:
    """The page on which the first instructor says what an LMS course opens."""

    course_title: str
    platform_name: str
    picks: tuple[Pick, ...]
    courses: tuple[tuple[str, str], ...]  # slug, title
    form: ConnectForm
    opens_new: bool
    weekday: str  # on which the chosen course starts by its package
    zone: str
    dates: tuple[DateLine, ...]
    mistakes: tuple[tuple[str, str], ...] = field(default=())
    copied_from: str = ""  # in words
    asked_for: str = ""  # the cohort whose course team was asked already, and has not answered

    @property
    def nothing_offered(self) -> bool:
        """Whether there is nothing to choose."""
        return not self.picks and not self.courses

    def mistake(self, name: str) -> str:
        """What is wrong with a field; empty where nothing is."""
        return dict(self.mistakes).get(name, "")


@dataclass(frozen=True)
class AskedPage:
    """The chosen cohort has people: its course team has been asked. `goes_on`: out of a dialog of the LMS."""

    course_title: str
    cohort_name: str
    goes_on: str | None = None


def connect_page(
    session: Session,
    choices: Choices,
    platform_name: str,
    form: ConnectForm,
    now: datetime,
    mistakes: tuple[tuple[str, str], ...] = (),
) -> ConnectPage:
    """The page with what is offered, what was typed, and the dates that follow from it."""
    context: Context = choices.context
    chosen = form.cohort or (choices.cohorts[0].cohort.slug if choices.cohorts else NEW)
    courses = tuple((course.slug, course.title) for _, course in choices.courses)
    slug = form.course if form.course in dict(courses) else (courses[0][0] if courses else "")
    content = content_of(session, latest_version(session, slug).id) if slug else None
    starts = form.starts_on() or (_next_start(content, now) if content is not None else None)
    return ConnectPage(
        course_title=context.title or _("Your LMS course"),
        platform_name=platform_name,
        picks=tuple(_pick(session, one, chosen) for one in choices.cohorts),
        courses=courses,
        form=ConnectForm(chosen, slug, form.name, form.starts or (starts.isoformat() if starts else "")),
        opens_new=chosen == NEW,
        weekday=_usual_weekday(content),
        zone=content.time_zone if content is not None else "",
        dates=_dates(content, starts, now) if content is not None and starts is not None else (),
        mistakes=mistakes,
        copied_from=_original(choices.copied_from),
        asked_for=choices.asked_for or "",
    )


def _original(said: tuple[str, str | None] | None) -> str:
    if said is None:
        return ""
    title, cohort = said
    # The mark of who quotes is the language's own.
    return (
        _("“%(course)s”, which opens %(cohort)s", course=title, cohort=cohort)
        if cohort
        else _("“%(course)s”", course=title)
    )


def _pick(session: Session, one: CohortOffered, chosen: str) -> Pick:
    content = content_of(session, one.cohort.course_version_id)
    schedule = Schedule(content, one.cohort.starts_on, one.cohort.time_zone)
    last = schedule.day(schedule.access_ends_at())
    return Pick(
        slug=one.cohort.slug,
        title=f"{content.title}, {one.cohort.name}",
        first_day=one.cohort.starts_on,
        first=day_words(one.cohort.starts_on),
        last_day=last,
        last=day_words(last),
        people=_people(one),
        chosen=one.cohort.slug == chosen,
    )


def _people(one: CohortOffered) -> str:
    if not one.needs_a_yes:
        return _("nobody in it yet. Connects at once.")
    if one.is_opened_elsewhere:  # how many, and from where, is not this LMS's to know
        return _("open to another LMS already. Its course team is asked first.")
    people = ngettext("%(num)s person", "%(num)s people", one.people)
    others = ", ".join(_("“%(course)s”", course=title) for title in one.own_courses[:3])
    if others:
        people = _("%(people)s from %(courses)s", people=people, courses=others)
    return _("%(people)s. Its course team is asked first.", people=people)


def _dates(content: CourseContent, starts: date, now: datetime) -> tuple[DateLine, ...]:
    schedule = Schedule(content, starts, content.time_zone)
    number = content.lessons[0].number
    first, last = (day_words(day, weekday=True) for day in schedule.window(number))
    lines = [
        DateLine(_("Lesson %(number)s", number=number), _("%(first)s to %(last)s", first=first, last=last))
    ]
    moments = [(_("Access ends"), schedule.access_ends_at())]
    if content.calls:
        moments.insert(0, (_("First call"), schedule.call(content.calls[0].number).starts_at))
    if content.credit is not None:
        moments.append((_("CE claims until"), schedule.claim_deadline()))
    for name, at in moments:
        day, time = day_words(schedule.day(at), weekday=True), schedule.when(at, now).time
        lines.append(DateLine(name, _("%(day)s at %(time)s", day=day, time=time)))
    return tuple(lines)


def _next_start(content: CourseContent, now: datetime) -> date:
    """The next weekday of the package's own start, at least two weeks ahead."""
    earliest = now.date() + timedelta(days=14)
    if content.first_cohort is None:
        return earliest
    return earliest + timedelta(days=(content.first_cohort.starts.weekday() - earliest.weekday()) % 7)


def _usual_weekday(content: CourseContent | None) -> str:
    if content is None or content.first_cohort is None:
        return ""
    return weekday_words(content.first_cohort.starts.weekday())


def mistake_of(error: PortalError) -> tuple[tuple[str, str], ...]:
    """A refusal of the service, shown where the choice is made."""
    return (("cohort", _(error.message)),)
