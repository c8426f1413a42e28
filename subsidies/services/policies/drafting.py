"""Drafts of policies: written, changed, begun from another version, with the paper that they carry out."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from courses.services.paper_checks import keep_paper
from portal.accounts.models import Province, User
from portal.audit.services import record
from subsidies.models import PolicyCase, PolicyVersion, Programme
from subsidies.models.policies import in_english
from subsidies.policy import Policy, PolicyError, fingerprint, read_policy
from subsidies.policy.body import NATION
from subsidies.policy.facts import plain
from subsidies.selectors.policies import may_edit, next_number
from subsidies.services.policies.broken import (
    BadPolicy,
    ChangedMeanwhile,
    NoSuchProgramme,
    NotADraft,
    NotYourPolicy,
    VersionTaken,
)
from subsidies.workflow.policies import PolicyState

LONGEST_NUMBER = 80


def readable(body: Any) -> Policy:
    """Raises BadPolicy with the engine's sentence."""
    try:
        return read_policy(body)
    except PolicyError as problem:
        raise _refusal(problem) from None
    except RecursionError:
        raise BadPolicy(_("The text is nested too deeply.")) from None


def _refusal(problem: PolicyError) -> BadPolicy:
    """The engine's sentence, in the reader's language where the engine has it in both."""
    if problem.said is None:
        return BadPolicy(str(problem), place=problem.place)
    if in_english():
        return BadPolicy(str(problem), place=problem.place, reason=f"{problem.said.en}.")
    return BadPolicy(
        f"{problem.place}：{problem.said.zh}。", place=problem.place, reason=f"{problem.said.zh}。"
    )


def fitting(body: Any, province: Province | None, programme: str | None = None) -> Policy:
    """The body as rules, where it fits its place and programme. Raises BadPolicy, NoSuchProgramme."""
    policy = readable(body)
    own = NATION if province is None else province.code
    if policy.region != own and not (province and is_city(policy.region, province)):
        raise BadPolicy(_("The policy names another province."), place="policy.region")
    if programme is not None and policy.programme != programme:
        raise BadPolicy(_("The policy names another programme."), place="policy.programme")
    known = Programme.objects.filter(pk=policy.programme).first()
    if known is None:
        raise NoSuchProgramme
    for number, line in enumerate(policy.amount.lines):
        if line.fund not in known.funds:
            raise BadPolicy(
                _("The programme %(programme)s is not paid from the fund %(fund)s.")
                % {"programme": known.name, "fund": line.fund},
                place=f"policy.amount.lines[{number}].fund",
            )
    if len(policy.doc_no) > LONGEST_NUMBER:
        raise BadPolicy(_("The number of the document is too long."), place="policy.doc_no")
    return policy


def is_city(region: str, province: Province) -> bool:
    """Whether the code is one of a city (or county) of the province: six digits under it."""
    digits = len(region) == len(NATION) and region.isascii() and region.isdigit()
    return digits and region[:2] == province.code[:2] and not region.endswith("0000")


def _told(policy: Policy, body: Any) -> dict[str, Any]:
    """What a row keeps of a body beside the body."""
    after_last = policy.last_day + dt.timedelta(days=1) if policy.last_day else None
    return {
        "version": policy.version,
        "valid": DateRange(policy.first_day, after_last, "[)"),
        "doc_no": policy.doc_no,
        "body": plain(body),
        "body_sha256": fingerprint(body),
    }


@transaction.atomic
def draft_policy(
    province: Province | None, body: dict[str, Any], *, by: User, at: dt.datetime
) -> PolicyVersion:
    """Keep a body as a draft of its version; `province` is None for the national frame.

    Raises NotYourPolicy, BadPolicy (with the engine's sentence), NoSuchProgramme and VersionTaken.
    """
    if not may_edit(by, province.code if province else None):
        raise NotYourPolicy
    policy = fitting(body, province)
    try:
        with transaction.atomic():
            row = PolicyVersion.objects.create(
                province=province,
                programme_id=policy.programme,
                authors=[by.pk],
                recorded_at=at,
                edited_by=by,
                edited_at=at,
                **_told(policy, body),
            )
    except IntegrityError as broken:
        raise VersionTaken from broken
    record(by=by, action="policy.drafted", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def change_policy(
    version: PolicyVersion, body: dict[str, Any], *, by: User, at: dt.datetime, revision: int | None = None
) -> PolicyVersion:
    """Write a draft anew; `revision`: the one that was read.

    Raises NotYourPolicy, NotADraft, ChangedMeanwhile, BadPolicy, VersionTaken.
    """
    row = draft_locked(version, by=by, revision=revision)
    policy = fitting(body, row.province, row.programme_id)
    if policy.region != row.region:
        raise BadPolicy(_("The policy names another province."), place="policy.region")
    for name, value in _told(policy, body).items():
        setattr(row, name, value)
    _touched(row, by=by, at=at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as broken:
        raise VersionTaken from broken
    record(by=by, action="policy.changed", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def copy_policy(
    version: PolicyVersion, *, province: Province | None, by: User, at: dt.datetime, region: str = ""
) -> PolicyVersion:
    """A new draft with the text and the cases of another version, open from the day after its last one.

    `region`: a city of the province. Raises NotYourPolicy, BadPolicy, NoSuchProgramme.
    """
    place = region or (province.code if province else NATION)
    body = {**version.body, "region": place, "version": next_number(place, version.programme_id)}
    if version.valid.upper is not None:
        body["valid"] = [version.valid.upper.isoformat(), None]
    row = draft_policy(province, body, by=by, at=at)
    PolicyCase.objects.bulk_create(
        PolicyCase(
            version=row,
            place=case.place,
            name=case.name,
            facts=case.facts,
            outcome=case.outcome,
            amount_fen=case.amount_fen,
            because=case.because,
        )
        for case in version.cases.all()
    )
    return row


@transaction.atomic
def attach_document(
    version: PolicyVersion, upload: UploadedFile, *, by: User, at: dt.datetime
) -> PolicyVersion:
    """The official paper (PDF or scan), which waits for the virus scan; an earlier one is replaced.

    Raises NotYourPolicy, NotADraft, papers.NotAPaper, papers.PaperTooLarge.
    """
    row = draft_locked(version, by=by)
    for name, value in keep_paper(upload, at=at).items():
        setattr(row, name, value)
    _touched(row, by=by, at=at)
    row.save()
    record(by=by, action="policy.document_attached", thing=row, at=at, detail={"sha256": row.document_sha256})
    return row


def draft_locked(version: PolicyVersion, *, by: User, revision: int | None = None) -> PolicyVersion:
    """The draft, locked, for somebody who may write in it. Raises NotYourPolicy, NotADraft, ChangedMeanwhile."""
    row = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if not may_edit(by, row.province_id):
        raise NotYourPolicy
    if row.state != PolicyState.DRAFT:
        raise NotADraft
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    return row


def _touched(row: PolicyVersion, *, by: User, at: dt.datetime) -> None:
    row.edited_by, row.edited_at, row.revision = by, at, row.revision + 1
    if by.pk not in row.authors:
        row.authors = [*row.authors, by.pk]


def touch(row: PolicyVersion, *, by: User, at: dt.datetime) -> None:
    """Somebody wrote in what belongs to the draft: its cases."""
    _touched(row, by=by, at=at)
    row.save(update_fields=["edited_by", "edited_at", "revision", "authors"])
