"""Papers with a claim: added while it is prepared or to be corrected, handed over with it, kept with it for good."""

import datetime as dt

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.services.paper_checks import keep_paper
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, ClaimDraft, ClaimList, Material
from subsidies.policy import Policy
from subsidies.selectors.materials import Holder, asked_by
from subsidies.workflow.claims import State
from subsidies.workflow.lists import ListState

MOST_OF_A_KIND = 5


class MaterialMissing(RuleBroken):
    code = "material_missing"
    message = _("A paper that the policy asks for is missing. Add it first.")


class NotAskedFor(RuleBroken):
    code = "material_not_asked_for"
    message = _("The policy does not ask for such a paper.")


class TooMany(RuleBroken):
    code = "too_many_materials"
    message = _("At most five papers of a kind. Remove one first.")


class NoMoreChanges(RuleBroken):
    code = "material_fixed"
    message = _("Nothing can be added or removed any more.")


def _may_change(holder: Holder) -> bool:
    if isinstance(holder, Claim):
        return holder.state == State.RETURNED
    return isinstance(holder, ClaimDraft) or holder.state == ListState.CHECKED


def _changeable(holder: Holder) -> Holder:
    """The thing as it is now, its row locked: whoever hands it in or throws it away counts its papers under the same lock.

    Raises NoMoreChanges, also where it was handed in or thrown away meanwhile.
    """
    found = type(holder).objects.select_for_update(of=("self",)).filter(pk=holder.pk).first()
    if found is None or not _may_change(found):
        raise NoMoreChanges
    return found


@transaction.atomic
def add_material(
    holder: Holder, *, kind: str, paper: UploadedFile, policy: Policy | None, by: User, at: dt.datetime
) -> Material:
    """A paper of a kind that the policy asks for. The caller has made sure that `by` may act for the thing.

    Raises NotAskedFor, TooMany, NoMoreChanges, papers.NotAPaper, papers.PaperTooLarge.
    """
    holder = _changeable(holder)
    if kind not in asked_by(policy):
        raise NotAskedFor
    if holder.materials.filter(kind=kind).count() >= MOST_OF_A_KIND:
        raise TooMany
    name = {ClaimDraft: "draft", Claim: "claim", ClaimList: "claim_list"}[type(holder)]
    row = Material.objects.create(
        province_id=holder.province_id,
        kind=kind,
        added_by=by,
        added_at=at,
        **{name: holder},
        **keep_paper(paper, at=at),
    )
    detail = {"kind": kind, "paper": row.document_sha256}
    record(by=by, action="material.added", thing=row, at=at, detail=detail)
    return row


@transaction.atomic
def remove_material(material: Material, *, by: User, at: dt.datetime) -> None:
    """Take a paper away that is not handed in yet; one that is gone stays so. The caller has made sure that `by` may.

    Raises NoMoreChanges.
    """
    row = Material.objects.select_related("draft", "claim_list").filter(pk=material.pk).first()
    if row is None:
        return
    holder = row.draft or row.claim_list
    if holder is None:
        raise NoMoreChanges
    there = _changeable(holder).materials.filter(pk=row.pk)
    if there.exists():
        record(by=by, action="material.removed", thing=row, at=at, detail={"kind": row.kind})
        forget(there)


def forget(rows: QuerySet[Material]) -> None:
    """Rows and files; the files go when the transaction is through."""
    keys = list(rows.values_list("document_key", flat=True))
    rows.delete()
    for key in keys:
        transaction.on_commit(lambda key=key: default_storage.delete(key))


def hand_over(draft: ClaimDraft, claim: Claim) -> None:
    """What was prepared goes with the claim, and stays there."""
    draft.materials.update(draft=None, claim=claim)
