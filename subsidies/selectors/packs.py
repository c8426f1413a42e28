"""What an evidence pack holds of a claim, and whose packs somebody may see."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, is_dataclass
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.backends.postgresql.psycopg_any import Range

from certificates import selectors as certificates
from portal.accounts.models import User
from portal.audit.models import Entry
from portal.audit.selectors import histories_of
from portal.logs import mask
from portal.madefiles.workflow import LIVE, State
from subsidies.models import (
    AnswerFile,
    BankAnswer,
    Batch,
    BatchLine,
    Claim,
    EvidencePack,
    JournalEntry,
    NameAnswer,
    NameCheck,
    Notice,
    PaymentLine,
    PolicyVersion,
    RecoveryMove,
    Sanction,
    Settlement,
)
from subsidies.selectors import materials
from subsidies.selectors.evidence import evidence_of
from subsidies.selectors.fraud.findings import about_claim
from subsidies.selectors.ledger import payload_of

LONG: Final = 200
"""From so many characters on a text is somebody's own words, in which a number may stand; it is masked as in a log."""
HIDDEN: Final = frozenset(
    {"receipt", "document_key", "document_name", "content_name", "file_name", "key", "check_problem"}
)
"""Keys and names of files, which may name whoever sent them, and of objectors. What is sealed or an index is binary, and no binary value is told."""


def packs_visible_to(user: User) -> models.QuerySet[EvidencePack]:
    """One's own, the newest first."""
    return EvidencePack.objects.filter(asked_by_id=user.pk).select_related("claim")


def packs_of(claim: Claim, user: User) -> models.QuerySet[EvidencePack]:
    return packs_visible_to(user).filter(claim=claim)


def live_pack(claim: Claim, user: User) -> EvidencePack | None:
    """The one that is being made or can be fetched."""
    return packs_of(claim, user).filter(state__in=sorted(LIVE)).first()


def to_fetch(user: User, uid: object, at: dt.datetime) -> EvidencePack | None:
    """None for what is another's, not ready, or over."""
    return packs_visible_to(user).filter(uid=uid, state=State.READY, expires_at__gt=at).first()


class Told:
    """Rows as data: names in place of people, nobody's number, no key. Who claims is `claimant`, and never by name."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def name(self, user: User | None) -> str | None:
        if user is None:
            return None
        return "claimant" if user.pk == self.claim.claimant_id else str(user)

    def row(self, row: models.Model) -> dict[str, Any]:
        return dict(self._fields(row))

    def rows(self, rows: Iterable[models.Model]) -> list[dict[str, Any]]:
        return [self.row(row) for row in rows]

    def _fields(self, row: models.Model) -> Iterator[tuple[str, Any]]:
        for field in row._meta.fields:  # noqa: SLF001 - Django's documented name
            if isinstance(field, models.BinaryField) or field.name in HIDDEN:
                continue
            if field.is_relation and field.related_model is User:
                yield field.name, self.name(getattr(row, field.name))
            else:
                yield field.name, _plain(field, getattr(row, field.attname))


def _plain(field: models.Field, value: Any) -> Any:
    if isinstance(value, str) and _is_long(field):
        return mask(value)
    return plain(value)


def _is_long(field: models.Field) -> bool:
    return isinstance(field, models.TextField) or (field.max_length or 0) >= LONG


def plain(value: Any) -> Any:
    """As JSON has it: times in ISO 8601, fractions and decimals as they are written."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return [plain(value.lower), plain(value.upper)] if isinstance(value, Range) else str(value)


def withheld_of(claim: Claim) -> list[str]:
    """What no file of a pack may say, wherever somebody wrote it: with its receipt one asks after an objection."""
    return list(claim.objections.values_list("receipt", flat=True))


def parts_of(claim: Claim) -> dict[str, Callable[[], Any]]:
    """The files of a pack by name, each with what gives its data. The same number of statements for every claim."""
    told = Told(claim)
    return {
        "claim.json": lambda: told.row(claim),
        "decisions.json": lambda: told.rows(claim.decisions.select_related("by")),
        "policies.json": lambda: _policies(told, claim),
        "moves.json": lambda: told.rows(claim.moves.select_related("by")),
        "seats.json": lambda: told.rows(claim.seats.select_related("user")),
        "holds.json": lambda: told.rows(claim.holds.select_related("opened_by", "closed_by")),
        "findings.json": lambda: told.rows(about_claim(claim).select_related("officer", "person")),
        "papers.json": lambda: told.rows(materials.rows_of(claim).select_related("added_by").order_by("pk")),
        "objections.json": lambda: told.rows(claim.objections.select_related("decided_by")),
        "appeal.json": lambda: told.rows([claim.appeal] if hasattr(claim, "appeal") else []),
        "notices.json": lambda: _notices(told, claim),
        "payments.json": lambda: _payments(told, claim),
        "ledger.json": lambda: {"entries": list(_entries(told, claim))},
        "recoveries.json": lambda: _recoveries(told, claim),
        "certificate.json": lambda: _certificate(claim),
        "audit.json": lambda: [_event(told, entry) for entry in _history(claim)],
    }


def _policies(told: Told, claim: Claim) -> list[dict[str, Any]]:
    """Each version by which a decision was made, whole."""
    cited = claim.decisions.exclude(policy=None).order_by().values("policy_id").distinct()
    people = ("edited_by", "submitted_by", "returned_by", "published_by", "ended_by")
    return told.rows(PolicyVersion.objects.filter(pk__in=cited).select_related(*people).order_by("pk"))


