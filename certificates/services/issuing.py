"""From a completion to an issued certificate: asked for, given its number and its frozen facts, many at a time."""

import datetime as dt
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import codes, selectors, workflow
from certificates.digests import digest
from certificates.models import Certificate, IssuingTerms, SerialCounter
from certificates.selectors.drafts import Draft, drafts_of, wanted_for
from certificates.services.moves import locked, move
from portal import clock, moves
from portal.accounts.models import User
from portal.audit.services import Event, record, record_all
from portal.notices import services as notices
from portal.rules import RuleBroken

log = logging.getLogger(__name__)

ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(seconds=20)
"""Each attempt waits twice as long for the next: 20 s, 40 s, … 43 min after the eighth."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("Only the reviewers of its province and the operators may do this to a certificate.")


def request(completion: Model, *, at: dt.datetime) -> Certificate:
    """Ask for the certificate of a `learners.Completion`. Asked twice, it gives the first."""
    request_all([completion], at=at)
    return Certificate.objects.get(completion_id=completion.pk, replaces=None)


@transaction.atomic
def request_all(completions: Sequence[Model], *, at: dt.datetime) -> int:
    """Ask for those that were not asked for yet; gives how many. Where the province issues in batches, they wait for one."""
    by_batch = set(IssuingTerms.objects.filter(by_batch=True).values_list("province_id", flat=True))
    wanted = wanted_for(completions)
    rows = [
        Certificate(
            completion=completion,
            user_id=completion.user_id,
            province_id=completion.province_id,
            version_id=wanted[completion.pk].version_id,
            kind=wanted[completion.pk].kind,
            course_code=wanted[completion.pk].course_code,
            code=codes.new_code(),
            requested_at=at,
            due_at=None if completion.province_id in by_batch else at,
        )
        for completion in completions
    ]
    Certificate.objects.bulk_create(rows, ignore_conflicts=True)
    made = list(Certificate.objects.filter(uid__in=[row.uid for row in rows]))
    record_all([Event("certificate.requested", row) for row in made], by=None, at=at)
    return len(made)


@transaction.atomic
def issue(certificate: Certificate, *, at: dt.datetime) -> Certificate:
    """One, now. Raises IllegalMove when it is issued already, UnprintableName, NoIdentity."""
    certificate = locked(certificate)
    moves.check(workflow.MOVES, "issue", certificate.state)
    draft = drafts_of([certificate], at=at)[certificate.pk]
    if isinstance(draft, Exception):
        raise draft
    _freeze([(certificate, draft)], at=at)
    return Certificate.objects.get(pk=certificate.pk)


@dataclass(frozen=True)
class Outcome:
    """What came of one chunk. `taken` is 0 when nothing was due."""

    taken: int
    issued: int


@transaction.atomic
def issue_due(*, at: dt.datetime, most: int) -> Outcome:
    """Up to `most` that are due, in one transaction; each that cannot be issued says why and stops nobody.

    What another worker holds is left to it. Killed in between, nothing has happened.
    """
    rows = list(
        Certificate.objects.due(at)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("due_at", "pk")[:most]
    )
    drafts = drafts_of(rows, at=at)
    ready = []
    for certificate in rows:
        draft = drafts[certificate.pk]
        if isinstance(draft, Exception):
            _put_off(certificate, draft, at=at)
        else:
            ready.append((certificate, draft))
    _freeze(ready, at=at)
    return Outcome(taken=len(rows), issued=len(ready))


def _put_off(certificate: Certificate, trouble: Exception, *, at: dt.datetime) -> None:
    """Tried again later, each time after twice as long; given up where the tries are used up or trying cannot help."""
    certificate.attempts += 1
    certificate.failure = _reason(trouble)[:500]
    if isinstance(trouble, RuleBroken) or certificate.attempts >= ATTEMPTS:
        move(certificate, "give_up")
        certificate.failed_at, certificate.due_at = at, None
        record(by=None, action="certificate.failed", thing=certificate, at=at, reason=certificate.failure)
    else:
        certificate.due_at = at + FIRST_WAIT * 2 ** (certificate.attempts - 1)
    certificate.save(update_fields=["state", "attempts", "failure", "failed_at", "due_at"])


def _reason(trouble: Exception) -> str:
    """For the operator. Words of unknown errors may hold a person's name, so only their kind is kept."""
    if isinstance(trouble, RuleBroken):
        return str(trouble)
    log.error("A certificate could not be issued", exc_info=trouble)
    return type(trouble).__name__


