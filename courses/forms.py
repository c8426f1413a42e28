import datetime as dt

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from courses import services
from courses.models import Course
from courses.workflow import MOVES, NEEDS_REASON, STEP_NAMES, State
from portal import moves
from portal.accounts.models import User

_STEPS = {
    "submit": services.submit,
    "return": services.send_back,
    "publish": services.publish,
    "suspend": services.suspend,
    "resume": services.resume,
}


class DeskFilter(forms.Form):
    state = forms.ChoiceField(choices=[("", _("All")), *State.choices], required=False)
    q = forms.CharField(label=_("Title or code"), max_length=80, required=False)

    def _asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")

    def narrow(self, rows: QuerySet[Course]) -> QuerySet[Course]:
        """What cannot be read narrows nothing."""
        if state := self._asked("state"):
            rows = rows.filter(state=state)
        if q := self._asked("q"):
            rows = rows.filter(Q(title_zh__icontains=q) | Q(title_en__icontains=q) | Q(code__icontains=q))
        return rows.order_by("-published_at", "code")

    def tabs(self, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
        """(state, name, count, current), all first."""
        now = self._asked("state")
        rows = [("", str(_("All")), sum(counts.values()), not now)]
        return rows + [(s.value, str(s.label), counts.get(s.value, 0), s == now) for s in State]


class StepForm(forms.Form):
    """One step of a course's way, with a reason where the step needs one."""

    step = forms.ChoiceField(choices=[(name, name) for name in MOVES], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Needed to return, suspend or resume. The provider reads it, and it is kept in the audit."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, course: Course, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        self.steps = [
            (step, STEP_NAMES[step], step in NEEDS_REASON) for step in moves.steps_from(MOVES, course.state)
        ]

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
        self.course = _STEPS[step](self.course, by=by, at=at, **reason)
