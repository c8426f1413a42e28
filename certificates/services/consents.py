"""Consent codes: a holder gives and withdraws them, an employer checks many at once."""

import datetime as dt
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates import codes
from certificates.lists import Asked
from certificates.models import Certificate, ConsentCode, ConsentUse
from certificates.models.consents import MOST_DAYS, MOST_USES
from certificates.selectors import consents as selectors
from certificates.selectors.public import PublicAnswer, answer_about
from portal import clock, crypto
from portal.accounts.access import has_role
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role
from portal.accounts.services import BadName, plain_name
from portal.audit.services import record
from portal.rules import RuleBroken

MOST_OPEN: Final = 20
"""Open consents of one holder."""

MOST_LINES: Final = 500
"""Codes in one check."""

_PURPOSE: Final = "consent_code"


class NotYourCertificate(RuleBroken):
    code = "not_your_certificate"
    message = _("Choose certificates of your own that are issued.")


class EndsTooLate(RuleBroken):
    code = "consent_ends_too_late"
    message = _("A consent ends today at the earliest and after 90 days at the latest.")


class NamesNobody(RuleBroken):
    code = "consent_names_nobody"
    message = _("Say which employer may check, and what for.")


class TooManyOpen(RuleBroken):
    code = "too_many_consents"
    message = _("You have 20 open consent codes. Withdraw one that is no longer needed.")


class AlreadyWithdrawn(RuleBroken):
    code = "consent_withdrawn"
    message = _("This consent is withdrawn already.")


class NotYourConsent(RuleBroken):
    code = "not_your_consent"
    message = _("Only the holder can withdraw a consent.")


class NotAnEmployer(RuleBroken):
    code = "not_an_employer"
    message = _("Only who acts for an employer can check with consent codes.")


class TooManyLines(RuleBroken):
    code = "too_many_lines"
    message = _("At most 500 codes at a time. Divide the list.")


class NothingToCheck(RuleBroken):
    code = "nothing_to_check"
    message = _("Give at least one consent code.")


# -- the holder -----------------------------------------------------------------------------------------------------


