"""Occupations by their code. A code means something only together with its edition."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Occupation, OccupationCrosswalk
from portal.rules import RuleBroken

EDITION = "2022"
"""The edition of the catalogue: courses and standards are entered by it."""
_QUOTED = 20


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
    found = Occupation.objects.filter(code=code, edition=edition).first() if "\x00" not in code else None
    if found is None:
        raise _refusal(code, edition)
    return found


def _refusal(code: str, edition: str) -> RuleBroken:
    rows = list(_crosswalk(code, edition))
    if rows:
        said = {"code": code, "edition": rows[0].from_edition, "name": rows[0].from_name_zh, "now": edition}
        return OtherEdition(
            _(
                "%(code)s is %(name)s in the %(edition)s edition. In the %(now)s edition, did you mean %(meant)s?"
            )
            % {**said, "meant": _(" or ").join(_named(row) for row in rows)},
            asked=code,
            edition=edition,
            found_in=rows[0].from_edition,
            suggestions=[{"code": r.to.code, "name": r.to.name_zh, "proved": r.is_proved} for r in rows],
        )
    later = (
        Occupation.objects.filter(code=code).exclude(edition=edition).first() if "\x00" not in code else None
    )
    if later is not None:
        return OtherEdition(
            _("%(code)s is %(name)s in the %(edition)s edition, not in the %(now)s edition.")
            % {"code": code, "name": later.name, "edition": later.edition, "now": edition},
            asked=code,
            edition=edition,
            found_in=later.edition,
            suggestions=[],
        )
    return UnknownOccupation(
        _("There is no occupation %(code)s in the %(edition)s edition of the classification.")
        % {"code": code.replace("\x00", "")[:_QUOTED], "edition": edition},
        asked=code,
        edition=edition,
    )


def _crosswalk(code: str, edition: str) -> list[OccupationCrosswalk]:
    if "\x00" in code:
        return []
    rows = OccupationCrosswalk.objects.filter(from_code=code, to__edition=edition)
    return list(rows.exclude(from_edition=edition).select_related("to"))


def _named(row: OccupationCrosswalk) -> str:
    if row.kind == OccupationCrosswalk.Kind.WORK_TYPE:
        return _("%(code)s %(name)s (of which it is a work type now)") % {
            "code": row.to.code,
            "name": row.to.name,
        }
    return f"{row.to.code} {row.to.name}"
