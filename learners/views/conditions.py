"""What the closing exam waits for, as the component `rules` shows it: every condition with its figure."""

from django.utils import timezone
from django.utils.translation import gettext as _

from learners.selectors.progress import (
    BEING_MARKED,
    HOURS_MISSING,
    LESSONS_OPEN,
    NOT_VERIFIED,
    USED_UP,
    WAIT,
    ExamStanding,
)
from portal.templatetags.zhixun import hours, moment


def conditions(standing: ExamStanding) -> list[dict[str, str]]:
    missing = dict(standing.reasons)
    far = standing.progress
    rows = [
        _row(missing, NOT_VERIFIED[0], _("Real name"), "" if NOT_VERIFIED[0] in missing else _("verified")),
        _row(
            missing,
            HOURS_MISSING[0],
            _("Counted hours"),
            _("%(done)s of %(needed)s") % {"done": hours(far.hours), "needed": hours(far.required_hours)},
        ),
        _row(
            missing,
            LESSONS_OPEN[0],
            _("Lessons done"),
            _("%(done)s of %(needed)s") % {"done": far.done, "needed": len(far.lessons)},
        ),
    ]
    if standing.marking is not None:
        rows.append(_row(missing, BEING_MARKED[0], _("Last exam"), _("being marked")))
    if standing.next_at is not None and standing.passed is None:
        code = USED_UP[0] if USED_UP[0] in missing else WAIT[0]
        rows.append(_row(missing, code, _("Next attempt"), moment(timezone.localtime(standing.next_at))))
    return rows


def _row(missing: dict[str, object], code: str, title: str, value: str) -> dict[str, str]:
    state = "wait" if code in missing else "ok"
    return {"state": state, "title": title, "value": value, "reason": str(missing.get(code, "")), "code": ""}
