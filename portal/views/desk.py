"""My learning: where to go on, how far every course is, and one status line for the whole road of each.

Read from top to bottom of the road: enrolment, counted hours, exam, certificate, claim, money. Each app is asked once for
its own part of all courses; nothing is kept here.
"""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from certificates import selectors as certificates
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import signed_in
from portal.notices import selectors as notices
from portal.templatetags.zhixun import hours, moment
from subsidies import selectors as subsidies

STEP_NAMES = (_("Enrol"), _("Learn"), _("Exam"), _("Certificate"), _("Claim"), _("Paid"))
DONE_WORDS = (
    "",
    _("Enrolled"),
    _("Hours learned"),
    _("Exam passed"),
    _("Certificate issued"),
    _("Claim approved"),
    _("Paid"),
)
"""What has been reached last, by the number of steps done."""
YOU, OFFICE, PORTAL = "you", "office", "portal"
ACTORS = {
    YOU: ("info", pgettext_lazy("whose turn", "You")),
    OFFICE: ("wait", pgettext_lazy("whose turn", "The office")),
    PORTAL: ("plain", pgettext_lazy("whose turn", "By itself")),
}
CLAIM_LINES: dict[str, tuple[str, str | Promise]] = {
    "submitted": (PORTAL, _("the claim is checked by the rules")),
    "returned": (YOU, _("add what the office asks for")),
    "checked": (OFFICE, _("the office takes the claim in")),
    "in_first_review": (OFFICE, _("the province reviews the claim")),
    "in_second_review": (OFFICE, _("the province reviews the claim")),
    "in_ministry_review": (OFFICE, _("the ministry reviews the claim")),
    "in_ministry_second": (OFFICE, _("the ministry reviews the claim")),
    "reject_proposed": (OFFICE, _("the claim is reviewed")),
    "in_appeal": (OFFICE, _("your appeal is heard")),
    "awaiting_funds": (OFFICE, _("the claim waits for funds")),
    "approved": (OFFICE, _("the claim goes on public notice")),
    "in_notice": (OFFICE, _("the public notice runs")),
    "payable": (OFFICE, _("the office pays")),
    "in_batch": (OFFICE, _("the office pays")),
    "sent": (OFFICE, _("the bank pays")),
    "rejected": (YOU, _("not approved; the claim says why")),
    "rejected_final": (YOU, _("not approved; the claim says why")),
    "lapsed": (YOU, _("the claim was closed; you can claim anew")),
    "withdrawn": (YOU, _("the claim was withdrawn")),
}
SHOWN = 12
"""Courses of a list before somebody asks for all of them: a page stays light on a phone."""
APPROVED = {"payable", "in_batch", "sent"}


@dataclass(frozen=True)
class NextStep:
    """Where the button of a course leads and what it says."""

    label: str | Promise
    url: str
    icon: str = "play"


@dataclass(frozen=True)
class Turn:
    """What comes next on the road, and who has to act: you, the office, or nobody (by itself)."""

    who: str
    words: str | Promise

    @property
    def tag(self) -> tuple[str, str | Promise]:
        return ACTORS[self.who]


