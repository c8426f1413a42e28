import datetime as dt

from django.db import models, transaction

from portal import chain
from portal.accounts.models import User
from portal.audit.models import NATION, Chain, Entry


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
    code = province or getattr(thing, "province_id", None) or NATION
    heads = Chain.objects.select_for_update().filter(code=code)
    if not (head := heads.first()):
        Chain.objects.get_or_create(code=code, defaults={"head": chain.START})
        head = heads.get()
    entry = Entry(
        chain=head,
        place=head.length + 1,
        by=by,
        action=action,
        thing_type=thing._meta.label_lower,  # noqa: SLF001 - Django's documented name of a model
        thing_id=str(thing.pk),
        at=at,
        reason=reason,
        detail=detail or {},
        previous=bytes(head.head),
    )
    entry.digest = chain.digest(entry.previous, entry.payload())
    entry.save(force_insert=True)
    head.head, head.length = entry.digest, entry.place
    head.save(update_fields=["head", "length"])
    return entry
