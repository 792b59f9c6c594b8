"""Dynamic Registration 1.0, 3.2, from end to end: an LMS registers, is activated, and its people come."""

from sqlalchemy import func, select

from lti.models import Registration
from lti.services import connect
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from tests.lti.registering import invited, only, run


def by_address(world, lms, *options: str):
    """The administrator's browser opens the address that the LMS made of the invite."""
    world.app.extensions["http"] = lms.http()
    world.app.extensions.pop("lti", None)
    lms.trust(world.app.test_client())
    address = lms.registration_address("http://localhost" + invited(world, *options))
    return world.app.test_client().get(address.removeprefix("http://localhost"))


def test_an_lms_registers_is_activated_and_its_people_come(world, lms):
    assert by_address(world, lms).status_code == 200
    lms.activate_tool()
    kept = only(world)
    given = lms.registration
    assert {name: kept[name] for name in given if name != "deployment_id"} == {
        name: value for name, value in given.items() if name != "deployment_id"
    }
    assert kept["deployments"] == [given["deployment_id"]]

    early = world.app.test_client().post("/lti/login", data=lms.initiation("sam", "home"))
    assert early.status_code == 403
    assert "not switched on" in early.get_data(as_text=True)

    assert run(world, "activate", kept["registration_id"]).exit_code == 0
    cohort = world.cohort()
    with world.app.app_context(), transaction() as session:
        connect.connect(session, kept["registration_id"], "2", cohort.slug, at=real_now())

    entered = lms.launch(world.app.test_client(), "sam", "home")
    assert entered.status_code == 303
    assert entered.location == f"/c/{cohort.slug}/"
    checked = run(world, "check", kept["registration_id"])
    assert checked.exit_code == 0, checked.output
    assert only(world)["last_token_at"]


def test_a_registration_the_lms_refuses_leaves_nothing_on_either_side(world, lms):
    lms.app.extensions["sample_lms"].config = lms.app.extensions["sample_lms"].config.__class__(
        base_url="https://lms.example", portal_url="https://another-portal.example", seed=lms.config.seed
    )
    answer = by_address(world, lms)

    assert answer.status_code == 422
    assert "invalid_redirect_uris" in answer.get_data(as_text=True)
    with world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == 0
