import datetime as dt

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from courses import services
from courses.models import Course
from courses.selectors.pages import DESK_STATES, in_desk_state, open_version
from courses.workflow import MOVES, NEEDS_REASON, STEP_NAMES, VERSION_MOVES
from portal import moves
from portal.accounts.models import User

STEPS = {
    "submit": services.submit,
    "return": services.send_back,
    "publish": services.publish,
    "suspend": services.suspend,
    "resume": services.resume,
    "withdraw": services.withdraw,
}
"""What the province does. Taking a version back is for its authors (courses/views/authoring.py)."""


class DeskFilter(forms.Form):
    state = forms.ChoiceField(choices=[("", _("All")), *DESK_STATES.items()], required=False)
    q = forms.CharField(label=_("Title or code"), max_length=80, required=False)

    def _asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")

    def narrow(self, rows: QuerySet[Course]) -> QuerySet[Course]:
        """What cannot be read narrows nothing."""
        if state := self._asked("state"):
            rows = in_desk_state(rows, state)
        if q := self._asked("q"):
            rows = rows.filter(Q(title_zh__icontains=q) | Q(title_en__icontains=q) | Q(code__icontains=q))
        return rows.order_by("-published_at", "code")

    def tabs(self, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
        """(state, name, count, current), all first."""
        now = self._asked("state")
        heaps = {"": _("All"), **DESK_STATES}
        return [(heap, str(name), counts.get(heap, 0), heap == now) for heap, name in heaps.items()]


class StepForm(forms.Form):
    """One step of a course's way, with a reason where the step needs one."""

    step = forms.ChoiceField(choices=[(name, name) for name in STEPS], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Needed to return, suspend, resume or withdraw. The provider reads it, and it is kept in the audit."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, course: Course, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        waiting = open_version(course)
        possible = moves.steps_from(MOVES, course.state)
        possible += moves.steps_from(VERSION_MOVES, waiting.state) if waiting else []
        self.steps = [(step, STEP_NAMES[step], step in NEEDS_REASON) for step in STEPS if step in possible]

    @property
    def asks_reason(self) -> bool:
        return any(needs for _step, _name, needs in self.steps)

    @property
    def state_name(self) -> str:
        return str(self.course.get_state_display())

    def take(self, *, by: User, at: dt.datetime) -> None:
        """Raises what the step's service raises."""
        step = self.cleaned_data["step"]
        reason = {"reason": self.cleaned_data["reason"]} if step in NEEDS_REASON else {}
        self.course = STEPS[step](self.course, by=by, at=at, **reason)
