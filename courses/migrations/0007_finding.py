import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from portal.postgres import Trigger

CHANGED = """
DECLARE
    this bigint := pg_current_xact_id()::text::bigint;
    newest record;
BEGIN
    IF NEW.state <> 'published' AND (TG_OP = 'INSERT' OR OLD.state <> 'published') THEN RETURN NEW; END IF;
    SELECT number, xact INTO newest FROM courses_cataloguerevision ORDER BY number DESC LIMIT 1;
    IF newest.xact IS DISTINCT FROM this THEN
        -- one at a time until commit, so that numbers become visible in their order
        PERFORM pg_advisory_xact_lock(hashtext('courses_cataloguerevision'));
        INSERT INTO courses_cataloguerevision (number, xact, at, is_learnt)
            SELECT COALESCE(max(number), 0) + 1, this, now(), false FROM courses_cataloguerevision
            RETURNING number, xact INTO newest;
    END IF;
    NEW.changed_in := newest.number;
    RETURN NEW;
END;
"""
FIRST = """
INSERT INTO courses_cataloguerevision (number, xact, at, is_learnt)
VALUES (0, pg_current_xact_id()::text::bigint, now(), false);
"""


class Migration(migrations.Migration):
    """What the catalogue's search keeps: revisions, the order by pinyin, words for typing errors."""

    dependencies = [("courses", "0006_films")]
    operations = [
        migrations.CreateModel(
            name="CatalogueRevision",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("xact", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("is_learnt", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["number"], condition=models.Q(("is_learnt", False)), name="revision_to_learn"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="KnownWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                (
                    "near",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["near"], name="word_near", fastupdate=False
                    )
                ]
            },
        ),
        migrations.AddField("course", "alphabet", models.BigIntegerField(default=0)),
        migrations.AddField("course", "changed_in", models.BigIntegerField(default=0, db_index=True)),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        Trigger("courses_course", "courses_course_changed", "INSERT OR UPDATE", CHANGED),
    ]
