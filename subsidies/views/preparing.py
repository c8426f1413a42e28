"""Before a claim is handed in: which programme, one question at a time, a page for each paper, check and submit."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses import selectors as courses
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.access import signed_in
from portal.accounts.models import Organisation, User
from portal.rules import RuleBroken
from portal.uploads import kept_in_memory
from subsidies import declarations
from subsidies.forms.claims import AnswersForm, DeclarationForm
from subsidies.models import Programme, ProjectContract
from subsidies.policy.questions import Step
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, lists, materials, offers, papers, records
from subsidies.selectors.contracts import contracts_for
from subsidies.services import claims, drafts, mandates
from subsidies.views import paperpage, shown
from subsidies.views.paperpage import MOST_BYTES

CONFLICT = 409
UNPROCESSABLE = 422


def _certificate(request: HttpRequest, serial: str) -> papers.Paper:
    """One's own certificate. 404 for any other."""
    found = papers.paper_of(request.user, serial)
    if found is None:
        raise Http404
    return found


def _programme(code: str) -> Programme:
    """One that pays people. 404 for any other."""
    found = offers.programme_for(Programme.Payee.PERSON, code)
    if found is None:
        raise Http404
    return found


@require_GET
@signed_in
def start(request: HttpRequest, serial: str) -> HttpResponse:
    """What can be claimed for a certificate, each with what it would pay as far as is known."""
    certificate = _certificate(request, serial)
    missing = not accounts.is_real_name_verified(request.user), accounts.bank_account_of(request.user) is None
    ready = not any(missing) and certificate.is_valid
    found = offers.offers_for(request.user, certificate, at=clock.now()) if not missing[0] else []
    standing = [offer.claim for offer in found if offer.claim is not None]
    if found and len(standing) == len(found):
        return redirect("subsidies:claim", standing[0].number)
    provider, agreed = _provider(request.user, certificate) if ready else (None, [])
    context = {
        "certificate": certificate,
        "needs_name": missing[0],
        "needs_bank": missing[1],
        "ready": ready,
        "offers": [(offer, _road(offer.explained, serial, offer.programme).addresses[0]) for offer in found],
        "mandate": lists.mandate_of(request.user, serial),
        "provider": provider,
        "contracts": agreed,
        "mandate_text": declarations.MANDATES[declarations.MANDATE],
    }
    return render(request, "subsidies/start.html", context)


def _provider(user: User, certificate: papers.Paper) -> tuple[Organisation | None, list[ProjectContract]]:
    """Whom one may let claim for the certificate: the provider, where it has an agreement and a programme pays it, or the
    project contracts that are for such a certificate.
    """
    paper = claims.certificate_of(user, certificate.serial)
    body = lists.may_be_mandated(paper, at=clock.now())
    if body is None:
        return None, []
    course = courses.certificate_facts(paper.version_id).course_code
    told = {"course": course, "occupation": paper.occupation_code, "level": paper.level}
    agreed = contracts_for(body.pk, **told)
    paying = offers.programmes_paying(Programme.Payee.PROVIDER)
    if not agreed and not offers.published_in(certificate.province_code, paying):
        return None, []
    return body, agreed


