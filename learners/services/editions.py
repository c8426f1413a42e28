"""Counting editions: the default that ships with the product, and those that provinces publish."""

import datetime as dt
import json
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners.models import CountingEdition
from portal.accounts.models import Province, User
from portal.audit import services as audit
from portal.rules import RuleBroken

DATA = Path(__file__).resolve().parents[1] / "data" / "counting_editions.json"


class EditionOnThatDay(RuleBroken):
    code = "edition_on_that_day"
    message = _("Another counting edition of this province begins on that day.")


def load_default_editions() -> int:
    """Write the editions of data/counting_editions.json that are not there yet; gives how many. Safe to run again."""
    new = 0
    for row in json.loads(DATA.read_text(encoding="utf-8"))["editions"]:
        facts = dict(row)
        key = {
            "province_id": facts.pop("province"),
            "valid_from": dt.date.fromisoformat(facts.pop("valid_from")),
        }
        facts["published_at"] = dt.datetime.fromisoformat(facts["published_at"])
        if not CountingEdition.objects.published().filter(**key).exists():
            CountingEdition.objects.create(**key, **facts)
            new += 1
    return new


@transaction.atomic
def publish_edition(
    *,
    province: Province | None,
    name: str,
    valid_from: dt.date,
    by: User | None,
    at: dt.datetime,
    source: str = "",
    fictional: bool = False,
    **numbers: int,
) -> CountingEdition:
    """A new edition, in force from `valid_from` for enrolments made from then on. `numbers`: fields of CountingEdition.

    Raises EditionOnThatDay, and ValidationError for numbers that contradict each other.
    """
    same_day = CountingEdition.objects.published().filter(province=province, valid_from=valid_from)
    if same_day.exists():
        raise EditionOnThatDay
    edition = CountingEdition(
        province=province,
        name=name,
        valid_from=valid_from,
        published_at=at,
        source=source,
        fictional=fictional,
        **numbers,
    )
    edition.full_clean()
    edition.save(force_insert=True)
    audit.record(
        by=by, action="counting_edition.published", thing=edition, at=at, province=edition.province_id
    )
    return edition
