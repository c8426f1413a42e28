"""What every history of money starts from, and what all of its steps share: officers, a clock that moves on, and a count
of its own of what the bank paid and what came back.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from certificates import services as certificates
from learners.services import key_groups
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies import name_port
from subsidies.models import ReviewSample
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making
from tests.subsidies import money_world as world

PROVINCE = "520000"
DAY = dt.timedelta(days=1)
REVIEW = {
    "second": "sample",
    "ministry": "sample",
    "sample_percent": 50,
    "two_in_ministry_if_fen_at_least": 170_000,
}
OFFICES = (
    Role.INTAKE_OFFICER,
    Role.PROVINCE_REVIEWER,
    Role.SECOND_REVIEWER,
    Role.MINISTRY_REVIEWER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RECOVERY_OFFICER,
)


class Ground:
    """Made once, before any history: officers, a policy, and learners with certificates.

    Every second learner is of a group to which a second fund pays as well; each has a certificate of a level and one of
    a special training. A history rolls back to here. Seeds of samples are fixed, so that the same steps go the same way.
    """

    def __init__(self) -> None:
        self.officers = {role: [factories.staff(role) for _ in range(3)] for role in OFFICES}
        making.policy(review=REVIEW)
        reviewer = self.officers[Role.PROVINCE_REVIEWER][2]
        self.wallet: list[tuple[User, str]] = []
        for number in range(6):
            person = making.claimant()
            if number % 2:
                row = key_groups.declare_key_group(person, "registered_poor", at=world.AT, evidence="证")
                key_groups.verify_key_group(row, by=reviewer, at=world.AT)
            for kind in ({"level": 4}, {"certificate_kind": "special", "level": None}):
                done = papers.completion(person, of=papers.version(**kind))
                paper = certificates.issue(certificates.request(done, at=world.AT), at=world.AT)
                self.wallet.append((person, paper.serial))
        for year in (2026, 2027, 2028):
            for month in range(1, 13):
                ReviewSample.objects.create(
                    province_id=PROVINCE,
                    programme="SKILL",
                    month=dt.date(year, month, 1),
                    seed=f"{year}{month:02}".ljust(64, "0"),
                    made_at=world.AT,
                )


class Recording(RuleBasedStateMachine):
    """Steps go through the services, each in a transaction of its own; what a rule of theirs refuses leaves no trace."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        name_port.Recorder.forget()
        self.at = world.AT
        self.made = 0
        self.banked: dict[tuple[int, bool], int] = {}
        """(line, came back late) → fen, of the bank's answers as they took effect; what came back counts below zero."""
        self.cash_back = 0
        """Fen that payees brought back."""

    def do(self, act: Callable[..., Any], *args: Any, **told: Any) -> Any:
        """What the service gave, or None where a rule refused it."""
        self.at += dt.timedelta(minutes=1)
        try:
            with transaction.atomic():
                return act(*args, **{"at": self.at, **told})
        except RuleBroken:
            return None

    def officer(self, role: Role, index: int = 0) -> User:
        return self.ground.officers[role][index % 3]

    def next_paper(self) -> str:
        self.made += 1
        return f"文〔{self.made}〕号"

    def left(self) -> None:
        """Back to the ground."""
        name_port.Recorder.forget()
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)
