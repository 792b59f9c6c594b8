"""The addresses platforms and their people reach: login, launch, key set, connecting a course.

Wiring (portal/app.py): register `bp`; exempt `CSRF_EXEMPT` from the CSRF check, and nothing else here: platforms
post these two, and state and nonce guard them.
"""

from lti.views.blueprint import bp
from lti.views.connect import connect_course, show_choices
from lti.views.launch import launch
from lti.views.login import login
from lti.views.published import key_set

__all__ = ["CSRF_EXEMPT", "bp", "connect_course", "key_set", "launch", "login", "show_choices"]

CSRF_EXEMPT = (login, launch)
