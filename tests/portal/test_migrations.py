"""Databases that were made before the migrations were replaced: a whole one goes on as it is, one half way is refused."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.migrations.loader import MigrationLoader

from portal import embedded
from tests.databases import connected, database_name

APPS = ("accounts", "courses", "learners", "certificates", "subsidies")


def replacing(app):
    """Name and class of each migration of the app that replaces others, in their order."""
    found = [migration for key, migration in MigrationLoader(None).disk_migrations.items() if key[0] == app]
    return sorted((one.name, one) for one in found if one.replaces)


@pytest.fixture
def made_before(committed_db):
    """The database, connected to as its owner, knows only the names of the replaced migrations."""
    with connected(user=embedded.OWNER, database=database_name()):
        forget([(app, name) for app in APPS for name, _migration in replacing(app)])
        yield


def forget(names):
    with connection.cursor() as cursor:
        for app, name in names:
            cursor.execute(
                "DELETE FROM django_migrations WHERE app = %s AND name = %s RETURNING id", [app, name]
            )
            assert cursor.fetchone(), f"{app}.{name} was not applied"


def recorded():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def migrate():
    said = io.StringIO()
    call_command("migrate", interactive=False, stdout=said)
    return said.getvalue()


def changes(run):
    """What `run` told the database besides questions and its own book-keeping."""
    statements = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(("SELECT", 'INSERT INTO "django_migrations"')) and "pg_catalog" not in sql:
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run()
    return statements


def test_a_database_of_the_replaced_migrations_goes_on_without_doing_anything(made_before):
    assert changes(migrate) == []
    assert {(app, name) for app in APPS for name, _migration in replacing(app)} <= recorded()


@pytest.mark.parametrize("app", APPS)
def test_a_database_left_half_way_is_refused(made_before, app):
    names = [name for _name, migration in replacing(app) for _app, name in migration.replaces]
    assert names == sorted(names)
    forget([(app, name) for name in names[len(names) // 2 :]])
    with pytest.raises(NodeNotFoundError, match="some of the replaced migrations are already applied"):
        migrate()
