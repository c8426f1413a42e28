"""A wrong key of a published question is put right, beside the frozen version."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.forms.correction import CorrectionForm
from courses.selectors.authoring import may_author
from courses.selectors.corrections import corrected, corrections_of, published_question
from courses.selectors.preview import question_sheet
from courses.selectors.questions import right_answer
from courses.services.corrections import correct_question
from courses.views.editing import authors
from portal import clock
from portal.rules import RuleBroken


@never_cache
@authors
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    question = published_question(request.user, code, pk)
    (now,) = corrected([question])
    form = CorrectionForm(request.POST if request.method == "POST" else None, question=now)
    if form.is_bound and form.is_valid():
        try:
            correct_question(
                question,
                is_void=form.is_void,
                words=form.words,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Corrected. The exams that drew it are graded anew within minutes."))
            return redirect("courses:correct", code=code, pk=pk)
    context = {
        "course": question.version.course,
        "version": question.version,
        "question": now,
        "form": form,
        "right": right_answer(now),
        "sheet": question_sheet(now, user=request.user, at=clock.now()),
        "corrections": corrections_of(question),
        "may_correct": may_author(request.user, question.version.course),
    }
    return render(request, "courses/correct.html", context, status=422 if form.is_bound else 200)
