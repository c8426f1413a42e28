"""What the province, and the portal for it, tells a provider, in the transaction of the step it tells of."""

import datetime as dt
from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Notice
from portal.accounts.models import Organisation, Province, User

SENTENCES = {
    Notice.Kind.RETURNED: _("“%(course)s” was returned: %(reason)s"),
    Notice.Kind.PUBLISHED: _("“%(course)s” was published."),
    Notice.Kind.SUSPENDED: _("“%(course)s” was suspended, nobody new can enrol: %(reason)s"),
    Notice.Kind.RESUMED: _("“%(course)s” is open again: %(reason)s"),
    Notice.Kind.WITHDRAWN: _("“%(course)s” was withdrawn for good: %(reason)s"),
    Notice.Kind.LICENCE: _("Your licence in %(province)s is “%(state)s” from %(day)s on: %(reason)s"),
    Notice.Kind.CALLED_OFF: _("%(province)s called off “%(state)s” from %(day)s on: %(reason)s"),
    Notice.Kind.AGREEMENT: _("%(province)s added the agreement %(number)s, “%(title)s”."),
    Notice.Kind.SHORTFALL: _("“%(course)s” falls short of the standard; mend it by %(day)s: %(reason)s"),
    Notice.Kind.QUESTION: _(
        "A learner's question about “%(course)s”, lesson “%(lesson)s”, was due by %(day)s and is not answered yet."
    ),
}
_LONGEST = 1200


def _said(kind: str, language: str, words: dict[str, object]) -> str:
    """Lazy words among `words` are spoken in that language, too."""
    with translation.override(language):
        return (str(SENTENCES[Notice.Kind(kind)]) % words)[:_LONGEST]


def tell(
    organisation: Organisation,
    kind: str,
    *,
    province_id: str,
    at: dt.datetime,
    course: Course | None = None,
    **words: object,
) -> Notice:
    """A notice in both languages, frozen. `words` are what the kind's sentence asks for, besides course and province."""
    province = Province.objects.get(pk=province_id)
    spoken = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            named = {"course": course.title if course else "", "province": province.name}
        spoken[language] = _said(kind, language, named | words)
    return Notice.objects.create(
        organisation=organisation,
        province_id=province_id,
        course=course,
        kind=kind,
        words_zh=spoken["zh-hans"],
        words_en=spoken["en"],
        at=at,
    )


def tell_of_course(course: Course, kind: str, *, at: dt.datetime, reason: str = "") -> Notice:
    """To the supplier of a course, about that course."""
    return tell(
        course.organisation, kind, province_id=course.province_id, at=at, course=course, reason=reason
    )


def mark_read(notices: Iterable[int], *, organisations: set[int], by: User, at: dt.datetime) -> int:
    """Note who read these notices (ids) first; only those to `organisations`. Gives how many were unread."""
    rows = Notice.objects.filter(pk__in=list(notices), organisation_id__in=organisations, read_at=None)
    return rows.update(read_at=at, read_by=by)


def tell_of_late_question(course_code: str, *, lesson: str, day: dt.date, at: dt.datetime) -> Notice:
    """To the managers of the course's provider: the promised day of an answer is over. `lesson` is its title."""
    course = Course.objects.select_related("organisation").get(code=course_code)
    told = {"lesson": lesson, "day": day.isoformat()}
    return tell(
        course.organisation,
        Notice.Kind.QUESTION,
        province_id=course.province_id,
        at=at,
        course=course,
        **told,
    )
