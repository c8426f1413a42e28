"""Who studies: the tables that the twenty-three migrations before 0.3.0 came to."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("learners", "0001_initial"),
        ("learners", "0002_enrolment"),
        ("learners", "0003_time"),
        ("learners", "0004_shut_lessons"),
        ("learners", "0005_subsidy_standing"),
        ("learners", "0006_packages"),
        ("learners", "0007_tape"),
        ("learners", "0008_asking"),
        ("learners", "0009_hand_marks"),
        ("learners", "0010_practice"),
        ("learners", "0011_replayed_editions"),
        ("learners", "0012_question_figures"),
        ("learners", "0013_answer_sendings"),
        ("learners", "0014_extra_time"),
        ("learners", "0015_regrading"),
        ("learners", "0016_ledger_with_time"),
        ("learners", "0017_vouched_time"),
        ("learners", "0018_intake_groups_roster_help"),
        ("learners", "0019_roster_and_help"),
        ("learners", "0020_earlier_enrolments"),
    ]
    dependencies = [
        ("accounts", "0002_squashed_guards"),
        ("courses", "0003_squashed_guards_of_providers"),
        ("portal", "0002_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            operations=[
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("seed", models.PositiveIntegerField()),
                        (
                            "question_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        ("pass_mark_percent", models.PositiveSmallIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("marking", "Being marked"),
                                    ("passed", "Passed"),
                                    ("failed", "Not passed"),
                                ],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("close_at", models.DateTimeField(blank=True, null=True)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        ("graded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "right_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, null=True, size=None
                            ),
                        ),
                        ("score_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("figures_due_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "figured_right_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, null=True, size=None
                            ),
                        ),
                        ("signals_due_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["enrolment", "number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("close_at__isnull", False)),
                                fields=["close_at"],
                                name="attempt_to_be_closed",
                            ),
                            models.Index(
                                condition=models.Q(("figures_due_at__isnull", False)),
                                fields=["figures_due_at"],
                                name="attempt_to_be_figured",
                            ),
                            models.Index(
                                condition=models.Q(("signals_due_at__isnull", False)),
                                fields=["signals_due_at"],
                                name="attempt_to_be_looked_at",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "number"), name="attempt_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["running", "marking"])),
                                fields=("enrolment",),
                                name="attempt_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("started_at"))),
                                name="attempt_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("question_ids__len__gte", 1)),
                                name="attempt_asks_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("close_at__isnull", False),
                                        ("graded_at__isnull", True),
                                        ("right_ids__isnull", True),
                                        ("score_percent__isnull", True),
                                        ("state", "running"),
                                        ("submitted_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("close_at__isnull", True),
                                        ("graded_at__isnull", True),
                                        ("right_ids__isnull", True),
                                        ("score_percent__isnull", True),
                                        ("state", "marking"),
                                    ),
                                    models.Q(
                                        ("close_at__isnull", True),
                                        ("graded_at__isnull", False),
                                        ("right_ids__isnull", False),
                                        ("score_percent__isnull", False),
                                        ("state__in", ["passed", "failed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="attempt_state_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("submitted_at__isnull", True),
                                    ("submitted_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="attempt_submitted_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score_percent__isnull", True),
                                    models.Q(
                                        ("score_percent__gte", models.F("pass_mark_percent")),
                                        ("score_percent__lte", 100),
                                        ("state", "passed"),
                                    ),
                                    models.Q(
                                        ("score_percent__lt", models.F("pass_mark_percent")),
                                        ("state", "failed"),
                                    ),
                                    _connector="OR",
                                ),
                                name="attempt_state_fits_score",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("graded_at__isnull", False),
                                    models.Q(
                                        ("figured_right_ids__isnull", True), ("figures_due_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="attempt_figured_once_graded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("graded_at__isnull", False),
                                    ("signals_due_at__isnull", True),
                                    _connector="OR",
                                ),
                                name="attempt_signals_once_graded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeals",
                                to="learners.attempt",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "question_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("words", models.CharField(max_length=1000)),
                        ("appealed_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Being looked into"),
                                    ("upheld", "The result stands"),
                                    ("granted", "Granted"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        (
                            "remedy",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("marks", "Marks were changed"),
                                    ("set_aside", "The attempt does not count"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-appealed_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["appealed_at"],
                                name="appeal_to_be_decided",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("attempt",),
                                name="appeal_one_open_per_attempt",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("remedy", "set_aside")),
                                fields=("attempt",),
                                name="appeal_sets_aside_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True), name="appeal_says_why"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("reason", ""),
                                        ("remedy", ""),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        models.Q(
                                            models.Q(("remedy", ""), ("state", "upheld")),
                                            models.Q(
                                                ("remedy__in", ["marks", "set_aside"]), ("state", "granted")
                                            ),
                                            _connector="OR",
                                        ),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="appeal_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    models.Q(("decided_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="appeal_decided_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_at__isnull", True),
                                    ("decided_at__gte", models.F("appealed_at")),
                                    _connector="OR",
                                ),
                                name="appeal_decided_after_it_was_made",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="learners.attempt",
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
                        ("question_id", models.BigIntegerField()),
                        ("written", models.BooleanField(default=False)),
                        (
                            "chosen",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=500), default=list, size=None
                            ),
                        ),
                        ("saved_at", models.DateTimeField()),
                        ("seq", models.PositiveIntegerField()),
                        ("sending", models.UUIDField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["attempt", "seq"],
                        "constraints": [
                            models.UniqueConstraint(fields=("attempt", "seq"), name="answer_seq_once"),
                            models.CheckConstraint(
                                condition=models.Q(("seq__gte", 1)), name="answer_seq_from_one"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("sending__isnull", False)),
                                fields=("attempt", "question_id", "sending"),
                                name="answer_sending_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("chosen__len__lte", 1), ("written", True)),
                                    models.Q(
                                        ("chosen__len__lte", 20),
                                        ("written", False),
                                        models.Func(
                                            models.Func(
                                                "chosen",
                                                models.Value(" "),
                                                function="array_to_string",
                                                output_field=models.TextField(),
                                            ),
                                            models.Value("^([A-Za-z0-9]{1,2}( |$))*$"),
                                            function="regexp_like",
                                            output_field=models.BooleanField(),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_is_keys_or_one_text",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CountingEdition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("source", models.TextField(blank=True)),
                        ("fictional", models.BooleanField(default=False)),
                        ("valid_from", models.DateField()),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("edited_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "edited_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("class_hour_seconds", models.PositiveIntegerField(default=2700)),
                        ("beat_ms", models.PositiveIntegerField(default=15000)),
                        ("min_gap_ms", models.PositiveIntegerField(default=7500)),
                        ("max_gap_ms", models.PositiveIntegerField(default=120000)),
                        ("seek_slack_ms", models.PositiveIntegerField(default=2000)),
                        ("check_min_ms", models.PositiveIntegerField(default=480000)),
                        ("check_max_ms", models.PositiveIntegerField(default=900000)),
                        ("check_answer_seconds", models.PositiveIntegerField(default=60)),
                        ("check_failures", models.PositiveSmallIntegerField(default=3)),
                        ("silent_after_seconds", models.PositiveIntegerField(default=900)),
                        ("confirm_within_hours", models.PositiveIntegerField(default=24)),
                        ("daily_cap_hours", models.PositiveSmallIntegerField(default=7)),
                        ("reading_characters_per_minute", models.PositiveIntegerField(default=300)),
                        ("quiz_share_percent", models.PositiveSmallIntegerField(default=10)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("beat_ms__gt", 0),
                                    ("class_hour_seconds__gt", 0),
                                    ("reading_characters_per_minute__gt", 0),
                                ),
                                name="counting_edition_numbers_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("min_gap_ms__lt", models.F("beat_ms")),
                                    ("max_gap_ms__gt", models.F("beat_ms")),
                                ),
                                name="counting_edition_gap_around_the_beat",
                                violation_error_message="The smallest gap lies below the beat, the largest above it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("check_max_ms__gte", models.F("check_min_ms")), ("check_min_ms__gt", 0)
                                ),
                                name="counting_edition_checks_in_order",
                                violation_error_message="The latest check must not come before the earliest.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("check_answer_seconds__gte", 60)),
                                name="counting_edition_a_minute_to_answer",
                                violation_error_message="A check leaves at least 60 seconds to answer.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quiz_share_percent__lte", 100)),
                                name="counting_edition_quiz_share_is_a_share",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("published_at__isnull", False)),
                                fields=("province", "valid_from"),
                                name="counting_edition_one_per_province_and_day",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("edited_at__isnull", True), ("edited_by__isnull", True)),
                                    models.Q(("edited_at__isnull", False), ("edited_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="counting_edition_edited_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_at__isnull", False),
                                    ("edited_by__isnull", False),
                                    _connector="OR",
                                ),
                                name="counting_edition_draft_has_its_editor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("edited_by__isnull", True),
                                        ("published_at__isnull", False),
                                        ("published_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("edited_by__isnull", False),
                                        ("published_at__isnull", False),
                                        ("published_by__isnull", False),
                                        models.Q(("published_by", models.F("edited_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="counting_edition_published_by_a_second_person",
                                violation_error_message="Who edited a counting rule cannot publish it.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EarlierEnrolment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        ("course_code", models.CharField(max_length=24)),
                        ("enrolled_on", models.DateField()),
                        ("declared_tenths", models.PositiveIntegerField(default=0)),
                        ("taken_up_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "course_code"), name="earlier_enrolment_once_per_course"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EditionTrial",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reached", models.BigIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trials",
                                to="learners.countingedition",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("revision", models.PositiveIntegerField()),
                        ("numbers", models.JSONField()),
                        ("step", models.PositiveIntegerField(default=1)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("learners", models.PositiveIntegerField(default=0)),
                        ("sessions", models.PositiveIntegerField(default=0)),
                        ("beats", models.PositiveBigIntegerField(default=0)),
                        ("credited_before_ms", models.PositiveBigIntegerField(default=0)),
                        ("credited_after_ms", models.PositiveBigIntegerField(default=0)),
                        ("before_ms", models.PositiveBigIntegerField(default=0)),
                        ("after_ms", models.PositiveBigIntegerField(default=0)),
                        ("hours_before", models.PositiveIntegerField(default=0)),
                        ("hours_after", models.PositiveIntegerField(default=0)),
                        ("refused_before", models.JSONField(default=dict)),
                        ("refused_after", models.JSONField(default=dict)),
                        ("losers", models.PositiveIntegerField(default=0)),
                        ("gainers", models.PositiveIntegerField(default=0)),
                        ("elsewhere", models.PositiveIntegerField(default=0)),
                        ("shut", models.PositiveIntegerField(default=0)),
                        ("early", models.PositiveBigIntegerField(default=0)),
                        ("unlike", models.PositiveIntegerField(default=0)),
                        ("worst", models.JSONField(default=list)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["due_at"],
                                name="edition_trial_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("due_at__isnull", True), ("ended_at__isnull", False)),
                                    models.Q(("due_at__isnull", False), ("ended_at__isnull", True)),
                                    _connector="OR",
                                ),
                                name="edition_trial_is_due_or_ended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("step__gte", 1)), name="edition_trial_step_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("learners__lte", models.F("done")),
                                    (
                                        "losers__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("learners"), "-", models.F("gainers")
                                        ),
                                    ),
                                ),
                                name="edition_trial_learners_add_up",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("edition",),
                                name="edition_trial_one_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.countingedition",
                            ),
                        ),
                        ("required_percent", models.PositiveSmallIntegerField()),
                        ("counts_for_subsidy", models.BooleanField()),
                        ("subsidy_reason", models.CharField(blank=True, max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("active", "Learning"),
                                    ("completed", "Completed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="active",
                                max_length=12,
                            ),
                        ),
                        ("enrolled_at", models.DateTimeField()),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("completion_due_at", models.DateTimeField(blank=True, null=True)),
                        ("learn_until", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-enrolled_at", "-id"],
                        "indexes": [
                            models.Index(fields=["province", "state"], name="enrolment_by_province"),
                            models.Index(
                                condition=models.Q(("state", "active")),
                                fields=["course_code"],
                                name="enrolment_taking_a_seat",
                            ),
                            models.Index(
                                condition=models.Q(("completion_due_at__isnull", False)),
                                fields=["completion_due_at"],
                                name="enrolment_completion_due",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "active")),
                                fields=("user", "course_code"),
                                name="enrolment_one_live_per_course",
                                violation_error_message="You are enrolled in this course already.",
                            ),
                            models.UniqueConstraint(
                                fields=("user", "version"), name="enrolment_one_per_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("completed_at__isnull", True),
                                        ("state", "active"),
                                        ("withdrawn_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("completed_at__isnull", False),
                                        ("state", "completed"),
                                        ("withdrawn_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("completed_at__isnull", True),
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="enrolment_state_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("completed_at__isnull", True),
                                        ("completed_at__gte", models.F("enrolled_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("withdrawn_at__isnull", True),
                                        ("withdrawn_at__gte", models.F("enrolled_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="enrolment_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("completion_due_at__isnull", True), ("state", "active"), _connector="OR"
                                ),
                                name="enrolment_due_only_while_active",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("required_percent__gte", 1), ("required_percent__lte", 100)
                                ),
                                name="enrolment_required_is_a_share",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counts_for_subsidy", True),
                                    models.Q(("subsidy_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="enrolment_not_counting_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enquiry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                        ("lesson_key", models.SlugField(max_length=40)),
                        ("second", models.PositiveIntegerField(blank=True, null=True)),
                        ("heading", models.CharField(blank=True, max_length=120)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("returned", "Please say more"),
                                    ("answered", "Answered"),
                                    ("closed", "Hidden"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("waiting_since_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("late_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "claimed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("claimed_until_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_at", models.DateTimeField(blank=True, null=True)),
                        ("satisfied_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "duplicate_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.faqentry",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False), ("late_at__isnull", True)),
                                fields=["due_at"],
                                name="enquiry_due",
                            ),
                            models.Index(
                                fields=["course_code", "lesson_key", "user"], name="enquiry_of_lesson"
                            ),
                            models.Index(fields=["version", "state", "due_at"], name="enquiry_of_version"),
                            models.Index(fields=["province", "state"], name="enquiry_by_province"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second__isnull", True), ("heading", ""), _connector="OR"
                                ),
                                name="enquiry_one_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "returned", "answered", "closed"])
                                ),
                                name="enquiry_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("state", "waiting"),
                                        ("waiting_since_at__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("state", "waiting"), _negated=True),
                                        ("claimed_by__isnull", True),
                                        ("due_at__isnull", True),
                                        ("late_at__isnull", True),
                                        ("waiting_since_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="enquiry_waits_with_its_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at__gt", models.F("waiting_since_at")),
                                    models.Q(
                                        ("late_at__isnull", True),
                                        ("late_at__gte", models.F("due_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="enquiry_due_then_late",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("claimed_by__isnull", True), ("claimed_until_at__isnull", True)
                                    ),
                                    models.Q(
                                        ("claimed_by__isnull", False), ("claimed_until_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="enquiry_claimed_by_with_end",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("claimed_by__isnull", True),
                                    models.Q(("claimed_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="enquiry_claimed_by_another",
                                violation_error_message="Nobody answers a question of their own.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("satisfied_at__isnull", True),
                                    ("state__in", ["answered", "closed"]),
                                    _connector="OR",
                                ),
                                name="enquiry_satisfied_with_an_answer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("duplicate_of__isnull", True),
                                    ("state__in", ["answered", "closed"]),
                                    _connector="OR",
                                ),
                                name="enquiry_pointed_to_an_answer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Coverage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        ("covered", models.JSONField(default=list)),
                        ("covered_ms", models.PositiveIntegerField(default=0)),
                        ("held", models.JSONField(default=list)),
                        ("held_ms", models.PositiveIntegerField(default=0)),
                        ("held_at", models.DateTimeField(blank=True, null=True)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("high_water", models.PositiveIntegerField(default=0)),
                        ("checks", models.PositiveIntegerField(default=0)),
                        ("passed", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("seed", models.CharField(max_length=32)),
                        ("shut_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "reopened_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("held_at__isnull", False)),
                                fields=["held_at"],
                                name="coverage_held",
                            ),
                            models.Index(
                                condition=models.Q(("held_at__isnull", False)),
                                fields=["user"],
                                name="coverage_held_by_user",
                            ),
                            models.Index(
                                condition=models.Q(("shut_at__isnull", False)),
                                fields=["province", "shut_at"],
                                name="coverage_shut",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "lesson"), name="coverage_one_per_lesson"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reopened_at__isnull", True), ("reopened_by__isnull", True)),
                                    models.Q(("reopened_at__isnull", False), ("reopened_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="coverage_reopened_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reopened_by__isnull", True),
                                    models.Q(("reopened_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="coverage_reopened_by_another",
                                violation_error_message="Somebody else has to reopen a lesson of your own.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("held_at__isnull", True), ("held_ms", 0)),
                                    models.Q(("held_at__isnull", False), ("held_ms__gt", 0)),
                                    _connector="OR",
                                ),
                                name="coverage_held_since_a_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Completion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="completion",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("completed_at", models.DateTimeField()),
                        ("facts", models.JSONField()),
                        ("digest", models.BinaryField(max_length=32)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["province", "completed_at"], name="completion_by_province")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExamFigures",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("course_code", models.CharField(db_index=True, max_length=24)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("figured_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ExtraTime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="extra_times",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("minutes", models.PositiveSmallIntegerField()),
                        ("reason", models.CharField(max_length=500)),
                        ("granted_at", models.DateTimeField()),
                        (
                            "granted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-granted_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("minutes__lte", 240)), name="extra_time_within_reason"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="extra_time_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FaqEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                        ("lesson_key", models.SlugField(max_length=40)),
                        ("second", models.PositiveIntegerField(blank=True, null=True)),
                        ("heading", models.CharField(blank=True, max_length=120)),
                        (
                            "enquiry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="faq",
                                to="learners.enquiry",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("question_zh", models.CharField(max_length=2000)),
                        ("question_en", models.CharField(blank=True, max_length=2000)),
                        ("answer_zh", models.TextField()),
                        ("answer_en", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("published", "Published"),
                                    ("unpublished", "Taken back"),
                                    ("hidden", "Hidden"),
                                ],
                                default="published",
                                max_length=12,
                            ),
                        ),
                        ("published_at", models.DateTimeField()),
                        (
                            "published_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("unpublished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "unpublished_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("hidden_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "hidden_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("hidden_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["second", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "published")),
                                fields=["course_code", "lesson_key"],
                                name="faq_published_of_lesson",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second__isnull", True), ("heading", ""), _connector="OR"
                                ),
                                name="faqentry_one_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("question_zh", ""), _negated=True),
                                    models.Q(("answer_zh", ""), _negated=True),
                                ),
                                name="faq_has_words",
                                violation_error_message="A question and an answer in Chinese are needed.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "published"),
                                        ("unpublished_at__isnull", True),
                                        ("unpublished_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("state", "unpublished"),
                                        ("unpublished_at__isnull", False),
                                        ("unpublished_by__isnull", False),
                                    ),
                                    ("state", "hidden"),
                                    _connector="OR",
                                ),
                                name="faq_taken_back_with_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("hidden_at__isnull", False),
                                        ("hidden_by__isnull", False),
                                        ("state", "hidden"),
                                        models.Q(("hidden_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("state__in", ["published", "unpublished"]),
                                        ("hidden_at__isnull", True),
                                        ("hidden_by__isnull", True),
                                        ("hidden_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="faq_hidden_with_its_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hand_marks",
                                to="learners.attempt",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("question_id", models.BigIntegerField()),
                        ("answer", models.CharField(max_length=500)),
                        ("waits_since_at", models.DateTimeField()),
                        ("points_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("marked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "marked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["waits_since_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("marked_at", None)),
                                fields=["version", "waits_since_at"],
                                name="hand_mark_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("attempt", "question_id"), name="hand_mark_once"),
                            models.CheckConstraint(
                                condition=models.Q(("answer", ""), _negated=True),
                                name="hand_mark_of_an_answer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("marked_at__isnull", True),
                                        ("marked_by__isnull", True),
                                        ("points_percent__isnull", True),
                                    ),
                                    models.Q(
                                        ("marked_at__isnull", False),
                                        ("marked_by__isnull", False),
                                        ("points_percent__in", [0, 50, 100]),
                                    ),
                                    _connector="OR",
                                ),
                                name="hand_mark_whole_or_waiting",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HelpSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "helper",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("place", models.CharField(blank=True, max_length=6)),
                        (
                            "presence",
                            models.CharField(
                                choices=[
                                    ("phone", "Code on the learner's phone"),
                                    ("official", "Second official"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Presence to be proven"),
                                    ("open", "Under way"),
                                    ("ended", "Over"),
                                ],
                                default="asked",
                                max_length=6,
                            ),
                        ),
                        ("code_digest", models.BinaryField(max_length=32, null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField()),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ends_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-asked_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["asked", "open"])),
                                fields=["ends_at"],
                                name="help_to_end",
                            ),
                            models.Index(fields=["learner", "-ended_at"], name="help_of_a_learner"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["asked", "open", "ended"])),
                                name="help_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("helper", models.F("learner")), _negated=True),
                                name="help_is_for_another",
                                violation_error_message="Nobody helps themselves at their own desk.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by__isnull", True),
                                    models.Q(
                                        models.Q(("confirmed_by", models.F("helper")), _negated=True),
                                        models.Q(("confirmed_by", models.F("learner")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="help_confirmed_by_a_third",
                                violation_error_message="Another official has to confirm: not the helper, not the learner.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_by__isnull", True), ("opened_at__isnull", True)),
                                    models.Q(
                                        ("confirmed_by__isnull", True),
                                        ("opened_at__isnull", False),
                                        ("presence", "phone"),
                                    ),
                                    models.Q(
                                        ("confirmed_by__isnull", False),
                                        ("opened_at__isnull", False),
                                        ("presence", "official"),
                                    ),
                                    _connector="OR",
                                ),
                                name="help_opened_on_proof",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("code_digest__isnull", False), ("presence", "phone")),
                                    models.Q(("code_digest__isnull", True), ("presence", "official")),
                                    _connector="OR",
                                ),
                                name="help_code_for_a_phone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("opened_at__isnull", True),
                                        ("state", "asked"),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("opened_at__isnull", False),
                                        ("state", "open"),
                                    ),
                                    models.Q(("ended_at__isnull", False), ("state", "ended")),
                                    _connector="OR",
                                ),
                                name="help_state_with_its_moments",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "open"])),
                                fields=("helper",),
                                name="help_one_per_helper",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "open"])),
                                fields=("learner",),
                                name="help_one_per_learner",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Intake",
                    fields=[
                        ("course_code", models.CharField(max_length=24, primary_key=True, serialize=False)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "seats",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="seats",
                            ),
                        ),
                        (
                            "accept_days",
                            models.PositiveSmallIntegerField(
                                default=3,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(14),
                                ],
                                verbose_name="days to accept a seat",
                            ),
                        ),
                        ("opens_on", models.DateField(blank=True, null=True, verbose_name="enrolment from")),
                        (
                            "closes_on",
                            models.DateField(blank=True, null=True, verbose_name="enrolment until"),
                        ),
                        (
                            "learn_until",
                            models.DateField(blank=True, null=True, verbose_name="learning until"),
                        ),
                        (
                            "only_province",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("seats__isnull", True), ("seats__gte", 1), _connector="OR"
                                ),
                                name="intake_has_a_seat",
                                violation_error_message="At least one seat, or none stated for any number.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("accept_days__gte", 1), ("accept_days__lte", 14)),
                                name="intake_time_to_accept",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_on__isnull", True),
                                    ("closes_on__isnull", True),
                                    ("closes_on__gte", models.F("opens_on")),
                                    _connector="OR",
                                ),
                                name="intake_closes_after_it_opens",
                                violation_error_message="Enrolment would close before it opens.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("learn_until__isnull", True),
                                    models.Q(
                                        models.Q(
                                            ("closes_on__isnull", True),
                                            ("learn_until__gte", models.F("closes_on")),
                                            _connector="OR",
                                        ),
                                        models.Q(
                                            ("opens_on__isnull", True),
                                            ("learn_until__gte", models.F("opens_on")),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="intake_learning_ends_last",
                                violation_error_message="Learning would end before enrolment does.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntegritySignal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signals",
                                to="learners.attempt",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "other",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.attempt",
                            ),
                        ),
                        ("found_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To be looked into"),
                                    ("cleared", "Looked into: nothing"),
                                    ("referred", "Referred"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-found_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["found_at"],
                                name="integrity_signal_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("attempt", "kind"), name="integrity_signal_once"),
                            models.CheckConstraint(
                                condition=models.Q(("kind", ""), _negated=True),
                                name="integrity_signal_has_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("other__isnull", True),
                                    models.Q(("other", models.F("attempt")), _negated=True),
                                    _connector="OR",
                                ),
                                name="integrity_signal_of_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", True),
                                        ("closed_by__isnull", True),
                                        ("note", ""),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("closed_by__isnull", False),
                                        ("state__in", ["cleared", "referred"]),
                                        models.Q(("note", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="integrity_signal_closed_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_by__isnull", True),
                                    models.Q(("closed_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="integrity_signal_closed_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                        ("group", models.CharField(blank=True, max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Not answered"),
                                    ("accepted", "Agreed"),
                                    ("declined", "Declined"),
                                    ("ended", "Ended"),
                                    ("lapsed", "Not answered in time"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("person_index", models.BinaryField(max_length=32, null=True)),
                        ("phone_index", models.BinaryField(max_length=32, null=True)),
                        ("name_sealed", models.BinaryField(null=True)),
                        ("phone_sealed", models.BinaryField(null=True)),
                        ("masked_name", models.CharField(blank=True, max_length=80)),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        ("consent_version", models.CharField(blank=True, max_length=20)),
                        ("invited_at", models.DateTimeField()),
                        ("tell_at", models.DateTimeField(blank=True, null=True)),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-invited_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["open", "accepted"])),
                                fields=["person_index"],
                                name="invitation_of_a_person",
                            ),
                            models.Index(
                                condition=models.Q(("tell_at__isnull", False)),
                                fields=["tell_at"],
                                name="invitation_to_tell",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "accepted", "declined", "ended", "lapsed"])
                                ),
                                name="invitation_state_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["open", "accepted"])),
                                fields=("organisation", "person_index", "course_code"),
                                name="invitation_one_live",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("accepted_at__isnull", True),
                                        ("consent_version", ""),
                                        ("enrolment__isnull", True),
                                    ),
                                    models.Q(
                                        ("accepted_at__isnull", False),
                                        ("enrolment__isnull", False),
                                        ("user__isnull", False),
                                        models.Q(("consent_version", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_accepted_with_its_enrolment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "accepted"), _negated=True),
                                    ("accepted_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="invitation_accepted_at_a_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("state__in", ["declined", "ended", "lapsed"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["declined", "ended", "lapsed"]), _negated=True
                                        ),
                                        ("ended_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_ended_when_over",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("tell_at__isnull", True), ("state", "open"), _connector="OR"
                                ),
                                name="invitation_told_only_while_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("forgotten_at__isnull", True),
                                        ("name_sealed__isnull", False),
                                        ("person_index__isnull", False),
                                        ("phone_index__isnull", False),
                                        ("phone_sealed__isnull", False),
                                    ),
                                    models.Q(
                                        ("state__in", ["declined", "ended", "lapsed"]),
                                        ("forgotten_at__isnull", False),
                                        ("masked_name", ""),
                                        ("name_sealed__isnull", True),
                                        ("person_index__isnull", True),
                                        ("phone_index__isnull", True),
                                        ("phone_sealed__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_forgotten_as_a_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyGroupMembership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("county", models.CharField(blank=True, max_length=6)),
                        ("group", models.CharField(max_length=40)),
                        ("edition", models.CharField(blank=True, max_length=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("declared", "Being checked"),
                                    ("verified", "Verified"),
                                    ("refused", "Refused"),
                                    ("taken_back", "Taken back"),
                                ],
                                default="declared",
                                max_length=10,
                            ),
                        ),
                        ("evidence", models.CharField(blank=True, max_length=300)),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "renews",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renewed_by",
                                to="learners.keygroupmembership",
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        ("declared_at", models.DateTimeField()),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "verified_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("refused_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "refused_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "ordering": ["group", "-valid_from"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "declared")),
                                fields=["province", "declared_at"],
                                name="key_group_to_decide",
                            ),
                            models.Index(
                                condition=models.Q(("document_key", ""), _negated=True),
                                fields=["declared_at"],
                                name="key_group_with_paper",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["declared", "verified", "refused", "taken_back"])
                                ),
                                name="key_group_state_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["declared", "verified"])),
                                fields=("user", "group", "valid_from"),
                                name="key_group_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "declared")),
                                fields=("user", "group"),
                                name="key_group_one_to_decide",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="key_group_ends_after_it_begins",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="key_group_verified_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verified_by__isnull", True),
                                    models.Q(("verified_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="key_group_verified_by_another",
                                violation_error_message="Nobody verifies their own membership.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verified_at__isnull", True),
                                    models.Q(("evidence", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="key_group_verified_on_evidence",
                                violation_error_message="State the evidence that was shown.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "verified"), ("verified_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "verified"), _negated=True),
                                        ("verified_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_group_verified_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("refused_at__isnull", False),
                                        ("refused_by__isnull", False),
                                        ("state", "refused"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "refused"), _negated=True),
                                        ("reason", ""),
                                        ("refused_at__isnull", True),
                                        ("refused_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_group_refused_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refused_by__isnull", True),
                                    models.Q(("refused_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="key_group_refused_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document_bytes", 0),
                                        ("document_key", ""),
                                        ("document_name", ""),
                                        ("document_sha256", ""),
                                    ),
                                    models.Q(
                                        models.Q(("document_key", ""), _negated=True),
                                        models.Q(("document_name", ""), _negated=True),
                                        ("document_bytes__gt", 0),
                                        ("document_sha256__regex", "^[0-9a-f]{64}$"),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_group_document_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerHead",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32)),
                        ("length", models.PositiveIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="LedgerProof",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reached", models.BigIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                        ("rows", models.PositiveBigIntegerField(default=0)),
                        ("breaks", models.PositiveIntegerField(default=0)),
                        ("first_break", models.JSONField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("due_at__isnull", True), ("ended_at__isnull", False)),
                                    models.Q(("due_at__isnull", False), ("ended_at__isnull", True)),
                                    _connector="OR",
                                ),
                                name="ledger_proof_is_due_or_ended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("breaks", 0), ("first_break__isnull", True)),
                                    models.Q(("breaks__gt", 0), ("first_break__isnull", False)),
                                    _connector="OR",
                                ),
                                name="ledger_proof_breaks_with_the_first",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("ended_at",),
                                name="ledger_proof_one_at_a_time",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="learners.playsession",
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.countingedition",
                            ),
                        ),
                        (
                            "entry",
                            models.CharField(
                                choices=[
                                    ("credit", "Counted"),
                                    ("refused", "Not counted"),
                                    ("taken", "Taken back"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("video", "Video"),
                                    ("reading", "Reading"),
                                    ("quiz", "Quiz"),
                                    ("package", "Imported package"),
                                    ("live", "Live class"),
                                    ("workshop", "Workshop practice"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("wall", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ("media", models.JSONField(default=list)),
                        ("ms", models.PositiveIntegerField()),
                        ("reason", models.CharField(blank=True, max_length=24)),
                        (
                            "about",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="learners.ledgerrow",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("why", models.CharField(blank=True, db_default="", max_length=500)),
                        ("at", models.DateTimeField()),
                        ("place", models.PositiveIntegerField()),
                        ("previous", models.BinaryField(max_length=32)),
                        ("digest", models.BinaryField(max_length=32)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                fields=["enrolment", "entry"], include=("ms",), name="ledger_row_with_time"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "place"), name="ledger_row_one_per_place"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry", "credit"), ("ms__gt", 0), ("reason", "")),
                                    models.Q(("entry", "refused"), models.Q(("reason", ""), _negated=True)),
                                    models.Q(("entry", "taken"), ("ms__gt", 0), ("reason", "")),
                                    _connector="OR",
                                ),
                                name="ledger_row_refused_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("about__isnull", True),
                                        ("by__isnull", True),
                                        ("second__isnull", True),
                                        ("why", ""),
                                    ),
                                    models.Q(
                                        ("about__isnull", False),
                                        ("by__isnull", False),
                                        ("entry", "credit"),
                                        ("second__isnull", True),
                                        models.Q(("why", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("about__isnull", False),
                                        ("by__isnull", False),
                                        ("entry", "taken"),
                                        ("second__isnull", False),
                                        models.Q(("why", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="ledger_row_of_a_person_with_author_and_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry", "taken"), _negated=True),
                                    ("about__isnull", False),
                                    _connector="OR",
                                ),
                                name="ledger_row_taken_from_a_credit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("by__isnull", True),
                                        models.Q(("by", models.F("user")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("second__isnull", True),
                                        models.Q(
                                            models.Q(("second", models.F("user")), _negated=True),
                                            models.Q(("second", models.F("by")), _negated=True),
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="ledger_row_decided_by_others",
                                violation_error_message="Nobody decides about time of their own, and two decide what is taken back.",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("entry", "credit")),
                                expressions=[("user", "="), ("wall", "&&")],
                                name="ledger_row_no_second_credit_for_a_moment",
                                violation_error_message="Other learning was already counted for the same minutes.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "row",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="learners.ledgerrow",
                            ),
                        ),
                        ("ms", models.PositiveIntegerField()),
                        ("why", models.CharField(max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Waits for a second person"),
                                    ("confirmed", "Taken back"),
                                    ("dropped", "Dropped"),
                                ],
                                default="proposed",
                                max_length=10,
                            ),
                        ),
                        ("proposed_at", models.DateTimeField()),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "proposed")),
                                fields=["province", "proposed_at"],
                                name="correction_proposed",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "proposed")),
                                fields=("row",),
                                name="correction_one_open_per_row",
                                violation_error_message="Somebody has proposed this already; it waits for a second person.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ms__gt", 0)), name="correction_takes_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("why", ""), _negated=True), name="correction_says_why"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("state", "proposed"),
                                    ),
                                    models.Q(
                                        ("state__in", ["confirmed", "dropped"]),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="correction_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("proposed_by", models.F("user")), _negated=True),
                                    models.Q(
                                        ("decided_by__isnull", True),
                                        models.Q(("decided_by", models.F("user")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="correction_by_others",
                                violation_error_message="Somebody else has to decide about time of your own.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "confirmed"), _negated=True),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="correction_confirmed_by_a_second_person",
                                violation_error_message="Somebody else has to confirm it: not who proposed it.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "row",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contests",
                                to="learners.ledgerrow",
                            ),
                        ),
                        ("words", models.CharField(max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for an answer"),
                                    ("granted", "Granted"),
                                    ("kept", "Stays as it is"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("answer", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["province", "asked_at"],
                                name="contest_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("row",),
                                name="contest_one_per_row",
                                violation_error_message="This has been contested already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""),
                                        ("answered_at__isnull", True),
                                        ("answered_by__isnull", True),
                                        ("state", "waiting"),
                                    ),
                                    models.Q(
                                        ("state__in", ["granted", "kept"]),
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="contest_answered_by_somebody_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_by__isnull", True),
                                    models.Q(("answered_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="contest_answered_by_another",
                                violation_error_message="Somebody else has to answer a contest of your own.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True), name="contest_says_why"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("live", "Live class"), ("workshop", "Workshop practice")],
                                max_length=8,
                            ),
                        ),
                        (
                            "host",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("begins_at", models.DateTimeField()),
                        ("planned_seconds", models.PositiveIntegerField()),
                        ("check_in_seconds", models.PositiveIntegerField()),
                        ("capacity", models.PositiveSmallIntegerField()),
                        ("url", models.URLField(blank=True, max_length=500)),
                        ("place", models.CharField(blank=True, max_length=200)),
                        ("secret", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("cancelled", "Cancelled"),
                                    ("closed", "Over, waits for the signature"),
                                    ("signed", "Signed"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        ("moved_from_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("signed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recording",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.video",
                            ),
                        ),
                        ("news_at", models.DateTimeField()),
                        ("news_due_at", models.DateTimeField(blank=True, null=True)),
                        ("news_told", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["begins_at", "id"],
                        "indexes": [
                            models.Index(fields=["version", "lesson", "begins_at"], name="meeting_of_lesson"),
                            models.Index(
                                fields=["organisation", "begins_at"], name="meeting_of_organisation"
                            ),
                            models.Index(
                                condition=models.Q(("news_due_at__isnull", False)),
                                fields=["news_due_at"],
                                name="meeting_with_news",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("capacity__gt", 0), ("planned_seconds__gt", 0)),
                                name="meeting_has_time_and_room",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "live"), ("place", ""), ("url__startswith", "https://")
                                    ),
                                    models.Q(
                                        ("kind", "workshop"),
                                        ("url", ""),
                                        models.Q(("place", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="meeting_has_its_address",
                                violation_error_message="A live class has an address that begins with https://, a workshop day a place.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True), ("state__in", ["planned", "cancelled"])
                                    ),
                                    models.Q(
                                        ("ended_at__gt", models.F("begins_at")),
                                        ("ended_at__isnull", False),
                                        ("state__in", ["closed", "signed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="meeting_ended_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "signed"),
                                        ("signed_at__isnull", False),
                                        ("signed_by__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("state", "signed"), _negated=True),
                                        ("signed_at__isnull", True),
                                        ("signed_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="meeting_signed_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("moved_from_at__isnull", True),
                                        models.Q(("state", "cancelled"), _negated=True),
                                    ),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="meeting_moved_or_cancelled_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CodeTry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.meeting",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["meeting", "user", "at"], name="code_try_of_user")],
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="learners.meeting",
                            ),
                        ),
                        ("seed", models.CharField(max_length=64)),
                        ("answer_ms", models.PositiveIntegerField()),
                        ("checked_in_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("struck", models.CharField(blank=True, max_length=500)),
                        ("credited_ms", models.PositiveIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["meeting", "checked_in_at", "id"],
                        "indexes": [
                            models.Index(fields=["enrolment", "lesson"], name="attendance_of_lesson")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("meeting", "user"), name="attendance_once_a_meeting"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("struck", ""),
                                    ("credited_ms__isnull", True),
                                    ("credited_ms", 0),
                                    _connector="OR",
                                ),
                                name="attendance_struck_earns_nothing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at__isnull", True),
                                    ("left_at__gte", models.F("checked_in_at")),
                                    _connector="OR",
                                ),
                                name="attendance_left_after_it_came",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MeToo",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="me_too",
                                to="learners.faqentry",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("entry", "user"), name="me_too_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PackageSession",
                    fields=[
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.countingedition",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("length_ms", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("live", "Live"), ("abandoned", "Taken over"), ("closed", "Closed")],
                                default="live",
                                max_length=10,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("told_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ending",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("taken_over", "Another page or device went on with learning."),
                                    ("left", "The lesson was left."),
                                    ("silent", "Nothing was heard from the player for a long time."),
                                    ("shut", "Too many questions were not answered."),
                                    (
                                        "helped",
                                        "Somebody at a desk acts for you now. Go on once the help has ended.",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("seen", models.JSONField(default=list)),
                        ("run", models.PositiveSmallIntegerField(default=0)),
                        ("earlier_ms", models.PositiveIntegerField(default=0)),
                        ("declared_ms", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "live")),
                                fields=["told_at"],
                                name="package_session_live",
                            ),
                            models.Index(fields=["enrolment", "lesson"], name="package_session_of_lesson"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "live")),
                                fields=("user",),
                                name="package_session_one_live_per_learner",
                                violation_error_message="Learning is already open on another page or device.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("ending", ""), ("state", "live")),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("ending", "taken_over"),
                                        ("state", "abandoned"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("ending__in", ["left", "silent", "helped"]),
                                        ("state", "closed"),
                                    ),
                                    _connector="OR",
                                ),
                                name="package_session_closed_with_its_moment_and_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "declared_ms__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(86400000), "-", models.F("earlier_ms")
                                        ),
                                    ),
                                    ("earlier_ms__lte", 86400000),
                                ),
                                name="package_session_declares_at_most_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("told_at__gte", models.F("opened_at")),
                                    models.Q(
                                        ("closed_at__isnull", True),
                                        ("closed_at__gte", models.F("told_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="package_session_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PackageState",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="package_states",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("lesson_id", models.BigIntegerField()),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("opened", "Opened"),
                                    ("incomplete", "Begun"),
                                    ("completed", "Completed"),
                                    ("passed", "Passed"),
                                    ("failed", "Not passed"),
                                ],
                                default="opened",
                                max_length=10,
                            ),
                        ),
                        ("score", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                        ("told", models.JSONField(default=dict)),
                        ("opened_at", models.DateTimeField()),
                        ("saved_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["enrolment", "lesson_id", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "lesson_id", "number"), name="package_state_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["opened", "incomplete", "completed", "passed", "failed"])
                                ),
                                name="package_state_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score__isnull", True),
                                    models.Q(("score__gte", 0), ("score__lte", 100)),
                                    _connector="OR",
                                ),
                                name="package_state_score_is_a_share",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("saved_at__gte", models.F("opened_at"))),
                                name="package_state_saved_after_opened",
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.text.Length(
                                        django.db.models.functions.comparison.Cast("told", models.TextField())
                                    ),
                                    300000,
                                ),
                                name="package_state_is_small",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlaySession",
                    fields=[
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.countingedition",
                            ),
                        ),
                        ("length_ms", models.PositiveIntegerField()),
                        ("no_skip", models.BooleanField()),
                        ("reading", models.BooleanField()),
                        ("answer_ms", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("live", "Live"), ("abandoned", "Taken over"), ("closed", "Closed")],
                                default="live",
                                max_length=10,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        ("beat_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ending",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("taken_over", "Another page or device went on with learning."),
                                    ("left", "The lesson was left."),
                                    ("silent", "Nothing was heard from the player for a long time."),
                                    ("shut", "Too many questions were not answered."),
                                    (
                                        "helped",
                                        "Somebody at a desk acts for you now. Go on once the help has ended.",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("seq", models.PositiveIntegerField(default=0)),
                        ("nonce", models.CharField(max_length=24)),
                        ("last_nonce", models.CharField(blank=True, max_length=24)),
                        ("door", models.CharField(max_length=32)),
                        ("last", models.JSONField(default=dict)),
                        ("last_answer", models.JSONField(blank=True, null=True)),
                        ("events", models.PositiveIntegerField(default=0)),
                        ("first", models.JSONField()),
                        ("now", models.JSONField()),
                        ("tape", models.BinaryField(default=b"")),
                        ("ahead", models.BinaryField(default=b"")),
                        ("whole_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "live")), fields=["id"], name="play_session_live"
                            ),
                            models.Index(fields=["enrolment", "lesson"], name="play_session_of_lesson"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "live"),
                                    models.Q(("ahead", b""), ("tape", b"")),
                                    _connector="OR",
                                ),
                                name="play_session_closed_with_its_tape_put_away",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "live")),
                                fields=("user",),
                                name="play_session_one_live_per_learner",
                                violation_error_message="Learning is already open on another page or device.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("ending", ""), ("state", "live")),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("ending", "taken_over"),
                                        ("state", "abandoned"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("state", "closed"),
                                        ("ending__in", ["left", "silent", "shut", "helped"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="play_session_closed_with_its_moment_and_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Post",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enquiry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="posts",
                                to="learners.enquiry",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("question", "Question"),
                                    ("follow_up", "Follow-up"),
                                    ("return", "Asked back"),
                                    ("answer", "Answer"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("text", models.TextField()),
                        ("text_en", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("waiting_since_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
                        ("hidden_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "hidden_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("hidden_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["author", "at"], name="post_by_author"),
                            models.Index(
                                condition=models.Q(("kind", "answer")),
                                fields=["enquiry", "at"],
                                name="post_answer_of_enquiry",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["question", "follow_up", "return", "answer"])
                                ),
                                name="post_kind_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "question")),
                                fields=("enquiry",),
                                name="post_one_question",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True), name="post_has_text"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["return", "answer"]),
                                    models.Q(
                                        ("text_en", ""),
                                        django.db.models.lookups.LessThanOrEqual(
                                            django.db.models.functions.text.Length("text"), 2000
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="post_of_a_learner_is_short",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("kind", "answer"),
                                        ("waiting_since_at__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "answer"), _negated=True),
                                        ("due_at__isnull", True),
                                        ("waiting_since_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="post_answer_has_its_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document_bytes", 0),
                                        ("document_key", ""),
                                        ("document_name", ""),
                                        ("document_sha256", ""),
                                    ),
                                    models.Q(
                                        models.Q(("document_key", ""), _negated=True),
                                        models.Q(("document_name", ""), _negated=True),
                                        ("document_bytes__gt", 0),
                                        ("document_sha256__regex", "^[0-9a-f]{64}$"),
                                        ("kind", "question"),
                                    ),
                                    _connector="OR",
                                ),
                                name="post_picture_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("hidden_at__isnull", True),
                                        ("hidden_by__isnull", True),
                                        ("hidden_reason", ""),
                                    ),
                                    models.Q(
                                        ("hidden_at__isnull", False),
                                        ("hidden_by__isnull", False),
                                        models.Q(("hidden_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="post_hidden_with_its_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Prerequisite",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="prerequisites",
                                to="learners.intake",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("intake", "course_code"), name="prerequisite_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("intake", models.F("course_code")), _negated=True),
                                name="prerequisite_is_another_course",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Press",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attendance",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="presses",
                                to="learners.attendance",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["attendance", "number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("attendance", "number"), name="press_once_a_call")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionFigures",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("question_id", models.BigIntegerField(unique=True)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("course_code", models.CharField(db_index=True, max_length=24)),
                        ("key", models.CharField(max_length=40)),
                        ("drawn", models.PositiveBigIntegerField(default=0)),
                        ("right", models.PositiveBigIntegerField(default=0)),
                        ("blank", models.PositiveBigIntegerField(default=0)),
                        ("rest", models.PositiveBigIntegerField(default=0)),
                        ("rest_squared", models.PositiveBigIntegerField(default=0)),
                        ("right_rest", models.PositiveBigIntegerField(default=0)),
                        ("answers", models.JSONField(blank=True, default=dict)),
                        ("figured_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("blank__lte", models.F("drawn")),
                                    (
                                        "rest__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("drawn"), "*", models.Value(1000)
                                        ),
                                    ),
                                    ("right__lte", models.F("drawn")),
                                    (
                                        "rest_squared__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("rest"), "*", models.Value(1000)
                                        ),
                                    ),
                                    ("right_rest__lte", models.F("rest")),
                                ),
                                name="figures_are_of_those_drawn",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuizResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quiz_results",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("lesson_id", models.BigIntegerField()),
                        ("number", models.PositiveSmallIntegerField()),
                        ("answers", models.JSONField()),
                        (
                            "right_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("total", models.PositiveSmallIntegerField()),
                        ("passed", models.BooleanField()),
                        ("opened_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["enrolment", "lesson_id", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "lesson_id", "number"), name="quiz_result_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("submitted_at__gte", models.F("opened_at"))),
                                name="quiz_result_submitted_after_opened",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("right_ids__len__lte", models.F("total")), ("total__gte", 1)
                                ),
                                name="quiz_result_right_within_total",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Regrade",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="regrades",
                                to="learners.attempt",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("question_id", models.BigIntegerField(blank=True, null=True)),
                        ("correction_id", models.BigIntegerField(blank=True, null=True)),
                        (
                            "appeal",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="regrade",
                                to="learners.appeal",
                            ),
                        ),
                        ("old_state", models.CharField(max_length=10)),
                        ("old_score_percent", models.PositiveSmallIntegerField()),
                        (
                            "old_right_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        ("new_state", models.CharField(max_length=10)),
                        ("new_score_percent", models.PositiveSmallIntegerField()),
                        (
                            "new_right_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        ("regraded_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("applied", "Applied"),
                                    ("held", "Held"),
                                    ("kept", "Kept"),
                                    ("lowered", "Lowered"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-regraded_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("outcome", "held")),
                                fields=["regraded_at"],
                                name="regrade_to_be_decided",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("attempt", "correction_id"), name="regrade_once_a_correction"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("outcome__in", ["applied", "held"]),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("outcome__in", ["kept", "lowered"]),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="regrade_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("outcome", "applied"),
                                        models.Q(
                                            ("new_state", "failed"), ("old_state", "passed"), _negated=True
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("outcome", "applied"), _negated=True),
                                        ("new_state", "failed"),
                                        ("old_state", "passed"),
                                    ),
                                    _connector="OR",
                                ),
                                name="regrade_no_pass_falls_by_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("appeal__isnull", True),
                                        ("correction_id__isnull", False),
                                        ("question_id__isnull", False),
                                    ),
                                    models.Q(
                                        ("appeal__isnull", False),
                                        ("correction_id__isnull", True),
                                        ("new_score_percent__gte", models.F("old_score_percent")),
                                        ("outcome", "applied"),
                                        ("question_id__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="regrade_by_correction_or_raised_by_appeal",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Regrading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("correction_id", models.BigIntegerField(unique=True)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("question_id", models.BigIntegerField()),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("through_id", models.BigIntegerField(default=0)),
                        ("looked_at", models.PositiveIntegerField(default=0)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at__isnull", False), ("due_at__isnull", True)),
                                    models.Q(("done_at__isnull", True), ("due_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="regrading_due_or_done",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.post",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.faqentry",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "why",
                            models.CharField(
                                choices=[
                                    ("abuse", "It insults or threatens somebody"),
                                    ("personal", "It shows somebody's personal data"),
                                    ("wrong", "It is wrong or dangerous"),
                                    ("advert", "It is an advertisement"),
                                    ("other", "Something else"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("words", models.CharField(blank=True, max_length=500)),
                        ("at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "To decide"), ("hidden", "Hidden"), ("kept", "Kept")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["province"],
                                name="report_open_by_province",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry__isnull", False), ("post__isnull", True)),
                                    models.Q(("entry__isnull", True), ("post__isnull", False)),
                                    _connector="OR",
                                ),
                                name="report_of_one_thing",
                            ),
                            models.UniqueConstraint(fields=("post", "user"), name="report_of_a_post_once"),
                            models.UniqueConstraint(
                                fields=("entry", "user"), name="report_of_an_answer_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("decided_reason", ""),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("state__in", ["hidden", "kept"]),
                                        models.Q(("decided_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_decided_with_its_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    models.Q(("decided_by", models.F("user")), _negated=True),
                                    _connector="OR",
                                ),
                                name="report_decided_by_another",
                                violation_error_message="Nobody decides about a report of their own.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Roster",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("previewed", "To look at"),
                                    ("applying", "Being applied"),
                                    ("applied", "Applied"),
                                    ("cancelled", "Dropped"),
                                ],
                                default="previewed",
                                max_length=10,
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("rows", models.PositiveIntegerField()),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("uploaded_at", models.DateTimeField()),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("cleared_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "applying")),
                                fields=["id"],
                                name="roster_to_apply",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["previewed", "applying", "applied", "cancelled"])
                                ),
                                name="roster_state_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "applying")),
                                fields=("organisation",),
                                name="roster_one_applied_at_a_time",
                                violation_error_message="Another list of your enterprise is being applied. Wait until it is through.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("state", "previewed"),
                                    ),
                                    models.Q(("decided_at__isnull", False), ("state", "cancelled")),
                                    models.Q(
                                        ("state__in", ["applying", "applied"]),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="roster_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("state__in", ["applied", "cancelled"]),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["applied", "cancelled"]), _negated=True),
                                        ("finished_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="roster_finished_when_over",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cleared_at__isnull", True),
                                    ("state__in", ["applied", "cancelled"]),
                                    _connector="OR",
                                ),
                                name="roster_cleared_when_over",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("done__lte", models.F("rows"))),
                                name="roster_done_of_its_rows",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "roster",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="learners.roster",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("typed_sealed", models.BinaryField()),
                        ("masked_name", models.CharField(blank=True, max_length=80)),
                        ("person_index", models.BinaryField(max_length=32, null=True)),
                        ("course_code", models.CharField(blank=True, max_length=24)),
                        (
                            "fate",
                            models.CharField(
                                choices=[
                                    ("new", "To invite"),
                                    ("changed", "Changed"),
                                    ("unchanged", "Already invited"),
                                    ("refused", "Wrong"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("troubles", models.JSONField(default=list)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("applied_at__isnull", True), models.Q(("fate", "refused"), _negated=True)
                                ),
                                fields=["roster", "number"],
                                name="roster_row_to_apply",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("roster", "number"), name="roster_row_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("applied_at__isnull", True), ("fate", "refused")),
                                    models.Q(
                                        models.Q(("fate", "refused"), _negated=True),
                                        ("person_index__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="roster_row_of_a_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Submission",
                    fields=[
                        (
                            "uid",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submissions",
                                to="learners.enrolment",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
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
                        ("lesson_id", models.BigIntegerField()),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "film",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.film",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("sending", "With the learner"),
                                    ("submitted", "Being assessed"),
                                    ("split", "With a third assessor"),
                                    ("passed", "Passed"),
                                    ("failed", "Not passed"),
                                    ("given_up", "Given up"),
                                ],
                                default="sending",
                                max_length=10,
                            ),
                        ),
                        ("begun_at", models.DateTimeField()),
                        ("handed_in_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("pass_mark_percent", models.PositiveSmallIntegerField()),
                        ("score_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("safety_failed", models.BooleanField(default=False)),
                        ("draw_due_at", models.DateTimeField(blank=True, null=True)),
                        ("film_due_at", models.DateTimeField(blank=True, null=True)),
                        ("film_deleted_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["enrolment", "lesson_id", "number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("draw_due_at__isnull", False)),
                                fields=["draw_due_at"],
                                name="submission_draw",
                            ),
                            models.Index(
                                condition=models.Q(("film_due_at__isnull", False)),
                                fields=["film_due_at"],
                                name="submission_film",
                            ),
                            models.Index(fields=["organisation", "state"], name="submission_of_provider"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "lesson_id", "number"), name="submission_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["sending", "submitted", "split"])),
                                fields=("enrolment", "lesson_id"),
                                name="submission_one_open_per_task",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "passed")),
                                fields=("enrolment", "lesson_id"),
                                name="submission_passed_once_per_task",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("handed_in_at__isnull", True),
                                        ("safety_failed", False),
                                        ("score_percent__isnull", True),
                                        ("state__in", ["sending", "given_up"]),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("handed_in_at__isnull", False),
                                        ("safety_failed", False),
                                        ("score_percent__isnull", True),
                                        ("state__in", ["submitted", "split"]),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("handed_in_at__isnull", False),
                                        ("score_percent__isnull", False),
                                        ("state__in", ["passed", "failed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="submission_state_has_its_facts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["passed", "failed"]), _negated=True),
                                    models.Q(
                                        ("safety_failed", False),
                                        ("score_percent__gte", models.F("pass_mark_percent")),
                                        ("score_percent__lte", 100),
                                        ("state", "passed"),
                                    ),
                                    models.Q(
                                        ("score_percent__lt", models.F("pass_mark_percent")),
                                        ("state", "failed"),
                                    ),
                                    models.Q(
                                        ("safety_failed", True),
                                        ("score_percent__lte", 100),
                                        ("state", "failed"),
                                    ),
                                    _connector="OR",
                                ),
                                name="submission_state_fits_score",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("film_deleted_at__isnull", True),
                                    ("state__in", ["passed", "failed", "given_up"]),
                                    _connector="OR",
                                ),
                                name="submission_film_kept_until_decided",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assessment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assessments",
                                to="learners.submission",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "assessor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("seat", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("handed_in", "Handed in"),
                                    ("released", "Given to somebody else"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("drawn_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("sheet", models.JSONField(blank=True, default=dict)),
                        ("saved_at", models.DateTimeField(blank=True, null=True)),
                        ("handed_in_at", models.DateTimeField(blank=True, null=True)),
                        ("released_at", models.DateTimeField(blank=True, null=True)),
                        ("score_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("passed", models.BooleanField(null=True)),
                    ],
                    options={
                        "ordering": ["submission", "seat", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["assessor", "due_at"],
                                name="assessment_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("submission", "assessor"), name="assessment_once_per_person"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "released"), _negated=True),
                                fields=("submission", "seat"),
                                name="assessment_one_per_seat",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seat__gte", 1), ("seat__lte", 3)),
                                name="assessment_seat_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_at__gt", models.F("drawn_at"))),
                                name="assessment_due_after_drawn",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("handed_in_at__isnull", False),
                                        ("passed__isnull", False),
                                        ("released_at__isnull", True),
                                        ("score_percent__lte", 100),
                                        ("state", "handed_in"),
                                    ),
                                    models.Q(
                                        ("handed_in_at__isnull", True),
                                        ("passed__isnull", True),
                                        ("released_at__isnull", True),
                                        ("score_percent__isnull", True),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        ("handed_in_at__isnull", True),
                                        ("passed__isnull", True),
                                        ("released_at__isnull", False),
                                        ("score_percent__isnull", True),
                                        ("state", "released"),
                                    ),
                                    _connector="OR",
                                ),
                                name="assessment_state_has_its_facts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tape",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "session_id",
                                "number",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
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
                migrations.CreateModel(
                    name="WaitingPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("course_code", models.CharField(max_length=24)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("offered", "A seat is kept"),
                                    ("accepted", "Accepted"),
                                    ("lapsed", "Not accepted in time"),
                                    ("left", "Left the line"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("joined_at", models.DateTimeField()),
                        ("offered_at", models.DateTimeField(blank=True, null=True)),
                        ("offer_ends_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["joined_at", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "offered"])),
                                fields=["course_code", "joined_at", "id"],
                                name="waiting_line",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "offered", "accepted", "lapsed", "left"])
                                ),
                                name="waiting_state_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["waiting", "offered"])),
                                fields=("user", "course_code"),
                                name="waiting_one_place_per_course",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("offer_ends_at__isnull", True), ("offered_at__isnull", True)),
                                    models.Q(
                                        ("offer_ends_at__gt", models.F("offered_at")),
                                        ("offer_ends_at__isnull", False),
                                        ("offered_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="waiting_offer_has_an_end",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "waiting"), ("offered_at__isnull", True)),
                                    ("state", "left"),
                                    models.Q(
                                        ("state__in", ["offered", "accepted", "lapsed"]),
                                        ("offered_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="waiting_state_has_its_offer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("state__in", ["accepted", "lapsed", "left"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["accepted", "lapsed", "left"]), _negated=True
                                        ),
                                        ("ended_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="waiting_ended_when_over",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AppealMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "appeal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="marks",
                                to="learners.appeal",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("question_id", models.BigIntegerField()),
                        (
                            "ruling",
                            models.CharField(
                                choices=[
                                    ("right", "Right"),
                                    ("half", "Half right"),
                                    ("void", "Void: the question was at fault"),
                                ],
                                max_length=5,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["appeal", "question_id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("appeal", "question_id"), name="appeal_mark_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ruling__in", ["right", "half", "void"])),
                                name="appeal_mark_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AskingPause",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("begun_at", models.DateTimeField()),
                        (
                            "begun_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["user", "ends_at"], name="asking_pause_of_user")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("begun_at"))),
                                name="asking_pause_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="asking_pause_has_reason",
                                violation_error_message="Say why; the learner reads it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("begun_by", models.F("user")), _negated=True),
                                name="asking_pause_by_another",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
