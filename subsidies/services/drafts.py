"""Claims that are being prepared: answers kept step by step, until they are handed in or thrown away."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from portal.accounts.models import User
from subsidies.models import ClaimDraft
from subsidies.selectors.offers import DEFAULT
from subsidies.services.claims import certificate_of, clean_answers
from subsidies.services.materials import forget


def kept_draft(user: User, serial: str, *, programme: str, at: dt.datetime) -> ClaimDraft:
    """What is prepared for one's own certificate, its row locked. Raises NotClaimable."""
    certificate = certificate_of(user, serial)
    draft, _made = ClaimDraft.objects.select_for_update().get_or_create(
        claimant=user,
        certificate_serial=certificate.serial,
        programme=programme,
        defaults={"province_id": certificate.province_code, "saved_at": at},
    )
    return draft


@transaction.atomic
def open_draft(user: User, serial: str, *, programme: str, at: dt.datetime) -> ClaimDraft:
    """What papers are added to where nothing was answered yet. Raises NotClaimable."""
    return kept_draft(user, serial, programme=programme, at=at)


@transaction.atomic
def save_answers(
    user: User, serial: str, answers: Mapping[str, Any], *, at: dt.datetime, programme: str = DEFAULT
) -> ClaimDraft:
    """Keep the answers of one step; those of other steps stay. Raises BadAnswer and NotClaimable."""
    draft = kept_draft(user, serial, programme=programme, at=at)
    kept = {path: value for path, value in draft.answers.items() if path not in answers}
    draft.answers = {**kept, **clean_answers(answers, draft.province_id, programme)}
    draft.saved_at = at
    draft.save(update_fields=["answers", "saved_at"])
    return draft


@transaction.atomic
def discard_draft(user: User, serial: str, *, programme: str = DEFAULT) -> bool:
    """Throw away answers and papers of a claim that was not submitted. False where there are none."""
    rows = ClaimDraft.objects.select_for_update().filter(claimant=user, certificate_serial=serial)
    draft = rows.filter(programme=programme).first()
    if draft is None:
        return False
    forget(draft.materials.all())
    draft.delete()
    return True
