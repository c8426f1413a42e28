"""A search to subscribe to: RSS 2.0 and JSON Feed 1.1 of its newest courses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from courses import selectors
from courses.models import Course
from courses.selectors.asked import Params

_LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}


def _newest(request: HttpRequest) -> tuple[Params, list[Course], str]:
    """The search without its page, its newest courses, and a title."""
    results = selectors.search(Params.read(request.GET).first(sort="newest"))
    chosen = [chip.label for chip in results.chips]
    title = " · ".join(filter(None, [results.params.q, *chosen, gettext("Courses"), "职训 Zhixun"]))
    return results.params.first(sort=""), results.page.object_list, title


def _address(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(name, args=args)


def _language() -> str:
    return _LANGUAGES.get(get_language() or "", "zh-CN")


def _line(course: Course) -> str:
    """What a reader wants to know at a glance."""
    hours = gettext("%(hours)s class hours") % {"hours": f"{course.hours_tenths / 10:g}"}
    return f"{course.organisation.name} · {course.province.name} · {hours} · {course.level_name} · {course.occupation.name}"


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    params, courses, title = _newest(request)
    feed = Rss201rev2Feed(
        title=title,
        link=_address("courses:catalogue") + params.canonical,
        description=gettext("The newest courses of this search"),
        language=_language(),
        feed_url=_address("courses:rss") + params.canonical,
    )
    for course in courses:
        feed.add_item(
            title=course.title,
            link=_address("courses:course", course.code),
            description="\n".join(filter(None, [_line(course), course.summary])),
            pubdate=course.published_at,
            unique_id=_address("courses:course", course.code),
        )
    answer = HttpResponse(content_type="application/rss+xml; charset=utf-8")
    feed.write(answer, "utf-8")
    return answer


@require_safe
def json_feed(request: HttpRequest) -> JsonResponse:
    params, courses, title = _newest(request)
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": _address("courses:catalogue") + params.canonical,
        "feed_url": _address("courses:json-feed") + params.canonical,
        "language": _language(),
        "items": [
            {
                "id": _address("courses:course", course.code),
                "url": _address("courses:course", course.code),
                "title": course.title,
                "content_text": "\n".join(filter(None, [_line(course), course.summary])),
                "date_published": course.published_at.isoformat(timespec="seconds"),
                "tags": [course.occupation.name, course.level_name],
            }
            for course in courses
        ],
    }
    return JsonResponse(told, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})
