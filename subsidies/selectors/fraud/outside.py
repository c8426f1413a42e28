"""Checks over the answers of registers outside: only a yes is a finding, what is not known never is."""

from collections.abc import Iterator

from subsidies.fraud.checks import Batch, Found, OfClaims
from subsidies.models import OutsideQuestion


def _yeses(batch: Batch) -> dict[int, list[tuple[str, str]]]:
    def ask() -> dict[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = {}
        rows = OutsideQuestion.objects.filter(claim__in=[row.pk for row in batch.rows], says="yes").order_by(
            "pk"
        )
        for claim, question, as_of in rows.values_list("claim_id", "question", "as_of"):
            found.setdefault(claim, []).append((question, as_of.isoformat()))
        return found

    return batch.once("answers from outside", ask)


def answered_yes(*questions: str) -> OfClaims:
    """A check that finds the claims of which a register said yes to one of these questions."""

    def ask(batch: Batch) -> Iterator[Found]:
        told = _yeses(batch)
        for row in batch.rows:
            for question, as_of in told.get(row.pk, ()):
                if question in questions:
                    yield Found({"as_of": as_of}, key=question, row=row)

    return ask
