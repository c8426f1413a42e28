"""Beats in pieces of tape instead of one row each."""

from itertools import groupby

import django.db.models.deletion
from django.db import migrations, models

from learners import tape
from portal.postgres import AppendOnly

_KINDS = {"b": tape.BEAT, "a": tape.ANSWER, "m": tape.MORE_TIME}
_CHUNK = 10_000


def put_on_tape(apps, _editor):
    """One piece for each session that has beats."""
    beats = apps.get_model("learners", "Beat").objects.order_by("session_id", "number").iterator(_CHUNK)
    pieces, model = [], apps.get_model("learners", "Tape")
    for session, rows in groupby(beats, key=lambda beat: beat.session_id):
        events, place = bytearray(), tape.Place()
        for row in rows:
            event = tape.Event(
                _KINDS[row.kind], max(row.at_ms, place.at), row.position, row.start, row.flags, row.rate
            )
            events += tape.packed(event, place)
            place = place.after(event)
        pieces.append(
            model(session_id=session, province_id=row.province_id, number=row.number, events=bytes(events))
        )
        if len(pieces) >= _CHUNK:
            model.objects.bulk_create(pieces)
            pieces = []
    model.objects.bulk_create(pieces)


class Migration(migrations.Migration):
    dependencies = [("learners", "0006_packages")]

    operations = [
        migrations.CreateModel(
            name="Tape",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "session_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tapes",
                        to="learners.playsession",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.province",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("events", models.BinaryField()),
            ],
        ),
        migrations.RunPython(put_on_tape, migrations.RunPython.noop, elidable=True),
        AppendOnly("learners_tape"),
        migrations.DeleteModel(name="Beat"),
        migrations.RemoveField(model_name="playsession", name="last_reply"),
        migrations.AddField(model_name="playsession", name="last", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="playsession", name="last_nonce", field=models.CharField(blank=True, max_length=24)
        ),
        migrations.AddField(
            model_name="playsession",
            name="door",
            field=models.CharField(default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(model_name="playsession", name="tape", field=models.BinaryField(default=b"")),
        migrations.AddConstraint(
            model_name="playsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "live"), ("tape", b""), _connector="OR"),
                name="play_session_closed_with_its_tape_put_away",
            ),
        ),
    ]
