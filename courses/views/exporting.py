"""Taking the questions of a course out, for another system or a spreadsheet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from courses.selectors.authoring import AUTHORS, course_to_edit, working_version
from courses.selectors.exporting import forms_of
from courses.services.exporting import export_questions
from courses.sheets.exporting import FORMS
from courses.views.editing import show
from portal import clock
from portal.accounts.access import needs_role


@needs_role(*AUTHORS)
@require_http_methods(["GET", "HEAD", "POST"])
def questions_file(request: HttpRequest, code: str) -> HttpResponse:
    """The formats with what each leaves behind; a press of a button is the file."""
    course = course_to_edit(request.user, code)
    version = working_version(course)
    if request.method != "POST":
        return show(request, "courses/questions_file.html", course, version, forms=forms_of(version))
    form = request.POST.get("form", "")
    if form not in FORMS:
        raise Http404
    made = export_questions(version, form, by=request.user, at=clock.now())
    name = f"{course.code}-questions.{made.ending}"
    return HttpResponse(
        made.content,
        content_type=made.type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
