"""/lti/deep-linking: pages of the cohort are chosen for an LMS course; the browser takes the answer back."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti.pages.choosable import choosable
from lti.pages.choose import Choice, ChoosePage, NothingToChoose, choose_page
from lti.pages.choose_form import ChooseForm
from lti.protocol.deep_linking import Answer
from lti.runtime import Runtime, runtime
from lti.services.deep_linking import OVER, Choosing, answer_platform, choosing_of, placed_in
from lti.services.keys import signer
from lti.views.blueprint import bp, no_store
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.core.errors import NotFound
from portal.core.htmx import wants_fragment
from portal.core.languages import _, ngettext
from portal.core.when import plural
from portal.courses.access import person_id
from portal.courses.queries import cohort_schedule, content_of


@dataclass(frozen=True)
class AnswerPage:
    """The signed answer, on its way back by the browser."""

    url: str
    jwt: str
    title: str
    at_once: bool = True  # a script sends it on


@bp.get("/lti/deep-linking")
def choose() -> ResponseReturnValue:
    """The pages there are."""
    with reading() as session:
        choosing = _choosing(session, request.args.get("request", ""))
        page = _page(session, choosing, request.args.get("request", ""), ChooseForm())
    return _show(page)


@bp.post("/lti/deep-linking")
def place() -> ResponseReturnValue:
    """Place what was chosen (`action=add`), or nothing (`cancel`); `find` and `count` change nothing."""
    code = request.form.get("request", "")
    form, action = ChooseForm.parse(request.form), request.form.get("action")
    if action in ("find", "count") or (action is None and "show" in request.form):
        with reading() as session:
            found = _page(session, _choosing(session, code), code, form)
        return _show(found)
    with transaction() as session:
        choosing = _choosing(session, code)
        page = _page(session, choosing, code, form, adds=action != "cancel")
        if isinstance(page, ChoosePage) and page.mistakes:
            return _show(page, status=422)
        answer = _answer(session, choosing, form, page, cancelled=action == "cancel")
    return no_store(render_template("lti/deep_linking_answer.html", page=answer))


def _choosing(session: Session, code: str) -> Choosing:
    who = person_id()
    if not 0 < len(code) <= 100:
        raise NotFound(OVER)
    return choosing_of(session, code, who, at=real_now())


def _page(
    session: Session, choosing: Choosing, code: str, form: ChooseForm, *, adds: bool = False
) -> ChoosePage | NothingToChoose:
    if not choosing.settings.takes_links:
        because = _(
            "%(platform)s says that it takes no links to tools in this place.",
            platform=choosing.platform_name,
        )
        return NothingToChoose(code, _("No links can be placed here"), because)
    if choosing.cohort is None:
        because = _(
            "“%(course)s” is not connected to a cohort yet, so there is nothing to place. An instructor connects it "
            "by opening a link to Lectern from it.",
            course=choosing.context.title or _("Your LMS course"),
        )
        return NothingToChoose(code, _("This course is not open here yet"), because)
    choice = _choice(session, choosing, form)
    return choose_page(
        choice,
        code=code,
        course_title=choosing.context.title or "your LMS course",
        platform_name=choosing.platform_name,
        mistakes=choice.mistakes() if adds else (),
    )


def _choice(session: Session, choosing: Choosing, form: ChooseForm) -> Choice:
    assert choosing.cohort is not None
    content = content_of(session, choosing.cohort.course_version_id)
    pages = choosable(content, cohort_schedule(session, choosing.cohort))
    sent = len(choosing.request.chosen.split())
    return Choice(pages, choosing.settings, form, frozenset(placed_in(session, choosing.context.id)), sent)


def _answer(
    session: Session,
    choosing: Choosing,
    form: ChooseForm,
    page: ChoosePage | NothingToChoose,
    *,
    cancelled: bool,
) -> AnswerPage:
    doors, at = runtime(), real_now()
    if isinstance(page, NothingToChoose):
        answer, title = Answer(errormsg=page.because), "Back to your LMS"
    elif cancelled:
        answer, title = Answer(), "Back to your LMS"
    else:
        answer, title = _links(_choice(session, choosing, form), doors)
    key = signer(session, doors.seal, at=at, may_write=True)
    jwt = answer_platform(session, choosing, answer, key, at=at)
    return AnswerPage(choosing.settings.return_url, jwt, title)


def _links(choice: Choice, doors: Runtime) -> tuple[Answer, str]:
    icon = f"{doors.settings.base_url}/static/img/lectern.svg"
    items = [item.claim(doors.launch_url, icon, choice.target) for item in choice.items()]
    msg = ngettext("%(num)s link to Lectern added.", "%(num)s links to Lectern added.", len(items))
    return Answer(items=items, msg=msg), f"Taking {plural(len(items), 'link')} to your LMS"


def _show(page: ChoosePage | NothingToChoose, status: int = 200) -> ResponseReturnValue:
    if isinstance(page, NothingToChoose):
        return no_store(render_template("lti/deep_linking_nothing.html", page=page))
    template = "lti/_chosen.html" if wants_fragment() else "lti/deep_linking.html"
    return no_store((render_template(template, page=page), status))
