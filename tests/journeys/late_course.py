"""A third LMS course, whose cohort is on its day 99: all is open, and its learners miss the last things.

The demo's own cohorts are in mid-course and after the end: in neither can a learner do what this one does,
from a video to the certificate, in one sitting. Run as a program it makes the portal's side, through services.
"""

import sys
from datetime import timedelta
from typing import Any

from lti.demo_platform.sample_people import STAFF

DAY = 99  # the evaluation opens on day 97, access ends on day 105
COURSE = "leadership-and-organizing"
COURSE_ID, SLUG, TITLE = "77", "late-cohort", "Leadership and Organizing: last days"
UNCONNECTED = "Leadership and Organizing: not connected yet"
# One does it with JavaScript, one without.
LEARNERS = {"701": ("Rosa", "Ibarra-Nuñez"), "702": ("Percival", "O’Shea")}
TEACHER = "3"  # the sample's
LEFT_TO_DO = ("l3-coaching", "narrative", "share-narrative")  # and the evaluation


def lms_course() -> dict[str, Any]:
    """The LMS's side, as a seed; with a course beside it that opens nothing yet."""
    people = [
        {
            "sub": sub, "username": f"late{sub}", "given_name": given, "family_name": family,
            "email": f"late{sub}@northvalley.example", "institution_roles": ["Student"], "featured": True,
        }
        for sub, (given, family) in LEARNERS.items()
    ]  # fmt: skip
    home = {"id": "7701", "title": "Course home", "custom": {"destination": "home"}, "graded": True}
    lectern = {"id": "7801", "title": "Open Lectern", "custom": {"destination": "home"}}
    learners = [{"sub": sub, "role": "learner"} for sub in LEARNERS]
    teacher = {"sub": TEACHER, "role": "teacher"}
    late = {"id": COURSE_ID, "label": "LO-LATE", "title": TITLE, "members": learners, "links": [home]}
    new = {
        "id": "78",
        "label": "LO-NEW",
        "title": UNCONNECTED,
        "members": [teacher, *learners],
        "links": [lectern],
    }
    return {"people": [*STAFF, *people], "courses": [late, new]}


def make_the_cohort(lms_url: str) -> None:
    """The cohort, connected to the LMS's course; its learners have done all but what is `LEFT_TO_DO`."""
    from lti.services.connect import connect
    from lti.services.register import offer
    from portal.core.clock import course_now, real_now
    from portal.core.db import transaction
    from portal.courses.models import Role
    from portal.courses.queries import schedules_of
    from portal.courses.services import enroll, open_cohort
    from portal.demo_data.acting import Actor, mark_calls
    from portal.demo_data.profiles import Profile
    from portal.identity.models import Platform
    from portal.identity.services import person_for

    now = course_now()
    with transaction() as session:
        platform = session.query(Platform).filter_by(issuer=lms_url).one()
        starts = (now - timedelta(days=DAY)).date()
        cohort = open_cohort(session, course=COURSE, slug=SLUG, name="Last days", starts=starts, at=now)
        connect(session, platform.id, COURSE_ID, SLUG, at=real_now())
        offer(session, platform.id, course=COURSE, at=real_now())
        schedule = schedules_of(session, cohort, [])[None]
        teacher = person_for(session, platform.id, TEACHER, at=now).id
        everything = Profile("Learner with a few things left", lessons=9, without=LEFT_TO_DO)
        for number, (sub, (given, family)) in enumerate(LEARNERS.items()):
            person = person_for(
                session,
                platform.id,
                sub,
                at=now,
                name=f"{given} {family}",
                given_name=given,
                family_name=family,
            )
            learner = enroll(session, cohort, person, Role.LEARNER, at=now)
            mark_calls(session, [(learner, everything)], schedule, by=teacher, now=now)
            Actor(session, learner, schedule, everything, now, number).act(by=teacher)


def main(lms_url: str) -> None:
    """Within the app of this process's settings."""
    from portal.app import create_app

    with create_app().app_context():
        make_the_cohort(lms_url)


if __name__ == "__main__":
    main(sys.argv[1])
