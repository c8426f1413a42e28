"""Registering a certificate that somebody else issued: what its holder does."""

import datetime as dt
import unicodedata

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from certificates import codes, selectors, terms, workflow
from certificates.models import ExternalCertificate
from certificates.selectors.external import fitting_completion
from certificates.services.issuing import NotYours
from certificates.services.moves import locked_external, move_external
from courses.selectors.occupations import occupation_named
from courses.services.paper_checks import keep_paper
from portal import clock, numbers
from portal.accounts import selectors as accounts
from portal.accounts.models import User
from portal.accounts.services import ConsentMissing, NotVerified
from portal.audit.services import record
from portal.moves import IllegalMove
from portal.rules import RuleBroken

SHORTEST, LONGEST = 6, 40
EARLIEST = dt.date(1990, 1, 1)
_NO_PAPER = {"document_key": "", "document_name": "", "document_bytes": 0, "document_sha256": ""}


class BadNumber(RuleBroken):
    code = "bad_certificate_number"
    message = _("Type the number of the certificate as printed: 6 to 40 letters and digits.")


class OwnPaper(RuleBroken):
    code = "issued_here"
    message = _("This certificate was issued here. It stands under My certificates by itself.")


class LevelMissing(RuleBroken):
    code = "level_missing"
    message = _("A skill level certificate has a level from 5 to 1; one of a special ability has none.")


class BadDay(RuleBroken):
    code = "bad_day"
    message = _("The day of issue lies between 1990 and today.")


class IssuerMissing(RuleBroken):
    code = "issuer_missing"
    message = _("Type who issued the certificate, as printed.")


class RegisteredByYou(RuleBroken):
    code = "registered_by_you"
    message = _("You have registered this certificate already.")


class RegisteredAlready(RuleBroken):
    code = "registered_already"
    message = _(
        "This number is registered with another account. If the certificate is yours, ask the office of your province."
    )


class TooManyReported(RuleBroken):
    code = "too_many_reported"
    message = _(
        "So many certificates at once cannot be checked. Wait until those you registered have an answer."
    )


class PaperThere(RuleBroken):
    code = "paper_there"
    message = _(
        "A paper is here already. If it is the wrong one, take the certificate back and register it anew."
    )


class NoFittingCourse(RuleBroken):
    code = "no_fitting_course"
    message = _(
        "You have completed no course of this occupation and level here that began before the certificate was issued."
    )


def plain_number(text: str) -> str:
    """As it is kept: NFKC, upper case, no spaces. Raises BadNumber, OwnPaper."""
    number = numbers.plain(text)
    if number.startswith(("ZX-", codes.EXTERNAL)):
        raise OwnPaper
    letters = [c for c in number if c not in "-/.()·第号"]
    if (
        not SHORTEST <= len(number) <= LONGEST
        or not any(c.isdigit() for c in letters)
        or not all(unicodedata.category(c)[0] in "LN" for c in letters)
    ):
        raise BadNumber
    return number


@transaction.atomic
def report(
    user: User,
    *,
    number: str,
    kind: str,
    occupation: str,
    level: int | None,
    issuer_name: str,
    issued_on: dt.date,
    agreed: bool,
    at: dt.datetime,
    issuer_code: str = "",
    paper: UploadedFile | None = None,
) -> ExternalCertificate:
    """Register one's own; the register is asked at the next round. `occupation` by code or name. `agreed`: number, name and
    ID number may be sent there.

    Raises NotVerified, ConsentMissing, BadNumber, OwnPaper, LevelMissing, BadDay, IssuerMissing, TooManyReported,
    RegisteredByYou, RegisteredAlready, UnknownOccupation, OtherEdition, papers.NotAPaper, papers.PaperTooLarge.
    """
    identity = accounts.identity_of(user)
    if identity is None:
        raise NotVerified
    if not agreed:
        raise ConsentMissing
    number = plain_number(number)
    _must_fit(kind, level, issued_on, at=at)
    issuer_name, issuer_code = _line(issuer_name, 100), _line(issuer_code, 40)
    if not issuer_name:
        raise IssuerMissing
    meant = occupation_named(occupation)
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    _must_be_new(user, number, at=at)
    external = ExternalCertificate(
        serial=codes.external_serial(identity.province_code, clock.today(at).year),
        user=user,
        province_id=identity.province_code,
        number=number,
        kind=kind,
        occupation_code=meant.code,
        occupation_name=meant.name_zh,
        occupation_edition=meant.edition,
        level=level,
        issuer_name=issuer_name,
        issuer_code=issuer_code,
        issued_on=issued_on,
        holder_masked=identity.masked_name,
        consent_version=settings.CONSENT_VERSION,
        reported_at=at,
        due_at=at,
        due_by=user,
        **(keep_paper(paper, at=at) if paper else {}),
    )
    link_to(external, at=at)
    try:
        with transaction.atomic():
            external.save(force_insert=True)
    except IntegrityError as twice:
        if "external_number_once" not in str(twice):
            raise
        raise RegisteredAlready from twice
    _record(external, "external.reported", by=user, at=at, kind=kind, **_digest(external))
    return external


