"""The parts of the catalogue's page that stand on it many times: drawn once and kept, or drawn without a template."""

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.models import Course
from courses.selectors.facets import Facet
from portal.templatetags.zhixun import voiced


def card(course: Course) -> SafeString:
    """A course of a list. Kept with the course, which the catalogue's stock reads anew when it changes."""
    language = get_language()
    if language not in course.drawn:
        course.drawn[language] = SafeString(render_to_string("courses/_card.html", {"course": course}))
    return course.drawn[language]


def choices(facet: Facet) -> SafeString:
    """The tick boxes of a facet, with the counts that ticking them would give."""
    name = facet.name
    rows = []
    for value, label, count, chosen, depth, _open in facet.values:
        css = f"choice choice--{depth}" if depth else "choice"
        tick = " checked" if chosen else ""
        plain = escape(value)
        rows.append(
            f'<label class="{css}"><input type="checkbox" id="{name}-{plain}" name="{name}" value="{plain}"{tick}>'
            f'<span>{voiced(label)}</span><span class="count">{count:,}</span></label>'
        )
    return SafeString("".join(rows))
