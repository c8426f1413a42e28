"""The example standards from courses/data/content_standards.json: fictional, and marked so."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from courses.models import ContentStandard, Occupation
from courses.services.checks import recheck_some
from courses.services.standards import StandardWords, draft_standard, publish_standard
from portal.accounts.models import Province, User

SOURCE = Path(__file__).resolve().parents[1] / "data" / "content_standards.json"
_KEPT = (
    "certificate_kind",
    "level",
    "title_zh",
    "title_en",
    "doc_no",
    "source",
    "is_fictional",
    "mend_days",
    "body",
)


def read_samples() -> list[dict[str, Any]]:
    return json.loads(SOURCE.read_text(encoding="utf-8"))


def sample_words(row: dict[str, Any]) -> StandardWords:
    """Raises Occupation.DoesNotExist, Province.DoesNotExist."""
    return StandardWords(
        province=Province.objects.get(pk=row["province"]) if row["province"] else None,
        occupation=Occupation.objects.get(code=row["occupation"], edition=row["edition"]),
        first_day=dt.date.fromisoformat(row["first_day"]),
        **{name: row[name] for name in _KEPT},
    )


@transaction.atomic
def load_sample_standards(
    *, national: tuple[User, User], provincial: tuple[User, User], at: dt.datetime
) -> int:
    """Publish what is not there yet; each pair is who writes and who publishes. Gives how many are new."""
    known = set(ContentStandard.objects.values_list("doc_no", flat=True))
    new = 0
    for row in read_samples():
        if row["doc_no"] in known:
            continue
        by, second = provincial if row["province"] else national
        made = publish_standard(draft_standard(sample_words(row), by=by, at=at), by=second, at=at)
        recheck_some(made.recheck.pk, at=at)
        new += 1
    return new