def _notices(told: Told, claim: Claim) -> dict[str, Any]:
    """The lines of the claim, and the notices without the lines of others."""
    rows = Notice.objects.filter(lines__claim=claim).select_related("published_by").distinct()
    notices = [{name: value for name, value in told.row(row).items() if name != "paper"} for row in rows]
    published = PaymentLine.objects.filter(claim=claim)
    return {
        "notices": notices,
        "lines": told.rows(claim.notice_lines.all()),
        "published_payments": told.rows(published),
    }


def _payments(told: Told, claim: Claim) -> dict[str, Any]:
    lines = BatchLine.objects.filter(claim=claim).select_related("account_changed_by", "released_by")
    people = ("made_by", "checked_by", "released_by", "cancelled_by")
    batches = Batch.objects.filter(lines__claim=claim).distinct().select_related(*people)
    answers = BankAnswer.objects.filter(line__claim=claim)
    checks = NameCheck.objects.filter(account__in=lines.values("account"))
    files = AnswerFile.objects.filter(answers__line__claim=claim).distinct().select_related("received_by")
    return {
        "entitlements": told.rows(claim.entitlements.all()),
        "batches": told.rows(batches),
        "lines": told.rows(lines),
        "answer_files": [
            {name: value for name, value in told.row(row).items() if name != "report"} for row in files
        ],
        "answers": told.rows(answers),
        "name_checks": told.rows(checks),
        "name_answers": told.rows(NameAnswer.objects.filter(check_of__in=checks)),
    }


def causes_of(claim: Claim) -> list[str]:
    """The causes under which the ledger posts for a claim; an entry of a released batch is for all its lines."""
    causes = [f"entitlement:{pk}" for pk in claim.entitlements.values_list("pk", flat=True)]
    for pk, batch, book in claim.batch_lines.values_list("pk", "batch_id", "entitlement__book_id"):
        causes += [f"line:{pk}", f"batch:{batch}:book:{book}"]
    causes += [f"recovery:{pk}" for pk in claim.recoveries.values_list("pk", flat=True)]
    own = models.Q(order__claim=claim) | models.Q(entitlement__claim=claim)
    causes += [f"settlement:{pk}" for pk in Settlement.objects.filter(own).values_list("pk", flat=True)]
    return causes


def _entries(told: Told, claim: Claim) -> Iterator[dict[str, Any]]:
    """With what each digest covers, so that it can be reckoned anew from the pack alone."""
    rows = JournalEntry.objects.filter(cause__in=causes_of(claim)).select_related("by", "book")
    for entry in rows.prefetch_related("postings__account").order_by("pk"):
        sides = [(one.account.kind, one.debit_fen, one.credit_fen) for one in entry.postings.all()]
        yield {
            "id": entry.pk,
            "book": str(entry.book),
            "by": told.name(entry.by),
            "covered": plain(payload_of(entry, sides)),
            "previous": bytes(entry.previous).hex(),
            "digest": bytes(entry.digest).hex(),
        }


def _recoveries(told: Told, claim: Claim) -> dict[str, Any]:
    orders = claim.recoveries.select_related("payee", "proposed_by", "notified_by", "ordered_by")
    settlements = Settlement.objects.filter(models.Q(order__claim=claim) | models.Q(entitlement__claim=claim))
    sanctions = Sanction.objects.filter(order__claim=claim)
    return {
        "orders": told.rows(orders),
        "moves": told.rows(RecoveryMove.objects.filter(order__claim=claim).select_related("by")),
        "settlements": told.rows(settlements.select_related("made_by", "approved_by", "checked_by")),
        "sanctions": told.rows(sanctions.select_related("person", "imposed_by", "lifted_by")),
    }


def _certificate(claim: Claim) -> dict[str, Any]:
    """The certificate as it stands today, and the learning behind it with its counted time day by day."""
    try:
        facts = certificates.certificate_facts(claim.certificate_serial)
    except ObjectDoesNotExist:
        return {"serial": claim.certificate_serial, "known": False}
    found = evidence_of(claim)
    hidden = {"user_id"}
    learned = plain(found.learned) if found.learned else None
    return {
        "known": True,
        "state_today": found.state,
        "certificate": {name: value for name, value in plain(facts).items() if name not in hidden},
        "learned": learned and {name: value for name, value in learned.items() if name not in hidden},
        "record": plain(found.record) if found.record else None,
    }


def _history(claim: Claim) -> list[Entry]:
    """The audit's entries about the claim and all that hangs on it."""
    things: dict[str, list[int]] = {"subsidies.claim": [claim.pk]}
    for label, rows in (
        ("subsidies.decision", claim.decisions),
        ("subsidies.hold", claim.holds),
        ("subsidies.finding", about_claim(claim)),
        ("subsidies.objection", claim.objections),
        ("subsidies.entitlement", claim.entitlements),
        ("subsidies.batchline", claim.batch_lines),
        ("subsidies.recoveryorder", claim.recoveries),
        ("subsidies.evidencepack", EvidencePack.objects.filter(claim=claim)),
        ("subsidies.batch", Batch.objects.filter(lines__claim=claim).distinct()),
        ("subsidies.notice", Notice.objects.filter(lines__claim=claim).distinct()),
    ):
        things[label] = list(rows.order_by("pk").values_list("pk", flat=True))
    return histories_of(things)


def _event(told: Told, entry: Entry) -> dict[str, Any]:
    return {
        "chain": entry.chain_id,
        "place": entry.place,
        "at": entry.at.isoformat(),
        "by": told.name(entry.by),
        "action": entry.action,
        "thing": [entry.thing_type, entry.thing_id],
        "reason": entry.reason,
        "detail": entry.detail,
        "previous": bytes(entry.previous).hex(),
        "digest": bytes(entry.digest).hex(),
    }
