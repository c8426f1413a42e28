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

MOST_COURSES = 6
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
        lines = {1: f"{hours(self.progress.hours)} / {hours(self.progress.required_hours)} {_('hours')}"}
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


def roads_of(user: User, *, at: dt.datetime) -> list[Road]:
    """The newest courses first; those that wait for the learner before those that are finished."""
    by_completion = {row.completion_id: row for row in certificates.certificates_of(user)}
    by_serial = {claim.certificate_serial: claim for claim in reversed(subsidies.road_of(user))}
    found = []
    for enrolment in learners.enrolments_of(user)[:MOST_COURSES]:
        standing = learners.exam_standing(enrolment, at=at)
        completion = learners.completion_of(enrolment)
        certificate = by_completion.get(completion.pk) if completion else None
        found.append(
            Road(
                enrolment=enrolment,
                progress=standing.progress,
                certificate=certificate,
                claim=by_serial.get(certificate.serial) if certificate else None,
                passed=standing.passed is not None,
            )
        )
    return sorted(found, key=lambda road: road.reached == len(STEP_NAMES))


@require_safe
@signed_in
def my(request: HttpRequest) -> HttpResponse:
    roads = roads_of(request.user, at=clock.now())
    page = {
        "identity": people.identity_of(request.user),
        "main": roads[0] if roads else None,
        "others": roads[1:],
        "certificates": certificates.certificates_of(request.user)[:3],
        "claims": subsidies.road_of(request.user)[:3],
        "newest": courses.published_courses().order_by("-published_at", "-id")[:3] if not roads else [],
    }
    return render(request, "portal/my.html", page)
