"""Packages: what an author sees of an upload, and what a learner's frame may be given."""

import datetime as dt
from dataclasses import dataclass

from csp.constants import SELF
from django.conf import settings

from courses.models import Lesson, Package, PackageFile
from courses.packages import frame
from courses.packages.archive import folded
from courses.workflow import PackageState


@dataclass(frozen=True)
class PackageItem:
    title: str
    href: str


@dataclass(frozen=True)
class PackageFacts:
    """What stands in a lesson. `standard` is "1.2" or "2004"."""

    id: int
    standard: str
    title: str
    items: tuple[PackageItem, ...]


def package_of(lesson_id: int) -> PackageFacts | None:
    """The package that learners are shown."""
    row = Package.objects.filter(lesson_id=lesson_id, state=PackageState.READY).first()
    if row is None:
        return None
    items = tuple(PackageItem(item["title"], item["href"]) for item in row.items)
    return PackageFacts(row.pk, row.standard, row.title, items)


def package_address(package: PackageFacts, number: int, *, at: dt.datetime) -> str:
    """Where the frame finds the page at this number (from 0; out of range means the first), for a short while.

    The caller has made sure that the reader may see the lesson.
    """
    item = package.items[number if 0 <= number < len(package.items) else 0]
    return frame.address(package.id, item.href, at=at)


def package_policy() -> dict[str, list[str]]:
    """What a page that shows a package adds to the portal's Content-Security-Policy."""
    return {"frame-src": [settings.PACKAGE_ORIGIN or SELF]}


def uploads_of(lesson: Lesson) -> list[Package]:
    """The newest first."""
    return list(lesson.packages.select_related("uploaded_by").order_by("-id")[:10])


def package_file(package_id: int, path: str) -> tuple[str, str] | None:
    """The key in the storage and the path, of a package that is shown; None for anything else."""
    if "\x00" in path:
        return None
    found = (
        PackageFile.objects.filter(
            package_id=package_id, path=folded(path), package__state=PackageState.READY
        )
        .select_related("package")
        .first()
    )
    return (f"{found.package.prefix}/{found.number:05}", found.path) if found else None
