from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

APPEND_ONLY = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname = 'refuse_change' AND NOT t.tgisinternal GROUP BY c.relname ORDER BY c.relname
"""


class Command(BaseCommand):
    help = "Give the app's role its rights: read and write rows, own nothing, change nothing that is append-only."

    def handle(self, **_options: object) -> None:
        role = connection.ops.quote_name(settings.APP_ROLE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
            if not cursor.fetchone():
                raise CommandError(
                    f"The database has no role {settings.APP_ROLE}. Create it first (docs/production.md)."
                )
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {role}, PUBLIC")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
            cursor.execute(APPEND_ONLY)
            tables = [name for (name,) in cursor.fetchall()]
            for name in tables:
                table = connection.ops.quote_name(name)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
        self.stdout.write(f"{settings.APP_ROLE} may work; append-only: {', '.join(tables)}.")
