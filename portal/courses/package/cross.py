"""What must agree between the files of a package, and what an author should know before loading it."""

from collections.abc import Hashable, Iterable
from decimal import Decimal

from portal.core.form_engine.definition import CarriedField, Form, UploadField
from portal.courses.package.parts import AssignmentKind, EvaluationRule, Lesson, Moment
from portal.courses.package.read import Problem, Source, Where
from portal.courses.package.schema import RECORDING, CourseFile

Read = list[tuple[Source, Lesson]]


class CrossCheck:
    """One run over the parts that could be read; what it finds is noted in their sources."""

    def __init__(
        self, course: CourseFile, source: Source, lessons: Read, forms: dict[str, tuple[Source, Form]]
    ) -> None:
        self.course = course
        self.source = source
        self.lessons = lessons
        self.forms = forms
        self.faculty = {member.key for member in course.faculty}

    def run(self) -> None:
        """Note every disagreement and warning."""
        self._ids()
        self._order()
        for source, lesson in self.lessons:
            self._lesson(source, lesson)
        self._calls()
        self._evaluation()
        self._credit()
        self._carried()
        self._warnings()

    def _error(self, where: Where, message: str, source: Source | None = None) -> None:
        source = source or self.source
        source.problem(source.line_of(where), message)

    def _warn(self, where: Where, message: str, source: Source | None = None) -> None:
        source = source or self.source
        source.problems.append(Problem(source.file, source.line_of(where), message, is_warning=True))

    def _ids(self) -> None:
        course = self.course
        self._once((self.source, ("faculty", at), m.key) for at, m in enumerate(course.faculty))
        self._once((self.source, ("calls", at), call.number) for at, call in enumerate(course.calls))
        self._once((self.source, ("lessons", at), name) for at, name in enumerate(course.lessons))
        self._once((source, ("number",), lesson.number) for source, lesson in self.lessons)
        self._once(
            (source, ("assignments", at), item.id)
            for source, lesson in self.lessons
            for at, item in enumerate(lesson.assignments)
        )
        self._once(
            (source, ("videos", at), video.id)
            for source, lesson in self.lessons
            for at, video in enumerate(lesson.videos)
        )
        offerings = course.credit.offerings if course.credit else ()
        self._once((self.source, ("credit", "offerings", at), o.key) for at, o in enumerate(offerings))

    def _once(self, named: Iterable[tuple[Source, Where, Hashable]]) -> None:
        first: dict[Hashable, str] = {}
        for source, where, name in named:
            if name in first:
                self._error(where, f"“{name}” is already used in {first[name]}", source)
            else:
                first[name] = f"{source.file}, line {source.line_of(where)}"

    def _order(self) -> None:
        before: Lesson | None = None
        for source, lesson in self.lessons:
            if before is not None and lesson.number <= before.number:
                self._error(
                    ("number",), f"lesson {lesson.number} is listed after lesson {before.number}", source
                )
            if before is not None and lesson.window.from_day < before.window.from_day:
                self._error(
                    ("window",), f"opens before lesson {before.number}, which is listed above it", source
                )
            before = lesson

    def _lesson(self, source: Source, lesson: Lesson) -> None:
        end = self.course.access_ends.day
        if lesson.window.to_day > end:
            self._error(("window",), f"the window ends after access does, on day {end}", source)
        self._faculty(lesson.faculty, ("faculty",), source)
        for at, video in enumerate(lesson.videos):
            self._faculty(video.faculty, ("videos", at), source)
            if video.id.startswith(RECORDING):
                self._error(
                    ("videos", at), f"ids that begin with {RECORDING} are kept for recordings", source
                )
        for at, item in enumerate(lesson.assignments):
            where: Where = ("assignments", at)
            if item.kind is AssignmentKind.WATCH and not lesson.videos:
                self._error(where, "there is nothing to watch in this lesson", source)
            if item.due_day is not None and item.due_day > end:
                self._error((*where, "due_day"), f"is due after access ends, on day {end}", source)
            if item.due_day is not None and item.due_day < lesson.window.from_day:
                self._error((*where, "due_day"), "is due before its lesson opens", source)
        if lesson.call is not None and lesson.call not in {call.number for call in self.course.calls}:
            self._error(("call",), f"course.yaml has no call {lesson.call}", source)

    def _faculty(self, keys: Iterable[str], where: Where, source: Source) -> None:
        for key in keys:
            if key not in self.faculty:
                self._error(where, f"“{key}” is not one of the faculty in course.yaml", source)

    def _calls(self) -> None:
        announced = {lesson.call: lesson.number for _, lesson in self.lessons if lesson.call is not None}
        numbers = {lesson.number for _, lesson in self.lessons}
        day, all_read = -1, len(self.lessons) == len(self.course.lessons)
        for at, call in enumerate(self.course.calls):
            where: Where = ("calls", at)
            if call.day < day:
                self._error((*where, "day"), f"call {call.number} comes before the one listed above it")
            if call.day > self.course.access_ends.day:
                self._error((*where, "day"), f"call {call.number} takes place after access ends")
            if call.lesson is not None and call.lesson not in numbers and all_read:
                self._error((*where, "lesson"), f"there is no lesson {call.lesson}")
            elif announced.get(call.number, call.lesson) != call.lesson:
                said = announced[call.number]
                self._error(
                    (*where, "lesson"), f"lesson {said} announces call {call.number}, not {call.lesson}"
                )
            day = call.day

    def _evaluation(self) -> None:
        plan = self.course.evaluation
        for at, rule in enumerate(self.course.completion):
            if isinstance(rule, EvaluationRule) and (
                plan is None or rule.form not in (None, plan.form.rpartition("/")[2])
            ):
                self._error(("completion", at), "the form is not the one that `evaluation` names")
        if plan is not None:
            due_day = plan.due.day if isinstance(plan.due, Moment) else self.course.access_ends.day
            if plan.opens_day > due_day:
                self._error(("evaluation", "opens_day"), "the evaluation opens after it is due")
            self._evaluation_form(plan.form)
        items = [
            (source, ("assignments", at), item)
            for source, lesson in self.lessons
            for at, item in enumerate(lesson.assignments)
            if item.kind is AssignmentKind.EVALUATION
        ]
        for count, (source, where, _) in enumerate(items):
            if plan is None:
                self._error(where, "course.yaml has no `evaluation`", source)
            elif count:
                self._error(where, "the evaluation is listed twice", source)

    def _evaluation_form(self, path: str) -> None:
        if path not in self.forms:
            return
        source, form = self.forms[path]
        fields = [*form.all_fields(), *(section.field for section in form.sections if section.field)]
        if any(isinstance(field, UploadField | CarriedField) for field in fields):
            self._error((), "an evaluation is confidential: no uploads, no carried answers", source)

    def _credit(self) -> None:
        credit = self.course.credit
        if credit is None:
            return
        if "evaluation" in credit.requires and self.course.evaluation is None:
            self._error(("credit", "requires"), "credit requires an evaluation, and there is none")
        for at, offering in enumerate(credit.offerings):
            where: Where = ("credit", "offerings", at)
            if offering.maximum > credit.maximum:
                self._error(where, f"“{offering.key}” offers more than the maximum of {credit.maximum}")
            if offering.maximum % offering.step != Decimal(0):
                self._error(where, f"the maximum of “{offering.key}” is not a whole number of steps")
            if not offering.sample and offering.statement is None:
                self._error(where, f"“{offering.key}” needs its `statement`, or is marked sample: true")

    def _carried(self) -> None:
        """A carried answer is asked for in an earlier worksheet."""
        known: dict[str, str] = {}
        evaluation = self.course.evaluation.form if self.course.evaluation else None
        all_read = all(
            item.form in self.forms for _, lesson in self.lessons for item in lesson.assignments if item.form
        )
        for path, (source, form) in self.forms.items():
            if path == evaluation:
                continue
            for field in form.all_fields():
                if isinstance(field, CarriedField) and field.source not in known and all_read:
                    self._error(
                        (),
                        f"“{field.id}” carries “{field.source}”, which no earlier worksheet asks for",
                        source,
                    )
            for field in form.all_fields():
                name = getattr(field, "carry_forward_as", None)
                if name is not None and name in known:
                    self._error((), f"“{name}” is already carried forward by {known[name]}", source)
                elif name is not None:
                    known[name] = source.file

    def _warnings(self) -> None:
        course = self.course
        for at, member in enumerate(course.faculty):
            if member.disclosure is None:
                self._warn(
                    ("faculty", at, "disclosure"),
                    f"{member.name}: disclosure not yet given; accreditors want it before the activity",
                )
        for at, signature in enumerate(course.certificates.signatures):
            self._faculty([signature.faculty], ("certificates", "signatures", at), self.source)
        for at, offering in enumerate(course.credit.offerings if course.credit else ()):
            if offering.sample:
                self._warn(
                    ("credit", "offerings", at),
                    f"{offering.title}: a sample statement; its certificates carry the word SAMPLE",
                )
        first = course.first_cohort
        if first and first.applications_due and first.applications_due < first.starts:
            days = (first.starts - first.applications_due).days
            self._warn(
                ("first_cohort", "applications_due"),
                f"applications are due {days} days before the first cohort starts",
            )
        samples = sum(call.recording is not None and call.recording.sample for call in course.calls)
        if samples:
            self._warn(
                ("calls",),
                f"{samples} {'recording is a sample' if samples == 1 else 'recordings are samples'}",
            )
        for source, lesson in self.lessons:
            self._lesson_warnings(source, lesson)

    def _lesson_warnings(self, source: Source, lesson: Lesson) -> None:
        samples = sum(video.sample for video in lesson.videos)
        if samples:
            words = "video is a sample" if samples == 1 else "videos are samples"
            self._warn(("videos",), f"{samples} {words}", source)
        for at, video in enumerate(lesson.videos):
            if video.captions is None and video.transcript is None:
                self._warn(("videos", at), f"“{video.title}” has neither captions nor transcript", source)
        for at, item in enumerate(lesson.assignments):
            plan = self.course.evaluation
            if item.kind is AssignmentKind.EVALUATION and plan and item.due_day is not None:
                due = plan.due if isinstance(plan.due, Moment) else self.course.access_ends
                if (item.due_day, item.due_at or "23:59") != (due.day, due.at):
                    self._warn(
                        ("assignments", at), "its dates are those of `evaluation` in course.yaml", source
                    )
