"""The addresses platforms and their people reach: login, launch, key set, registration, connecting a course.

Wiring (portal/app.py): register `bp`; exempt `CSRF_EXEMPT` from the CSRF check, and nothing else here: platforms
post these two, and state and nonce guard them.
"""

from lti.views.blueprint import bp
from lti.views.connect import connect_course, show_choices
from lti.views.launch import launch
from lti.views.login import login
from lti.views.platform import change_platform, show_platform
from lti.views.published import canvas_configuration, key_set
from lti.views.register import register_platform

__all__ = [
    "CSRF_EXEMPT",
    "bp",
    "canvas_configuration",
    "change_platform",
    "connect_course",
    "key_set",
    "launch",
    "login",
    "register_platform",
    "show_choices",
    "show_platform",
]

CSRF_EXEMPT = (login, launch)
