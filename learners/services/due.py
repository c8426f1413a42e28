"""The next row that is due, taken by whoever comes first: what tasks that may run twice and side by side are made of."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Model)


def work_on_next(due: QuerySet[Row], work: Callable[[Row], object], **pushed: object) -> bool:
    """Lock the first of the rows that are due, and work on it. False when none is due.

    What fails is undone and logged, and the row gets the values in `pushed`, so that the others are not held up by it.
    """
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True, of=["self"]).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                work(row)
        except Exception:
            log.exception("%s %s could not be worked on", row._meta.label, row.pk)  # noqa: SLF001 - Django's documented name
            type(row).objects.filter(pk=row.pk).update(**pushed)
    return True