@transaction.atomic
def give_consent(
    user: User,
    *,
    given_to: str,
    purpose: str,
    ends_on: dt.date,
    certificates: Sequence[str] | None,
    at: dt.datetime,
) -> tuple[ConsentCode, str]:
    """The consent and its code, which is kept nowhere. `certificates` are serials; None covers all, also those to come.

    Raises NotYourCertificate, EndsTooLate, NamesNobody, TooManyOpen.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    papers = list(selectors.may_be_covered(user))
    chosen = [paper for paper in papers if certificates is not None and paper.serial in certificates]
    if not papers or (certificates is not None and not 0 < len(chosen) == len(set(certificates))):
        raise NotYourCertificate
    given_to, purpose = (" ".join(text.replace("\x00", "").split()) for text in (given_to, purpose))
    if not given_to or not purpose:
        raise NamesNobody
    if not 0 <= (ends_on - clock.today(at)).days <= MOST_DAYS:
        raise EndsTooLate
    if selectors.consents_of(user).open(at).count() >= MOST_OPEN:
        raise TooManyOpen
    code = codes.new_code(codes.CONSENT_LENGTH)
    consent = ConsentCode.objects.create(
        user=user,
        province_id=papers[0].province_id,
        code_index=crypto.blind_index(code, purpose=_PURPOSE),
        given_to=given_to[:80],
        purpose=purpose[:120],
        covers_all=certificates is None,
        given_at=at,
        ends_at=_end_of(ends_on),
    )
    consent.certificates.add(*chosen)
    record(
        by=user,
        action="consent_code.given",
        thing=consent,
        at=at,
        detail={"certificates": [paper.serial for paper in chosen] or "all", "ends_on": ends_on.isoformat()},
    )
    return consent, code


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.SHANGHAI)


@transaction.atomic
def withdraw_consent(consent: ConsentCode, *, by: User, at: dt.datetime) -> ConsentCode:
    """Raises NotYourConsent, AlreadyWithdrawn."""
    consent = ConsentCode.objects.select_for_update().get(pk=consent.pk)
    if consent.user_id != by.pk:
        raise NotYourConsent
    if consent.withdrawn_at is not None:
        raise AlreadyWithdrawn
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    record(by=by, action="consent_code.withdrawn", thing=consent, at=at)
    return consent


# -- the employer ---------------------------------------------------------------------------------------------------

OPENED: Final = "opened"
MISTYPED: Final = "mistyped"
TWICE: Final = "twice"
CLOSED: Final = "closed"

OUTCOMES: dict[str, str | Promise] = {
    OPENED: _("Checked"),
    MISTYPED: _("The code does not fit its own check characters: it was mistyped."),
    TWICE: _("This code stands in the list already."),
    CLOSED: _(
        "The code opens nothing to you: it was never given, is over or withdrawn, or another employer uses it."
    ),
}


@dataclass(frozen=True)
class Shown:
    """`name_matches` is None where no name was typed."""

    answer: PublicAnswer
    name_matches: bool | None


@dataclass(frozen=True)
class Checked:
    asked: Asked
    outcome: str
    shown: list[Shown] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return str(OUTCOMES[self.outcome])


@transaction.atomic
def check_many(
    lines: Sequence[Asked], *, organisation: Organisation, by: User, at: dt.datetime
) -> list[Checked]:
    """What each code opens, in the order of the lines. Every code that opens is used once, and its holder sees that.

    The first employer that uses a code is the only one from then on. The statements do not grow with the lines. Raises
    NotAnEmployer, NothingToCheck, TooManyLines.
    """
    if not has_role(by, Role.EMPLOYER, organisation=organisation.pk):
        raise NotAnEmployer
    if not lines:
        raise NothingToCheck
    if len(lines) > MOST_LINES:
        raise TooManyLines
    typed = [codes.plain(line.code) for line in lines]
    opened = _opened(dict.fromkeys(typed), organisation, at=at)
    _use(list(opened.values()), organisation, by=by, at=at)
    papers = selectors.covered_by(list(opened.values()))
    checked, seen = [], set()
    for line, code in zip(lines, typed, strict=True):
        if not codes.is_well_formed(code, codes.CONSENT_LENGTH):
            checked.append(Checked(line, MISTYPED))
        elif code in seen:
            checked.append(Checked(line, TWICE))
        elif code not in opened:
            checked.append(Checked(line, CLOSED))
        else:
            shown = [_shown(paper, line.name) for paper in papers[opened[code].pk]]
            checked.append(Checked(line, OPENED, shown))
        seen.add(code)
    record(
        by=by,
        action="certificates.checked",
        thing=organisation,
        at=at,
        detail={"lines": len(lines), "opened": len(opened)},
    )
    return checked


def _opened(typed: dict[str, None], organisation: Organisation, *, at: dt.datetime) -> dict[str, ConsentCode]:
    """By code the consents that open to this employer, locked and bound to it."""
    sound = [code for code in typed if codes.is_well_formed(code, codes.CONSENT_LENGTH)]
    indexes = dict(zip(crypto.blind_indexes(sound, purpose=_PURPOSE), sound, strict=True))
    rows = list(
        ConsentCode.objects.open(at).filter(code_index__in=list(indexes)).order_by("pk").select_for_update()
    )
    used = dict(
        ConsentUse.objects.filter(consent__in=rows)
        .order_by()
        .values_list("consent_id")
        .annotate(count=Count("pk"))
    )
    return {
        indexes[bytes(row.code_index)]: row
        for row in rows
        if row.organisation_id in (None, organisation.pk) and used.get(row.pk, 0) < MOST_USES
    }


def _use(consents: Sequence[ConsentCode], organisation: Organisation, *, by: User, at: dt.datetime) -> None:
    free = [consent.pk for consent in consents if consent.organisation_id is None]
    ConsentCode.objects.filter(pk__in=free).update(organisation=organisation)
    ConsentUse.objects.bulk_create(
        ConsentUse(consent=consent, organisation=organisation, used_by=by, used_at=at) for consent in consents
    )


def _shown(paper: Certificate, name: str) -> Shown:
    return Shown(answer_about(paper), is_same_name(name, paper.holder_name) if name.strip() else None)


def is_same_name(typed: str, on_paper: str) -> bool:
    """Whether both are one name: in the form in which names are registered, whatever dots and spaces were typed."""
    return hmac.compare_digest(_comparable(typed), _comparable(on_paper))


def _comparable(name: str) -> bytes:
    try:
        return plain_name(name).casefold().encode()
    except BadName:
        return unicodedata.normalize("NFC", name).casefold().encode("utf-8", "replace")
