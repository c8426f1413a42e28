"""Where the papers lie: the site's storage (a folder, or an S3 bucket), one file per certificate, named by its content."""

import hashlib
from contextlib import suppress

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


class MisfiledPaper(OSError):  # noqa: N818 - says what happened to the paper
    """The storage put a paper under another name than it was told."""


def key_of(serial: str, pdf: bytes) -> str:
    """`certificates/ZX-52-2026/ZX-52-2026-0000001-<16 hex digits of the content>.pdf`: the same paper, the same place."""
    return f"certificates/{serial[:10]}/{serial}-{hashlib.sha256(pdf).hexdigest()[:16]}.pdf"


def put(key: str, pdf: bytes) -> None:
    """Write or write anew: a worker killed half way may have left a torn file under this very name. Raises OSError."""
    if default_storage.exists(key):
        default_storage.delete(key)
    if default_storage.save(key, ContentFile(pdf)) != key:
        raise MisfiledPaper(f"{key} was stored under another name")


def get(key: str, sha256: bytes) -> bytes | None:
    """The paper, if it is there and whole."""
    with suppress(OSError), default_storage.open(key) as file:
        pdf = file.read()
        if hashlib.sha256(pdf).digest() == sha256:
            return pdf
    return None
