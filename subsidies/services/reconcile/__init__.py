"""Proof that the books, the claims and the bank agree: each breach of an invariant as a sentence.

Each module holds the checks of one subject: a new check is a row in its `CHECKS`, a new subject a module in `SUBJECTS`.
The numbers are those of the design: I1 to I16.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import chain as joined
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subsidies.models import Book, Claim, Decision, Entitlement, JournalEntry, ReconcileRun, RecoveryOrder
from subsidies.selectors.fraud import campaigns
from subsidies.selectors.recomputing import irreproducible
from subsidies.services.reconcile import chains, claims, fraud, ledger, payment, recovery
from subsidies.services.reconcile.checks import Breach, Check, ask
from subsidies.services.routing import drawn_otherwise

SUBJECTS: Final = (ledger, payment, claims, recovery, fraud)
MOST_ALONE = 20_000
"""Decisions up to which one process evaluates them again, however many may share the work: starting them takes longer."""
MOST_KEPT = 500
"""Breaches kept with a run; the rest would say the same. All of them are counted."""


def _checks() -> list[Check]:
    return list(joined.from_iterable(subject.CHECKS for subject in SUBJECTS))


def invariants() -> list[str]:
    """What is proved, by the numbers of the design."""
    return sorted({check.invariant for check in _checks()} | {"I7", "I8"}, key=lambda name: int(name[1:]))


def breaches() -> Iterator[Breach]:
    """Everything that does not hold, over the whole database. Nothing is yielded where all is well."""
    yield from ask(_checks())
    yield from chains.breaches()


_OF_DECISIONS: dict[str, Promise] = {
    "decision_comes_out_again": _("decision {} comes out otherwise: {}"),
    "draw_follows_from_its_seed": _("the draw of decision {} does not follow from the seed of its sample"),
    "look_follows_from_its_seed": _(
        "the random look {} does not follow from its seed and the claims of its month"
    ),
}


def _decisions(jobs: int) -> Iterator[Breach]:
    """Every decision evaluated again (I8). Apart from the others, because it takes far longer than they do."""
    many = Decision.objects.count() > MOST_ALONE
    found = {
        "decision_comes_out_again": irreproducible(jobs=jobs if many else 1),
        "draw_follows_from_its_seed": ((decision.pk,) for decision in drawn_otherwise()),
        "look_follows_from_its_seed": ((campaign.pk,) for campaign in campaigns.drawn_otherwise()),
    }
    for code, rows in found.items():
        for values in rows:
            yield Breach("I8", code, _OF_DECISIONS[code], values)


def prove(*, at: dt.datetime, tell: Callable[[Breach], object] | None = None, jobs: int = 1) -> ReconcileRun:
    """Prove everything and keep what was found. `tell` is given every breach when it is found, for whoever wants them all.

    `jobs` processes share the decisions where they are many; a worker of Celery may not begin any, and has one.
    """
    began, count, kept = time.monotonic(), 0, []
    for breach in joined(breaches(), _decisions(jobs)):
        count += 1
        if tell is not None:
            tell(breach)
        if len(kept) < MOST_KEPT:
            kept.append(_kept(breach))
    took = time.monotonic() - began
    return ReconcileRun.objects.create(
        started_at=at,
        ended_at=at + dt.timedelta(seconds=took),
        milliseconds=int(took * 1000),
        breaches=count,
        counts=_counts(),
        findings=kept,
    )


def _kept(breach: Breach) -> dict[str, Any]:
    with translation.override("en"):
        return {
            "invariant": breach.invariant,
            "check": breach.code,
            "values": [str(value) for value in breach.values],
            "sentence": breach.sentence,
        }


def sentence_of(finding: dict[str, Any]) -> str:
    """What a kept finding says in the reader's language; as it was kept where its check is no more."""
    words = {check.code: check.sentence for check in _checks()} | chains.WORDS | _OF_DECISIONS
    known = words.get(finding["check"])
    return str(known).format(*finding["values"]) if known else finding["sentence"]


def _counts() -> dict[str, int]:
    tables = {
        "books": Book,
        "entries": JournalEntry,
        "claims": Claim,
        "entitlements": Entitlement,
        "recoveries": RecoveryOrder,
    }
    return {name: model.objects.count() for name, model in tables.items()}
