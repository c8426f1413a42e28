"""The parts of a page that templates ask for by name: icons, seals, hours woven into a mat, steps, sums of money.

Drawings live in `portal.drawings` as pure functions; here they get their words and their place in the language.
Every tag is clean under a strict Content-Security-Policy: sizes are SVG attributes, never styles.
"""

import datetime as dt
import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from portal import drawings, numbers

register = template.Library()

STATUS_ICONS = {"ok": "check", "wait": "clock", "bad": "x", "info": "info"}
NOTE_ICONS = {"info": "info", "ok": "ok", "wait": "alert", "bad": "stop"}
RULE_ICONS = {"ok": "ok", "bad": "stop", "wait": "help", "off": "minus"}

_HAN = "\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CHINESE = re.compile(rf"[{_HAN}](?:[{_HAN}\d\s·—–.,:%/()+-]*[{_HAN}])?")
"""A run of Chinese with the figures and stops inside it."""


# -- pictures -------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "", *, label: str = "") -> SafeString:
    """A 24 px line icon of the sprite. Silent beside words; `label` gives it a voice where it stands alone."""
    return _use("icon", f"i-{name}", css, str(label))


@register.simple_tag
def pict(name: str, css: str = "", *, label: str = "") -> SafeString:
    """A 64 px pictogram of an occupation or a group."""
    return _use("pict", f"p-{name}", css, str(label))


@cache
def symbols(prefix: str) -> tuple[str, ...]:
    """Names in the sprite: `i` are icons, `p` are pictograms."""
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    return tuple(re.findall(rf'id="{prefix}-(\w+)"', sprite))


@lru_cache(maxsize=1_000)
def _use(css: str, symbol: str, more: str, label: str) -> SafeString:
    voice = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    return format_html(
        '<svg class="{}"{}><use href="{}#{}"/></svg>',
        f"{css} {more}".strip(),
        voice,
        static("icons.svg"),
        symbol,
    )


@register.simple_tag
@cache
def brand() -> SafeString:
    """The woven mark and the two characters of the name; give the link around it an aria-label."""
    sprite = static("icons.svg")
    return format_html(
        '<svg class="brand__mark" viewBox="-1 -1 38 38" aria-hidden="true"><use href="{}#z-mark"/></svg>'
        '<svg class="brand__word" viewBox="0 0 82 40" aria-hidden="true"><use href="{}#z-word"/></svg>',
        sprite,
        sprite,
    )


@register.simple_tag
def seal(label: str = "") -> SafeString:
    """The square sample seal. It never imitates a round state seal."""
    return format_html(
        '<span class="seal" role="img" aria-label="{}"></span>', label or gettext("Sample seal")
    )


