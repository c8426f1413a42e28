"""Checks of who claims: one person under two accounts, one training claimed twice, shared accounts and phones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from certificates import selectors as certificates
from learners.selectors import patterns
from portal.accounts import shared, sign_ins
from subsidies.fraud.checks import Batch, Found, of_people
from subsidies.models import Claim


def _of_the_same_people(batch: Batch) -> dict[bytes, list[tuple]]:
    """All claims that have not ended of the people of the batch, in every province."""

    def ask() -> dict[bytes, list[tuple]]:
        found: dict[bytes, list[tuple]] = defaultdict(list)
        rows = Claim.objects.live().filter(person_key__in=[row.person for row in batch.rows]).order_by("pk")
        for person, *rest in rows.values_list(
            "person_key", "pk", "number", "claimant_id", "occupation", "level", "course_code", "purpose"
        ):
            found[bytes(person)].append(tuple(rest))
        return found

    return batch.once("live claims", ask)


def same_person(batch: Batch) -> Iterator[Found]:
    """The resident ID, whatever its spelling, stands at another account, too."""
    arrived = shared.arrived_as(row.person for row in batch.rows)
    claims = _of_the_same_people(batch)
    for row in batch.rows:
        others = {one[2] for one in claims[row.person]} | {arrived.get(row.person, row.claimant)}
        others.discard(row.claimant)
        if others:
            yield Found({"accounts": len(others) + 1}, key=f"user:{min(others)}", row=row)


def right_twice(batch: Batch) -> Iterator[Found]:
    """The same occupation and level, or the number of the same certificate from elsewhere, is claimed more than once."""
    claims = _of_the_same_people(batch)
    numbers = certificates.numbers_shared(row.serial for row in batch.rows)
    for row in batch.rows:
        twins = [
            one
            for one in claims[row.person]
            if one[0] != row.pk
            and row.level is not None
            and (one[3], one[4], one[6]) == (row.occupation, row.level, row.purpose)
        ]
        if twins:
            told = tuple(one[1] for one in twins)
            yield Found({"claims": len(twins) + 1}, key=f"right:{twins[0][0]}", row=row, claims=told)
        if row.serial in numbers:
            yield Found({"claims": numbers[row.serial]}, key="certificate", row=row)


def same_training(batch: Batch) -> Iterator[Found]:
    """One person, one course, two claims on their way; or two employers for whom the person agreed to take it."""
    claims = _of_the_same_people(batch)
    employers = patterns.employers_of(batch.people)
    for row in batch.rows:
        beside = [
            one
            for one in claims[row.person]
            if one[0] != row.pk and row.course and (one[5], one[6]) == (row.course, row.purpose)
        ]
        if beside:
            told = tuple(one[1] for one in beside)
            figures = {"claims": len(beside) + 1, "employers": 0}
            yield Found(figures, key=f"course:{beside[0][0]}", row=row, claims=told)
        firms = employers.get((row.claimant, row.course), set())
        if len(firms) > 1:
            yield Found({"claims": 1, "employers": len(firms)}, key="employers", row=row)


def shared_account(batch: Batch) -> Iterator[Found]:
    """The bank account is used by others, too; whether staff of a provider or an office is among them is told."""
    found = shared.accounts_shared(batch.paid_people, fewest=batch.terms["account_persons"])
    seen = {}
    for account in found:
        figures = {"persons": account.holders, "staff": len(account.staff) + account.organisations}
        for user in account.users:
            if user in batch.by_claimant:
                seen[user] = (f"account:{account.first}", figures)
    yield from of_people(batch, seen, paid=True)


def account_changed(batch: Batch) -> Iterator[Found]:
    """The account was changed a short time ago, or somebody other than its owner entered it after the claim was made."""
    since = batch.at - dt.timedelta(days=batch.terms["account_days"])
    changes = batch.once("account changes", lambda: shared.account_changes(batch.paid_people))
    for row in batch.rows:
        change = changes.get(row.claimant) if row.organisation is None else None
        if change is None or change.at <= row.submitted_at:
            continue
        if not change.by_owner or (change.earlier and change.at > since):
            days = (batch.at - change.at).days
            figures = {"days": days, "others": int(not change.by_owner)}
            yield Found(figures, key=f"account:{change.id}", row=row)


def taken_over(batch: Batch) -> Iterator[Found]:
    """A sign-in on a device never used before, and soon after it another bank account."""
    changes = batch.once("account changes", lambda: shared.account_changes(batch.paid_people))
    changed = {user: change for user, change in changes.items() if change.earlier and change.by_owner}
    uses = sign_ins.first_uses(changed)
    hours = batch.terms["takeover_hours"]
    seen = {}
    for user, change in changed.items():
        told = uses.get(user, [])
        before = change.at - dt.timedelta(hours=hours)
        new = [
            at for place, (at, is_new) in enumerate(told) if is_new and place and before <= at <= change.at
        ]
        if new:
            passed = int((change.at - new[-1]).total_seconds() // 3600)
            seen[user] = (f"account:{change.id}", {"hours": passed, "devices": sum(one[1] for one in told)})
    yield from of_people(batch, seen, paid=True)


def shared_phone(batch: Batch) -> Iterator[Found]:
    """Employers named several people with the phone of the claimant."""
    phones = shared.phones_of(batch.people)
    named = patterns.people_at_phones(phones)
    seen = {}
    for phone, people in named.items():
        user = phones[phone]
        everybody = people | {row.person for row in batch.by_claimant[user]}
        if len(everybody) >= batch.terms["phone_persons"]:
            seen[user] = ("phone", {"persons": len(everybody)})
    yield from of_people(batch, seen)
