"""The panel "Can I be paid for this?", for anybody. Answers come by POST, so that none stands in an address or a log."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal import clock
from subsidies.forms.eligibility import EligibilityForm
from subsidies.policy import APPROVE, REJECT, words
from subsidies.policy.questions import Answers
from subsidies.selectors.eligibility import Eligibility, Programme, course_asked_about, eligibility
from subsidies.views import shown

UNPROCESSABLE = 422
CHANGES: dict[str, Promise] = {
    "AGE_UNDER": _("Begin the training once you are old enough."),
    "AGE_OVER": _("Nothing changes this: the policy ends at that age. You may learn here all the same."),
    "STATUS_EXCLUDED": _("It changes once this is no longer true of you when you claim."),
    "NO_LINK": _("One of these links is enough, on the day of the claim."),
    "HOURS_BELOW_MIN": _("Choose a course with more hours."),
    "HOURS_RATIO": _("Learn more of the course."),
    "DEADLINE_PASSED": _("Claim in time after the next certificate."),
    "SUBMITTED_BEFORE_CERT": _("Claim after the certificate is issued."),
    "DUPLICATE_OCC_LEVEL": _("Another occupation, or a higher level of this one, can be paid."),
    "HIGHER_LEVEL_ALREADY_PAID": _(
        "A level above the one that was paid, or another occupation, can be paid."
    ),
    "ANNUAL_CAP": _("Claim next year: the certificate may wait that long if the policy's deadline allows."),
    "MUTUAL_EXCLUSION": _("Only one of the two is paid. Another occupation or level can be paid."),
    "NO_POLICY_VERSION": _("The province has to publish a policy for these days."),
}


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, code: str) -> HttpResponse:
    """The panel, alone on its page or inside the course's. A POST stores nothing."""
    course = course_asked_about(request.user, code)
    if course.current_version_id is None:
        raise Http404
    at = clock.now()
    found = eligibility(course, Answers(), at=at)
    data = request.POST if request.method == "POST" else None
    form = EligibilityForm(data, known=found.known, today=clock.today(at))
    if form.is_bound:
        found = eligibility(course, form.answers(), at=at)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "subsidies/eligibility.html", _shown(found, form), status=status)


def _shown(found: Eligibility, form: EligibilityForm) -> dict[str, object]:
    kind = found.basis["certificate"]["kind"]
    return {
        "course": found.course,
        "standing": found.standing,
        "programmes": [answer_of(programme) for programme in found.programmes],
        "form": form,
        "fields": form.shown(found.asked, kind=kind),
        "answered": form.is_bound and not form.errors,
        "hours": found.basis["course"]["hours"],
    }


def answer_of(programme: Programme) -> dict[str, Any]:
    """One programme's answer in the reader's language. `answer` is yes, nothing, no or depends."""
    record, said = programme.record, shown.speech()
    rules = shown.rules_of(record)
    missing = sorted({path for rule in record["rules"] for path in rule["missing"]})
    return {
        "answer": _answer(record),
        "version": programme.version,
        "amount_fen": record["amount_fen"],
        "sure_fen": programme.sure_fen,
        "lines": shown.lines_of(record["lines"]),
        "rules": rules,
        "reasons": [
            {
                "title": rule[f"title_{said}"],
                "reason": rule[f"message_{said}"],
                "change": [str(CHANGES[code]) for code in rule["codes"] if code in CHANGES],
            }
            for rule in record["rules"]
            if rule["result"] == "FAIL"
        ],
        "missing": [getattr(words.fact(path), said) for path in missing],
        "passed": [rule["title"] for rule in rules if rule["state"] == "ok"],
    }


def _answer(record: dict[str, Any]) -> str:
    if record["outcome"] == APPROVE:
        return "yes" if record["amount_fen"] else "nothing"
    return "no" if record["outcome"] == REJECT else "depends"
