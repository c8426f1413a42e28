"""Papers that are kept with an agreement or a decision: their type by content, a limit, a name of our own in the storage."""

import hashlib
import re
import unicodedata
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken

MOST_BYTES = 10_000_000
FOLDER = "papers/"
_HEADS = {b"%PDF-": ".pdf", b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
_LONGEST_NAME = 160
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


class NotAPaper(RuleBroken):
    code = "not_a_paper"
    message = _("This file is neither a PDF nor a picture (PNG, JPEG). Scan the paper and upload it again.")


class PaperTooLarge(RuleBroken):
    code = "paper_too_large"
    message = _("This file is larger than 10 MB. Scan the paper in a lower resolution.")


@dataclass(frozen=True)
class Paper:
    key: str
    name: str
    bytes: int
    sha256: str

    def fields(self) -> dict[str, object]:
        """As a model that holds a document stores it."""
        return {
            "document_key": self.key,
            "document_name": self.name,
            "document_bytes": self.bytes,
            "document_sha256": self.sha256,
        }


def plain_name(text: str) -> str:
    """The file's own name as people see it, without paths and invisible characters."""
    name = _UNWANTED.sub(" ", unicodedata.normalize("NFC", text)).strip()
    stem, dot, end = name.rpartition(".")
    if len(name) > _LONGEST_NAME and dot:
        name = f"{stem[: _LONGEST_NAME - len(end) - 1]}.{end}"
    return name[:_LONGEST_NAME] or "paper"


def checked(upload: UploadedFile) -> tuple[bytes, str]:
    """The bytes and the ending that fits them. Raises NotAPaper, PaperTooLarge."""
    if upload.size > MOST_BYTES:
        raise PaperTooLarge
    content = upload.read(MOST_BYTES + 1)
    ending = next((end for head, end in _HEADS.items() if content.startswith(head)), None)
    if ending is None:
        raise NotAPaper
    return content, ending


def keep(upload: UploadedFile) -> Paper:
    """Into the storage under a name of our own. Raises NotAPaper, PaperTooLarge."""
    content, ending = checked(upload)
    key = default_storage.save(f"{FOLDER}{uuid.uuid4().hex}{ending}", ContentFile(content))
    return Paper(key, plain_name(upload.name or ""), len(content), hashlib.sha256(content).hexdigest())
