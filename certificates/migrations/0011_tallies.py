"""Certificates are counted when a day is over, and their numbers each night."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ALL = "UPDATE"
LAST = "UPDATE OF last"
"""Only where a number is given. Else nobody could write down that the last one is missing."""


def spent(before: str, after: str) -> migrations.RunSQL:
    again = """
        DROP TRIGGER certificates_serial_counter_spent ON certificates_serialcounter;
        CREATE CONSTRAINT TRIGGER certificates_serial_counter_spent AFTER {} ON certificates_serialcounter
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION certificates_serial_counter_spent();
    """
    return migrations.RunSQL(again.format(after), again.format(before))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0010_consents"),
        ("courses", "0019_question_moment"),
        ("learners", "0023_beats_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_on", models.DateField()),
                (
                    "event",
                    models.CharField(
                        choices=[("issued", "Issued"), ("revoked", "Revoked"), ("replaced", "Replaced")],
                        max_length=8,
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("course_code", models.CharField(max_length=24)),
                ("n", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TalliedDay",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False)),
                ("tallied_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="serialcounter",
            name="counted",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="serialcounter",
            name="counted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="serialcounter",
            name="counted_to",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["revoked_at"],
                name="certificate_revoked",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("replaced_at__isnull", False)),
                fields=["replaced_at"],
                name="certificate_replaced",
            ),
        ),
        migrations.AddConstraint(
            model_name="serialcounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counted__lte", models.F("counted_to")), ("counted_to__lte", models.F("last"))
                ),
                name="serial_counter_counts_what_was_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="serialcounter",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted_to", 0), ("counted_at__isnull", False), _connector="OR"),
                name="serial_counter_counted_at",
            ),
        ),
        migrations.AddField(
            model_name="monthtally",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthtally",
            constraint=models.UniqueConstraint(
                fields=("province", "first_on", "event", "kind", "level", "course_code"),
                name="month_tally_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="monthtally",
            constraint=models.CheckConstraint(condition=models.Q(("n__gt", 0)), name="month_tally_of_some"),
        ),
        migrations.AddConstraint(
            model_name="monthtally",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_on__day", 1)), name="month_tally_of_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="monthtally",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", ["issued", "revoked", "replaced"])),
                name="month_tally_event_known",
            ),
        ),
        spent(ALL, LAST),
    ]
