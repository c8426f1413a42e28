"""Licences of the sample providers, so that their courses count; and one provider of Guizhou with something to read."""

import datetime as dt

from courses import services
from courses.selectors.providers import licence_of
from portal import clock
from portal.accounts.models import Organisation, Province, User
from portal.demo.people import GUIZHOU

REASON = "演示：材料齐全，核验通过"
SUPPLIERS = (Organisation.Kind.PLATFORM, Organisation.Kind.ENTERPRISE, Organisation.Kind.SCHOOL)


def give_licences(*, school: Organisation, by: User, since: dt.datetime, at: dt.datetime) -> int:
    """List every sample provider in its own province, once, as it was done at the moment `since`; gives how many are new."""
    today, first = clock.today(at), clock.today(since)
    new = 0
    on_probation = _another_of(school)
    for organisation in Organisation.objects.filter(kind__in=SUPPLIERS).select_related("province"):
        if licence_of(organisation.pk, organisation.province_id, on=today):
            continue
        step = "put_on_probation" if organisation == on_probation else "list"
        services.decide(
            organisation, organisation.province, step, effective_on=first, reason=REASON, by=by, at=since
        )
        new += 1
        if organisation == school:
            _papers(school, by=by, at=since)
    return new


def _another_of(school: Organisation) -> Organisation | None:
    rows = Organisation.objects.filter(kind__in=SUPPLIERS, province_id=school.province_id)
    return rows.exclude(pk=school.pk).order_by("uscc").first()


def _papers(school: Organisation, *, by: User, at: dt.datetime) -> None:
    today = clock.today(at)
    services.add_contact(
        school,
        name="示例联系人",
        function="教务主任",
        phone="139 0000 0021",
        email="office@school.example",
        by=by,
        at=at,
    )
    services.add_agreement(
        school,
        Province.objects.get(pk=GUIZHOU),
        number="演示〔2026〕1 号",
        title="线上职业技能培训协议（演示）",
        signed_on=today,
        valid_from=today,
        valid_to=today + dt.timedelta(days=365),
        by=by,
        at=at,
    )
