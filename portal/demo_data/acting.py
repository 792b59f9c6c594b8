"""Sample learners at work: each does through the services what people do on the pages, at likely times."""

import hashlib
import random
import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.assignments.queries import work_of
from portal.assignments.sent import Sent, StoredFile, Writer
from portal.assignments.services import keep_upload, mark_item, receive
from portal.attendance.policy import Status
from portal.attendance.queries import call_of
from portal.attendance.services.marks import mark_attendance
from portal.certificates.policy import CertificateKind, random_code
from portal.certificates.services import confirm_name, issue_certificate, replace_certificate
from portal.core.files import store
from portal.core.form_engine.definition import UploadField, UploadKind
from portal.core.form_engine.values import Answers
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment
from portal.courses.package.parts import Assignment, AssignmentKind, Lesson
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_closed
from portal.credit.policy import Claim
from portal.credit.services import claim_credit
from portal.demo_data.answers import answers_to
from portal.demo_data.profiles import Profile
from portal.evaluation.services import send_evaluation
from portal.identity.services import shown_name
from portal.videos.services import keep_playing, keep_reading

PICTURES = Path(__file__).resolve().parent / "pictures"
DETAILS = {
    "physician": {"licence_state": "Ohio", "licence_number": "MD204871", "birth_month_day": "03-14"},
    "pharmacist": {"nabp_eprofile_id": "4821957", "birth_month_day": "11-02"},
    "cpps": {"cpps_certificate_number": "CPPS-18233"},
}


def new_code() -> str:
    """A code that cannot be guessed, also for sample people: the verify page is public."""
    return random_code(secrets.randbits)


def mark_calls(
    session: Session,
    learners: Sequence[tuple[Enrollment, Profile]],
    schedule: Schedule,
    *,
    by: int,
    now: datetime,
) -> None:
    """The coach marks each call that is over, two hours after it, and leaves one learner out."""
    for number in sorted(schedule.calls):
        ends_at = schedule.call(number).ends_at
        if ends_at + timedelta(hours=2) > now:
            continue
        call = call_of(session, learners[0][0].cohort_id, number)
        by_status: dict[Status, list[Enrollment]] = {}
        for learner, profile in learners:
            status = profile.statuses.get(number, Status.PRESENT)
            if status is not None:
                by_status.setdefault(status, []).append(learner)
        for status, group in by_status.items():
            mark_attendance(session, call, group, status, by=by, at=ends_at + timedelta(hours=2))


