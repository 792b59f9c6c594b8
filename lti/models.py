"""What we keep of platforms: registrations, their courses and links, our keys, and what was sent to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.base import Base
from portal.courses.models import Cohort
from portal.identity.models import Platform


class Registration(Base):
    """One platform's addresses, agreed with its administrator. Same id as its Platform (issuer, client id)."""

    __tablename__ = "lti_registration"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    auth_login_url: Mapped[str] = mapped_column(Text)
    auth_token_url: Mapped[str] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    auth_audience: Mapped[str | None] = mapped_column(Text)  # in place of the token address (Canvas)
    frame_origins: Mapped[str] = mapped_column(
        Text, default=""
    )  # further origins that may frame us, by blanks
    family: Mapped[str | None] = mapped_column(String(64))  # product_family_code, where it registered itself
    scopes: Mapped[str] = mapped_column(Text, default="")  # granted when it registered itself, by blanks
    registered_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]  # None: pending, nobody may launch from it yet

    platform: Mapped[Platform] = relationship()


class Invite(Base):
    """A one-time address at which a platform may register itself. The secret in it is not kept."""

    __tablename__ = "lti_invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = mapped_column(Text)  # what to call the platform
    activates: Mapped[bool]  # without a further word of the operator
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    held_until: Mapped[datetime | None]  # a registration by it is under way: no second one meanwhile
    used_at: Mapped[datetime | None]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("lti_registration.platform_id"))


class ServiceHealth(Base):
    """How a service of a platform answered last: `worked_at` and `failed_at` are its latest of each kind."""

    __tablename__ = "lti_service_health"

    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(32), primary_key=True)  # services.health.Service
    worked_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(Text, default="")  # what it means, in words


class Deployment(Base):
    """One placement of the tool on a platform. The same id on another platform is another deployment."""

    __tablename__ = "lti_deployment"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    added_at: Mapped[datetime]


class Context(Base):
    """A course of the LMS, and the cohort it opens. Not connected: nobody enters anything."""

    __tablename__ = "lti_context"
    __table_args__ = (UniqueConstraint("registration_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"))
    context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(Text)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    wanted_cohort_id: Mapped[int | None] = mapped_column(
        ForeignKey("cohort.id")
    )  # asked for, its team not yet
    wanted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    memberships_url: Mapped[str | None] = mapped_column(Text)  # NRPS, of the latest launch
    line_items_url: Mapped[str | None] = mapped_column(Text)  # AGS container, of the latest launch
    family: Mapped[str | None] = mapped_column(String(64))  # product_family_code of the latest launch
    # By what the platform says of its history; a hint for who connects it, never a connection.
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("lti_context.id"))
    first_seen_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    connected_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the operator

    cohort: Mapped[Cohort | None] = relationship(foreign_keys=[cohort_id])


class ResourceLink(Base):
    """One link in an LMS course, and the page it opens, as its latest launch said."""

    __tablename__ = "lti_resource_link"
    __table_args__ = (UniqueConstraint("context_id", "link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id"))
    link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None] = mapped_column(Text)
    destination: Mapped[str] = mapped_column(String(80))
    first_seen_at: Mapped[datetime]


class LineItem(Base):
    """One column of an LMS gradebook, and whose share goes there."""

    __tablename__ = "lti_line_item"
    __table_args__ = (UniqueConstraint("resource_link_id"), Index(None, "context_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id"))
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("lti_resource_link.id"))
    destination: Mapped[str] = mapped_column(String(80))
    # Of the latest launch: a restored course has new ones. Empty: we are to find or make it.
    url: Mapped[str] = mapped_column(Text)
    is_own: Mapped[bool] = mapped_column(default=False)  # found or made by us, not named by launches
    learned_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]  # a launch of its link came without it: deleted there


