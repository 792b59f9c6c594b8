"""How each of the sample learners goes about the course."""

from dataclasses import dataclass, field, replace

from portal.attendance.policy import Status


@dataclass(frozen=True)
class Profile:
    """One way through the course. `lessons`: up to which all is done. `note`: shown where one signs in."""

    note: str
    came: bool = True
    lessons: int = 0
    late_in: tuple[int, ...] = ()  # lessons whose worksheet came after it was due
    early: bool = False  # does all on the first days
    without: tuple[str, ...] = ()  # items and videos left undone
    under_way: int | None = None  # a lesson begun: a video in part, a draft
    statuses: dict[int, Status | None] = field(default_factory=dict)  # of calls; missing: present
    recordings: tuple[int, ...] = ()  # calls watched afterwards
    reads: bool = False  # reads transcripts instead of watching
    evaluates: bool = False
    claims: tuple[str, int] | None = None  # offering, hundredths of credits
    certificate: bool = False
    misspelt: str | None = None  # the certificate was first issued with this name, then replaced
    revised: bool = False  # handed a worksheet in twice


ON_TIME = Profile("Learner, on time", lessons=4)
_AHEAD = replace(ON_TIME, note="Learner, always early", early=True)
_LATE = replace(ON_TIME, note="Learner, late with work", late_in=(2, 3))
_BEHIND = Profile(
    "Learner, behind since lesson 2",
    lessons=2,
    under_way=3,
    statuses={2: Status.ABSENT},
    without=("share-sentence",),
)
_EXCUSED = replace(ON_TIME, note="Learner, excused from call 2", statuses={2: Status.EXCUSED})
_RECORDING = replace(
    ON_TIME,
    note="Learner, watches recordings",
    statuses={1: Status.ABSENT, 2: Status.ABSENT},
    recordings=(1, 2),
)
_READER = replace(ON_TIME, note="Learner, reads transcripts", reads=True)
_LEFT_EARLY = replace(
    ON_TIME, note="Learner, left call 2 early", statuses={1: Status.LATE, 2: Status.LEFT_EARLY}
)
_REVISED = replace(ON_TIME, note="Learner, hands in twice", revised=True)

MID_COURSE: tuple[Profile, ...] = (
    Profile("Learner, in the middle of lesson 4", lessons=3, under_way=4, statuses={2: Status.ABSENT}),
    replace(_AHEAD, note="Learner, ahead: all done so far"),
    replace(ON_TIME, note="Learner with a long name, on time"),
    Profile("Learner without e-mail who only opened the course", statuses={1: None, 2: None}),
    replace(_LATE, note="Learner, late with two worksheets"),
    Profile("Learner who never came", came=False, statuses={1: Status.ABSENT, 2: Status.ABSENT}),
    *(ON_TIME,) * 13,
    *(_AHEAD,) * 3,
    *(_LATE,) * 4,
    *(_BEHIND,) * 4,
    *(_EXCUSED,) * 2,
    *(_RECORDING,) * 3,
    *(_READER,) * 2,
    *(_LEFT_EARLY,) * 2,
    _REVISED,
)

_DONE = Profile("Learner, has done everything", lessons=9, evaluates=True)
_CERTIFIED = replace(_DONE, note="Learner, certified", certificate=True)
_STOPPED = Profile(
    "Learner, stopped after lesson 5",
    lessons=5,
    statuses={3: Status.ABSENT, 4: Status.ABSENT},
)
_NEARLY = replace(_DONE, note="Learner, missed the last worksheet", without=("storyboard",))

ENDED: tuple[Profile, ...] = (
    replace(_DONE, note="Learner, eligible: certificate not issued yet"),
    replace(_DONE, note="Learner, one item short: the evaluation", evaluates=False),
    replace(_CERTIFIED, note="Learner with a long name, certified", claims=("participation", 800)),
    replace(_CERTIFIED, note="Learner without e-mail, certified, CE as physician", claims=("physician", 750)),
    replace(_CERTIFIED, note="Learner whose certificate was replaced", misspelt="Misspelt Naem"),
    replace(_CERTIFIED, claims=("pharmacist", 900)),
    replace(_CERTIFIED, claims=("cpps", 600)),
    replace(_CERTIFIED, claims=("executive", 825)),
    *(replace(_CERTIFIED, claims=("physician", 900)),) * 3,
    *(_CERTIFIED,) * 5,
    replace(_CERTIFIED, statuses={4: Status.ABSENT}, recordings=(4,), claims=("physician", 675)),
    replace(_CERTIFIED, late_in=(4, 6, 8), note="Learner, often late, certified"),
    *(replace(_DONE, note="Learner, missed call 4", statuses={4: Status.ABSENT}),) * 3,
    *(_NEARLY,) * 3,
    *(replace(_DONE, note="Learner, missed call 3, excused", statuses={3: Status.EXCUSED}),) * 2,
    *(_STOPPED,) * 7,
    *(Profile("Learner, stopped early", lessons=1, statuses=dict.fromkeys((2, 3, 4), Status.ABSENT)),) * 3,
    Profile("Learner who only opened the course", statuses=dict.fromkeys((1, 2, 3, 4))),
    Profile("Learner who never came", came=False, statuses=dict.fromkeys((1, 2, 3, 4), Status.ABSENT)),
    *(_DONE,) * 2,
)
