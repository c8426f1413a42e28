"""Migration operations for what PostgreSQL itself must refuse, and for tables that are made in one go."""

from collections.abc import Sequence

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def _append_only(table: str) -> str:
    return f"""{_REFUSE}
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class AppendOnly(migrations.RunSQL):
    """Rows of `table` may be added and read, never changed, deleted or truncated.

    `manage.py secure_database` finds these tables by their trigger and takes the rights from the app's role too.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        drop = f"DROP TRIGGER {table}_no_change ON {table}; DROP TRIGGER {table}_no_truncate ON {table};"
        super().__init__(_append_only(table), drop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__qualname__, [self.table], {})


class Trigger(migrations.RunSQL):
    """A trigger `name` on `table` with a plpgsql `body` (without BEGIN/END), run BEFORE `when` FOR EACH ROW."""

    def __init__(self, table: str, name: str, when: str, body: str) -> None:
        self.args = (table, name, when, body)
        create = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""
        super().__init__(create, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return (self.__class__.__qualname__, list(self.args), {})


def differs(columns: str) -> str:
    """The SQL condition that one of these columns, named with commas between, is changed by an UPDATE."""
    new, old = (", ".join(f"{side}.{name.strip()}" for name in columns.split(",")) for side in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


def frozen(table: str, changed: str) -> Trigger:
    """Rows of `table` are never deleted, nor updated where the condition `changed` holds."""
    body = f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF {changed} THEN
        RAISE EXCEPTION 'what % said is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;"""
    return Trigger(table, f"{table}_frozen", "UPDATE OR DELETE", body)


def moves(table: str, pairs: Sequence[str]) -> Trigger:
    """The state of `table` moves only as `pairs` say, such as "open>sent"; a row begins where the first of them does."""
    first = pairs[0].split(">")[0]
    legal = ", ".join("('{}', '{}')".format(*pair.split(">")) for pair in pairs)
    body = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> '{first}' THEN
            RAISE EXCEPTION '% begins as {first}, not as %', TG_TABLE_NAME, NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({legal}) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;"""
    return Trigger(table, f"{table}_moves", "INSERT OR UPDATE", body)


class Together(Operation):
    """Operations done one after the other, for which Django builds its models once and not for each.

    Each sees the models as they are after all of them. So a field is altered once at most, a model is created with all
    its fields, constraints and indexes, also with keys to models that are created after it, and is not altered besides.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Sequence[Operation]], dict[str, object]]:
        return (self.__class__.__qualname__, [self.operations], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # built anew, and whole, when somebody asks for it
        state.is_delayed = False
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: object, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: object, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)