def _must_fit(kind: str, level: int | None, issued_on: dt.date, *, at: dt.datetime) -> None:
    if kind not in ExternalCertificate.Kind.values or (kind == "level") != (level in range(1, 6)):
        raise LevelMissing
    if not EARLIEST <= issued_on <= clock.today(at):
        raise BadDay


def _line(text: str, most: int) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\x00", "").split())[:most]


def _must_be_new(user: User, number: str, *, at: dt.datetime) -> None:
    held = ExternalCertificate.objects.held().filter(number=number).values_list("user_id", flat=True).first()
    if held is not None:
        raise RegisteredByYou if held == user.pk else RegisteredAlready
    own = selectors.externals_of(user)
    today = own.filter(reported_at__gt=at - dt.timedelta(days=1)).count()
    if own.reported().count() >= terms.MOST_OPEN or today >= terms.MOST_A_DAY:
        raise TooManyReported


def _record(
    external: ExternalCertificate, action: str, *, by: User | None, at: dt.datetime, **detail: object
) -> None:
    record(by=by, action=action, thing=external, at=at, detail={"serial": external.serial, **detail})


def _digest(external: ExternalCertificate) -> dict[str, object]:
    return {"paper": external.document_sha256} if external.document_sha256 else {}


def link_to(external: ExternalCertificate, *, at: dt.datetime) -> None:
    """Set the course that it stands beside, if there is one by now; the caller saves."""
    if external.completion_id is None and (found := fitting_completion(external)):
        external.completion_id, external.linked_at = found, at


def _own(external: ExternalCertificate, by: User) -> ExternalCertificate:
    external = locked_external(external)
    if external.user_id != by.pk:
        raise NotYours
    return external


@transaction.atomic
def link(external: ExternalCertificate, *, by: User, at: dt.datetime) -> ExternalCertificate:
    """The holder has completed a course since. Raises NotYours, IllegalMove where it is not valid, NoFittingCourse."""
    external = _own(external, by)
    if external.state not in workflow.HELD:
        raise IllegalMove
    if external.completion_id is None:
        link_to(external, at=at)
        if external.completion_id is None:
            raise NoFittingCourse
        if external.state == workflow.CHECKED:
            external.due_at = at
        external.save(update_fields=["completion", "linked_at", "due_at"])
        _record(external, "external.linked", by=by, at=at)
    return external


@transaction.atomic
def add_paper(
    external: ExternalCertificate, paper: UploadedFile, *, by: User, at: dt.datetime
) -> ExternalCertificate:
    """A photo or scan for the office, while nothing is found for it. Raises NotYours, IllegalMove, PaperThere, papers.NotAPaper…"""
    external = _own(external, by)
    if external.state not in (workflow.REPORTED, workflow.REFUSED):
        raise IllegalMove
    if external.document_key:
        raise PaperThere
    for name, value in keep_paper(paper, at=at).items():
        setattr(external, name, value)
    external.save(update_fields=list(_NO_PAPER))
    _record(external, "external.paper_added", by=by, at=at, **_digest(external))
    return external


@transaction.atomic
def take_back(external: ExternalCertificate, *, by: User, at: dt.datetime) -> ExternalCertificate:
    """While nothing is found; its paper goes at once, and an answer that still comes is set aside. Raises NotYours, IllegalMove."""
    external = _own(external, by)
    move_external(external, "take_back")
    external.taken_back_at, external.due_at, external.due_by = at, None, None
    key = external.document_key
    for name, value in _NO_PAPER.items():
        setattr(external, name, value)
    external.save(update_fields=["state", "taken_back_at", "due_at", "due_by", *_NO_PAPER])
    if key:
        transaction.on_commit(lambda: default_storage.delete(key))
    _record(external, "external.taken_back", by=by, at=at)
    return external


@transaction.atomic
def ask_again(external: ExternalCertificate, *, by: User, at: dt.datetime) -> ExternalCertificate:
    """The office has the register asked at the next round. Raises NotYours, IllegalMove."""
    external = locked_external(external)
    if not selectors.may_rule(by, external):
        raise NotYours
    if external.state not in workflow.HELD:
        raise IllegalMove
    external.due_at, external.due_by, external.attempts = at, by, 0
    external.save(update_fields=["due_at", "due_by", "attempts"])
    _record(external, "external.asked_again", by=by, at=at)
    return external