@register.simple_tag
@cache
def sheet(name: str) -> SafeString:
    """The stylesheet of a kind of page, for the block `sheets`."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"css/{name}.css"))


@register.simple_tag
@cache
def script(name: str) -> SafeString:
    """One of our own ES modules in static/js, for the block `scripts`."""
    return format_html('<script type="module" src="{}"></script>', static(f"js/{name}.js"))


# -- drawings -------------------------------------------------------------------------------------------------------


@register.simple_tag
def mat(
    total: float,
    done: float,
    *,
    waiting: float = 0,
    needed: float | None = None,
    columns: int = 20,
    label: str = "",
) -> SafeString:
    """One woven cell per hour (学时): solid counts, hollow waits, pale is undone; the dashed line is what is needed."""
    spoken = label or gettext("%(done)s of %(total)s hours counted") % {
        "done": hours(done),
        "total": hours(total),
    }
    return drawings.mat(total, done, waiting=waiting, needed=needed, columns=columns, label=spoken)


@register.simple_tag
def coverage(seconds: float, spans: Iterable, at: float | None = None, label: str = "") -> SafeString:
    """Which seconds of one video counted. `spans`: (from, to, kind) in seconds, kind is counted or fast (seen, not counted)."""
    return drawings.coverage(seconds, spans, at=at, label=label)


@register.simple_tag
def gauge(total: int, parts: Iterable, label: str = "") -> SafeString:
    """A sum cut into parts: `parts` are (kind, amount); kind is paid, commit or this; the rest stays empty."""
    return drawings.gauge(total, parts, label=label)


@register.simple_tag
def spark(values: Iterable, label: str = "") -> SafeString:
    """A trend line of at least two values."""
    return drawings.spark(values, label=label)


@register.simple_tag
def bar(value: float, most: float, kind: str = "val") -> SafeString:
    """A silent bar beside its figure; kind is val, mid or low."""
    return drawings.bar(value, most, kind=kind)


@register.simple_tag
def dayline(done: int, total: int, label: str = "") -> SafeString:
    """The working days of a public notice: done, today, to come."""
    return drawings.dayline(done, total, label=label)


@register.simple_tag
def daybars(days: Iterable, label: str = "") -> SafeString:
    """Hours per day: `days` are (caption, hours)."""
    return drawings.daybars(days, label=label)


@register.simple_tag
def meter(value: float, most: float, label: str) -> SafeString:
    """A known total on its way. For unknown durations use a status tag that says "Running"."""
    return format_html(
        '<progress class="progress" max="{}" value="{}" aria-label="{}"></progress>',
        drawings.plain(most),
        drawings.plain(min(value, most)),
        label,
    )


# -- words of another language --------------------------------------------------------------------------------------


@register.filter
def voiced(text: object) -> str:
    """What people wrote: on an English page its Chinese is marked, so that a screen reader takes a Chinese voice."""
    escaped = conditional_escape(text)
    if _chinese():
        return escaped
    return mark_safe(_CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', escaped))  # noqa: S308 - escaped above


@register.filter
def tongue(text: object) -> str:
    """As `voiced`, for an element that can hold no other: its attribute, `<option{{ name|tongue }}>`."""
    return mark_safe(' lang="zh-CN"') if not _chinese() and _CHINESE.search(str(text)) else ""


# -- words in shapes ------------------------------------------------------------------------------------------------


@register.simple_tag
def tag(kind: str, text: str, symbol: str | None = None) -> SafeString:
    """The status of one thing, up to six characters: kind is ok, wait, bad, info or plain."""
    name = STATUS_ICONS.get(kind, "") if symbol is None else symbol
    css = "tag" if kind == "plain" else f"tag tag--{kind}"
    return format_html('<span class="{}">{}{}</span>', css, icon(name) if name else "", voiced(text))


@register.simple_block_tag(end_name="endnote")
def note(content: str, kind: str = "info", symbol: str = "") -> SafeString:
    """One sentence that changes what the reader does next: kind is info, ok, wait or bad."""
    css = "note" if kind == "info" else f"note note--{kind}"
    inner = mark_safe(content.strip())  # noqa: S308 - rendered and escaped by the template already
    if not inner.startswith("<"):
        inner = format_html("<p>{}</p>", inner)
    return format_html('<div class="{}">{}{}</div>', css, icon(symbol or NOTE_ICONS[kind]), inner)


@register.inclusion_tag("_components/steps.html")
def steps(items: Iterable, *, across: bool = True, start: int = 1) -> dict:
    """A process of up to six stages: items are (state, title, small line); state is done, now, bad or todo."""
    rows = [(*item, "")[:3] for item in items]
    return {
        "across": across,
        "items": [(number, state, title, small) for number, (state, title, small) in enumerate(rows, start)],
    }


@register.inclusion_tag("_components/rules.html")
def rules(items: Iterable) -> dict:
    """Rules with value and reason, failures first. Items are dicts: state (ok, bad, wait, off), title, value, reason, code."""
    order = ["bad", "wait", "ok", "off"]
    rows = [{"icon": RULE_ICONS[item["state"]], **item} for item in items]
    return {"items": sorted(rows, key=lambda item: order.index(item["state"]))}


@register.inclusion_tag("_components/empty.html")
def empty(title: str, text: str = "", symbol: str = "grad", href: str = "", action: str = "") -> dict:
    """Nothing here yet, and the way to get the first one. `symbol` is a pictogram, or an icon where none has that name."""
    picture = pict(symbol) if symbol in symbols("p") else icon(symbol)
    return {"title": title, "text": text, "picture": picture, "href": href, "action": action}


@register.inclusion_tag("_components/crumbs.html")
def crumbs(*pairs: str) -> dict:
    """Where this page hangs: text and address by turns; the page itself is not named."""
    return {"links": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("_components/paging.html", takes_context=True)
def paging(context: template.Context, page: Page, parameter: str = "page") -> dict:
    """Links to the pages of a list that keep the rest of the address."""
    address = context["request"].GET.copy()

    def link(number: int) -> str:
        address[parameter] = number
        return "?" + address.urlencode()

    numbers_ = [
        (n, link(n) if isinstance(n, int) else "")
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=2)
    ]
    return {
        "page": page,
        "numbers": numbers_,
        "before": link(page.previous_page_number()) if page.has_previous() else "",
        "after": link(page.next_page_number()) if page.has_next() else "",
    }


@register.filter
def phrases(title: str) -> list[str]:
    """A Chinese title cut after its full-width colon, where a line may end; each part goes into `span.ph`."""
    head, colon, rest = title.partition("：")
    return [head + colon, rest] if rest else [title]


# -- figures --------------------------------------------------------------------------------------------------------


@register.filter
def yuan(fen: int | None) -> str:
    """Integer fen as yuan with two decimals: 192000 is ¥1,920.00."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@register.filter
