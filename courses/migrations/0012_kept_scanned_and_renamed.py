from django.db import migrations, models

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'a paper begins waiting, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_moves';
    END IF;
ELSIF NEW.key <> OLD.key OR (NEW.state <> OLD.state AND OLD.state <> 'waiting') THEN
    RAISE EXCEPTION 'a paper does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_moves';
END IF;
RETURN NEW;
"""
EARLIER = """
INSERT INTO courses_papercheck (key, state, tries, due_at, finding)
SELECT document_key, 'waiting', 0, now(), '' FROM courses_agreement WHERE document_key <> ''
UNION SELECT document_key, 'waiting', 0, now(), '' FROM courses_licence WHERE document_key <> '';
"""
"""Papers that came before this are looked at as well."""


class Migration(migrations.Migration):
    """What is kept of old imports, the virus scan of papers, and the names by which the search knows a course."""

    dependencies = [("courses", "0011_editing")]
    operations = [
        migrations.CreateModel(
            name="PaperCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being checked for viruses"),
                            ("passed", "Checked"),
                            ("refused", "Not taken"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("finding", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "passed", "refused"])),
                        name="paper_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False), ("looked_at__isnull", True), ("state", "waiting")
                            ),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("due_at__isnull", True),
                                ("looked_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="paper_state_has_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), models.Q(("finding", ""), _negated=True)),
                            models.Q(models.Q(("state", "refused"), _negated=True), ("finding", "")),
                            _connector="OR",
                        ),
                        name="paper_refused_has_finding",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="paper_due"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="importjob",
            name="import_applied_by_somebody",
        ),
        migrations.AddField(
            model_name="course",
            name="indexed_names",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="importjob",
            name="cleared_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="importjob",
            name="file_key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddIndex(
            model_name="importjob",
            index=models.Index(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=["finished_at"],
                name="import_not_cleared",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["applying", "applied"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="import_applied_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cleared_at__isnull", True), models.Q(("file_key", ""), _negated=True)),
                    models.Q(("cleared_at__isnull", False), ("file_key", ""), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="import_cleared_after_its_end",
            ),
        ),
        Trigger("courses_papercheck", "courses_paper_moves", "INSERT OR UPDATE", MOVES),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]
