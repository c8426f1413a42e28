"""The texts of lessons: Markdown or HTML as the author types it, clean HTML as it is stored and shown.

What may stand in a text is listed here, not what may not. Pictures are no part of it: a page shows nothing from elsewhere.
"""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s", "sub", "sup", "ul", "ol", "li",
    "blockquote", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "a", "ruby", "rt", "rp",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"https", "http", "mailto", "tel"}
_LINE_ENDS = re.compile(r"<(?:br|hr)\b[^>]*>|</(?:p|h\d|li|tr|pre|blockquote)>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def clean(html: str) -> str:
    """Only what TAGS and ATTRIBUTES name; links tell the other side nothing of where they stood."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _lower(token: Token) -> Token:
    """A page has one h1, its title: headings of a text begin below it."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
    return token


def from_markdown(source: str) -> str:
    """Clean HTML of CommonMark with tables. HTML inside Markdown is shown as it was typed."""
    tokens = [_lower(token) for token in _markdown.parse(source)]
    return clean(_markdown.renderer.render(tokens, _markdown.options, {}))


def rendered(source: str, *, body_format: str) -> str:
    return from_markdown(source) if body_format == "markdown" else clean(source)


def characters_in(html: str) -> int:
    """Characters a reader reads: without tags and white space."""
    return len(re.sub(r"\s+", "", unescape(_TAG.sub("", html))))


def lines_of(html: str) -> list[str]:
    """A text line by line as it is read, for comparing."""
    plain = unescape(_TAG.sub("", _LINE_ENDS.sub("\n", html)))
    return [line.strip() for line in plain.splitlines() if line.strip()]