def yuan_short(fen: int | None) -> str:
    """As `yuan`, without .00; only for "from" prices in the catalogue."""
    return yuan(fen).removesuffix(".00")


@register.filter
def hours(value: float | Fraction | None) -> str:
    """Hours (学时) with at most one decimal, cut and never rounded up: 79.96 is not yet 80."""
    if value is None:
        return ""
    tenths = int(Fraction(str(value) if isinstance(value, float) else value) * 10)
    return f"{tenths // 10:,}" if tenths % 10 == 0 else f"{tenths / 10:,.1f}"


@register.filter
def clockface(seconds: float | None) -> str:
    """Seconds as 17:42, from an hour on as 1:02:03."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}:{minutes:02d}:{rest:02d}" if whole else f"{minutes}:{rest:02d}"


@register.filter
def count(value: int | None) -> str:
    """A whole number with thousands separators."""
    return "" if value is None else f"{value:,}"


@register.filter
def share(part: float, whole: float) -> str:
    """A percentage without decimals, for figures that already show their parts."""
    return f"{round(100 * part / whole)}%" if whole else "0%"


@register.filter(expects_localtime=True)
def day(value: dt.date | None) -> str:
    """A date in running text, never broken over two lines: 2020 年 5 月 24 日. Use `iso` in tables."""
    if value is None:
        return ""
    said = formats.date_format(value, "Y 年 n 月 j 日" if _chinese() else "j M Y", use_l10n=False)
    return said.replace(" ", "\N{NO-BREAK SPACE}")


@register.filter(expects_localtime=True)
def iso(value: dt.date | None) -> str:
    """2020-05-24, for tables and papers."""
    return "" if value is None else f"{value:%Y-%m-%d}"


@register.filter(expects_localtime=True)
def moment(value: dt.datetime | None) -> str:
    """2020-05-24 10:42 in Shanghai."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}"


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.filter
def masked_name(value: str) -> str:
    return numbers.mask_name(value)


@register.filter
def masked_number(value: str) -> str:
    return numbers.mask_number(value)


@register.filter
def masked_phone(value: str) -> str:
    return numbers.mask_phone(value)
