"""Questions in the editor, and how the closing exam is made from them."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses import services
from courses.forms import BlueprintForm, QuestionForm
from courses.forms.editing import EditForm
from courses.models import CourseVersion, ExamBlueprint, Lesson, Question
from courses.selectors.authoring import may_author, question_in
from courses.selectors.editor import last_save
from courses.selectors.preview import question_sheet
from courses.selectors.questions import bank_of, exam_filling, right_answer
from courses.views.editing import (
    CONFLICT,
    REFUSED,
    at_the_desk,
    attempt,
    authors,
    part_of,
    save,
    show,
    take,
    wants_json,
)
from portal import clock
from portal.numbers import whole

PER_PAGE = 50


def _lessons(version: CourseVersion) -> list[Lesson]:
    return list(
        version.lessons.only("pk", "key", "title_zh", "title_en", "version_id", "kind", "seconds").order_by(
            "position"
        )
    )


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_exam(request: HttpRequest, code: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    form, status = _exam_form(version), 200
    if request.method == "POST":
        form = _exam_form(version, request.POST)

        def act(words: dict[str, object], revision: int) -> ExamBlueprint:
            return services.set_blueprint(course, **words, revision=revision, by=request.user, at=clock.now())

        answer = save(request, form, act, lambda: _exam_form(version))
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _show_exam(request, course, version, form, status)


def _first_after(page: Page) -> Question | None:
    """Of the next page: what is dragged to the foot of this one goes before it."""
    return page.paginator.object_list[page.end_index()] if page.has_next() else None


def _exam_form(version: CourseVersion, data: object = None) -> BlueprintForm:
    blueprint = ExamBlueprint.objects.filter(version=version).first()
    return BlueprintForm(data, blueprint=blueprint, sections=list(version.sections.all()))


def _show_exam(
    request: HttpRequest,
    course: object,
    version: CourseVersion,
    form: EditForm,
    status: int,
    trouble: str = "",
) -> HttpResponse:
    page = Paginator(bank_of(version), PER_PAGE).get_page(request.GET.get("page"))
    blueprint = ExamBlueprint.objects.filter(version=version).first() if form.differences else None
    return show(
        request, "courses/edit_exam.html", course, version, status=status, form=form, page=page, here="exam",
        beyond=_first_after(page), filling=exam_filling(version), trouble=trouble, saved=last_save(blueprint) if blueprint else None,
    )  # fmt: skip


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_question_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new question of a `kind`; `lesson` in the address is the key of the lesson that asks it."""
    course, version = at_the_desk(request, code)
    lessons = _lessons(version)
    asked = next((str(row.pk) for row in lessons if row.key == request.GET.get("lesson")), "")
    kind = request.GET.get("kind", "")
    kind = kind if kind in Question.Kind.values else Question.Kind.SINGLE
    form = QuestionForm(
        request.POST or None,
        request.FILES or None,
        lessons=lessons,
        sections=list(version.sections.all()),
        asked_in=asked,
        kind=kind,
    )
    told = {"by": request.user, "at": clock.now()}
    made: list[Question] = []

    def act() -> None:
        words = form.words()
        words["right"] = words.pop("right_keys", ())
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
        kinds=Question.Kind.choices,
        kind=kind,
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
    question = part_of(request, course, version, lambda: question_in(version, pk), QuestionForm)
    if isinstance(question, HttpResponse):
        return question
    form, status = _question_form(version, question), 200
    if request.method == "POST":
        form = _question_form(version, question, request.POST, request.FILES)

        def act(words: dict[str, object], revision: int) -> Question:
            return services.save_question(
                question, words=words, revision=revision, by=request.user, at=clock.now()
            )

        def again() -> EditForm:
            question.refresh_from_db()
            return _question_form(version, question)

        answer = save(request, form, act, again)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _show_question(request, course, version, question, form, status)


def _question_form(
    version: CourseVersion, question: Question, data: object = None, files: object = None
) -> QuestionForm:
    return QuestionForm(
        data, files, lessons=_lessons(version), sections=list(version.sections.all()), question=question
    )


def _show_question(
    request: HttpRequest, course: object, version: CourseVersion, question: Question, form: EditForm, status: int,
    trouble: str = "",
) -> HttpResponse:  # fmt: skip
    return show(
        request, "courses/edit_question.html", course, version, status=status,
        question=question, form=form, trouble=trouble, here=question.lesson.key if question.lesson_id else "exam",
        may_see_answers=may_author(request.user, course),
        saved=last_save(question) if form.differences else None,
        sheet=question_sheet(question, user=request.user, at=clock.now()), right=right_answer(question),
    )  # fmt: skip


@authors
@require_POST
def edit_question_step(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Up, down and `place` are meant in the list named by `listed`: a lesson's questions, or the bank."""
    course, version = at_the_desk(request, code)
    question = question_in(version, pk)
    in_bank = request.POST.get("listed") == "bank"
    told = {"by": request.user, "at": clock.now()}
    before = _question_named(version, request.POST.get("before", ""))
    made, broken = take(
        request,
        {
            "up": lambda: services.shift_question(question, -1, in_bank=in_bank, **told),
            "down": lambda: services.shift_question(question, 1, in_bank=in_bank, **told),
            "place": lambda: services.place_question(question, before=before, in_bank=in_bank, **told),
            "delete": lambda: services.delete_question(question, **told),
        },
    )
    if broken is not None:
        if wants_json(request):
            return JsonResponse({"code": broken.code, "detail": str(broken)}, status=CONFLICT)
        form = _question_form(version, question)
        return _show_question(request, course, version, question, form, REFUSED, str(broken))
    if wants_json(request):
        return JsonResponse({"position": getattr(made, "position", 0)})
    if request.POST.get("step") == "delete":
        messages.success(request, _("Deleted."))
        return _back(code, question)
    question.refresh_from_db()
    return _to_its_row(version, question, in_bank=in_bank)


def _question_named(version: CourseVersion, said: str) -> Question | None:
    """What could never be a number is none."""
    return version.questions.filter(pk=whole(said)).first()


def _to_its_row(version: CourseVersion, question: Question, *, in_bank: bool) -> HttpResponse:
    """Where the question stands now, on whichever page of the bank."""
    told, row = {"code": version.course.code}, f"#question-{question.pk}"
    if not in_bank and question.lesson_id:
        return redirect(reverse("courses:edit-lesson", kwargs={**told, "key": question.lesson.key}) + row)
    place = bank_of(version).filter(position__lt=question.position).count()
    return redirect(f"{reverse('courses:edit-exam', kwargs=told)}?page={place // PER_PAGE + 1}{row}")
