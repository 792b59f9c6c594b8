"""Every page of both demo cohorts, as each kind of person sees it: WCAG 2.2 AA by axe, 320 px, no script error."""

import pytest

from tests.journeys.looking import walk

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

FALL = "Leadership and Organizing: Fall cohort, mid-course"
ENDED = "Leadership and Organizing: ended cohort"

LEARNERS_SEE = {
    "/",
    "/course",
    "/lessons/*",
    "/calls/*",
    "/work/*",
    "/record",
    "/evaluation",
    "/ce",
    "/certificates",
}
FACULTY_SEE = {"/", "/attendance", "/calls/*/attendance", "/calls/*/edit", "/participants", "/participants/*"}
TEAM_SEES = FACULTY_SEE | {"/certificates"}

IN_MID_COURSE, ONLY_LAUNCHED = "Sam Rivera", "Hana Quiet"
ELIGIBLE, ONE_SHORT, CERTIFIED = "Elena Marchetti", "Björn Åkesson", "ณัฐวุฒิ"
TEAM, FACULTY = "Tina Marlowe", "Nora Åberg"


@pytest.fixture
def portal_as(visitor):
    """`portal_as(name, course)`: launched from the LMS, then free of its frame."""

    def arrive(name, course):
        someone = visitor()
        someone.sign_in(name, course)
        someone.open("Course home")
        return someone

    return arrive


@pytest.mark.parametrize(
    ("who", "course", "slug", "kinds", "of_each_kind"),
    [
        pytest.param(IN_MID_COURSE, FALL, "fall", LEARNERS_SEE, 50, id="learner in mid-course"),
        pytest.param(ONLY_LAUNCHED, FALL, "fall", LEARNERS_SEE, 1, id="learner who did nothing yet"),
        pytest.param(
            ELIGIBLE, ENDED, "ended", {"/", "/record", "/ce"}, 2, id="learner, certificate to ask for"
        ),
        pytest.param(ONE_SHORT, ENDED, "ended", {"/evaluation"}, 1, id="learner, evaluation to send"),
        pytest.param(
            CERTIFIED, ENDED, "ended", {"/certificates", "/work/*/versions/*"}, 3, id="certified learner"
        ),
        pytest.param(FACULTY, FALL, "fall", FACULTY_SEE, 1, id="faculty in mid-course"),
        pytest.param(FACULTY, ENDED, "ended", FACULTY_SEE, 1, id="faculty after the end"),
        pytest.param(TEAM, FALL, "fall", TEAM_SEES, 1, id="course team in mid-course"),
        pytest.param(TEAM, ENDED, "ended", TEAM_SEES, 1, id="course team after the end"),
    ],
)
def test_every_page_of(portal_as, who, course, slug, kinds, of_each_kind):
    someone = portal_as(who, course)
    # What learners see is looked at as learners; that faculty see it as they do, once.
    but = LEARNERS_SEE - kinds if kinds >= FACULTY_SEE and (who, course) != (FACULTY, FALL) else ()
    start = f"{someone.site.portal}/c/{slug}/"
    seen, wrong = walk(someone, start, of_each_kind=of_each_kind, but=but)
    assert not wrong, in_words(wrong)
    assert kinds <= seen


def in_words(wrong: dict[str, list[str]]) -> str:
    return "".join(f"\n{url}\n  " + "\n  ".join(mistakes) for url, mistakes in wrong.items())
