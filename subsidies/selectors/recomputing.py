"""Every stored decision evaluated again from its stored facts, by the versions that were published when it was made (I8)."""

import datetime as dt
import json
from collections.abc import Iterator

from django.db import connection, transaction

from portal.workers import shared
from subsidies.models import PolicyVersion
from subsidies.recompute import Chunk, Known
from subsidies.workflow.policies import PolicyState

CHUNK = 500
_ISO = "%Y-%m-%dT%H:%M:%S.%f"
_ROWS = """
SELECT json_build_array(d.id, d.province_id, c.programme, d.policy_id,
    to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), d.outcome, d.amount_fen, d.facts, d.record)::text
FROM subsidies_decision d JOIN subsidies_claim c ON c.id = d.claim_id ORDER BY d.id
"""


def recomputed(*, jobs: int = 1) -> Iterator[Chunk]:
    """What came of all decisions, chunk by chunk. However many they are, some hundreds are in memory for each job.

    Raises portal.workers.WorkerEnded.
    """
    versions = _versions()
    with transaction.atomic():
        yield from shared("subsidies.recompute.chunk", versions, _chunks(), workers=jobs)


def irreproducible(*, jobs: int = 1) -> Iterator[tuple[int, str]]:
    """Each decision that does not come out as it is stored, and the names of what differs. For `reconcile`."""
    for found in recomputed(jobs=jobs):
        yield from found.broken


def _versions() -> list[Known]:
    rows = PolicyVersion.objects.filter(state__in=[PolicyState.PUBLISHED, PolicyState.REPEALED])
    return [
        Known(
            pk=row.pk,
            region=row.region,
            programme=row.programme_id,
            body=json.dumps(row.body),
            published_at=_moment(row.published_at),
            last_day=row.last_day.isoformat() if row.last_day else "",
            ended_at=_moment(row.ended_at),
            repealed=row.state == PolicyState.REPEALED,
        )
        for row in rows.order_by("region", "programme", "version")
    ]


def _moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime(_ISO) if at else ""


def _chunks() -> Iterator[tuple[bytes]]:
    """JSON as PostgreSQL writes it: nothing is read into objects here."""
    with connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(_ROWS)
        while rows := cursor.fetchmany(CHUNK):
            yield (f"[{','.join(text for (text,) in rows)}]".encode(),)
