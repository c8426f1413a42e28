"""The log of partners' calls, which they can read."""

import datetime as dt
import hashlib
import uuid
import zlib
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from courses.models import PartnerCall, PartnerKey
from portal.accounts.models import Organisation, User
from portal.rules import RuleBroken

MOST_PROBLEMS = 200
"""More than anybody mends by hand; the answer to the call holds them all."""


class NotResendable(RuleBroken):
    code = "not_resendable"
    message = _("Only a call that sent something can be sent again.")


@dataclass(frozen=True)
class Outcome:
    """What a call came to: the answer, and the facts of it for the log. `counts` has a number for each fate."""

    status: int
    answer: object
    fate: str
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    """What came in: by a key, or sent again by a person."""

    organisation: Organisation
    operation: str
    method: str
    path: str
    key: PartnerKey | None = None
    partner_ref: str = ""
    idempotency_key: str = ""
    body: bytes | None = None
    resent_by: User | None = None
    resent_from: uuid.UUID | None = None
    uid: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def by(self) -> User:
        """Who answers for it: whoever made the key, or sent the call again."""
        return self.resent_by or self.key.created_by


def note(call: Call, outcome: Outcome, *, at: dt.datetime) -> PartnerCall:
    """Write the call down, in the transaction of what it did."""
    return PartnerCall.objects.create(
        uid=call.uid,
        province_id=call.organisation.province_id,
        organisation=call.organisation,
        key=call.key,
        resent_by=call.resent_by,
        resent_from=call.resent_from,
        at=at,
        operation=call.operation,
        method=call.method,
        path=_storable(call.path)[:300],
        partner_ref=_storable(call.partner_ref)[:80],
        idempotency_key=call.idempotency_key if call.idempotency_key.isascii() else "",
        body_packed=zlib.compress(call.body) if call.body is not None else None,
        body_bytes=len(call.body or b""),
        body_digest=hashlib.sha256(call.body).hexdigest() if call.body is not None else "",
        status=outcome.status,
        fate=outcome.fate,
        counts=outcome.counts,
        problems=outcome.problems[:MOST_PROBLEMS],
    )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")


def again(call: PartnerCall, *, by: User) -> Call:
    """A logged call, to be carried out once more. Raises NotResendable."""
    if not call.may_be_resent:
        raise NotResendable
    return Call(
        organisation=call.organisation,
        operation=call.operation,
        method=call.method,
        path=call.path,
        partner_ref=call.partner_ref,
        body=call.body if call.body_packed is not None else None,
        resent_by=by,
        resent_from=call.uid,
    )
