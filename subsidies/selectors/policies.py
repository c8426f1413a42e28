from dataclasses import replace

from django.db.models import QuerySet

from subsidies.models import PolicyVersion
from subsidies.policy import Policy, read_policy


def policy_versions(province_code: str | None = None) -> QuerySet[PolicyVersion]:
    """Published versions, newest first. Anybody may read them."""
    rows = PolicyVersion.objects.published().select_related("province")
    return rows.filter(province_id=province_code) if province_code else rows


def earlier_version(version: PolicyVersion) -> PolicyVersion | None:
    """The published one before it, of the same province and programme."""
    rows = PolicyVersion.objects.published().of(version.province_id, version.programme)
    return rows.filter(version__lt=version.version).order_by("-version").first()


def policies_of(province_code: str, programme: str) -> tuple[Policy, ...]:
    """The published versions as rules, oldest first, each until the last day that it applies to by now."""
    rows = PolicyVersion.objects.published().of(province_code, programme).order_by("version")
    return tuple(replace(read_policy(row.body), last_day=row.last_day) for row in rows)


def version_row(province_code: str, programme: str, version: int | None) -> PolicyVersion | None:
    return PolicyVersion.objects.published().of(province_code, programme).filter(version=version).first()
