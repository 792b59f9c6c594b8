"""The addresses platforms and their people reach: login, launch, key set, registration, connecting a course.

Wiring (portal/app.py): register `bp`; exempt `CSRF_EXEMPT` from the CSRF check, and nothing else here. Platforms post
login and launch, which state and nonce guard; a session is taken over where none is yet, by a token that is good once.
"""

from lti.views.blueprint import bp
from lti.views.checking import check_platform
from lti.views.connect import connect_course, show_choices
from lti.views.deep_linking import choose, place
from lti.views.elsewhere import hand_session_over, say_who_is_here, take_session_over
from lti.views.launch import launch
from lti.views.login import login
from lti.views.platform import change_platform, show_platform
from lti.views.published import canvas_configuration, key_set
from lti.views.register import register_platform
from lti.views.roster import fetch_roster, show_roster

__all__ = [
    "CSRF_EXEMPT",
    "bp",
    "canvas_configuration",
    "change_platform",
    "check_platform",
    "choose",
    "connect_course",
    "fetch_roster",
    "hand_session_over",
    "key_set",
    "launch",
    "login",
    "place",
    "register_platform",
    "say_who_is_here",
    "show_choices",
    "show_platform",
    "show_roster",
    "take_session_over",
]

CSRF_EXEMPT = (login, launch, take_session_over)
