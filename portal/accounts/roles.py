"""The roles, and over what each is held.

A learner needs no appointment: whoever is signed in may learn. All other roles are appointments.
"""

from enum import Enum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    INSTRUCTOR = "instructor", _("Instructor")
    PROVIDER_MANAGER = "provider_manager", _("Provider manager")
    EMPLOYER = "employer", _("Employer")
    PROVINCE_CATALOGUE = "province_catalogue", _("Provincial administrator (catalogue)")
    INTAKE_OFFICER = "intake_officer", _("Intake officer")
    PROVINCE_REVIEWER = "province_reviewer", _("Provincial reviewer")
    SECOND_REVIEWER = "second_reviewer", _("Provincial second reviewer")
    COUNTY_DESK = "county_desk", _("County desk")
    MINISTRY_REVIEWER = "ministry_reviewer", _("Ministry reviewer")
    POLICY_EDITOR = "policy_editor", _("Policy editor")
    POLICY_PUBLISHER = "policy_publisher", _("Policy publisher")
    MINISTRY_POLICY = "ministry_policy", _("Policy office of the ministry")
    FINANCE_MAKER = "finance_maker", _("Finance officer (maker)")
    FINANCE_CHECKER = "finance_checker", _("Finance officer (checker)")
    RECOVERY_OFFICER = "recovery_officer", _("Recovery officer")
    INVESTIGATOR = "investigator", _("Fraud investigator")
    AUDITOR = "auditor", _("Auditor")
    OPERATOR = "operator", _("Operator")


class Scope(Enum):
    PROVINCE = "province"
    ORGANISATION = "organisation"
    NATION = "nation"


SCOPES: Final[dict[Scope, tuple[Role, ...]]] = {
    Scope.PROVINCE: (
        Role.PROVINCE_CATALOGUE,
        Role.INTAKE_OFFICER,
        Role.PROVINCE_REVIEWER,
        Role.SECOND_REVIEWER,
        Role.COUNTY_DESK,
        Role.POLICY_EDITOR,
        Role.POLICY_PUBLISHER,
        Role.FINANCE_MAKER,
        Role.FINANCE_CHECKER,
        Role.RECOVERY_OFFICER,
        Role.INVESTIGATOR,
    ),
    Scope.ORGANISATION: (Role.INSTRUCTOR, Role.PROVIDER_MANAGER, Role.EMPLOYER),
    Scope.NATION: (Role.MINISTRY_REVIEWER, Role.MINISTRY_POLICY, Role.AUDITOR, Role.OPERATOR),
}


PAID_FOR: Final = (Role.EMPLOYER, Role.PROVIDER_MANAGER)
"""Who acts for an organisation where money is paid to it."""
