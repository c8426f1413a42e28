"""An upload's way from quarantine into its lesson: by a task that may run twice, die half way, and never believes a name."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction

from courses import scanning, selectors, services
from courses.models import Lesson, Package, PackageFile
from courses.packages import BadPackage, archive
from courses.services import packages
from courses.services.content import NotHere
from courses.tasks import check_due_packages
from courses.workflow import PACKAGE_MOVES, PackageState
from portal.audit.selectors import breaches
from portal.moves import IllegalMove
from tests.courses import scorm

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(make_course, author, at):
    return services.add_lesson(
        make_course(ready=True), key="pack", kind="package", title_zh="课件𠮷", by=author, at=at
    )


@pytest.fixture(autouse=True)
def the_clock(monkeypatch, at):
    moment = [at]
    monkeypatch.setattr("portal.clock.now", lambda: moment[0])
    return moment


@pytest.fixture
def upload(lesson, author, at):
    def send(data, name="课件𠮷.zip"):
        return services.upload_package(lesson, file=ContentFile(data, name=name), by=author, at=at)

    return send


def stored(folder):
    try:
        return sorted(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []


def prefixes():
    try:
        return [name for name in default_storage.listdir("packages")[0] if stored(f"packages/{name}")]
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("standard", ["1.2", "2004"])
def test_a_good_package_comes_out_of_quarantine(lesson, upload, standard):
    package = upload(scorm.good(standard))
    assert (package.state, len(stored("quarantine"))) == ("waiting", 1)
    assert selectors.package_of(lesson.pk) is None
    assert check_due_packages() == 1
    package.refresh_from_db()
    assert (package.state, package.done, package.total) == ("ready", 4, 4)
    assert stored("quarantine") == []
    facts = selectors.package_of(lesson.pk)
    assert (facts.standard, facts.title, facts.items[0].href) == (standard, "用电安全课件", "课件/首页.html")
    # the storage knows numbers only: no name of the package ever reached it
    assert stored(package.prefix) == ["00001", "00002", "00003", "00004"]
    assert list(breaches()) == []


def test_the_task_twice_changes_nothing_more(lesson, upload):
    upload(scorm.good())
    assert check_due_packages() == 1
    before = list(Package.objects.values()), list(PackageFile.objects.values())
    assert check_due_packages() == 0
    assert (list(Package.objects.values()), list(PackageFile.objects.values())) == before


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("not_a_zip", b"PK but no more"),
        ("no_manifest", scorm.packed({"a.html": "x"})),
        ("manifest_deeper", scorm.packed({f"课件/{k}": v for k, v in scorm.files().items()})),
        ("path_outside", scorm.packed(scorm.files() | {"../../../evil.html": "x"})),
        ("type", scorm.packed(scorm.files() | {"shell.php": "<?php"})),
        ("page_missing", scorm.packed(scorm.files(hrefs=("none.html",)))),
    ],
)
def test_a_refused_package_leaves_nothing_but_its_reason(lesson, upload, code, data):
    package = upload(data)
    check_due_packages()
    package.refresh_from_db()
    assert (package.state, package.refused_code) == ("refused", code)
    assert package.refusal
    assert stored("quarantine") == [] == prefixes()
    assert package.files.count() == 0
    assert selectors.package_of(lesson.pk) is None


def test_a_package_in_which_the_scanner_finds_something_is_refused_unopened(lesson, upload):
    package = upload(scorm.packed({"a.txt": scanning.EICAR.decode()} | scorm.files(), method=0))
    check_due_packages()
    package.refresh_from_db()
    assert (package.state, package.refused_code) == ("refused", "infected")
    assert "Eicar" in package.refusal
    assert stored("quarantine") == [] == prefixes()


def test_a_silent_scanner_leaves_the_package_waiting(monkeypatch, lesson, upload):
    monkeypatch.setattr(scanning.Recorder, "fails", True)
    package = upload(scorm.good())
    check_due_packages()
    package.refresh_from_db()
    assert package.state == "waiting"
    assert selectors.package_of(lesson.pk) is None


def test_a_deleted_lesson_leaves_its_package_to_the_sweep(lesson, upload, author, at):
    package = upload(scorm.good())
    check_due_packages()
    services.delete_lesson(lesson, by=author, at=at)
    package.refresh_from_db()
    assert (package.state, package.lesson) == ("replaced", None)
    check_due_packages()
    assert prefixes() == []


def test_only_a_package_that_is_gone_has_no_lesson(upload):
    package = upload(scorm.good())
    with pytest.raises(IntegrityError, match="package_has_its_lesson"), transaction.atomic():
        Package.objects.filter(pk=package.pk).update(lesson=None)


def test_a_broken_file_in_the_archive_is_found_while_unpacking(upload):
    data = scorm.packed(scorm.files() | {"a.txt": "hello hello hello"}, method=0)
    package = upload(data.replace(b"hello hello hello", b"hello hello hellO"))
    check_due_packages()
    package.refresh_from_db()
    assert (package.state, package.refused_code) == ("refused", "not_a_zip")
    assert prefixes() == []


def test_a_refusal_keeps_the_package_that_was_there(lesson, upload):
    first = upload(scorm.good())
    check_due_packages()
    upload(b"PK nothing")
    check_due_packages()
    assert selectors.package_of(lesson.pk).id == first.pk


def test_a_new_package_takes_the_place_of_the_old_and_its_files_go(lesson, upload):
    first = upload(scorm.good("1.2"))
    check_due_packages()
    second = upload(scorm.good("2004"))
    check_due_packages()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.prefix, first.files.count()) == ("replaced", "", 0)
    assert selectors.package_of(lesson.pk).standard == "2004"
    assert prefixes() == [second.prefix.removeprefix("packages/")]


def test_a_second_upload_takes_the_place_of_one_that_still_waits(upload):
    first, second = upload(scorm.good()), upload(scorm.good("2004"))
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "waiting")
    assert check_due_packages() == 1
    assert len(prefixes()) == 1
    assert stored("quarantine") == []


def test_a_worker_that_was_killed_is_followed_by_another(lesson, upload, the_clock, at):
    """It had the row and had stored some files; nothing of that is left when the next one is through."""
    upload(scorm.good())
    dead = packages.take_up(at=at)
    default_storage.save(f"{dead.prefix}/00001", ContentFile(b"half"))
    assert check_due_packages() == 0, "somebody has it"
    the_clock[0] = at + packages.LEASE
    assert check_due_packages() == 1
    row = Package.objects.get()
    assert (row.state, row.tries) == ("ready", 2)
    assert row.prefix != dead.prefix
    assert prefixes() == [row.prefix.removeprefix("packages/")]


def test_a_worker_that_was_slow_gives_nothing_twice(
    lesson, upload, the_clock, at, django_capture_on_commit_callbacks
):
    upload(scorm.good())
    slow = packages.take_up(at=at)
    the_clock[0] = at + packages.LEASE
    packages.unpack(packages.take_up(at=the_clock[0]), at=the_clock[0])
    with django_capture_on_commit_callbacks(execute=True):
        packages.unpack(slow, at=the_clock[0])
    assert Package.objects.get().prefix != slow.prefix
    assert stored(slow.prefix) == []
    assert packages.refuse(slow, BadPackage("type", "x"), at=the_clock[0]).state == "ready"


def test_after_three_tries_it_is_refused(upload, the_clock, at):
    upload(scorm.good())
    for turn in range(3):
        assert packages.take_up(at=at + turn * packages.LEASE)
    the_clock[0] = at + 3 * packages.LEASE
    assert check_due_packages() == 1
    assert Package.objects.get().refused_code == "gave_up"
    assert check_due_packages() == 0


def test_trouble_of_ours_puts_it_off_and_does_not_stop_the_others(
    lesson, upload, make_course, author, the_clock, at
):
    broken = upload(scorm.good())
    default_storage.delete(broken.quarantine_key)
    course = make_course("GZ-0002")
    other = services.add_lesson(course, key="pack", kind="package", title_zh="二", by=author, at=at)
    services.upload_package(other, file=ContentFile(scorm.good(), name="b.zip"), by=author, at=at)
    assert check_due_packages() == 2
    broken.refresh_from_db()
    assert (broken.state, broken.due_at) == ("waiting", at + packages.LATER)
    assert selectors.package_of(other.pk)


def test_what_is_refused_at_the_door(lesson, upload, make_course, author, at, monkeypatch):
    with pytest.raises(BadPackage) as broken:
        upload(b"<html>")
    assert broken.value.code == "not_a_zip"
    with pytest.raises(packages.PackageMissing):
        upload(b"")
    text = Lesson.objects.get(version=lesson.version, key="read")
    with pytest.raises(packages.NotAPackageLesson):
        services.upload_package(text, file=ContentFile(scorm.good(), name="a.zip"), by=author, at=at)
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    with pytest.raises(BadPackage) as broken:
        upload(scorm.good())
    assert broken.value.code == "too_large"
    assert stored("quarantine") == []


def test_a_submitted_version_takes_no_package(lesson, upload, author, keeper, at):
    upload(scorm.good())
    course = lesson.version.course
    services.submit(course, by=author, at=at)
    with pytest.raises(IllegalMove):
        upload(scorm.good())
    check_due_packages()
    assert Package.objects.get().refused_code == "not_a_draft"
    services.publish(course, by=keeper, at=at)
    with pytest.raises((IllegalMove, NotHere)):
        upload(scorm.good())


def test_a_copy_shares_the_files_and_they_go_with_the_last(lesson, upload, author, at):
    upload(scorm.good())
    check_due_packages()
    other = services.add_lesson(
        lesson.version.course, key="copy", kind="package", title_zh="副本", by=author, at=at
    )
    copied = services.copy_package(lesson, other)
    assert services.copy_package(Lesson.objects.get(version=lesson.version, key="read"), other) is None
    assert copied.files.count() == 4
    upload(scorm.good("2004"))
    check_due_packages()
    assert len(prefixes()) == 2, "the copy still shows the first"
    services.upload_package(other, file=ContentFile(scorm.good(), name="c.zip"), by=author, at=at)
    check_due_packages()
    assert len(prefixes()) == 2
    assert copied.prefix.removeprefix("packages/") not in prefixes()


# -- the database


@pytest.fixture
def ready(lesson, upload):
    upload(scorm.good())
    check_due_packages()
    return Package.objects.get()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("package_state_has_its_times", {"decided_at": None}),
        ("package_state_has_its_times", {"due_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}),
        ("package_refused_has_reason", {"refused_code": "type"}),
        ("package_ready_is_complete", {"standard": ""}),
        ("package_ready_is_complete", {"total": 0, "done": 0}),
        ("package_measures_fit", {"bytes": 0}),
        ("package_measures_fit", {"done": 99}),
        ("does not go", {"state": "waiting"}),
        ("does not go", {"state": "lost"}),
    ],
)
def test_a_package_that_breaks_a_constraint(ready, name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Package.objects.filter(pk=ready.pk).update(**change)


def test_a_package_begins_in_quarantine_and_once(ready, author, at):
    told = {"lesson": ready.lesson, "name": "a", "bytes": 1, "uploaded_at": at, "uploaded_by": author}
    with pytest.raises(IntegrityError, match="begins in quarantine"), transaction.atomic():
        Package.objects.create(state="refused", refused_code="x", decided_at=at, **told)
    with pytest.raises(IntegrityError, match="package_one_ready"), transaction.atomic():
        Package.objects.create(
            state="ready", prefix=ready.prefix, standard="1.2", total=1, decided_at=at, **told
        )
    Package.objects.create(due_at=at, **told)
    with pytest.raises(IntegrityError, match="package_one_waiting"), transaction.atomic():
        Package.objects.create(due_at=at, **told)
    for twice in ({"path": "a", "number": 1}, {"path": "imsmanifest.xml", "number": 77}):
        with pytest.raises(IntegrityError, match="once"), transaction.atomic():
            PackageFile.objects.create(package=ready, bytes=1, **twice)


def test_the_package_of_a_frozen_version_stays(ready, author, keeper, at):
    course = ready.lesson.version.course
    services.submit(course, by=author, at=at)
    services.publish(course, by=keeper, at=at)
    for act in (
        lambda: Package.objects.filter(pk=ready.pk).update(items=[]),
        lambda: Package.objects.filter(pk=ready.pk)._raw_delete("default"),
        lambda: PackageFile.objects.filter(package=ready).update(bytes=2),
        lambda: PackageFile.objects.filter(package=ready).delete(),
        lambda: PackageFile.objects.create(package=ready, path="new", number=99, bytes=1),
    ):
        with pytest.raises(DatabaseError, match="frozen version"), transaction.atomic():
            act()


def test_every_move_is_in_the_table(ready):
    assert {move.target for move in PACKAGE_MOVES.values()} == set(PackageState.values) - {"waiting"}


def test_the_clock_knows_the_task(settings):
    from portal.celery import app

    app.loader.import_default_modules()
    named = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "courses.tasks.check_due_packages" in named
    assert named <= set(app.tasks)
