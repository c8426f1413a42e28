import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger


MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'receiving' THEN
        RAISE EXCEPTION 'a film begins by being sent, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'film_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('receiving', 'received'), ('received', 'making'), ('making', 'ready'), ('received', 'failed'),
    ('making', 'failed'), ('failed', 'received'), ('receiving', 'cancelled'), ('received', 'cancelled'),
    ('making', 'cancelled'), ('ready', 'removed'), ('failed', 'removed'), ('cancelled', 'removed')
) THEN
    RAISE EXCEPTION 'a film does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'film_moves';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Footage on its way to a lesson, and the parts in which it arrives; a film only makes the moves of its table."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0005_licences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="audio_key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                (
                    "uid",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("lesson_key", models.SlugField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("angle_zh", models.CharField(blank=True, max_length=40)),
                ("angle_en", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "Being sent"),
                            ("received", "Being checked"),
                            ("making", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("removed", "Removed"),
                        ],
                        default="receiving",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=200)),
                ("fingerprint", models.CharField(blank=True, max_length=300)),
                ("size", models.PositiveBigIntegerField()),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("original_key", models.CharField(blank=True, max_length=200)),
                ("turn", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=40)),
                ("trouble_detail", models.CharField(blank=True, max_length=300)),
                ("may_retry", models.BooleanField(default=False)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("has_sound", models.BooleanField(default=False)),
                ("rungs", models.JSONField(blank=True, default=dict)),
                ("mp4_key", models.CharField(blank=True, max_length=200)),
                ("hls_key", models.CharField(blank=True, max_length=200)),
                ("audio_key", models.CharField(blank=True, max_length=200)),
                ("poster_key", models.CharField(blank=True, max_length=200)),
                ("machine", models.CharField(blank=True, max_length=80)),
                ("workshop", models.CharField(blank=True, max_length=120)),
                ("filmed_on", models.DateField(blank=True, null=True)),
                (
                    "consent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nobody", "Nobody can be recognised"),
                            ("written", "Everybody shown has agreed in writing"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="films", to="courses.course"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "receiving",
                                    "received",
                                    "making",
                                    "ready",
                                    "failed",
                                    "cancelled",
                                    "removed",
                                ],
                            )
                        ),
                        name="film_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received__lte", models.F("size")), ("size__gt", 0)),
                        name="film_fits_its_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["receiving", "cancelled", "removed"]),
                            models.Q(("received", models.F("size")), ("received_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="film_is_whole_once_received",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)), name="film_percent_to_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["ready", "removed"]), ("ready_at__isnull", True), _connector="OR"
                        ),
                        name="film_ready_at_when_ready",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                ("height__gt", 0),
                                ("milliseconds__gt", 0),
                                ("ready_at__isnull", False),
                                ("width__gt", 0),
                                models.Q(("mp4_key", ""), _negated=True),
                                models.Q(("hls_key", ""), _negated=True),
                                models.Q(("poster_key", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="film_ready_has_its_files",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("failed_at__isnull", False),
                                ("state", "failed"),
                                models.Q(("trouble", ""), _negated=True),
                            ),
                            ("state", "removed"),
                            models.Q(
                                models.Q(("state", "failed"), _negated=True), ("failed_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="film_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["receiving", "making", "received"]), _negated=True),
                            ("due_at__isnull", False),
                            _connector="OR",
                        ),
                        name="film_waiting_is_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("consent", ""),
                                ("filmed_on__isnull", True),
                                ("machine", ""),
                                ("workshop", ""),
                            ),
                            models.Q(
                                models.Q(("machine", ""), _negated=True),
                                models.Q(("workshop", ""), _negated=True),
                                models.Q(("consent", ""), _negated=True),
                                ("filmed_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="film_provenance_is_whole",
                        violation_error_message="State machine, workshop, day and consent, all four.",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="film_due"
                    ),
                    models.Index(fields=["course", "lesson_key"], name="film_by_lesson"),
                ],
            },
        ),
        migrations.AddField(
            model_name="video",
            name="film",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="videos",
                to="courses.film",
            ),
        ),
        migrations.CreateModel(
            name="FilmPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.PositiveBigIntegerField()),
                ("bytes", models.PositiveBigIntegerField()),
                ("key", models.CharField(max_length=200)),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="courses.film"
                    ),
                ),
            ],
            options={
                "ordering": ["film", "start"],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "start"), name="film_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("bytes__gt", 0)), name="film_part_holds_something"
                    ),
                ],
            },
        ),
        Trigger("courses_film", "courses_film_moves", "INSERT OR UPDATE", MOVES),
    ]
