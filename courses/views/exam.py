"""Questions in the editor, and how the closing exam is made from them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses import services
from courses.forms import BlueprintForm, QuestionForm
from courses.forms.editing import EditForm
from courses.models import CourseVersion, ExamBlueprint, Lesson, Question
from courses.selectors.authoring import may_author, question_in
from courses.selectors.editor import last_save
from courses.selectors.questions import bank_of
from courses.views.editing import REFUSED, at_the_desk, attempt, authors, save, show
from portal import clock
from portal.rules import RuleBroken

PER_PAGE = 50


def _lessons(version: CourseVersion) -> list[Lesson]:
    return list(version.lessons.only("pk", "key", "title_zh", "title_en", "version_id").order_by("position"))


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_exam(request: HttpRequest, code: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    blueprint = ExamBlueprint.objects.filter(version=version).first()
    form = BlueprintForm(request.POST or None, blueprint=blueprint)
    told = {"by": request.user, "at": clock.now()}
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.set_blueprint(course, **form.cleaned_data, **told))
    ):
        messages.success(request, _("Saved."))
        return redirect("courses:edit-exam", code=code)
    status = REFUSED if request.method == "POST" else 200
    page = Paginator(bank_of(version), PER_PAGE).get_page(request.GET.get("page"))
    return show(
        request, "courses/edit_exam.html", course, version, status=status, form=form, page=page, here="exam"
    )


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_question_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new question; `lesson` in the address is the key of the lesson that asks it."""
    course, version = at_the_desk(request, code)
    lessons = _lessons(version)
    asked = next((str(row.pk) for row in lessons if row.key == request.GET.get("lesson")), "")
    form = QuestionForm(request.POST or None, lessons=lessons, asked_in=asked)
    told = {"by": request.user, "at": clock.now()}
    made: list[Question] = []

    def act() -> None:
        words = form.words()
        words["right"] = set(words.pop("right_keys"))
        made.append(services.add_question(course, **words, **told))

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        messages.success(request, _("The question is there."))
        return _back(code, made[0])
    status = REFUSED if request.method == "POST" else 200
    here = request.GET.get("lesson") or "exam"
    return show(
        request,
        "courses/edit_question.html",
        course,
        version,
        status=status,
        form=form,
        question=None,
        here=here,
    )


def _back(code: str, question: Question) -> HttpResponse:
    """To the lesson that asks the question, or to the bank."""
    if question.lesson_id:
        return redirect("courses:edit-lesson", code=code, key=question.lesson.key)
    return redirect("courses:edit-exam", code=code)


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    course, version = at_the_desk(request, code)
    question, lessons = question_in(version, pk), _lessons(version)
    form, status = QuestionForm(lessons=lessons, question=question), 200
    if request.method == "POST":
        form = QuestionForm(request.POST, lessons=lessons, question=question)

        def act(words: dict[str, object], revision: int) -> Question:
            return services.save_question(
                question, words=words, revision=revision, by=request.user, at=clock.now()
            )

        def again() -> EditForm:
            question.refresh_from_db()
            return QuestionForm(lessons=lessons, question=question)

        answer = save(request, form, act, again)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _show_question(request, course, version, question, form, status)


def _show_question(
    request: HttpRequest, course: object, version: CourseVersion, question: Question, form: EditForm, status: int,
    trouble: str = "",
) -> HttpResponse:  # fmt: skip
    return show(
        request, "courses/edit_question.html", course, version, status=status,
        question=question, form=form, trouble=trouble, here=question.lesson.key if question.lesson_id else "exam",
        may_see_answers=may_author(request.user, course),
        saved=last_save(question) if form.differences else None,
    )  # fmt: skip


@authors
@require_POST
def edit_question_step(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    course, version = at_the_desk(request, code)
    question = question_in(version, pk)
    if request.POST.get("step") != "delete":
        return redirect("courses:edit-question", code=code, pk=pk)
    try:
        services.delete_question(question, by=request.user, at=clock.now())
    except RuleBroken as broken:
        form = QuestionForm(lessons=_lessons(version), question=question)
        return _show_question(request, course, version, question, form, REFUSED, str(broken))
    messages.success(request, _("Deleted."))
    return _back(code, question)
