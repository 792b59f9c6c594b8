"""My certificates, of all cohorts, also after leaving one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.pages.items import CertificateItem, item_of
from portal.certificates.queries import all_of, troubles_of
from portal.core.nav import Place, enter
from portal.courses.access import my_enrollments
from portal.courses.models import EnrollmentState
from portal.courses.queries import content_of
from portal.identity.models import Person


@dataclass(frozen=True)
class CohortCertificates:
    """One cohort's certificates. `left`: the learner is not in it any more."""

    title: str
    cohort_name: str
    left: bool
    url: str
    items: list[CertificateItem]


@dataclass(frozen=True)
class MyCertificatesPage:
    """`cohorts`: those with certificates, newest first. `others`: current courses without one yet."""

    cohorts: list[CohortCertificates]
    others: list[CohortCertificates]


def my_certificates_page(session: Session) -> MyCertificatesPage:
    """Everything issued to the signed-in person. A constant number of statements."""
    enrollments = my_enrollments(session)
    enter_without_cohort(enrollments[0].person if enrollments else None)
    by_enrollment: dict[int, list[Certificate]] = {}
    mine = all_of(session, [one.id for one in enrollments])
    troubles = troubles_of(session, mine) if mine else {}
    for certificate in mine:
        by_enrollment.setdefault(certificate.enrollment_id, []).append(certificate)
    groups = []
    for enrollment in enrollments:
        cohort = enrollment.cohort
        certificates = by_enrollment.get(enrollment.id, [])
        replacing = {one.replaces_id: one for one in certificates if one.replaces_id}
        left = enrollment.state is EnrollmentState.WITHDRAWN
        groups.append(
            CohortCertificates(
                title=content_of(session, cohort.course_version_id).title,
                cohort_name=cohort.name,
                left=left,
                url="" if left else f"/c/{cohort.slug}/record",
                items=[
                    item_of(one, cohort.time_zone, newer=replacing.get(one.id), trouble=troubles.get(one.id))
                    for one in certificates
                ],
            )
        )
    return MyCertificatesPage(
        cohorts=[group for group in groups if group.items],
        others=[group for group in groups if not group.items and not group.left],
    )


def enter_without_cohort(person: Person | None) -> None:
    """Say whose page it is that belongs to no course."""
    if person is not None:
        enter(Place(name=person.name or ""))
