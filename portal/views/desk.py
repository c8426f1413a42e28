"""The learner's desk: what to do next, how far every course is, the status line of the whole road.

Read from top to bottom of the road: enrolment, counted hours, exam, certificate, claim, money. Each app is asked for
its own part; nothing is kept here.
"""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import signed_in
from portal.templatetags.zhixun import hours
from subsidies import selectors as subsidies

MOST_COURSES = 12
STEP_NAMES = (_("Enrol"), _("Learn"), _("Exam"), _("Certificate"), _("Claim"), _("Paid"))


@dataclass(frozen=True)
class NextStep:
    """The one primary button: where it leads and what it says."""

    label: str | Promise
    url: str
    icon: str = "play"


@dataclass(frozen=True)
class Road:
    """One course from enrolment to money. `certificate` and `claim` are rows of their apps, or None."""

    enrolment: object
    progress: object
    certificate: object | None
    claim: object | None
    passed: bool

    @property
    def title(self) -> str:
        return self.progress.outline.title

    @property
    def reached(self) -> int:
        """How many of the six steps are done."""
        if self.claim is not None:
            return 6 if self.claim.state == "paid" else 4
        if self.certificate is not None and self.certificate.state in {"issued", "revoked"}:
            return 4
        if self.passed:
            return 3
        return 2 if self.progress.is_learned else 1

    @property
    def is_stopped(self) -> bool:
        """Nothing goes on by itself: the certificate was revoked, the claim refused or withdrawn."""
        revoked = self.certificate is not None and self.certificate.state == "revoked"
        return revoked or (self.claim is not None and self.claim.state in {"rejected", "withdrawn"})

    @property
    def steps(self) -> list[tuple[str, str | Promise, str | Promise]]:
        small = self._small_lines()
        here = "bad" if self.is_stopped else "now"
        return [
            ("done" if n < self.reached else here if n == self.reached else "todo", name, small.get(n, ""))
            for n, name in enumerate(STEP_NAMES)
        ]

    def _small_lines(self) -> dict[int, str | Promise]:
        lines = {
            1: gettext("%(done)s of %(needed)s hours")
            % {"done": hours(self.progress.hours), "needed": hours(self.progress.required_hours)}
        }
        if self.reached == 3:  # noqa: PLR2004 - the fourth step
            lines[3] = _("being made")
        if self.certificate is not None and self.certificate.state == "revoked":
            lines[4] = _("certificate revoked")
        if self.claim is not None and self.claim.state != "paid":
            lines[4] = str(self.claim.get_state_display())
        return lines

    @property
    def next(self) -> NextStep | None:
        """None while the portal is at work and the learner can only wait."""
        if self.claim is not None:
            return NextStep(_("See the claim"), reverse("subsidies:claim", args=[self.claim.number]), "yuan")
        if self.certificate is not None and self.certificate.state == "issued":
            return NextStep(
                _("Claim the subsidy"), reverse("subsidies:start", args=[self.certificate.serial]), "yuan"
            )
        if self.certificate is not None or self.passed:
            return None
        if self.progress.is_learned:
            return NextStep(_("Take the exam"), reverse("learners:exam", args=[self.enrolment.pk]), "edit")
        lesson = self.progress.next
        if lesson is None:
            return NextStep(_("See the course"), reverse("learners:course", args=[self.enrolment.pk]), "book")
        return NextStep(
            _("Continue learning"), reverse("learners:lesson", args=[self.enrolment.pk, lesson.lesson.key])
        )

    @property
    def lesson_title(self) -> str:
        lesson = self.progress.next
        return lesson.lesson.title if lesson else ""


def _has_passed(enrolment: object, progress: learners.Progress, *, at: dt.datetime) -> bool:
    """Whether the exam is passed though the course is not completed yet: the sweeper does that within seconds."""
    return progress.is_learned and learners.exam_standing(enrolment, at=at).passed is not None


def road_of(enrolment: object, *, user: User, at: dt.datetime) -> Road:
    progress = learners.progress(enrolment)
    completion = learners.completion_of(enrolment)
    own = certificates.certificates_of(user)
    certificate = own.filter(completion_id=completion.pk).first() if completion else None
    claims = subsidies.road_of(user) if certificate else []
    return Road(
        enrolment=enrolment,
        progress=progress,
        certificate=certificate,
        claim=next((claim for claim in claims if claim.certificate_serial == certificate.serial), None),
        passed=completion is not None or _has_passed(enrolment, progress, at=at),
    )


@dataclass(frozen=True)
class Other:
    """A course that is not the one in front: its title and whether it is completed."""

    enrolment: object
    title: str

    @property
    def is_completed(self) -> bool:
        return self.enrolment.state == "completed"


def courses_of(user: User) -> tuple[object | None, list[Other]]:
    """The course in front (the newest under way, else the newest completed) and the others, in four statements."""
    rows = sorted(learners.enrolments_of(user)[:MOST_COURSES], key=lambda row: row.state != "active")
    front, rest = (rows[0], rows[1:]) if rows else (None, [])
    outlines = courses.outlines(row.version_id for row in rest) if rest else {}
    return front, [Other(row, outlines[row.version_id].title) for row in rest]


@require_safe
@signed_in
def my(request: HttpRequest) -> HttpResponse:
    front, others = courses_of(request.user)
    page = {
        "identity": people.identity_of(request.user),
        "main": road_of(front, user=request.user, at=clock.now()) if front else None,
        "others": others,
        "lines": learners.places_described(request.user),
        "invitations": learners.invitations_described(request.user),
        "awaited": learners.is_awaited(request.user),
        "helped": learners.help_for(request.user, at=clock.now()),
        "certificates": certificates.certificates_of(request.user)[:3],
        "claims": subsidies.road_of(request.user)[:3],
        "newest": courses.published_courses().order_by("-published_at", "-id")[:3] if front is None else [],
    }
    return render(request, "portal/my.html", page)
