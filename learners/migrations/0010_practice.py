import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger

SUBMISSION_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a submission is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submission_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'sending' THEN
        RAISE EXCEPTION 'a submission begins as sending, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('sending', 'submitted'), ('sending', 'given_up'), ('submitted', 'split'), ('submitted', 'passed'),
    ('submitted', 'failed'), ('split', 'passed'), ('split', 'failed')
) THEN
    RAISE EXCEPTION 'a submission does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_moves';
END IF;
IF (NEW.enrolment_id, NEW.province_id, NEW.organisation_id, NEW.lesson_id, NEW.number, NEW.film_id, NEW.pass_mark_percent)
    <> (OLD.enrolment_id, OLD.province_id, OLD.organisation_id, OLD.lesson_id, OLD.number, OLD.film_id, OLD.pass_mark_percent)
    OR (OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.score_percent, NEW.safety_failed)
        IS DISTINCT FROM (OLD.decided_at, OLD.score_percent, OLD.safety_failed))
THEN
    RAISE EXCEPTION 'what a submission pins never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submission_pinned';
END IF;
RETURN NEW;
"""

ASSESSMENT_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an assessment is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'an assessment begins as open, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_moves';
    END IF;
    IF EXISTS (
        SELECT 1 FROM learners_submission s JOIN learners_enrolment e ON e.id = s.enrolment_id
        WHERE s.uid = NEW.submission_id AND e.user_id = NEW.assessor_id)
    THEN
        RAISE EXCEPTION 'nobody assesses their own work'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_not_of_own_work';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'an assessment that is handed in or released never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_moves';
END IF;
IF (NEW.submission_id, NEW.assessor_id, NEW.seat, NEW.drawn_at) <> (OLD.submission_id, OLD.assessor_id, OLD.seat, OLD.drawn_at)
THEN
    RAISE EXCEPTION 'who was drawn never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_drawn';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Films of practical work, and the papers of those who assess them."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0017_practice"),
        ("learners", "0009_hand_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "uid",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("lesson_id", models.BigIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
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
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="learners.enrolment",
                    ),
                ),
                (
                    "film",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.film"
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
                "ordering": ["enrolment", "lesson_id", "number"],
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
                                ("score_percent__lt", models.F("pass_mark_percent")), ("state", "failed")
                            ),
                            models.Q(
                                ("safety_failed", True), ("score_percent__lte", 100), ("state", "failed")
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
                (
                    "assessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
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
            ],
            options={
                "ordering": ["submission", "seat", "id"],
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["assessor", "due_at"],
                        name="assessment_open",
                    ),
                ],
            },
        ),
        Trigger("learners_submission", "submission_moves", "INSERT OR UPDATE OR DELETE", SUBMISSION_MOVES),
        Trigger("learners_assessment", "assessment_moves", "INSERT OR UPDATE OR DELETE", ASSESSMENT_MOVES),
    ]