@dataclass(frozen=True)
class Road:
    """One course from enrolment to money. `certificate` and `claim` are rows of their apps, or None."""

    course: learners.MyCourse
    certificate: object | None
    claim: object | None

    @property
    def enrolment(self) -> object:
        return self.course.enrolment

    @property
    def reached(self) -> int:
        """How many of the six steps are done."""
        if self.claim is not None:
            return 6 if self.claim.state == "paid" else 5 if self.claim.state in APPROVED else 4
        if self.certificate is not None and self.certificate.is_on_paper:
            return 4
        if self.course.exam.state == "passed":
            return 3
        return 2 if self.course.is_learned else 1

    @property
    def is_stopped(self) -> bool:
        """Nothing goes on by itself: the certificate was revoked, the claim refused or withdrawn."""
        revoked = self.certificate is not None and self.certificate.state == "revoked"
        return revoked or (self.claim is not None and self.claim.state in subsidies.ENDED)

    @property
    def steps(self) -> list[tuple[str, str | Promise, str | Promise]]:
        small = self._small_lines()
        here = "bad" if self.is_stopped else "now"
        return [
            ("done" if n < self.reached else here if n == self.reached else "todo", name, small.get(n, ""))
            for n, name in enumerate(STEP_NAMES)
        ]

    def _small_lines(self) -> dict[int, str | Promise]:
        told = {"done": hours(self.course.hours), "needed": hours(self.course.required_hours)}
        lines = {1: gettext("%(done)s of %(needed)s hours") % told}
        if self.reached == 3:  # noqa: PLR2004 - the fourth step
            lines[3] = _("being made")
        if self.certificate is not None and self.certificate.state == "revoked":
            lines[4] = _("certificate revoked")
        if self.claim is not None and self.claim.state != "paid":
            lines[self.reached] = subsidies.status_of(self.claim)[1]
        return lines

    @property
    def done(self) -> str | Promise:
        """The step that was reached last, in a word or two."""
        return DONE_WORDS[self.reached]

    @cached_property
    def turn(self) -> Turn | None:
        """None where the road is at its end."""
        if self.claim is not None:
            return None if self.claim.state == "paid" else Turn(*CLAIM_LINES[self.claim.state])
        if self.certificate is not None:
            return self._turn_of_certificate()
        if self.course.exam.state == "passed":
            return Turn(PORTAL, _("the certificate is being made"))
        if self.course.is_over and self.course.exam.state not in {"running", "marking"}:
            return Turn(OFFICE, _("learning has ended; only the provider can lengthen it"))
        return self._turn_of_exam() if self.course.is_learned else self._turn_of_learning()

    def _turn_of_certificate(self) -> Turn | None:
        match self.certificate.state:
            case "issued" if self.enrolment.counts_for_subsidy:
                return Turn(YOU, _("claim the subsidy"))
            case "issued":
                return None
            case "revoked":
                return Turn(YOU, _("the certificate was revoked; its page says why"))
            case "failed":
                return Turn(OFFICE, _("the certificate could not be made; the office looks at it"))
        return Turn(PORTAL, _("the certificate is being made"))

    def _turn_of_exam(self) -> Turn:
        exam = self.course.exam
        match exam.state:
            case "marking":
                return Turn(OFFICE, _("an instructor marks the exam"))
            case "running":
                return Turn(YOU, gettext("the exam runs until %(time)s") % {"time": moment(_local(exam.at))})
            case "waiting":
                return Turn(
                    YOU, gettext("the exam again from %(time)s on") % {"time": moment(_local(exam.at))}
                )
            case "none":
                return Turn(PORTAL, _("the course is closed by itself"))
        return Turn(YOU, _("take the exam"))

    def _turn_of_learning(self) -> Turn:
        course = self.course
        if course.next is None and course.shut is not None:
            return Turn(OFFICE, gettext("“%(lesson)s” is opened again") % {"lesson": course.shut.title})
        if course.missing_hours:
            return Turn(YOU, gettext("learn %(n)s more hours") % {"n": hours(course.missing_hours)})
        left = course.lessons - course.done
        return Turn(YOU, gettext("lessons that are not done yet: %(n)s") % {"n": left})

    @property
    def next(self) -> NextStep | None:
        """None while the learner can only wait."""
        if self.claim is not None:
            return NextStep(_("See the claim"), reverse("subsidies:claim", args=[self.claim.number]), "yuan")
        if self.certificate is not None:
            return self._after_certificate()
        return None if self.course.exam.state == "passed" else self._before_certificate()

    def _before_certificate(self) -> NextStep:
        pk = self.enrolment.pk
        if self.course.exam.state == "running":
            attempt = self.course.exam.attempt_id
            return NextStep(_("Go on with the exam"), reverse("learners:question", args=[attempt, 1]), "edit")
        if self.course.is_over:
            return NextStep(_("See the course"), reverse("learners:course", args=[pk]), "book")
        if self.course.is_learned:
            return NextStep(_("Take the exam"), reverse("learners:exam", args=[pk]), "edit")
        lesson = self.course.next
        if lesson is None:
            return NextStep(_("See the course"), reverse("learners:course", args=[pk]), "book")
        return NextStep(_("Continue learning"), reverse("learners:lesson", args=[pk, lesson.key]))

    def _after_certificate(self) -> NextStep | None:
        paper = self.certificate
        if paper.state == "issued" and self.enrolment.counts_for_subsidy:
            return NextStep(_("Claim the subsidy"), reverse("subsidies:start", args=[paper.serial]), "yuan")
        if paper.is_on_paper:
            where = reverse("certificates:certificate", args=[paper.serial])
            return NextStep(_("See the certificate"), where, "cert")
        return None


def _local(at: object) -> object:
    return at.astimezone(clock.SHANGHAI)


def roads(mine: list[learners.MyCourse], papers: list, claims: list) -> list[Road]:
    """Each course with its newest certificate and the newest claim for it or for one that it replaced."""
    paper_of = {paper.completion_id: paper for paper in reversed(papers)}
    completion_of = {paper.serial: paper.completion_id for paper in papers}
    claim_of = {completion_of.get(claim.certificate_serial): claim for claim in reversed(claims)}
    found = []
    for course in mine:
        paper = paper_of.get(course.completion_id) if course.is_completed else None
        found.append(Road(course, paper, claim_of.get(paper.completion_id) if paper else None))
    return found


@require_safe
@signed_in
def my(request: HttpRequest) -> HttpResponse:
    user, at = request.user, clock.now()
    papers, claims = list(certificates.certificates_of(user)), subsidies.road_of(user)
    every = roads(learners.courses_of(user, at=at), papers, claims)
    front = every[0] if every else None
    active = [road for road in every[1:] if not road.course.is_completed]
    completed = [road for road in every[1:] if road.course.is_completed]
    most = None if "all" in request.GET else SHOWN
    page = {
        "identity": (identity := people.identity_of(user)),
        "main": front,
        "active": active[:most],
        "completed": completed[:most],
        "active_count": len(active),
        "completed_count": len(completed),
        "more": most is not None and max(len(active), len(completed)) > most,
        "certificates": papers[:3],
        "claims": claims[:3],
        "told": notices.notices_visible_to(user)[:3],
        "lines": learners.places_described(user),
        "invitations": learners.invitations_described(user),
        "awaited": identity is None and learners.is_awaited(user),
        "helped": learners.help_for(user, at=at),
        "newest": courses.published_courses().order_by("-published_at", "-id")[:3] if front is None else [],
    }
    return render(request, "portal/my.html", page)