@require_POST
@signed_in
def mandate(request: HttpRequest, serial: str) -> HttpResponse:
    """Let the provider of the course claim, or take that back."""
    _certificate(request, serial)
    try:
        if request.POST.get("step") == "end":
            if mandates.end_mandate(request.user, serial, at=clock.now()):
                messages.success(request, _("Taken back. The provider cannot claim for this certificate."))
        else:
            agreed = bool(request.POST.get("agreed"))
            mandates.give_mandate(request.user, serial, at=clock.now(), agreed=agreed)
            messages.success(request, _("Given. The provider can claim for this certificate now."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:start", serial)


@dataclass(frozen=True)
class Road:
    """The pages before the last one: questions, then papers, each with its address."""

    steps: tuple[Step, ...]
    kinds: tuple[str, ...]
    serial: str
    programme: str

    @property
    def addresses(self) -> list[str]:
        at = self.serial, self.programme
        return [
            *(reverse("subsidies:answer", args=[*at, step.name]) for step in self.steps),
            *(reverse("subsidies:paper", args=[*at, kind]) for kind in self.kinds),
            reverse("subsidies:check", args=at),
        ]

    def after(self, number: int) -> str:
        """The address of the page after the `number`th."""
        return self.addresses[number]

    def before(self, number: int) -> str:
        """The address of the page before the `number`th; of the start before the first."""
        start = reverse("subsidies:start", args=[self.serial])
        return self.addresses[number - 2] if number > 1 else start

    @property
    def length(self) -> int:
        return len(self.steps) + len(self.kinds) + 1


def _road(explained: facts.Explained, serial: str, programme: Programme) -> Road:
    return Road(explained.steps, materials.asked_by(explained.policy), serial, programme.code)


def _explained(
    user: User, certificate: papers.Paper, programme: Programme, answers: Mapping[str, bool]
) -> facts.Explained:
    at = clock.now()
    return facts.explain(records.subject_of(user, certificate, answers, programme=programme, at=at), at=at)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answer(request: HttpRequest, serial: str, programme: str, step: str) -> HttpResponse:
    certificate, paying = _certificate(request, serial), _programme(programme)
    if not accounts.is_real_name_verified(request.user):
        return redirect("subsidies:start", serial)
    known = claims_asked.answers_so_far(request.user, serial, programme)
    road = _road(_explained(request.user, certificate, paying, known), serial, paying)
    names = [one.name for one in road.steps]
    if step not in names:
        raise Http404
    number = names.index(step) + 1
    form = AnswersForm(request.POST or None, paths=road.steps[number - 1].paths, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.save_answers(request.user, serial, form.answers(), at=clock.now(), programme=programme)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect(road.after(number))
    context = {
        "certificate": certificate,
        "programme": paying,
        "form": form,
        "step": step,
        "number": number,
        "of": road.length,
        "back": road.before(number),
    }
    return render(request, "subsidies/answer.html", context, status=UNPROCESSABLE if form.errors else 200)


@kept_in_memory(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def paper(request: HttpRequest, serial: str, programme: str, kind: str) -> HttpResponse:
    """Papers of one kind that the policy asks for."""
    certificate, paying = _certificate(request, serial), _programme(programme)
    if not accounts.is_real_name_verified(request.user):
        return redirect("subsidies:start", serial)
    known = claims_asked.answers_so_far(request.user, serial, programme)
    explained = _explained(request.user, certificate, paying, known)
    road = _road(explained, serial, paying)
    if kind not in road.kinds:
        raise Http404
    draft = claims_asked.draft_of(request.user, serial, programme)
    if draft is None and request.method == "POST":
        try:
            draft = drafts.open_draft(request.user, serial, programme=programme, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, str(broken))
            return redirect("subsidies:start", serial)
    number = len(road.steps) + road.kinds.index(kind) + 1
    return paperpage.show(
        request,
        draft,
        kind,
        policy=explained.policy,
        back=road.before(number),
        following=road.after(number),
        number=number,
        of=road.length,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request: HttpRequest, serial: str, programme: str) -> HttpResponse:
    """Check the answers, see what the rules say in advance, declare, submit."""
    certificate, paying = _certificate(request, serial), _programme(programme)
    if not accounts.is_real_name_verified(request.user):
        return redirect("subsidies:start", serial)
    form = DeclarationForm(request.POST or None, initial={"key": uuid.uuid4().hex})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told = {"key": given["key"], "agreed": given["agreed"], "programme": programme}
        try:
            claim = claims.submit_claim(request.user, serial, at=clock.now(), **told)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            status = CONFLICT
        else:
            messages.success(request, _("Submitted. Keep the number: %(number)s") % {"number": claim.number})
            return redirect("subsidies:claim", claim.number)
    answers = claims_asked.answers_so_far(request.user, serial, programme)
    explained = _explained(request.user, certificate, paying, answers)
    record, road = explained.record, _road(explained, serial, paying)
    draft = claims_asked.draft_of(request.user, serial, programme)
    context = {
        "certificate": certificate,
        "programme": paying,
        "form": form,
        "answered": [(step.name, shown.answers_of(answers, step.paths)) for step in road.steps],
        "wanted": materials.wanted(explained.policy, draft, user=request.user, at=clock.now()),
        "rules": shown.rules_of(record),
        "lines": shown.lines_of(record["lines"]),
        "record": record,
        "bank": accounts.bank_account_of(request.user),
        "number": road.length,
        "of": road.length,
        "back": road.before(road.length),
    }
    if form.errors and status == 200:  # noqa: PLR2004 - nothing else was refused
        status = UNPROCESSABLE
    return render(request, "subsidies/check.html", context, status=status)


@require_POST
@signed_in
def discard(request: HttpRequest, serial: str, programme: str) -> HttpResponse:
    """Throw away the answers of a claim that was not submitted."""
    _certificate(request, serial)
    if drafts.discard_draft(request.user, serial, programme=programme):
        messages.success(request, _("Your answers are deleted. Nothing was claimed."))
    return redirect("subsidies:mine")
