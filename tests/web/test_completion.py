"""Facts, requirements, records and shares, from the database to the verdict."""

from datetime import timedelta

import pytest

from portal.assignments.models import ChecklistMark, Submission
from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status
from portal.completion.models import CompletionRecord
from portal.completion.queries import latest_record, progress_of_cohort, share_of, standing_of, verdict_of
from portal.core.db import reading, transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession, Cohort, Enrollment
from portal.courses.queries import content_of
from portal.evaluation.models import EvaluationSent
from portal.outbox.services import post
from portal.videos.models import VideoProgress
from portal.videos.policy import WatchedHow


def watch(session, who, video, at):
    session.add(
        VideoProgress(
            enrollment_id=who.id,
            video_id=video,
            intervals=[[0, 45]],
            position_seconds=45,
            share=1.0,
            watched_at=at,
            watched_how=WatchedHow.PLAYED,
            updated_at=at,
        )
    )


def do_everything(session, who, content, at, *, but=()):
    for video in content.videos:
        if video.required and video.id not in but:
            watch(session, who, video.id, at)
    for item in content.assignments:
        if not item.required or item.id in but or item.kind in ("watch", "evaluation"):
            continue
        if item.kind == "worksheet":
            session.add(
                Submission(
                    enrollment_id=who.id, assignment=item.id, version=1, course_version_id=1, answers={},
                    late=False, form_token=item.id, submitted_at=at,
                )
            )  # fmt: skip
        else:
            session.add(
                ChecklistMark(
                    enrollment_id=who.id, assignment=item.id, done=True, count=item.count, marked_at=at
                )
            )
    for call in session.query(CallSession).filter_by(cohort_id=who.cohort_id):
        if f"call-{call.number}" not in but:
            session.add(
                AttendanceRecord(
                    call_id=call.id,
                    enrollment_id=who.id,
                    status=Status.LATE,
                    source=Source.FACULTY,
                    marked_at=at,
                )
            )
    if "evaluation" not in but:
        session.add(EvaluationSent(enrollment_id=who.id, sent_at=at))


@pytest.fixture
def cohort(world):
    return world.cohort()


def act(world):
    return world.app.app_context()


def content(session, cohort):
    return content_of(session, session.get_one(Cohort, cohort.id).course_version_id)


def test_one_who_has_done_everything_completes_and_the_record_keeps_when_and_on_what(world, cohort):
    who = world.learner(cohort)
    at = world.now - timedelta(hours=1)
    with act(world), transaction() as session:
        do_everything(session, who, content(session, cohort), at)
        post(session, ProgressChanged([who.id]))
    world.drain()
    with act(world), reading() as session:
        record = latest_record(session, who.id)
        verdict = verdict_of(session, session.get_one(Enrollment, who.id), content(session, cohort))
    assert record is not None
    assert record.completed_at == at
    assert (record.done, record.needed) == (36, 36)
    assert record.facts["calls"]["needed"] == 4
    assert record.facts["assignments"]["needed"] == 10
    assert verdict.met
    assert verdict.completed_at == at


@pytest.mark.parametrize("missing", ["l8-asking", "ask-five", "storyboard", "call-4", "evaluation"])
def test_a_single_missing_thing_is_named_and_stands_in_the_way(world, cohort, missing):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        do_everything(session, who, content(session, cohort), world.now, but=[missing])
    with act(world), reading() as session:
        verdict = verdict_of(session, session.get_one(Enrollment, who.id), content(session, cohort))
    assert not verdict.met
    assert [item.id for line in verdict.standing.requirements for item in line.missing] == [missing]


def test_absent_by_faculty_and_the_recording_watched_counts(world, cohort):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        do_everything(session, who, content(session, cohort), world.now, but=["call-4"])
        call = session.query(CallSession).filter_by(cohort_id=cohort.id, number=4).one()
        session.add(
            AttendanceRecord(
                call_id=call.id,
                enrollment_id=who.id,
                status=Status.ABSENT,
                source=Source.FACULTY,
                marked_at=world.now,
            )
        )
        watch(session, who, "call-4", world.now)
    with act(world), reading() as session:
        assert verdict_of(session, session.get_one(Enrollment, who.id), content(session, cohort)).met


def test_an_excuse_alone_does_not_count_and_a_cancelled_call_counts_for_everyone(world, cohort):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        do_everything(session, who, content(session, cohort), world.now, but=["call-4"])
        call = session.query(CallSession).filter_by(cohort_id=cohort.id, number=4).one()
        session.add(
            AttendanceRecord(
                call_id=call.id,
                enrollment_id=who.id,
                status=Status.EXCUSED,
                source=Source.FACULTY,
                marked_at=world.now,
            )
        )
    with act(world), transaction() as session:
        me = session.get_one(Enrollment, who.id)
        assert not verdict_of(session, me, content(session, cohort)).met
        session.query(CallSession).filter_by(cohort_id=cohort.id, number=4).one().cancelled_at = world.now
        session.flush()
        assert verdict_of(session, me, content(session, cohort)).met


def test_a_tick_taken_back_is_no_longer_done(world, cohort):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        for done in (True, False):
            session.add(
                ChecklistMark(enrollment_id=who.id, assignment="profile", done=done, marked_at=world.now)
            )
            session.flush()
    with act(world), reading() as session:
        me = session.get_one(Enrollment, who.id)
        assert "profile" not in standing_of(session, me, content(session, cohort)).facts.done


@pytest.mark.parametrize(
    ("destination", "needed"),
    [
        ("home", 36),
        ("record", 36),
        ("lesson:1", 4),
        ("lesson:9", 1),
        ("work:asset-map", 1),
        ("call:2", 1),
        ("evaluation", 1),
        ("attendance:1", None),
        ("ce", None),
        ("lesson:99", None),
        ("call:x", None),
    ],
)
def test_the_share_of_a_destination(world, cohort, destination, needed):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        do_everything(session, who, content(session, cohort), world.now)
    with act(world), reading() as session:
        share = share_of(session, session.get_one(Enrollment, who.id), destination)
    assert (share and (share.done, share.needed)) == (needed and (needed, needed))


def test_the_same_facts_twice_keep_one_record(world, cohort):
    who = world.learner(cohort)
    with act(world), transaction() as session:
        watch(session, who, "l1-how", world.now)
        post(session, ProgressChanged([who.id]))
        post(session, ProgressChanged([who.id]))
    world.drain()
    with act(world), reading() as session:
        assert session.query(CompletionRecord).filter_by(enrollment_id=who.id).count() == 1


def test_the_progress_of_a_cohort_takes_as_many_statements_for_fifty_as_for_five(world, queries):
    small, large = world.cohort(), world.cohort()
    world.learners(small, 5)
    world.learners(large, 50)
    counts = []
    for cohort in (small, large):
        with act(world), reading() as session:
            content(session, cohort)
            own = session.get_one(Cohort, cohort.id)
            with queries() as counted:
                progress = progress_of_cohort(session, own)
            counts.append(len(counted.statements))
            assert len(progress) == (5 if cohort is small else 50)
    assert counts[0] == counts[1] <= 3
