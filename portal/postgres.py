"""Migration operations for what PostgreSQL itself must refuse."""

from django.db import migrations

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