class ContextMember(Base):
    """A person of one LMS course, by their latest launch from it or by its roster: which columns are theirs."""

    __tablename__ = "lti_context_member"

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(32))  # protocol.roles.ContextRole; the roster's until a launch
    launched_at: Mapped[datetime | None]  # None: known by the roster alone
    listed_at: Mapped[datetime | None]  # by the latest roster that names them
    left_at: Mapped[datetime | None]  # the roster names them no longer, and no launch has come since


class Roster(Base):
    """What is known of an LMS course's list of people, and the list that waits for a yes."""

    __tablename__ = "lti_roster"

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id"), primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)  # of the nightly fetch, real time
    tried_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]  # the last one that could be read
    whole_at: Mapped[datetime | None]  # the last one that was not of differences alone
    differences_url: Mapped[str | None] = mapped_column(Text)
    trouble: Mapped[str] = mapped_column(Text, default="")  # in words; empty where the last fetch was good
    listed: Mapped[int] = mapped_column(default=0)  # people in the last whole list
    added: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    # {"people": [person ids], "of": n, "at": ISO}: a list that waits for the course team
    held: Mapped[dict[str, Any] | None]


class LoginState(Base):
    """A login that has begun. The row goes with its first use; the secrets themselves are not kept."""

    __tablename__ = "lti_login_state"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))  # of the cookie's value
    storage_target: Mapped[str | None] = mapped_column(String(255))  # the platform's frame that keeps data
    storage_hash: Mapped[str | None] = mapped_column(String(64))  # of what it keeps for us
    # The launch came and its token held then, but nothing vouched for the browser: it goes on in a tab.
    moved_at: Mapped[datetime | None]
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"))
    target_link_uri: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ContentRequest(Base):
    """A Deep Linking request that is being answered: what its LMS accepts, and who may choose.

    Answered ones are kept: what was placed from a course need not be looked for again.
    """

    __tablename__ = "lti_content_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    settings: Mapped[str] = mapped_column(Text)  # JSON, as protocol.deep_linking keeps it
    chosen: Mapped[str] = mapped_column(Text, default="")  # destinations sent, separated by blanks
    expires_at: Mapped[datetime] = mapped_column(index=True)


class HandOver(Base):
    """A session that goes on in a tab of its own, where the frame's cookies do not come along. Good once."""

    __tablename__ = "lti_hand_over"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    path: Mapped[str] = mapped_column(Text)
    carried: Mapped[str] = mapped_column(Text)  # JSON: what the frame's session held besides its person
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ToolKey(Base):
    """One signing key of ours. The private half is encrypted under the secret key."""

    __tablename__ = "lti_tool_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    public_pem: Mapped[str] = mapped_column(Text)
    private_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    signs_from_at: Mapped[datetime]  # published before, so that platforms know it by then
    published_until_at: Mapped[datetime | None]  # None: the current one


class Offer(Base):
    """What an instructor of a platform may choose on a first launch: one offer, one connection."""

    __tablename__ = "lti_offer"
    __table_args__ = (CheckConstraint("(cohort_id IS NULL) <> (course_id IS NULL)", name="one_thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    offered_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_context_id: Mapped[int | None] = mapped_column(ForeignKey("lti_context.id"))


class ScoreSent(Base):
    """The last statement to one column about one person. `arrived`: what the platform is known to have."""

    __tablename__ = "lti_score_sent"

    line_item_id: Mapped[int] = mapped_column(ForeignKey("lti_line_item.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    stated_at: Mapped[datetime]  # the score's timestamp: always grows, by whole seconds (Moodle)
    arrived: Mapped[str | None] = mapped_column(String(64))  # mark of the state that arrived
    arrived_at: Mapped[datetime | None]
    refusals: Mapped[int] = mapped_column(default=0)  # of "a later score is known", in a row


class Refusals(Base):
    """How many launches were refused on a day, by reason: all that a refusal leaves behind."""

    __tablename__ = "lti_refusals"

    on_day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]


class PlatformRefusals(Base):
    """The same of each platform, as far as its login was known: what its administrator can act on."""

    __tablename__ = "lti_platform_refusals"

    registration_id: Mapped[int] = mapped_column(ForeignKey("lti_registration.platform_id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
