"""An uploaded package: kept in quarantine, looked at and unpacked by a worker, given to the lesson or refused.

The row says what is owed. A worker that takes it moves `due_at` ahead, so that another looks again if it dies; what a dead
worker left in the storage goes when the next one begins.
"""

import datetime as dt
import secrets
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import scanning
from courses.models import Lesson, Package, PackageFile
from courses.packages import BadPackage, Entry, Manifest, archive, manifest
from courses.services.content import NotHere
from courses.services.steps import draft_of, locked
from courses.workflow import PACKAGE_MOVES, PackageState
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

LEASE = dt.timedelta(minutes=6)
"""Longer than a task may run (CELERY_TASK_TIME_LIMIT), so that nobody takes a package from a worker that is alive."""
LATER = dt.timedelta(minutes=1)
MOST_TRIES = 3
_STEP = 20
_IN_MEMORY = 1024 * 1024


class NotAPackageLesson(RuleBroken):
    code = "not_a_package_lesson"
    message = _("This lesson is not an imported package.")


class PackageMissing(RuleBroken):
    code = "package_missing"
    message = _("Choose the zip file of the package.")


def _move(package: Package, step: str, *, at: dt.datetime) -> None:
    package.state = moves.check(PACKAGE_MOVES, step, package.state)
    package.decided_at, package.due_at = at, None


@transaction.atomic
def upload_package(lesson: Lesson, *, file: File, by: User, at: dt.datetime) -> Package:
    """Put a zip file into quarantine; it takes the place of one that still waits. Nothing of it is opened here.

    Raises NotAPackageLesson, NotHere, IllegalMove, PackageMissing, BadPackage (too large, no zip at all).
    """
    course = locked(lesson.version.course)
    if draft_of(course).pk != lesson.version_id:
        raise NotHere
    if lesson.kind != Lesson.Kind.PACKAGE:
        raise NotAPackageLesson
    if not file.size:
        raise PackageMissing
    if file.size > archive.MOST_BYTES:
        raise BadPackage("too_large", f"{archive.MOST_BYTES // archive.MB} MB")
    if file.read(2) != b"PK":
        raise BadPackage("not_a_zip")
    file.seek(0)
    for earlier in Package.objects.select_for_update().filter(lesson=lesson, state=PackageState.WAITING):
        _move(earlier, "replace", at=at)
        earlier.save()
    package = Package.objects.create(
        lesson=lesson,
        name=_name(file.name or ""),
        bytes=file.size,
        quarantine_key=default_storage.save(f"quarantine/{secrets.token_hex(16)}.zip", file),
        due_at=at,
        uploaded_at=at,
        uploaded_by=by,
    )
    record(
        by=by,
        action="package.uploaded",
        thing=package,
        at=at,
        province=course.province_id,
        detail={"course": course.code, "lesson": lesson.key},
    )
    return package


def _name(given: str) -> str:
    """Only ever shown; the name in the storage is ours."""
    return "".join(letter for letter in given if letter.isprintable())[-200:] or "package.zip"


def take_up(*, at: dt.datetime) -> Package | None:
    """The package that has waited longest, ours until `at` + LEASE; after MOST_TRIES it is refused and handed out so."""
    with transaction.atomic():
        waiting = Package.objects.filter(state=PackageState.WAITING, due_at__lte=at)
        package = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id").first()
        if package is None:
            return None
        left_over, package.prefix = package.prefix, ""
        if package.tries < MOST_TRIES:
            package.tries += 1
            package.due_at = at + LEASE
            package.prefix = f"packages/{secrets.token_hex(16)}"
            package.done = package.total = 0
            package.save()
    _clear(left_over)
    if not package.prefix:
        refuse(package, BadPackage("gave_up"), at=at)
    return package


def unpack(package: Package, *, at: dt.datetime) -> Package:
    """Look at a package that `take_up` gave, store its files, give it to its lesson. Twice changes nothing more.

    Raises BadPackage for what is not taken; anything else is trouble of ours, and the package stays due.
    """
    with tempfile.TemporaryFile() as copy:
        with default_storage.open(package.quarantine_key, "rb") as kept:
            shutil.copyfileobj(kept, copy)
        copy.seek(0)
        if found := scanning.scan(copy):
            raise BadPackage("infected", found)
        with archive.open_archive(copy) as opened:
            entries = archive.look(opened, packed_bytes=package.bytes)
            told = _manifest_of(opened, entries)
            package.total = len(entries)
            files = [
                _stored(package, opened, number, entry, at=at) for number, entry in enumerate(entries, 1)
            ]
    return _give(package, told, files, at=at)


def _manifest_of(opened: zipfile.ZipFile, entries: list[Entry]) -> Manifest:
    by_path = {entry.folded: entry for entry in entries}
    entry = by_path.get(manifest.NAME)
    if entry is None:
        deeper = next((one.path for one in entries if one.folded.endswith(f"/{manifest.NAME}")), None)
        raise BadPackage("manifest_deeper", deeper) if deeper else BadPackage("no_manifest")
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        _copy(opened, entry, kept)
        return manifest.read_manifest(kept.read(manifest.MOST_BYTES + 1), paths=by_path.keys())


