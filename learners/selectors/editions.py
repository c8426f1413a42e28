import datetime as dt
from functools import lru_cache

from learners.models import CountingEdition
from learners.states import Rule


def edition_in_force(province_code: str, on: dt.date) -> CountingEdition:
    """The province's own edition in force that day, else the national default. Raises CountingEdition.DoesNotExist."""
    begun = CountingEdition.objects.published().filter(valid_from__lte=on).order_by("-valid_from")
    own = begun.filter(province_id=province_code).first()
    return own or begun.filter(province=None)[:1].get()


@lru_cache(maxsize=256)
def edition(edition_id: int) -> CountingEdition:
    """A published edition never changes, so each process reads it once."""
    return CountingEdition.objects.published().get(pk=edition_id)


def rule_of(edition: CountingEdition, *, answer_ms: int | None = None) -> Rule:
    """The numbers that counting a session needs; `answer_ms` where a learner has longer to answer."""
    return Rule(
        beat=edition.beat_ms,
        min_gap=edition.min_gap_ms,
        max_gap=edition.max_gap_ms,
        seek_slack=edition.seek_slack_ms,
        check_min=edition.check_min_ms,
        check_max=edition.check_max_ms,
        check_answer=answer_ms or edition.check_answer_seconds * 1000,
        check_failures=edition.check_failures,
        daily_cap=edition.daily_cap_hours * edition.class_hour_seconds * 1000,
    )


@lru_cache(maxsize=1024)
def rule(edition_id: int, answer_ms: int) -> Rule:
    """`rule_of` a published edition, made once."""
    return rule_of(edition(edition_id), answer_ms=answer_ms)


NUMBERS = (
    "class_hour_seconds", "daily_cap_hours", "beat_ms", "min_gap_ms", "max_gap_ms", "seek_slack_ms", "check_min_ms",
    "check_max_ms", "check_answer_seconds", "check_failures", "silent_after_seconds", "confirm_within_hours",
    "reading_characters_per_minute", "quiz_share_percent",
)  # fmt: skip


def numbers_of(edition: CountingEdition) -> dict[str, int]:
    return {name: getattr(edition, name) for name in NUMBERS}
