"""What later apps pull: who completed what, and the facts it stood on."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from learners.models import Completion


@dataclass(frozen=True)
class LearningFacts:
    """Hours are class hours (学时) as they stood on the day of completion.

    `counts_for_subsidy` and the code of the reason are those of the day of enrolment; None for the earliest
    completions, of which nothing was settled.
    """

    user_id: int
    province_code: str
    version_id: int
    started_on: dt.date
    completed_on: dt.date
    valid_hours: Fraction
    online_hours: Fraction
    offline_days: int
    course_hours: Fraction
    counts_for_subsidy: bool | None
    subsidy_reason: str


def completions() -> QuerySet[Completion]:
    """All, the oldest first; narrow them by an anti-join on your own table."""
    return Completion.objects.select_related("enrolment")


def learning_facts(completion_id: int) -> LearningFacts:
    """Raises Completion.DoesNotExist."""
    row = Completion.objects.get(pk=completion_id)
    facts = row.facts
    return LearningFacts(
        user_id=row.user_id,
        province_code=row.province_id,
        version_id=facts["version_id"],
        started_on=dt.date.fromisoformat(facts["started_on"]),
        completed_on=dt.date.fromisoformat(facts["completed_on"]),
        valid_hours=Fraction(facts["valid_hours"]),
        online_hours=Fraction(facts["online_hours"]),
        offline_days=facts["offline_days"],
        course_hours=Fraction(facts["course_hours"]),
        counts_for_subsidy=facts.get("counts_for_subsidy"),
        subsidy_reason=facts.get("subsidy_reason", ""),
    )