def _copy(opened: zipfile.ZipFile, entry: Entry, kept: BinaryIO) -> int:
    """The bytes that really came. Python reads no more than the list said, and checks the sum."""
    try:
        with opened.open(entry.info) as source:
            shutil.copyfileobj(source, kept)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as broken:
        raise BadPackage("not_a_zip") from broken
    size = kept.tell()
    kept.seek(0)
    return size


def _stored(
    package: Package, opened: zipfile.ZipFile, number: int, entry: Entry, *, at: dt.datetime
) -> PackageFile:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        size = _copy(opened, entry, kept)
        default_storage.save(_key(package.prefix, number), File(kept))
    if number % _STEP == 0 or number == package.total:
        mine = Package.objects.filter(pk=package.pk, prefix=package.prefix, state=PackageState.WAITING)
        mine.update(done=number, total=package.total)
    return PackageFile(package=package, path=entry.folded, number=number, bytes=size)


def _key(prefix: str, number: int) -> str:
    return f"{prefix}/{number:05}"


@transaction.atomic
def _give(package: Package, told: Manifest, files: list[PackageFile], *, at: dt.datetime) -> Package:
    lesson = Lesson.objects.select_related("version").get(pk=package.lesson_id)
    course = locked(lesson.version.course)
    row = Package.objects.select_for_update().get(pk=package.pk)
    if row.state != PackageState.WAITING or row.prefix != package.prefix:
        transaction.on_commit(lambda: _clear(package.prefix))
        return row
    lesson.version.refresh_from_db()
    if not lesson.version.is_editable:
        raise BadPackage("not_a_draft")
    for earlier in Package.objects.select_for_update().filter(lesson=lesson, state=PackageState.READY):
        _move(earlier, "replace", at=at)
        earlier.save()
    PackageFile.objects.bulk_create(files, batch_size=1_000)
    _move(row, "take", at=at)
    row.standard, row.title = told.standard, told.title
    row.items = [{"title": item.title, "href": item.href} for item in told.items]
    row.done = row.total = len(files)
    row.save()
    record(
        by=None,
        action="package.taken",
        thing=row,
        at=at,
        province=course.province_id,
        detail={"course": course.code, "lesson": lesson.key, "files": len(files)},
    )
    return row


@transaction.atomic
def refuse(package: Package, bad: BadPackage, *, at: dt.datetime) -> Package:
    """Note why a package is not taken. What a worker may have stored of it goes with the next sweep."""
    row = Package.objects.select_for_update().get(pk=package.pk)
    if row.state != PackageState.WAITING or (package.prefix and row.prefix != package.prefix):
        return row
    _move(row, "refuse", at=at)
    row.refused_code, row.refused_about = bad.code, bad.about
    row.save()
    course = row.lesson.version.course
    record(
        by=None,
        action="package.refused",
        thing=row,
        at=at,
        province=course.province_id,
        detail={"course": course.code, "code": bad.code},
    )
    return row


@transaction.atomic
def put_off(package: Package, *, at: dt.datetime) -> None:
    """After trouble of ours: soon again."""
    row = Package.objects.select_for_update().get(pk=package.pk)
    if row.state == PackageState.WAITING and row.prefix == package.prefix:
        row.due_at = at + LATER
        row.save(update_fields=["due_at"])


@transaction.atomic
def copy_package(source: Lesson, target: Lesson) -> Package | None:
    """Give the package of a lesson to its copy in a new draft. Both share the stored files. None where there is none."""
    found = Package.objects.filter(lesson=source, state=PackageState.READY).first()
    if found is None:
        return None
    files = list(found.files.all())
    found.pk, found.lesson, found.quarantine_key = None, target, ""
    found._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
    found.save(force_insert=True)
    PackageFile.objects.bulk_create(
        [PackageFile(package=found, path=f.path, number=f.number, bytes=f.bytes) for f in files],
        batch_size=1_000,
    )
    return found


def let_go(lessons: Iterable[int], *, at: dt.datetime) -> None:
    """These lessons of a draft (ids) are about to be deleted: their packages wait for the sweep without them."""
    packages = Package.objects.filter(lesson__in=list(lessons))
    for package in packages.filter(state__in=PACKAGE_MOVES["replace"].sources):
        _move(package, "replace", at=at)
        package.save()
    packages.update(lesson=None)


@transaction.atomic
def sweep() -> bool:
    """Take from the storage what one package no longer needs: its upload, and its files where nobody shows them.

    Gives whether there was one. A crash half way leaves the row as it was, and the next sweep begins again.
    """
    owed = Package.objects.exclude(state=PackageState.WAITING).exclude(quarantine_key="", prefix="")
    owed = owed.exclude(state=PackageState.READY, quarantine_key="")
    package = owed.select_for_update(skip_locked=True).order_by("id").first()
    if package is None:
        return False
    if package.quarantine_key:
        default_storage.delete(package.quarantine_key)
        package.quarantine_key = ""
    if package.state != PackageState.READY:
        package.files.all().delete()
        if not Package.objects.filter(prefix=package.prefix).exclude(pk=package.pk).exists():
            _clear(package.prefix)
        package.prefix = ""
    package.save(update_fields=["quarantine_key", "prefix"])
    return True


def _clear(prefix: str) -> None:
    if not prefix:
        return
    try:
        _folders, names = default_storage.listdir(prefix)
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(f"{prefix}/{name}")
    default_storage.delete(prefix)
