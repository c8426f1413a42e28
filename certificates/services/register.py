"""Asking the register, and what follows from what it says. The question is asked outside of any transaction."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Final

from django.conf import settings
from django.db import transaction

from certificates import reading, register_port, terms, workflow
from certificates.models import ExternalCertificate, RegisterAnswer
from certificates.models.external import Said, Why
from certificates.selectors.external import path_of_external
from certificates.services.external import link_to
from certificates.services.moves import locked_external, move_external
from portal import clock, crypto
from portal.accounts import selectors as accounts
from portal.audit.services import record
from portal.notices import services as notices


@dataclass(frozen=True)
class Outcome:
    """What came of a question that was asked: an answer, or the trouble that kept it away. `digest`: of the question."""

    digest: bytes
    answer: register_port.Answer | None
    trouble: str = ""


def take_up(*, at: dt.datetime) -> ExternalCertificate | None:
    """The one that has been due longest, ours until `at` + LEASE: the attempt is counted before the question is asked."""
    with transaction.atomic():
        due = ExternalCertificate.objects.due(at).select_for_update(skip_locked=True, of=("self",))
        external = due.select_related("user").order_by("due_at", "pk").first()
        if external is not None:
            external.attempts += 1
            external.asked_at, external.due_at = at, at + terms.LEASE
            external.save(update_fields=["attempts", "asked_at", "due_at"])
        return external


def ask(external: ExternalCertificate, *, at: dt.datetime) -> Outcome:
    """Ask about one that `take_up` gave; changes nothing here."""
    name = accounts.identity_of(external.user).full_name
    resident_number = accounts.resident_number_of(external.user)
    digest = crypto.blind_index(f"{external.number}|{name}|{resident_number}", purpose="register question")
    try:
        answer = register_port.ask(external.number, name, resident_number, at=at, timeout=terms.TIMEOUT)
    except register_port.RegisterSilent as silence:
        return Outcome(digest, None, silence.trouble or "silent")
    return Outcome(digest, answer)


@transaction.atomic
def told(external: ExternalCertificate, outcome: Outcome, *, at: dt.datetime) -> ExternalCertificate:
    """Keep what came back, and do what follows. `external` is the row as it was when the question was asked.

    Set aside, though kept: an answer to a question that was asked anew or answered already, and one that comes after the
    holder took the certificate back.
    """
    asked_at = external.asked_at
    row = locked_external(external)
    said = _said(row, outcome, asked_at=asked_at, at=at)
    answered = row.answers.filter(asked_at=asked_at, used=True)
    used = row.state in workflow.HELD and row.asked_at == asked_at and not answered.exists()
    _keep(row, outcome, said, asked_at=asked_at, used=used, at=at)
    if used:
        row.attempts = row.attempts if said == Said.SILENT else 0
        follow = _of_a_reported if row.state == workflow.REPORTED else _of_a_checked
        follow(row, said, at=at)
        row.said, row.due_by = said, None
        row.save()
    return row


def _said(row: ExternalCertificate, outcome: Outcome, *, asked_at: dt.datetime, at: dt.datetime) -> Said:
    if outcome.answer is None:
        return Said.SILENT
    reported = reading.Reported(row.kind, row.level, row.occupation_name, row.occupation_code, row.issued_on)
    return Said(reading.read(outcome.answer, reported, asked_at=asked_at, today=clock.today(at)))


def _keep(
    row: ExternalCertificate,
    outcome: Outcome,
    said: Said,
    *,
    asked_at: dt.datetime,
    used: bool,
    at: dt.datetime,
) -> None:
    answer = outcome.answer
    facts = {} if answer is None else _shown(answer)
    RegisterAnswer.objects.create(
        external=row,
        province_id=row.province_id,
        asked_at=asked_at,
        asked_by_id=row.due_by_id,
        register=settings.CERTIFICATE_REGISTER,
        question_sha256=outcome.digest,
        came_at=max(at, asked_at),
        said=said,
        trouble=outcome.trouble,
        answered_at=answer and answer.answered_at,
        as_of=answer and answer.as_of,
        facts=facts,
        answer_sha256=answer and answer.sha256,
        used=used,
    )


def _shown(answer: register_port.Answer) -> dict[str, object]:
    """Without a name or a number of a person: of another one's certificate only that it is another one's."""
    told = {"reference": answer.reference, "found": answer.facts is not None}
    if answer.facts is None:
        return told
    if not answer.facts.holder_matches:
        return told | {"holder_matches": False}
    return told | asdict(answer.facts) | {"issued_on": answer.facts.issued_on.isoformat()}


REFUSED_FOR: Final = {
    Said.NOT_FOUND: Why.NOT_FOUND,
    Said.OTHER_PERSON: Why.OTHER_PERSON,
    Said.REVOKED: Why.REVOKED,
    Said.OTHER_FACTS: Why.OTHER_FACTS,
}
_MISSING: Final = {Said.NOT_FOUND, Said.NOT_YET}


def _of_a_reported(row: ExternalCertificate, said: Said, *, at: dt.datetime) -> None:
    if said == Said.CONFIRMS:
        check(row, "confirm", at=at)
        row.confirmed_at = at
    elif said in REFUSED_FOR:
        refuse(row, REFUSED_FOR[said], at=at)
    else:
        row.due_at = _again(row, said, at=at)


def _again(row: ExternalCertificate, said: Said, *, at: dt.datetime) -> dt.datetime | None:
    """When to ask next. None where the register has spoken and a person has to look."""
    if said == Said.NAMED_OTHERWISE:
        return None
    if said == Said.SILENT:
        return at + min(terms.FIRST_WAIT * 2 ** min(row.attempts - 1, 20), terms.LONGEST_WAIT)
    return at + (terms.STALE_WAIT if said == Said.STALE else terms.UNLISTED_WAIT)


def _of_a_checked(row: ExternalCertificate, said: Said, *, at: dt.datetime) -> None:
    """Withdrawn for a plain word only: revoked, or not found twice, a day apart. Other contradictions wait for people.

    What two people vouched for stands against everything but "revoked".
    """
    if said in {Said.SILENT, Said.STALE}:
        row.due_at = _again(row, said, at=at)
    elif said == Said.REVOKED:
        withdraw(row, Why.REVOKED, at=at)
    elif said == Said.CONFIRMS:
        row.confirmed_at, row.doubted_at = at, None
        row.due_at = recheck_at(row, at=at)
    elif is_vouched_for(row):
        row.due_at = recheck_at(row, at=at)
    elif said in _MISSING and row.said in _MISSING and row.doubted_at:
        withdraw(row, Why.GONE, at=at)
    else:
        row.doubted_at = row.doubted_at or at
        row.due_at = at + terms.DOUBT if said in _MISSING else recheck_at(row, at=at)


def is_vouched_for(row: ExternalCertificate) -> bool:
    return row.rulings.filter(kind="vouch", state=workflow.APPROVED).exists()


def recheck_at(row: ExternalCertificate, *, at: dt.datetime) -> dt.datetime | None:
    """Of what a claim may rest on only, and for two years."""
    if row.completion_id is None or at - row.checked_at > terms.RECHECKED_FOR:
        return None
    return at + terms.RECHECK


def check(row: ExternalCertificate, step: str, *, at: dt.datetime, **detail: object) -> None:
    """It counts from now on. The caller saves the row that it holds locked. Raises IllegalMove."""
    move_external(row, step)
    row.checked_at, row.why = at, ""
    link_to(row, at=at)
    row.due_at = recheck_at(row, at=at)
    tell(row, "external.checked", at=at)
    _record(row, "external.checked", at=at, step=step, linked=row.completion_id is not None, **detail)


def refuse(row: ExternalCertificate, why: Why, *, at: dt.datetime, **detail: object) -> None:
    """As `check`. Raises IllegalMove."""
    move_external(row, "refuse")
    row.refused_at, row.why, row.due_at = at, why, None
    tell(row, "external.refused", at=at, why=why.label)
    _record(row, "external.refused", at=at, why=str(why), **detail)


def withdraw(row: ExternalCertificate, why: Why, *, at: dt.datetime, **detail: object) -> None:
    """As `check`. Raises IllegalMove."""
    move_external(row, "withdraw")
    row.withdrawn_at, row.why, row.due_at = at, why, None
    tell(row, "external.withdrawn", at=at, why=why.label)
    _record(row, "external.withdrawn", at=at, why=str(why), **detail)


def tell(row: ExternalCertificate, kind: str, *, at: dt.datetime, **words: object) -> None:
    notices.send(
        row.user,
        kind,
        about=f"external:{row.serial}",
        path=path_of_external(row),
        at=at,
        subject=row.subject,
        serial=row.serial,
        **words,
    )


def _record(row: ExternalCertificate, action: str, *, at: dt.datetime, **detail: object) -> None:
    by = detail.pop("by", None)
    record(by=by, action=action, thing=row, at=at, detail={"serial": row.serial, **detail})


def put_off(external: ExternalCertificate, *, at: dt.datetime) -> None:
    """A question that broke down here, not there: asked again later, each time after twice as long."""
    later = at + min(terms.FIRST_WAIT * 2 ** min(external.attempts, 20), terms.LONGEST_WAIT)
    ExternalCertificate.objects.held().filter(pk=external.pk, asked_at=external.asked_at).update(due_at=later)
