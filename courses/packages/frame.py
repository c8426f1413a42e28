"""What the frame of a package is given: addresses that hold for a short while, its own policy, and our answer to SCORM.

Every file is served under `/courses/package/<token>/`. The token is the right to look; cookies are neither needed nor
read. `Content-Security-Policy: sandbox` gives each page an origin of its own, so that a package's script can reach
neither the portal's cookies nor its pages, wherever and however its address is opened.
"""

import codecs
import datetime as dt
import re
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.urls import reverse

from courses.media import LinkOver

LASTS = dt.timedelta(hours=3)
"""Longer than anybody studies one package without opening its page again."""
SHIM = "~zhixun-scorm.js"
"""No path of a package can hold this name: its files are looked up in a table, and this is asked before."""
_SALT = "courses.package"
_PLACES = (
    re.compile(r"<head(\s[^>]*)?>", re.IGNORECASE),
    re.compile(r"<html(\s[^>]*)?>", re.IGNORECASE),
    re.compile(r"<!doctype[^>]*>", re.IGNORECASE),
    re.compile(r"^\s*<\?xml.*?\?>", re.IGNORECASE | re.DOTALL),
)
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def address(package_id: int, href: str, *, at: dt.datetime) -> str:
    """Where a page of the package may be opened until `at` + LASTS. The caller has checked who asks."""
    end = int((at + LASTS).timestamp())
    token = signing.dumps([package_id, end], key=settings.LINK_KEY, salt=_SALT)
    path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", href, re.DOTALL).groups()  # type: ignore[union-attr]
    # quoted here: a name of the package may hold a question mark, and a query is not part of it
    return (
        settings.PACKAGE_ORIGIN
        + reverse("courses:package-file", args=[token, path])
        + mark
        + quote(rest, safe="/?#&=%:;,+@!$'()*~-._")
    )


def opened(token: str, *, at: dt.datetime) -> int:
    """The package behind a token. Raises signing.BadSignature, LinkOver."""
    package_id, end = signing.loads(token, key=settings.LINK_KEY, salt=_SALT)
    if end < at.timestamp():
        raise LinkOver
    return package_id


def policy(prefix: str) -> str:
    """The policy of everything under `prefix`, an absolute address that ends in a slash.

    Inside its sandbox a package may run what it brought along, and reach its own files only.
    """
    own = f"{prefix} data: blob:"
    portal = settings.SITE_URL if settings.PACKAGE_ORIGIN else "'self'"
    return "; ".join(
        [
            "sandbox allow-scripts allow-forms allow-modals",
            "default-src 'none'",
            f"script-src {own} 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'",
            f"style-src {own} 'unsafe-inline'",
            f"img-src {own}",
            f"media-src {own}",
            f"font-src {own}",
            f"connect-src {own}",
            f"frame-src {prefix}",
            f"worker-src {own}",
            "object-src 'none'",
            "form-action 'none'",
            f"base-uri {prefix}",
            f"frame-ancestors {portal}",
        ]
    )


def with_shim(page: bytes, source: str) -> bytes:
    """The page with our script before its own, whatever its encoding. `source` is ASCII without quotes."""
    tag = f'<script src="{source}"></script>'
    encoding = next((name for bom, name in _BOMS if page.startswith(bom)), "latin-1")
    text = page.decode(encoding, "surrogatepass" if encoding != "latin-1" else "strict")
    # a tag inside a comment is not there; what stands in its place keeps the length
    bare = _COMMENT.sub(lambda found: "\0" * len(found[0]), text)
    place = next((found.end() for where in _PLACES if (found := where.search(bare))), 0)
    if not place and encoding != "latin-1":
        place = 1
    elif not place and page.startswith(codecs.BOM_UTF8):
        place = len(codecs.BOM_UTF8)
    made = text[:place] + tag + text[place:]
    return made.encode(encoding, "surrogatepass" if encoding != "latin-1" else "strict")
