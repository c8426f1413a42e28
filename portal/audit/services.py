import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import models, transaction

from portal import chain
from portal.accounts.models import User
from portal.audit.models import NATION, Chain, Entry


@dataclass(frozen=True)
class Event:
    """What is to be recorded of one thing. No personal numbers in `detail` or `reason`."""

    action: str
    thing: models.Model
    province: str | None = None
    reason: str = ""
    detail: dict[str, object] = field(default_factory=dict)

    @property
    def chain_code(self) -> str:
        return self.province or getattr(self.thing, "province_id", None) or NATION


@transaction.atomic(savepoint=False)
def record(
    *,
    by: User | None,
    action: str,
    thing: models.Model,
    at: dt.datetime,
    province: str | None = None,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> Entry:
    """Write one entry at the end of the province's chain, in the caller's transaction: without it nothing is done.

    `by` is None where the system itself acts. Call it last: it holds the chain's row until the commit. No personal
    numbers in `detail` or `reason`.
    """
    event = Event(action, thing, province=province, reason=reason, detail=detail or {})
    (entry,) = _written(_locked_head(event.chain_code), [event], by=by, at=at)
    entry.save(force_insert=True)
    return entry


@transaction.atomic(savepoint=False)
def record_all(events: Sequence[Event], *, by: User | None, at: dt.datetime) -> None:
    """Many entries at once, as `record` writes one; the chains are locked in the order of their codes."""
    for code in sorted({event.chain_code for event in events}):
        of_chain = [event for event in events if event.chain_code == code]
        Entry.objects.bulk_create(_written(_locked_head(code), of_chain, by=by, at=at), batch_size=1_000)


def _locked_head(code: str) -> Chain:
    heads = Chain.objects.select_for_update().filter(code=code)
    if head := heads.first():
        return head
    Chain.objects.get_or_create(code=code, defaults={"head": chain.START})
    return heads.get()


def _written(head: Chain, events: Sequence[Event], *, by: User | None, at: dt.datetime) -> list[Entry]:
    """The entries behind the head of their chain, which is saved; they are not."""
    entries = []
    for event in events:
        entry = Entry(
            chain=head,
            place=head.length + 1,
            by=by,
            action=event.action,
            thing_type=event.thing._meta.label_lower,  # noqa: SLF001 - Django's documented name of a model
            thing_id=str(event.thing.pk),
            at=at,
            reason=event.reason,
            detail=event.detail,
            previous=bytes(head.head),
        )
        entry.digest = chain.digest(entry.previous, entry.payload())
        head.head, head.length = entry.digest, entry.place
        entries.append(entry)
    head.save(update_fields=["head", "length"])
    return entries
