"""Checks of how somebody learned, sat the exam and was certified."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from certificates import selectors as certificates
from learners.selectors import patterns
from portal.accounts import sign_ins
from subsidies.fraud.checks import Batch, Found, of_people
from subsidies.models import Claim

MOST_COMPARED: Final = 5_000
"""People whose course of study is compared with those of a batch, at most; the newest."""
_HOUR_MS: Final = 3_600_000


def _since(batch: Batch) -> dt.datetime:
    return batch.at - dt.timedelta(days=batch.terms["device_days"])


def shared_device(batch: Batch) -> Iterator[Found]:
    """One device on which many learners signed in and opened lessons."""
    fewest = batch.terms["device_persons"]
    used = sign_ins.devices_of(batch.people, since=_since(batch), fewest=fewest)
    seen = {}
    for device in used:
        learners = patterns.opened_at(device.doors, device.users)
        if len(learners) >= fewest:
            told = (f"device:{device.first}", {"persons": len(learners)})
            seen |= dict.fromkeys(learners & batch.by_claimant.keys(), told)
    yield from of_people(batch, seen)


def same_cadence(batch: Batch) -> Iterator[Found]:
    """In one network several learners open the same lesson in the same second, again and again."""
    fewest, times = batch.terms["cadence_persons"], batch.terms["cadence_times"]
    since = _since(batch)
    seen = {}
    for network in sign_ins.networks_of(batch.people, since=since, fewest=fewest):
        doors = set(network.doors)
        moments: dict[tuple[int, int], set[int]] = defaultdict(set)
        for user, lesson, at, door in patterns.openings_of(network.users, since=since):
            if door in doors:
                moments[lesson, int(at.timestamp())].add(user)
        together = [users for users in moments.values() if len(users) >= fewest]
        often = Counter(user for users in together for user in users)
        for user, count in often.items():
            if count >= times and user in batch.by_claimant:
                most = max(len(users) for users in together if user in users)
                seen[user] = (f"network:{network.first}", {"times": count, "persons": most})
    yield from of_people(batch, seen)


def _study(batch: Batch) -> dict[int, patterns.Study]:
    return batch.once("study", lambda: patterns.study_of(batch.people))


def study_hours(batch: Batch) -> Iterator[Found]:
    """More counted hours on a day than somebody can learn, or learning at nearly all hours of the day.

    Faster than time passes nothing is counted: the ledger refuses it (`ledger_row_within_its_wall_time`).
    """
    terms = batch.terms
    seen = {}
    for user, study in _study(batch).items():
        long_day = study.longest_day_ms > terms["study_hours_a_day"] * _HOUR_MS
        all_hours = study.hours_of_day >= terms["study_hours_of_day"]
        if long_day or all_hours:
            figures = {"longest": round(study.longest_day_ms / _HOUR_MS), "hours": study.hours_of_day}
            seen[user] = ("study", figures)
    yield from of_people(batch, seen)


def same_curve(batch: Batch) -> Iterator[Found]:
    """The same lessons in the same order, each as long to the second, as somebody else."""
    courses = {row.course for row in batch.rows} - {""}
    beside = Claim.objects.live().filter(course_code__in=courses, submitted_at__gte=_since(batch))
    others = beside.order_by("-pk").values_list("claimant_id", flat=True)[:MOST_COMPARED]
    curves = patterns.curves_of({*batch.people, *others}, fewest=batch.terms["curve_pieces"])
    seen = {}
    for digest, people in curves.items():
        if len(people) > 1:
            for user in people.keys() & batch.by_claimant.keys():
                seen[user] = (f"curve:{digest[:16]}", {"persons": len(people), "pieces": people[user]})
    yield from of_people(batch, seen)


def presence_failed(batch: Batch) -> Iterator[Found]:
    """Many presence checks during the lessons were not answered."""
    seen = {}
    for user, (passed, failed) in patterns.presence_of(batch.people).items():
        total = passed + failed
        if (
            total >= batch.terms["presence_checks"]
            and failed * 100 >= total * batch.terms["presence_percent"]
        ):
            seen[user] = ("presence", {"failed": failed, "checks": total})
    yield from of_people(batch, seen)


def _signals(batch: Batch) -> dict[int, tuple[int, int, int]]:
    return batch.once("signals", lambda: patterns.signals_of(batch.people))


def exam_referred(batch: Batch) -> Iterator[Found]:
    """Somebody looked at a signal about the exam and referred it."""
    seen = {
        user: ("referred", {"signals": referred})
        for user, (_n, referred, _pk) in _signals(batch).items()
        if referred
    }
    yield from of_people(batch, seen)


def exam_signal(batch: Batch) -> Iterator[Found]:
    """There are signals about the exam that nobody has looked into."""
    seen = {
        user: ("open", {"signals": waiting})
        for user, (waiting, _n, _pk) in _signals(batch).items()
        if waiting
    }
    yield from of_people(batch, seen)


def hours_short(batch: Batch) -> Iterator[Found]:
    """The ledger of learning time has fewer hours now than the completion said, on which the claim rests."""
    behind = certificates.completions_behind(row.serial for row in batch.rows)
    hours = patterns.hours_now(behind.values())
    allowed = batch.terms["hours_short_percent"]
    for row in batch.rows:
        told = hours.get(behind.get(row.serial, 0))
        if told and told.now * 100 < told.said * (100 - allowed):
            figures = {"said": f"{float(told.said):.1f}", "now": f"{float(told.now):.1f}"}
            yield Found(figures, key="hours", row=row)


def certificate_doubted(batch: Batch) -> Iterator[Found]:
    """The certificate was revoked, or is being questioned, or the register contradicts it."""
    serials = {row.serial for row in batch.rows}
    fallen = certificates.fallen(serials)
    questioned = certificates.questioned_among(serials)
    for row in batch.rows:
        if row.serial in fallen:
            yield Found({"fallen": 1}, key="fallen", row=row)
        elif row.serial in questioned:
            yield Found({"fallen": 0}, key="questioned", row=row)
