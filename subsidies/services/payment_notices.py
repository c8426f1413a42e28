"""支付公示: what was paid, published once more where the policy asks for it. A row, not a state: the claim stays paid."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, PaperNumber, PaymentLine, PaymentNotice
from subsidies.selectors.payment_notices import last_paid, paid_and_unpublished
from subsidies.services.masking import masked, terms_of_all
from subsidies.services.notices import MOST_CLAIMS, PUBLISHERS, NotYours, digest
from subsidies.services.papers import next_number


class NothingToPublish(RuleBroken):
    code = "nothing_to_publish"
    message = _("No payment waits to be published.")


def _paper(notice: PaymentNotice, lines: list[PaymentLine]) -> dict[str, object]:
    return {
        "number": notice.number,
        "province": notice.province_id,
        "published_at": notice.published_at.astimezone(dt.UTC).isoformat(),
        "lines": [
            {
                "no": line.line_no,
                "name": line.holder_masked,
                "id": line.number_masked,
                "occupation": line.occupation_name,
                "level": line.level,
                "fen": line.fen,
                "paid_on": line.paid_on.isoformat(),
            }
            for line in lines
        ],
    }


@transaction.atomic
def publish_payment(*, province: str, by: User, at: dt.datetime) -> PaymentNotice:
    """Publish what was paid in a province code under policies that ask for it, each claim once; frozen and hashed.

    At most `notices.MOST_CLAIMS` claims; what is left goes into the next one. Raises NotYours, NothingToPublish.
    """
    if not has_role(by, *PUBLISHERS, province=province):
        raise NotYours
    due = paid_and_unpublished([province]).order_by("pk").values_list("pk", flat=True)[:MOST_CLAIMS]
    rows = Claim.objects.select_for_update(of=("self",)).filter(pk__in=list(due)).order_by("pk")
    held = [claim.pk for claim in rows]
    claims = list(paid_and_unpublished([province]).filter(pk__in=held).order_by("pk"))
    if not claims:
        raise NothingToPublish
    year, place, number = next_number(PaperNumber.Kind.PAYMENT, province, at=at)
    notice = PaymentNotice(
        province_id=province, year=year, place=place, number=number, published_by=by, published_at=at
    )
    lines = _lines(notice, claims)
    notice.paper = _paper(notice, lines)
    notice.sha256 = digest(notice.paper)
    notice.save(force_insert=True)
    PaymentLine.objects.bulk_create(lines, batch_size=1000)
    detail = {"number": number, "lines": len(lines), "sha256": notice.sha256}
    record(by=by, action="payment_notice.published", thing=notice, at=at, detail=detail)
    return notice


def _lines(notice: PaymentNotice, claims: list[Claim]) -> list[PaymentLine]:
    shown, paid = masked(claims, terms_of_all(claims)), last_paid(claims)
    return [
        PaymentLine(
            province_id=claim.province_id,
            notice=notice,
            line_no=n,
            claim=claim,
            holder_masked=shown[claim.pk].name,
            number_masked=shown[claim.pk].number,
            occupation_name=claim.occupation_name,
            level=claim.level,
            fen=claim.amount_fen,
            paid_on=clock.today(paid[claim.pk]),
        )
        for n, claim in enumerate(claims, 1)
    ]
