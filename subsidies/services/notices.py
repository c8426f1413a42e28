"""Public notice (公示) of approved claims: published once, frozen, ended by the clock."""

import datetime as dt
import hashlib
import json

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import calendar
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, Hold, Notice, NoticeLine, PaperNumber
from subsidies.services.holds import hold_fallen
from subsidies.services.masking import Masked, masked, terms_of_all
from subsidies.services.moves import _move
from subsidies.services.papers import next_number
from subsidies.workflow.claims import State

MOST_CLAIMS = 500
"""Claims in one notice, so that publishing answers within seconds; what is left goes into the next one."""
PUBLISHERS = (Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER)


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You may not publish notices in this province.")


class NothingToPublish(RuleBroken):
    code = "nothing_to_publish"
    message = _("No approved claim waits for a public notice.")


def digest(paper: dict[str, object]) -> str:
    """SHA-256 (hex) over the paper as canonical JSON: sorted keys, UTF-8, no spaces."""
    text = json.dumps(paper, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _publishable(province: str) -> list[Claim]:
    held = Hold.objects.filter(closed_at=None).values("claim_id")
    rows = Claim.objects.filter(province_id=province, state=State.APPROVED).exclude(pk__in=held)
    return _unheld(list(rows.select_for_update(of=("self",)).order_by("pk")[:MOST_CLAIMS]))


def _unheld(claims: list[Claim]) -> list[Claim]:
    """Those without an open hold, asked once their rows are locked: the statement that locks them may have begun before
    somebody put a hold, and would not see it.
    """
    held = set(Hold.objects.filter(claim__in=claims, closed_at=None).values_list("claim_id", flat=True))
    return [claim for claim in claims if claim.pk not in held]


def _line(notice: Notice, line_no: int, claim: Claim, shown: Masked) -> NoticeLine:
    return NoticeLine(
        province_id=claim.province_id,
        notice=notice,
        line_no=line_no,
        claim=claim,
        holder_masked=shown.name,
        number_masked=shown.number,
        occupation_name=claim.occupation_name,
        level=claim.level,
        fen=claim.amount_fen,
    )


def _paper(notice: Notice, lines: list[NoticeLine]) -> dict[str, object]:
    return {
        "number": notice.number,
        "province": notice.province_id,
        "published_at": notice.published_at.astimezone(dt.UTC).isoformat(),
        "starts_on": notice.starts_on.isoformat(),
        "ends_on": notice.ends_on.isoformat(),
        "lines": [
            {
                "no": line.line_no,
                "name": line.holder_masked,
                "id": line.number_masked,
                "occupation": line.occupation_name,
                "level": line.level,
                "fen": line.fen,
            }
            for line in lines
        ],
    }


def publish_notice(*, province: str, by: User, at: dt.datetime) -> Notice:
    """Publish the approved claims of a province code that have no open hold; the list is frozen and hashed.

    It runs for the longest of the working days that the policies behind its claims ask for, from the working day after
    `at`, and shows of each person what the policy of their claim leaves to be seen (`subsidies.masks`). Claims whose certificate stands no
    more are held, whatever becomes of the notice. Raises NotYours, NothingToPublish, and calendar.YearUnknown where the
    holidays of its days are not known.
    """
    if not has_role(by, *PUBLISHERS, province=province):
        raise NotYours
    with transaction.atomic():
        hold_fallen(_publishable(province), at=at)
    return _publish(province=province, by=by, at=at)


@transaction.atomic
def _publish(*, province: str, by: User, at: dt.datetime) -> Notice:
    claims = _publishable(province)
    if not claims:
        raise NothingToPublish
    terms = terms_of_all(claims)
    longest = max(one.working_days for one in terms.values())
    span = calendar.span_after(at, longest, announced=True)
    year, place, number = next_number(PaperNumber.Kind.NOTICE, province, at=at)
    notice = Notice(
        province_id=province,
        year=year,
        place=place,
        number=number,
        published_by=by,
        published_at=at,
        working_days=span.days,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        ends_at=span.ends_at,
        end_due_at=span.ends_at,
        basis=span.basis,
    )
    shown = masked(claims, terms)
    lines = [_line(notice, n, claim, shown[claim.pk]) for n, claim in enumerate(claims, 1)]
    notice.paper = _paper(notice, lines)
    notice.sha256 = digest(notice.paper)
    notice.save(force_insert=True)
    NoticeLine.objects.bulk_create(lines, batch_size=1000)
    for claim in claims:
        _move(claim, "publish", at=at, by=by)
    detail = {"number": number, "lines": len(lines), "sha256": notice.sha256}
    record(by=by, action="notice.published", thing=notice, at=at, detail=detail)
    for claim in claims:
        record(by=by, action="claim.published", thing=claim, at=at, detail={"notice": number})
    return notice


@transaction.atomic
def end_notice(notice: Notice, *, at: dt.datetime) -> Notice:
    """Make the claims of a notice payable once it has run; held ones stay. Ending twice changes nothing.

    Before `ends_at` nothing happens. The caller may hold the notice's row.
    """
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.ended_at is not None or notice.runs(at):
        return notice
    rows = Claim.objects.filter(notice_lines__notice=notice, state=State.IN_NOTICE).order_by("pk")
    claims = _unheld(list(rows.select_for_update(of=("self",))))
    fallen = hold_fallen(claims, at=at)
    claims = [claim for claim in claims if claim.pk not in fallen]
    notice.ended_at, notice.problem = at, ""
    notice.save(update_fields=["ended_at", "problem"])
    for claim in claims:
        _move(claim, "end_notice", at=at)
    detail = {"number": notice.number, "payable": len(claims)}
    record(by=None, action="notice.ended", thing=notice, at=at, detail=detail)
    for claim in claims:
        record(by=None, action="claim.payable", thing=claim, at=at, detail={"notice": notice.number})
    return notice


def postpone_end(notice_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push the end of a notice that failed forward, with its reason."""
    Notice.objects.filter(
        pk=notice_id, ended_at=None, end_due_at__lt=at + dt.timedelta(minutes=minutes)
    ).update(end_due_at=at + dt.timedelta(minutes=minutes), problem=problem[:200])
