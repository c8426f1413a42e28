"""Occupations by their code. A code means something only together with its edition."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy

from courses.models import Occupation, OccupationCrosswalk
from courses.problems import Problem, storable
from portal.rules import RuleBroken

EDITION = "2022"
"""The edition of the catalogue: courses and standards are entered by it."""
_QUOTED = 20
_CODE = re.compile(r"\d(?:-\d{2}){1,3}")
Coded = tuple[str, str]
"""A code and the edition in which it is meant."""


class UnknownOccupation(RuleBroken):
    """`details`: asked, edition."""

    code = "unknown_occupation"
    message = gettext_lazy("The occupation code is not in the classification.")


class OtherEdition(RuleBroken):
    """`details`: asked, edition, found_in (the edition that has the code), suggestions (list of code, name, proved)."""

    code = "occupation_of_other_edition"
    message = gettext_lazy("The occupation code belongs to another edition of the classification.")


def occupation_by_code(code: str, edition: str = EDITION) -> Occupation:
    """Raises OtherEdition, with what it became, for a code known in another edition only; else UnknownOccupation."""
    code = code.strip()
    found = occupations_by_code({(code, edition)})[code, edition]
    if isinstance(found, Occupation):
        return found
    asked = {"asked": code, "edition": edition}
    if found.rule == "unknown_occupation":
        raise UnknownOccupation(found.sentence, **asked)
    meant = [
        {"code": one["code"], "name": one["zh"], "proved": one["is_proved"]}
        for one in found.more.get("meant", ())
    ]
    raise OtherEdition(found.sentence, **asked, found_in=found.more["edition"], suggestions=meant)


def occupation_names() -> list[tuple[str, str]]:
    """Code and name, in the reader's language, of every occupation of the edition, in the order of their codes."""
    return [(row.code, row.name) for row in Occupation.objects.filter(edition=EDITION)]


def occupation_named(text: str) -> Occupation:
    """By its code, its name in either language, or both as a list offers them. Raises OtherEdition, UnknownOccupation."""
    asked = " ".join(unicodedata.normalize("NFKC", storable(text)).split())
    code = asked.partition(" ")[0]
    if _CODE.fullmatch(code):
        return occupation_by_code(code)
    rows = Occupation.objects.filter(edition=EDITION)
    found = rows.filter(Q(name_zh=asked) | Q(name_en__iexact=asked)).first()
    if found is None:
        raise UnknownOccupation(asked=asked[:_QUOTED], edition=EDITION)
    return found


def occupations_by_code(asked: Collection[Coded]) -> dict[Coded, Occupation | Problem]:
    """What each code is in its edition, or what is wrong with it, in two statements however many are asked for."""
    codes = {code for code, _edition in asked if storable(code) == code}
    rows = Occupation.objects.filter(code__in=codes)
    known = {(row.code, row.edition): row for row in rows}
    elsewhere = {row.code: row for row in known.values()}
    became = _became({code for code, edition in asked if (code, edition) not in known} & codes)
    return {
        (code, edition): known.get((code, edition))
        or _problem(code, edition, became[code], elsewhere.get(code))
        for code, edition in asked
    }


def _became(codes: Collection[str]) -> dict[str, list[OccupationCrosswalk]]:
    found: dict[str, list[OccupationCrosswalk]] = defaultdict(list)
    if codes:
        for row in OccupationCrosswalk.objects.filter(from_code__in=codes).select_related("to"):
            found[row.from_code].append(row)
    return found


def _problem(
    code: str, edition: str, crosswalk: Collection[OccupationCrosswalk], elsewhere: Occupation | None
) -> Problem:
    rows = [row for row in crosswalk if row.to.edition == edition != row.from_edition]
    if rows:
        known = {"code": code, "name": rows[0].from_name_zh, "edition": rows[0].from_edition}
        return Problem(
            "occupation", "occupation_became", {**known, "now": edition, "meant": list(map(_meant, rows))}
        )
    if elsewhere is not None:
        name = {"zh": elsewhere.name_zh, "en": elsewhere.name_en}
        known = {"code": code, "name": name, "edition": elsewhere.edition}
        return Problem("occupation", "other_edition", {**known, "now": storable(edition)[:_QUOTED]})
    said = {"code": storable(code)[:_QUOTED], "edition": storable(edition)[:_QUOTED]}
    return Problem("occupation", "unknown_occupation", said)


def _meant(row: OccupationCrosswalk) -> dict[str, object]:
    return {
        "code": row.to.code,
        "zh": row.to.name_zh,
        "en": row.to.name_en,
        "is_work_type": row.kind == OccupationCrosswalk.Kind.WORK_TYPE,
        "is_proved": row.is_proved,
    }
