"""Running numbers of notices, batches and recovery orders."""

import datetime as dt

from portal import clock
from subsidies.models import PaperNumber

_PREFIX = {
    PaperNumber.Kind.NOTICE: "PN",
    PaperNumber.Kind.BATCH: "PB",
    PaperNumber.Kind.RECOVERY: "RC",
    PaperNumber.Kind.PAYMENT: "PP",
}


def next_number(kind: PaperNumber.Kind, province: str, *, at: dt.datetime) -> tuple[int, int, str]:
    """Year, place and number (`PB-52-2026-0001`). Call it inside the transaction that uses it."""
    year = clock.today(at).year
    PaperNumber.objects.get_or_create(province_id=province, year=year, kind=kind)
    counter = PaperNumber.objects.select_for_update(of=("self",)).get(
        province_id=province, year=year, kind=kind
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return year, counter.last, f"{_PREFIX[kind]}-{province[:2]}-{year}-{counter.last:04d}"