class Actor:
    """One learner going through the course as their profile says."""

    def __init__(
        self,
        session: Session,
        learner: Enrollment,
        schedule: Schedule,
        profile: Profile,
        now: datetime,
        number: int,
    ) -> None:
        self.session, self.learner, self.schedule, self.profile = session, learner, schedule, profile
        self.content = schedule.content
        self.now = now
        # Sample people may be predictable: the same demo looks the same twice.
        self.chance = random.Random(number)  # noqa: S311
        self.zone = ZoneInfo(schedule.zone)

    def act(self, *, by: int) -> None:
        """All they did until now. `by`: who corrects a certificate."""
        if not self.profile.came:
            return
        for lesson in self.content.lessons:
            if lesson.number <= self.profile.lessons:
                self._do(lesson)
            elif lesson.number == self.profile.under_way:
                self._begin(lesson)
        for number in self.profile.recordings:
            at = self.schedule.call(number).ends_at + timedelta(days=self.chance.randint(1, 4), hours=5)
            self._watch(f"{RECORDING}{number}", at)
        self._finish(by)

    def _day(self, lesson: Lesson, part: float) -> datetime:
        """A waking hour somewhere in the lesson's window; `part` 0 is its first day, 1 its last."""
        first, last = self.schedule.window(lesson.number)
        day = first + timedelta(days=round((last - first).days * part))
        at = datetime.combine(day, time(self.chance.randint(7, 21), self.chance.randint(0, 59)), self.zone)
        return min(at, self.now - timedelta(minutes=self.chance.randint(2, 90)))

    def _do(self, lesson: Lesson) -> None:
        part = 0.15 if self.profile.early else self.chance.uniform(0.3, 0.8)
        at = self._day(lesson, part)
        for video in lesson.videos:
            if video.id not in self.profile.without:
                self._watch(video.id, at)
                at += timedelta(minutes=20)
        for item in lesson.assignments:
            if item.id in self.profile.without or not self._does(item):
                continue
            if item.kind in (AssignmentKind.TASK, AssignmentKind.POST):
                self._tick(item, at)
            elif item.kind is AssignmentKind.WORKSHEET:
                self._hand_in(item, self._late(lesson, item, at))

    def _does(self, item: Assignment) -> bool:
        return item.required or self.chance.random() < 0.6

    def _late(self, lesson: Lesson, item: Assignment, at: datetime) -> datetime:
        due_at = self.schedule.assignment(item.id).due_at
        if lesson.number not in self.profile.late_in or due_at is None:
            return at
        return min(
            due_at + timedelta(days=self.chance.randint(1, 5), hours=9), self.now - timedelta(minutes=5)
        )

    def _begin(self, lesson: Lesson) -> None:
        """A lesson under way: one video watched, one in part, a draft of its worksheet."""
        at = self.now - timedelta(hours=3)
        first, *rest = lesson.videos
        self._watch(first.id, at)
        if rest:
            self._play(rest[0].id, 0.45, at + timedelta(minutes=20))
        worksheet = next((item for item in lesson.assignments if item.kind is AssignmentKind.WORKSHEET), None)
        if worksheet is not None:
            work = work_of(self.session, self.learner, self.content, worksheet.id)
            answers = dict(list(answers_to(work.form, self.chance).items())[:1])
            self._send(worksheet, answers, at + timedelta(hours=1), final=False)

    def _watch(self, video_id: str, at: datetime) -> None:
        if self.profile.reads:
            keep_reading(self.session, self.learner.id, video_id, at=at)
        else:
            self._play(video_id, 1.0, at)

    def _play(self, video_id: str, share: float, at: datetime) -> None:
        number = video_id.removeprefix(RECORDING)
        film = (
            self.content.recording(int(number)) if number.isdecimal() else self.content.video(video_id).video
        )
        assert film is not None
        keep_playing(
            self.session, self.learner.id, video_id, [(0.0, film.length_seconds * share)],
            position_seconds=film.length_seconds * share, length_seconds=film.length_seconds,
            needed_share=self.content.watched_share, at=at,
        )  # fmt: skip

    def _tick(self, item: Assignment, at: datetime) -> None:
        dates = self.schedule.assignment(item.id)
        if not is_closed(dates, at):
            mark_item(self.session, self.learner, item, dates, done=True, count=item.count, at=at)

    def _hand_in(self, item: Assignment, at: datetime) -> None:
        work = work_of(self.session, self.learner, self.content, item.id)
        answers = answers_to(work.form, self.chance)
        for field in work.form.all_fields():
            if isinstance(field, UploadField) and field.required and field.group is None:
                answers[field.id] = self._drawing(item, field, at)
        self._send(item, answers, at, final=True)
        if self.profile.revised:
            self._send(
                item, answers, min(at + timedelta(hours=20), self.now - timedelta(minutes=1)), final=True
            )

    def _drawing(self, item: Assignment, field: UploadField, at: datetime) -> Answers:
        picture = (PICTURES / f"{field.id}.png").read_bytes()
        digest = hashlib.sha256(picture).hexdigest()
        key = f"uploads/{self.learner.id}/{item.id}-{field.id}-{digest[:12]}"
        store().save(key, picture)
        file = StoredFile(field.id, f"{field.id}.png", UploadKind.PNG, len(picture), digest, key)
        upload = keep_upload(self.session, self.learner, item.id, file, at=at)
        words = "Circles for people, lines for who asks whom; three of us in the middle, each with a team."
        return {"files": [upload.id], "alternative": words}

    def _send(self, item: Assignment, answers: Answers, at: datetime, *, final: bool) -> None:
        work = work_of(self.session, self.learner, self.content, item.id)
        writer = Writer(token=f"{self.chance.getrandbits(96):024x}")
        outcome = receive(
            self.session, self.learner, work, Sent(answers, is_final=final), writer=writer, at=at
        )  # fmt: skip
        if outcome.mistakes:
            raise ValueError(f"The sample answers to {item.id} have mistakes: {outcome.mistakes}")

    def _finish(self, by: int) -> None:
        dates = self.schedule.evaluation()
        if dates.opens_at is None or self.now < dates.opens_at:
            return
        at = self.schedule.access_ends_at() - timedelta(
            days=self.chance.randint(0, 4), hours=self.chance.randint(2, 9)
        )
        plan, form = self.content.evaluation, self.content.evaluation_form
        if self.profile.evaluates and plan is not None and form is not None:
            answers = answers_to(form, self.chance)
            send_evaluation(
                self.session,
                self.learner,
                plan.form,
                form,
                answers,
                at=at,
                new_id=lambda: secrets.token_hex(16),
            )
        if self.profile.claims is not None:
            offering, hundredths = self.profile.claims
            claim = Claim(offering, hundredths, DETAILS.get(offering, {}), may_report=offering in DETAILS)
            claim_credit(self.session, self.learner, self.schedule, claim, at=at + timedelta(minutes=12))
        if self.profile.certificate:
            self._certificates(at + timedelta(minutes=30), by)

    def _certificates(self, at: datetime, by: int) -> None:
        right = shown_name(self.learner.person)
        confirm_name(self.session, self.learner.person, self.profile.misspelt or right)
        issued = issue_certificate(
            self.session, self.learner, CertificateKind.COMPLETION, at=at, new_code=new_code
        )
        if self.profile.misspelt is not None:
            confirm_name(self.session, self.learner.person, right)
            replace_certificate(
                self.session, issued, name=right, reason="The name was misspelt.", by=by,
                at=at + timedelta(hours=20), new_code=new_code,
            )  # fmt: skip
        if self.profile.claims is not None:
            issue_certificate(
                self.session,
                self.learner,
                CertificateKind.CE,
                at=at + timedelta(minutes=5),
                new_code=new_code,
            )
