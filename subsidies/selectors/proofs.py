"""What may be asked about the proofs of the books: they hold numbers of claims and books, no names."""

from django.db.models import QuerySet

from subsidies.models import ReconcileRun


def runs() -> QuerySet[ReconcileRun]:
    """Newest first."""
    return ReconcileRun.objects.order_by("-pk")
