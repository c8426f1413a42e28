"""The test databases: one finished template per state of the migrations, a copy of it per xdist worker.

The template is migrated by the owning role, secured, and given the reference data by the role that the portal runs
as; the tests run as that role too, so a right that is missing or too many shows.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from courses import selectors as courses
from learners.selectors import editions
from portal import embedded
from portal.accounts import selectors as accounts
from portal.embedded import processes
from portal.embedded.places import make_private

ROOT = Path(__file__).resolve().parents[1]
MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's file system in memory, the directory in it is private
IN_MEMORY = "in_memory"
ROOM_BYTES = 2**30
APPS = ("portal", "courses", "learners", "certificates", "subsidies")
SHAPES_THE_TEMPLATE = (
    *(f"{app}/**/migrations/*.py" for app in APPS),
    *(f"{app}/**/management/commands/*.py" for app in APPS),
    *(f"{app}/**/data/**/*.*" for app in APPS),
    "portal/postgres.py",
    "portal/settings.py",
    "requirements.txt",
)


@contextmanager
def memory() -> Iterator[None]:
    """Until the block ends, copies of the template lie in memory where it has room, under IN_MEMORY.

    A copy is some 700 files, made and thrown away by hundreds of tests: a file system without a journal looks at each
    name that went in the last minutes before it gives a new one, and took 1.8 s for a copy that takes 0.1 s here.
    """
    cluster, _broker = embedded.here()
    place = MEMORY / f"zhixun-tests-{cluster.mark}"
    _leave(cluster, place)
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        make_private(place, processes.lent_account(cluster.home))
        with closing(cluster.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE {IN_MEMORY} LOCATION %s", [str(place)])
    try:
        yield
    finally:
        _leave(cluster, place)


def _leave(cluster: embedded.Cluster, place: Path) -> None:
    """Nothing of ours stays in memory, be it of a run that was killed."""
    with closing(cluster.connect()) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE spcname = %s",
            [IN_MEMORY],
        )
        for (name,) in cursor.fetchall():
            cluster.drop(name)
        cursor.execute(f"DROP TABLESPACE IF EXISTS {IN_MEMORY}")
    shutil.rmtree(place, ignore_errors=True)


def _copy(cluster: embedded.Cluster, name: str, template: str) -> None:
    cluster.drop(name)
    with closing(cluster.connect()) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tablespace WHERE spcname = %s", [IN_MEMORY])
        place = f"TABLESPACE {IN_MEMORY}" if cursor.fetchone()[0] else ""
        cursor.execute(
            f'CREATE DATABASE "{name}" OWNER {embedded.OWNER} TEMPLATE "{template}" STRATEGY file_copy {place}'
        )


def template_name() -> str:
    digest = hashlib.sha256()
    for pattern in SHAPES_THE_TEMPLATE:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def database_name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def world_name() -> str:
    return f"{database_name()}_world"


@contextmanager
def connected(*, user: str, database: str) -> Iterator[None]:
    """Django's connection as `user` to `database`, until the block ends."""
    settings = connections.settings["default"]
    before = settings["USER"], settings["NAME"]
    connections["default"].close()
    settings["USER"], settings["NAME"] = user, database
    try:
        yield
    finally:
        connections["default"].close()
        settings["USER"], settings["NAME"] = before


def make_template(cluster: embedded.Cluster, name: str) -> None:
    building = f"{name}_building"
    cluster.drop(building)
    cluster.prepare(building)
    with connected(user=embedded.OWNER, database=building):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("secure_database", verbosity=0)
    with connected(user=embedded.APP, database=building):
        call_command("load_reference", verbosity=0)
        cache.clear()
    with closing(cluster.connect()) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%' AND datname <> %s", [building]
        )
        for (old,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
        cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')


def make_test_database() -> None:
    """A fresh copy of the template for this worker; the template is made first if nobody has."""
    cluster, _broker = embedded.here()
    connections["default"].close()
    with processes.only_one(cluster.home.with_name("template.lock")):
        template = template_name()
        with cluster.connect() as link, link.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
            known = cursor.fetchone()
        link.close()
        if not known:
            make_template(cluster, template)
        # a template may be copied by one at a time
        _copy(cluster, database_name(), template)
    connections.settings["default"]["NAME"] = database_name()
    forget_rows()
    accounts.provinces()  # read once for each process, so that no test is the one that asks


def forget_rows() -> None:
    """Where another database is looked at, a remembered key is soon another's: its sequences begin again."""
    editions.edition.cache_clear()
    editions.rule.cache_clear()
    courses.forget_outlines()


def make_world_database() -> None:
    """A fresh copy of the template in which the world is made: see `tests/world.py`."""
    cluster, _broker = embedded.here()
    with processes.only_one(cluster.home.with_name("template.lock")):
        _copy(cluster, world_name(), template_name())


@contextmanager
def in_the_world() -> Iterator[None]:
    """Django works with the world's database instead of the tests', until the block ends."""
    forget_rows()
    with connected(user=embedded.APP, database=world_name()):
        yield
    forget_rows()