@transaction.atomic
def retry(certificate: Certificate, *, by: User, at: dt.datetime) -> Certificate:
    """Take a failed one up again, once its reason is mended. Raises NotYours, IllegalMove."""
    certificate = locked(certificate)
    if not selectors.may_retry(by):
        raise NotYours
    move(certificate, "retry")
    certificate.due_at, certificate.failed_at, certificate.attempts = at, None, 0
    certificate.save(update_fields=["state", "due_at", "failed_at", "attempts"])
    record(by=by, action="certificate.retried", thing=certificate, at=at)
    return certificate


def _freeze(ready: Sequence[tuple[Certificate, Draft]], *, at: dt.datetime) -> None:
    """Numbers, facts, trace and notices of rows that the caller holds locked."""
    if not ready:
        return
    numbers = _numbers([certificate for certificate, _draft in ready if not certificate.serial], at=at)
    paper_due_at = at if settings.CERTIFICATE_PAPERS == "bulk" else None
    for certificate, draft in ready:
        move(certificate, "issue")
        certificate.serial = certificate.serial or numbers[certificate.pk]
        said = draft.paper(certificate).as_json()
        certificate.facts_sha256 = digest(said, draft.grounds)
        certificate.holder_sealed = certificate.seal_holder(said.pop("holder_name"))
        certificate.holder_masked = draft.holder_masked
        certificate.facts, certificate.grounds = said, draft.grounds
        certificate.issued_at, certificate.issued_on = at, clock.today(at)
        certificate.due_at, certificate.failure, certificate.paper_due_at = None, "", paper_due_at
    rows = [certificate for certificate, _draft in ready]
    _save_issued(rows)
    _tell(rows, at=at)
    events = [Event("certificate.issued", row, detail={"serial": row.serial}) for row in rows]
    record_all(events, by=None, at=at)


def _numbers(certificates: Iterable[Certificate], *, at: dt.datetime) -> dict[int, str]:
    """The next serials, by the id of the certificate, under the lock of the counters of this year.

    Without gaps: the counter goes back with the transaction, no row is ever deleted, and the database refuses a counter
    whose last number nobody has.
    """
    year = clock.today(at).year
    by_province = defaultdict(list)
    for certificate in certificates:
        by_province[certificate.province_id].append(certificate.pk)
    given = {}
    for province, ids in sorted(by_province.items()):
        SerialCounter.objects.get_or_create(province_id=province, year=year)
        counter = SerialCounter.objects.select_for_update().get(province_id=province, year=year)
        for number, pk in enumerate(ids, start=counter.last + 1):
            given[pk] = counter.serial(number)
        counter.last += len(ids)
        counter.save(update_fields=["last"])
    return given


_COLUMNS = (
    ("serial", "text"),
    ("facts", "text"),
    ("grounds", "text"),
    ("facts_sha256", "bytea"),
    ("holder_sealed", "bytea"),
    ("holder_masked", "text"),
)


def _save_issued(rows: Sequence[Certificate]) -> None:
    """One statement for all: a statement for each would cost more than all the rest."""
    arrays = [[row.pk for row in rows]]
    for name, _type in _COLUMNS:
        values = [getattr(row, name) for row in rows]
        arrays.append(
            [json.dumps(value, ensure_ascii=False) for value in values]
            if name in ("facts", "grounds")
            else values
        )
    first = rows[0]
    kinds = ", ".join(f"%s::{kind}[]" for _name, kind in _COLUMNS)
    names = ", ".join(name for name, _kind in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE certificates_certificate c SET
                state = %s, issued_at = %s, issued_on = %s, paper_due_at = %s, due_at = NULL, failure = '',
                serial = n.serial, facts = n.facts::jsonb, grounds = n.grounds::jsonb,
                facts_sha256 = n.facts_sha256, holder_sealed = n.holder_sealed, holder_masked = n.holder_masked
            FROM unnest(%s::bigint[], {kinds}) AS n (id, {names}) WHERE c.id = n.id
            """,  # noqa: S608 - written by us
            [first.state, first.issued_at, first.issued_on, first.paper_due_at, *arrays],
        )


def _tell(rows: Sequence[Certificate], *, at: dt.datetime) -> None:
    people = User.objects.in_bulk({row.user_id for row in rows})
    notices.send_all(
        [
            notices.Telling(
                people[row.user_id],
                "certificate.issued",
                about=f"certificate:{row.serial}",
                path=reverse("certificates:certificate", args=[row.serial]),
                words={
                    "course": notices.either(row.facts["course_title"], row.facts["course_title_en"]),
                    "serial": row.serial,
                },
            )
            for row in rows
        ],
        at=at,
    )
