from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Q, QuerySet

from portal import chain
from portal.accounts.access import ALL, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import Chain, Entry


def entries_visible_to(user: User) -> QuerySet[Entry]:
    """Auditors and operators read every chain; nobody else reads any."""
    if provinces_of(user, Role.AUDITOR, Role.OPERATOR) is ALL:
        return Entry.objects.select_related("by")
    return Entry.objects.none()


def history_of(thing_type: str, thing_id: object) -> QuerySet[Entry]:
    return (
        Entry.objects.filter(thing_type=thing_type, thing_id=str(thing_id))
        .select_related("by")
        .order_by("id")
    )


def histories_of(things: Mapping[str, Iterable[object]]) -> list[Entry]:
    """The entries about many things, by type and ids, in the order of writing. One query."""
    about = Q()
    for thing_type, ids in things.items():
        about |= Q(thing_type=thing_type, thing_id__in=[str(one) for one in ids])
    return list(Entry.objects.filter(about).select_related("by").order_by("id")) if things else []


def breaches() -> Iterator[str]:
    """A sentence per place where a chain does not hold: gap, changed entry, wrong head."""
    for head in Chain.objects.order_by("code"):
        previous, place = chain.START, 0
        for entry in head.entries.order_by("place").iterator(chunk_size=2000):
            place += 1
            if entry.place != place:
                yield f"chain {head.code}: place {place} is missing"
                place = entry.place
            if bytes(entry.previous) != previous:
                yield f"chain {head.code}: entry {entry.place} does not follow the one before it"
            if chain.digest(bytes(entry.previous), entry.payload()) != bytes(entry.digest):
                yield f"chain {head.code}: entry {entry.place} was changed after it was written"
            previous = bytes(entry.digest)
        if previous != bytes(head.head) or place != head.length:
            yield f"chain {head.code}: its head does not match its last entry"
