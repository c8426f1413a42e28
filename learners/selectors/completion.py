"""What later apps pull: who completed what, and the facts it stood on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import DateTimeField, F, Func, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from learners.models import Completion, Coverage, LedgerHead, LedgerRow
from learners.selectors.time import COUNTED
from portal import clock


@dataclass(frozen=True)
class LearningFacts:
    """Hours are class hours (学时) as they stood on the day of completion.

    `counts_for_subsidy` and the code of the reason are those of the day of enrolment; None for the earliest
    completions, of which nothing was settled. `grounds` is what a certificate keeps of it; see `_grounds`.
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
    grounds: dict[str, object]


def completions() -> QuerySet[Completion]:
    """All, the oldest first; narrow them by an anti-join on your own table."""
    return Completion.objects.select_related("enrolment")


def learning_facts(completion_id: int) -> LearningFacts:
    """Raises Completion.DoesNotExist."""
    found = learning_facts_of([completion_id])
    if not found:
        raise Completion.DoesNotExist
    return found[completion_id]


def learning_facts_of(completion_ids: Iterable[int]) -> dict[int, LearningFacts]:
    """By the id of the completion; what does not exist is missing. One statement for all."""
    rows = Completion.objects.filter(pk__in=set(completion_ids)).annotate(
        edition_name=F("enrolment__edition__name"),
        edition_from=F("enrolment__edition__valid_from"),
        class_hour_seconds=F("enrolment__edition__class_hour_seconds"),
    )
    return {row.pk: _facts(row) for row in rows}


def end_of_ledger(user_id: int) -> dict[str, object]:
    """Length and digest (hex) of a learner's chain of counted time; empty where nothing was ever counted."""
    head = LedgerHead.objects.filter(user_id=user_id).first()
    return {"length": head.length, "digest": bytes(head.digest).hex()} if head else {}


def digests_in_ledgers(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """By (user id, length of the chain): the digest (hex) that the learner's chain has there now. What is not there is missing."""
    asked = Q()
    for user_id, length in places:
        asked |= Q(user_id=user_id, place=length)
    if not asked:
        return {}
    rows = LedgerRow.objects.filter(asked).values_list("user_id", "place", "digest")
    return {(user_id, place): bytes(digest).hex() for user_id, place, digest in rows}


def _facts(row: Completion) -> LearningFacts:
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
        grounds=_grounds(row),
    )


def _grounds(row: Completion) -> dict[str, object]:
    """What an auditor needs to find again what the completion stood on; ready for JSON.

    `counting`: the edition of the rule by which time was counted. `exam` and `practice`: as the completion has them.
    `ledger`: length and digest (hex) of the learner's chain at that moment; missing in the earliest completions.
    `completion`: the digest (hex) over all facts of the completion.
    """
    told = {
        "counted_seconds": row.facts["counted_seconds"],
        "required_hours": row.facts["required_hours"],
        "counting": {
            "name": row.edition_name,
            "valid_from": row.edition_from.isoformat(),
            "class_hour_seconds": row.class_hour_seconds,
        },
        "completion": bytes(row.digest).hex(),
    }
    return told | {name: row.facts[name] for name in ("exam", "practice", "ledger") if row.facts.get(name)}


@dataclass(frozen=True)
class LearningRecord:
    """The counted time behind a completion, as a reviewer looks at it: whole seconds, days of Shanghai.

    `days` are (day, counted seconds), the first day first, days without learning left out.
    """

    counted_seconds: int
    refused_seconds: int
    class_hour_seconds: int
    checks_passed: int
    checks_asked: int
    days: tuple[tuple[dt.date, int], ...]

    @property
    def longest_seconds(self) -> int:
        return max((seconds for _day, seconds in self.days), default=0)


def learning_record(completion_id: int) -> LearningRecord:
    """Raises Completion.DoesNotExist. Four statements, however long somebody learned."""
    completion = Completion.objects.select_related("enrolment__edition").get(pk=completion_id)
    rows = LedgerRow.objects.filter(enrolment=completion.enrolment_id).order_by()
    began = Func("wall", function="lower", output_field=DateTimeField())
    day = TruncDate(began, tzinfo=clock.SHANGHAI)
    days = rows.annotate(day=day).values_list("day").annotate(ms=Sum(COUNTED)).order_by("day")
    refused = rows.filter(entry=LedgerRow.Entry.REFUSED).aggregate(ms=Sum("ms", default=0))["ms"]
    checks = Coverage.objects.filter(enrolment=completion.enrolment_id).aggregate(
        passed=Sum("passed", default=0), failed=Sum("failures", default=0)
    )
    counted = tuple((on, ms // 1000) for on, ms in days if ms > 0)
    return LearningRecord(
        counted_seconds=completion.facts["counted_seconds"],
        refused_seconds=refused // 1000,
        class_hour_seconds=completion.enrolment.edition.class_hour_seconds,
        checks_passed=checks["passed"],
        checks_asked=checks["passed"] + checks["failed"],
        days=counted,
    )
