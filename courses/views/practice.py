"""The practical task of a lesson in the editor."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from courses import services
from courses.forms.practice import PracticeForm
from courses.models import Lesson, PracticalTask
from courses.selectors.authoring import lesson_in
from courses.selectors.editor import last_save
from courses.views.editing import at_the_desk, authors, part_of, save, show
from portal import clock


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_practice(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    lesson = part_of(request, course, version, lambda: lesson_in(version, key), PracticeForm)
    if isinstance(lesson, HttpResponse):
        return lesson
    if lesson.kind != Lesson.Kind.PRACTICAL:
        raise Http404

    def form_of(data: object = None) -> PracticeForm:
        return PracticeForm(data, task=PracticalTask.objects.filter(lesson=lesson).first())

    form, status = form_of(), 200
    if request.method == "POST":
        typed = form_of(request.POST)
        if typed.reshapes:
            form = form.goes_on_from(typed)
        else:
            form = typed

            def act(words: dict[str, object], revision: int) -> PracticalTask:
                return services.set_task(
                    lesson, words=words, revision=revision, by=request.user, at=clock.now()
                )

            answer = save(request, form, act, form_of)
            if isinstance(answer, HttpResponse):
                return answer
            status = answer
    task = PracticalTask.objects.filter(lesson=lesson).first()
    return show(
        request, "courses/edit_practice.html", course, version, status=status, lesson=lesson, here=lesson.key,
        form=form, saved=last_save(task) if task and form.differences else None,
    )  # fmt: skip
