"""Real servers for every run, under `var/test-<ZHIXUN_TEST_NAME>`; kept between runs, stopped after each.

Under pytest-xdist the controller starts and stops them and every worker has a database of its own.
"""

import fcntl
import math
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

os.environ["ZHIXUN_MODE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
os.environ.setdefault("ZHIXUN_TEST_NAME", "default")
for name in (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "STORAGE_URL",
    "ZHIXUN_VAR",
    "ZHIXUN_AS_OWNER",
):
    os.environ.pop(name, None)

import django  # noqa: E402 -- the mode is chosen before anything can read it
import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import translation  # noqa: E402

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not IS_WORKER:
    from portal import translations

    translations.compile_all()  # before Django reads them

django.setup()

from portal import embedded, garbage  # noqa: E402
from portal.embedded.places import var_directory  # noqa: E402
from tests import databases  # noqa: E402
from tests.guards import Reader  # noqa: E402
from tests.threads import together as run_together  # noqa: E402

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
RUN = pytest.StashKey[int]()
MEMORY = pytest.StashKey[ExitStack]()


def pytest_collection_finish():
    """What was imported stays for the whole run, so that the collector need not look at it again and again."""
    garbage.collect_seldom()


def pytest_configure(config):
    if IS_WORKER or config.option.collectonly or config.getoption("help"):
        return
    var = var_directory()
    var.mkdir(parents=True, exist_ok=True)
    handle = os.open(var / "run.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        pytest.exit(
            f"Another test run uses {var}. Wait for it, or choose another ZHIXUN_TEST_NAME.", returncode=4
        )
    config.stash[RUN] = handle
    try:
        for server in embedded.here():
            server.start()
    except embedded.CannotStart as trouble:
        pytest.exit(str(trouble), returncode=4)
    config.stash[MEMORY] = ExitStack()
    config.stash[MEMORY].enter_context(databases.memory())


def pytest_unconfigure(config):
    if (memory := config.stash.get(MEMORY, None)) is not None:
        memory.close()
    if (handle := config.stash.get(RUN, None)) is not None:
        for server in embedded.here():
            server.stop()
        os.close(handle)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """In place of Django's own test database: see `tests/databases.py`."""
    with django_db_blocker.unblock():
        databases.make_test_database()


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """The database without a transaction around the test, for threads, subprocesses and triggers at commit.

    Afterwards the database is made anew from the template (about 0.2 s), so nothing is left, not even a sequence.
    """
    from django.db import connection, connections

    assert not connection.in_atomic_block, "committed_db and db exclude each other"
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        databases.make_test_database()


@pytest.fixture
def together(committed_db):
    """`together(act, n)`: see `tests/threads.py`."""
    return run_together


@pytest.fixture
def at():
    """The one moment of all tests: Monday 16 March 2026, 10:00 in Shanghai."""
    return datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def world_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, made and committed in a database beside the tests' own, and where its files lie."""
    from tests import world

    folder = tmp_path_factory.mktemp("world")
    databases.make_world_database()
    with django_db_blocker.unblock(), databases.in_the_world(), world.standing(folder), transaction.atomic():
        made = world.build()
    return made, folder


@pytest.fixture(scope="module")
def world(world_once, django_db_blocker):
    """Everybody and one of everything, for the module's tests to look at: see `tests/world.py`."""
    from tests import world

    made, folder = world_once
    with django_db_blocker.unblock(), databases.in_the_world(), world.standing(folder), transaction.atomic():
        yield world.as_made(made)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def portals_language():
    """A page asked for in English leaves its thread in English; the next test begins in the portal's own language."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nobody_has_asked():
    """Questions about certificates are counted in the process: each test begins with none."""
    from portal import limits

    limits.forget()


@pytest.fixture(autouse=True)
def no_calendar_is_loaded(monkeypatch):
    """Whoever loads one forgets this first; the others count no statements for it."""
    from portal import calendar

    monkeypatch.setattr(calendar, "_kept", (math.inf, frozenset(), {}))


@pytest.fixture
def client():
    """A visitor's browser without JavaScript, for whom a GET never writes."""
    return Reader()


@pytest.fixture
def owner_sql(django_db_setup):
    """Run SQL as the role that owns the tables, outside the test's transaction: `owner_sql("UPDATE …", [..])`."""

    def run(sql, params=()):
        cluster, _ = embedded.here()
        link = cluster.connect(user=embedded.OWNER, database=databases.database_name())
        try:
            with link.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall() if cursor.description else None
        finally:
            link.close()

    return run


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Files written by a test lie in a directory of that test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": Path(tmp_path) / "media", "base_url": None},
        },
    }


def pytest_collection_modifyitems(items):
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: use committed_db; the app's role may not truncate tables."
            )
