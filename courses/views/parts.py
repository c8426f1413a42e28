"""Sections and lessons in the editor: writing one, adding one, and the small steps beside it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses import services
from courses.forms import LessonForm, NewLessonForm, NewSectionForm, SectionForm
from courses.forms.editing import EditForm
from courses.models import CourseVersion, Lesson, Section
from courses.selectors.authoring import lesson_in, section_in
from courses.selectors.content import media_url
from courses.selectors.editor import last_save
from courses.selectors.questions import questions_of
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


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_sections(request: HttpRequest, code: str) -> HttpResponse:
    """A new section."""
    course, version = at_the_desk(request, code)
    form = NewSectionForm(request.POST or None, version=version)
    made: list[Section] = []
    told = {"by": request.user, "at": clock.now()}
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: made.append(services.add_section(course, **form.words(), **told)))
    ):
        messages.success(request, _("The section is there. Add its lessons."))
        return redirect("courses:edit-section", code=code, key=made[0].key)
    status = REFUSED if request.method == "POST" else 200
    return show(request, "courses/edit_new.html", course, version, status=status, form=form, new="section")


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lessons(request: HttpRequest, code: str) -> HttpResponse:
    """A new lesson."""
    course, version = at_the_desk(request, code)
    form = NewLessonForm(request.POST or None, version=version, chosen=request.GET.get("section", ""))
    made: list[Lesson] = []
    told = {"by": request.user, "at": clock.now()}
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: made.append(
                services.add_lesson(course, body_format=Lesson.BodyFormat.MARKDOWN, **form.words(), **told)
            ),
        )
    ):
        return redirect("courses:edit-lesson", code=code, key=made[0].key)
    status = REFUSED if request.method == "POST" else 200
    return show(request, "courses/edit_new.html", course, version, status=status, form=form, new="lesson")


def _section_form(section: Section, data: object = None) -> SectionForm:
    return SectionForm(
        data, version=section.version, stored=SectionForm.of(section), revision=section.revision
    )


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_section(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    section = part_of(request, course, version, lambda: section_in(version, key), SectionForm)
    if isinstance(section, HttpResponse):
        return section
    form, status = _section_form(section), 200
    if request.method == "POST":
        form = _section_form(section, request.POST)

        def act(words: dict[str, object], revision: int) -> Section:
            return services.save_section(
                section, words=words, revision=revision, by=request.user, at=clock.now()
            )

        def again() -> EditForm:
            section.refresh_from_db()
            return _section_form(section)

        answer = save(request, form, act, again)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _show_section(request, course, version, section, form, status)


def _show_section(
    request: HttpRequest, course: object, version: CourseVersion, section: Section, form: EditForm, status: int,
    trouble: str = "",
) -> HttpResponse:  # fmt: skip
    saved = last_save(section) if form.differences else None
    return show(
        request, "courses/edit_section.html", course, version, status=status,
        section=section, here=section.key, form=form, saved=saved, trouble=trouble,
    )  # fmt: skip


def _lesson_form(lesson: Lesson, sections: list[Section], data: object = None) -> LessonForm:
    return LessonForm(data, lesson=lesson, sections=sections)


@authors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lesson(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    lesson = part_of(request, course, version, lambda: lesson_in(version, key), LessonForm)
    if isinstance(lesson, HttpResponse):
        return lesson
    sections = list(version.sections.all())
    form, status = _lesson_form(lesson, sections), 200
    if request.method == "POST":
        typed = _lesson_form(lesson, sections, request.POST)
        if typed.reshapes:
            return _show_lesson(request, course, version, lesson, form.goes_on_from(typed), status)
        form = typed

        def act(words: dict[str, object], revision: int) -> Lesson:
            return services.save_lesson(
                lesson, words=words, revision=revision, by=request.user, at=clock.now()
            )

        def again() -> EditForm:
            return _lesson_form(lesson_in(version, key), sections)

        answer = save(request, form, act, again)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _show_lesson(request, course, version, lesson, form, status)


def _show_lesson(
    request: HttpRequest, course: object, version: CourseVersion, lesson: Lesson, form: EditForm, status: int,
    trouble: str = "",
) -> HttpResponse:  # fmt: skip
    film = next(iter(lesson.videos.all()), None)
    poster = media_url(film.poster_key, user=request.user, at=clock.now()) if film and film.poster_key else ""
    return show(
        request, "courses/edit_lesson.html", course, version, status=status,
        lesson=lesson, here=lesson.key, form=form, trouble=trouble, film=film, poster=poster,
        films=list(lesson.videos.all()), questions=questions_of(lesson),
        saved=last_save(lesson) if form.differences else None,
    )  # fmt: skip


# -- steps ----------------------------------------------------------------------------------------------------------


def _section_steps(section: Section, told: dict[str, object], before: str) -> dict[str, Callable[[], object]]:
    return {
        "up": lambda: services.shift_section(section, -1, **told),
        "down": lambda: services.shift_section(section, 1, **told),
        "duplicate": lambda: services.duplicate_section(section, **told),
        "delete": lambda: services.delete_section(section, **told),
        "place": lambda: services.place_section(
            section, before=section.version.sections.filter(key=before).first(), **told
        ),
    }


def _lesson_steps(
    lesson: Lesson, told: dict[str, object], before: str, into: str
) -> dict[str, Callable[[], object]]:
    version = lesson.version
    return {
        "up": lambda: services.shift_lesson(lesson, -1, **told),
        "down": lambda: services.shift_lesson(lesson, 1, **told),
        "duplicate": lambda: services.duplicate_lesson(lesson, **told),
        "delete": lambda: services.delete_lesson(lesson, **told),
        "place": lambda: services.place_lesson(
            lesson,
            section=section_in(version, into),
            before=version.lessons.filter(key=before).first(),
            **told,
        ),
    }


def _word(request: HttpRequest, name: str) -> str:
    """A key as posted; what could never be one is none."""
    said = request.POST.get(name, "")
    return said if "\x00" not in said and len(said) <= 40 else ""  # noqa: PLR2004 - as long as a key


def _onward(request: HttpRequest, made: object, code: str, stay: HttpResponse) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"position": getattr(made, "position", 0)})
    step = request.POST.get("step")
    if step == "delete":
        messages.success(request, _("Deleted."))
        return redirect("courses:edit", code=code)
    if step == "duplicate":
        messages.success(request, _("This is the copy. Give it a name of its own."))
        return redirect(
            "courses:edit-lesson" if isinstance(made, Lesson) else "courses:edit-section",
            code=code,
            key=made.key,
        )
    return stay


@authors
@require_POST
def edit_section_step(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    section = section_in(version, key)
    told = {"by": request.user, "at": clock.now()}
    made, broken = take(request, _section_steps(section, told, _word(request, "before")))
    if broken is not None:
        if wants_json(request):
            return JsonResponse({"code": broken.code, "detail": str(broken)}, status=CONFLICT)
        return _show_section(request, course, version, section, _section_form(section), REFUSED, str(broken))
    return _onward(request, made, code, redirect("courses:edit-section", code=code, key=key))


@authors
@require_POST
def edit_lesson_step(request: HttpRequest, code: str, key: str) -> HttpResponse:
    course, version = at_the_desk(request, code)
    lesson = lesson_in(version, key)
    told = {"by": request.user, "at": clock.now()}
    made, broken = take(
        request, _lesson_steps(lesson, told, _word(request, "before"), _word(request, "section"))
    )
    if broken is not None:
        if wants_json(request):
            return JsonResponse({"code": broken.code, "detail": str(broken)}, status=CONFLICT)
        form = _lesson_form(lesson, list(version.sections.all()))
        return _show_lesson(request, course, version, lesson, form, REFUSED, str(broken))
    return _onward(request, made, code, redirect("courses:edit-lesson", code=code, key=key))
