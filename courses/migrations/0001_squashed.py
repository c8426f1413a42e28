"""What is taught: the tables that the nineteen migrations before 0.3.0 came to."""

import courses.models.providers
import courses.models.questions
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("courses", "0001_tables"),
        ("courses", "0002_guards"),
        ("courses", "0003_versions"),
        ("courses", "0004_content_standards"),
        ("courses", "0005_licences"),
        ("courses", "0006_films"),
        ("courses", "0007_finding"),
        ("courses", "0008_imports"),
        ("courses", "0009_partners"),
        ("courses", "0010_packages"),
        ("courses", "0011_editing"),
        ("courses", "0012_kept_scanned_and_renamed"),
        ("courses", "0013_question_order_and_exam_revision"),
        ("courses", "0014_search_of_published"),
        ("courses", "0015_answer_promises"),
        ("courses", "0016_question_kinds"),
        ("courses", "0017_practice"),
    ]
    dependencies = [
        ("accounts", "0002_squashed_guards"),
        # of these only the first is needed; the others come before because for each of their operations Django builds
        # all models anew, so the fewer there are by then the better
        ("portal", "0002_ground"),
        ("portal", "0003_calendar"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("notices", "0001_initial"),
        ("owndata", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            operations=[
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
                                condition=models.Q(("is_learnt", False)),
                                fields=["number"],
                                name="revision_to_learn",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Course",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=120, verbose_name="title in Chinese")),
                        (
                            "title_en",
                            models.CharField(blank=True, max_length=200, verbose_name="title in English"),
                        ),
                        (
                            "summary_zh",
                            models.CharField(blank=True, max_length=600, verbose_name="summary in Chinese"),
                        ),
                        (
                            "summary_en",
                            models.CharField(blank=True, max_length=1000, verbose_name="summary in English"),
                        ),
                        ("hours_tenths", models.PositiveIntegerField()),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("video", "Video lectures"),
                                    ("workshop_filmed", "Workshop film"),
                                    ("live", "Live classes"),
                                    ("assessment", "Assessment only"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "certificate_kind",
                            models.CharField(
                                choices=[
                                    ("level", "Skill level certificate"),
                                    ("special", "Special ability certificate"),
                                    ("completion", "Certificate of completion"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "occupation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.occupation",
                            ),
                        ),
                        (
                            "for_subsidy",
                            models.BooleanField(default=False, verbose_name="offered for the subsidy"),
                        ),
                        ("price_fen", models.PositiveBigIntegerField(default=0, verbose_name="price")),
                        (
                            "key_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        ("partner_ref", models.CharField(blank=True, max_length=80)),
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("unlisted", "Not listed yet"),
                                    ("published", "Published"),
                                    ("suspended", "Suspended"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="unlisted",
                                max_length=12,
                            ),
                        ),
                        ("is_sample", models.BooleanField(default=False)),
                        ("subsidised", models.BooleanField(default=False)),
                        (
                            "current_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("suspended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "suspended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("suspended_reason", models.CharField(blank=True, max_length=500)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_reason", models.CharField(blank=True, max_length=500)),
                        ("haystack", models.TextField(blank=True)),
                        ("search", django.contrib.postgres.search.SearchVectorField(null=True)),
                        ("alphabet", models.BigIntegerField(default=0)),
                        ("indexed_names", models.TextField(blank=True)),
                        ("changed_in", models.BigIntegerField(db_index=True, default=0)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                condition=models.Q(("state", "published")),
                                fastupdate=False,
                                fields=["search"],
                                name="course_search",
                            ),
                            models.Index(
                                condition=models.Q(("state", "published")),
                                fields=["-published_at", "-id"],
                                name="course_newest_published",
                            ),
                            models.Index(fields=["province", "state"], name="course_by_province"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hours_tenths__gt", 0)), name="course_has_hours"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("certificate_kind", "level"),
                                        ("level__gte", 1),
                                        ("level__isnull", False),
                                        ("level__lte", 5),
                                    ),
                                    models.Q(
                                        ("certificate_kind__in", ["special", "completion"]),
                                        ("level__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_level_fits_certificate",
                                violation_error_message="A level certificate needs a level from 5 to 1; other certificates have none.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]{1,22}[A-Z0-9]$")),
                                name="course_code_is_plain",
                                violation_error_message="A course code is 3 to 24 capital letters, digits and hyphens.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("partner_ref", ""), _negated=True),
                                fields=("organisation", "partner_ref"),
                                name="course_partner_ref_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["unlisted", "published", "suspended", "withdrawn"])
                                ),
                                name="course_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "published"), _negated=True),
                                    models.Q(
                                        models.Q(("haystack", ""), _negated=True), ("search__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="course_published_can_be_found",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="course_published_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("suspended_at__isnull", True), ("suspended_by__isnull", True)),
                                    models.Q(
                                        ("suspended_at__isnull", False), ("suspended_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="course_suspended_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="course_withdrawn_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("current_version__isnull", True),
                                        ("published_at__isnull", True),
                                        ("state", "unlisted"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "unlisted"), _negated=True),
                                        ("current_version__isnull", False),
                                        ("published_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_state_has_its_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "suspended"),
                                        ("suspended_at__isnull", False),
                                        models.Q(("suspended_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "suspended"), _negated=True),
                                        ("suspended_at__isnull", True),
                                        ("suspended_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_suspended_has_reason",
                                violation_error_message="State why the course is suspended.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at__isnull", True),
                                        ("withdrawn_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_withdrawn_has_reason",
                                violation_error_message="State why the course is withdrawn.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=120, verbose_name="title in Chinese")),
                        (
                            "title_en",
                            models.CharField(blank=True, max_length=200, verbose_name="title in English"),
                        ),
                        (
                            "summary_zh",
                            models.CharField(blank=True, max_length=600, verbose_name="summary in Chinese"),
                        ),
                        (
                            "summary_en",
                            models.CharField(blank=True, max_length=1000, verbose_name="summary in English"),
                        ),
                        ("hours_tenths", models.PositiveIntegerField()),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("video", "Video lectures"),
                                    ("workshop_filmed", "Workshop film"),
                                    ("live", "Live classes"),
                                    ("assessment", "Assessment only"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "certificate_kind",
                            models.CharField(
                                choices=[
                                    ("level", "Skill level certificate"),
                                    ("special", "Special ability certificate"),
                                    ("completion", "Certificate of completion"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "occupation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.occupation",
                            ),
                        ),
                        (
                            "for_subsidy",
                            models.BooleanField(default=False, verbose_name="offered for the subsidy"),
                        ),
                        ("price_fen", models.PositiveBigIntegerField(default=0, verbose_name="price")),
                        (
                            "key_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="courses.course",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Submitted"),
                                    ("under_review", "Under review"),
                                    ("returned", "Returned"),
                                    ("published", "Published"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("returned_reason", models.CharField(blank=True, max_length=500)),
                        ("frozen_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["course", "number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hours_tenths__gt", 0)), name="courseversion_has_hours"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("certificate_kind", "level"),
                                        ("level__gte", 1),
                                        ("level__isnull", False),
                                        ("level__lte", 5),
                                    ),
                                    models.Q(
                                        ("certificate_kind__in", ["special", "completion"]),
                                        ("level__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="courseversion_level_fits_certificate",
                                violation_error_message="A level certificate needs a level from 5 to 1; other certificates have none.",
                            ),
                            models.UniqueConstraint(fields=("course", "number"), name="version_number_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("frozen_at__isnull", True)),
                                fields=("course",),
                                name="version_one_open_per_course",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="version_number_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["draft", "submitted", "under_review", "returned", "published"],
                                    )
                                ),
                                name="version_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                                    models.Q(
                                        ("submitted_at__isnull", False), ("submitted_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="version_submitted_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["draft", "returned"]), ("submitted_at__isnull", True)
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["draft", "returned"]), _negated=True),
                                        ("submitted_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_state_has_its_submission",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("frozen_at__isnull", False),
                                        ("published_by__isnull", False),
                                        ("state", "published"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "published"), _negated=True),
                                        ("frozen_at__isnull", True),
                                        ("published_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_frozen_when_published",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "returned"),
                                        models.Q(("returned_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "returned"), _negated=True),
                                        ("returned_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_returned_has_reason",
                                violation_error_message="State why the course is returned.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by__isnull", True),
                                    models.Q(
                                        models.Q(("published_by", models.F("created_by")), _negated=True),
                                        models.Q(("published_by", models.F("submitted_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_published_by_a_second_person",
                                violation_error_message="Somebody else has to publish: not the author, not who submitted it.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Film",
                    fields=[
                        (
                            "uid",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[("lesson", "Of a lesson"), ("practice", "Of a learner's own work")],
                                default="lesson",
                                max_length=10,
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
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="films",
                                to="courses.course",
                            ),
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
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        ("ready_at", models.DateTimeField(blank=True, null=True)),
                        ("failed_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("name", models.CharField(max_length=200)),
                        ("fingerprint", models.CharField(blank=True, max_length=300)),
                        ("size", models.PositiveBigIntegerField()),
                        ("most_seconds", models.PositiveIntegerField(default=21600)),
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
                    ],
                    options={
                        "ordering": ["created_at"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="film_due",
                            ),
                            models.Index(fields=["course", "lesson_key"], name="film_by_lesson"),
                            models.Index(
                                condition=models.Q(("purpose", "practice")),
                                fields=["sha256"],
                                name="film_of_practice_by_bytes",
                            ),
                        ],
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
                                    ("state__in", ["ready", "removed"]),
                                    ("ready_at__isnull", True),
                                    _connector="OR",
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
                                        models.Q(("state", "failed"), _negated=True),
                                        ("failed_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="film_failed_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["receiving", "making", "received"]), _negated=True
                                    ),
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
                    },
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
                        (
                            "film",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="courses.film",
                            ),
                        ),
                        ("start", models.PositiveBigIntegerField()),
                        ("bytes", models.PositiveBigIntegerField()),
                        ("key", models.CharField(max_length=200)),
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
                migrations.CreateModel(
                    name="ImportJob",
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
                            "course",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.course",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("courses", "Courses"), ("questions", "Questions")], max_length=10
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[
                                    ("xlsx", "Excel"),
                                    ("csv", "CSV"),
                                    ("moodle", "Moodle XML"),
                                    ("gift", "GIFT"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("file_key", models.CharField(blank=True, max_length=200)),
                        ("name", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("uploaded", "Uploaded"),
                                    ("reading", "Being read"),
                                    ("previewed", "Ready to apply"),
                                    ("applying", "Being applied"),
                                    ("applied", "Applied"),
                                    ("failed", "Cannot be read"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="uploaded",
                                max_length=10,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("looked_again", models.BooleanField(default=False)),
                        ("attempt", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("problem", models.CharField(blank=True, max_length=40)),
                        ("problem_more", models.JSONField(default=dict)),
                        ("uploaded_at", models.DateTimeField()),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("cleared_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="import_due",
                            ),
                            models.Index(fields=["organisation", "-id"], name="import_newest"),
                            models.Index(
                                condition=models.Q(("cleared_at__isnull", True)),
                                fields=["finished_at"],
                                name="import_not_cleared",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "uploaded",
                                            "reading",
                                            "previewed",
                                            "applying",
                                            "applied",
                                            "failed",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="import_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("course__isnull", True),
                                        ("form__in", ["xlsx", "csv"]),
                                        ("kind", "courses"),
                                    ),
                                    models.Q(("course__isnull", False), ("kind", "questions")),
                                    _connector="OR",
                                ),
                                name="import_questions_have_a_course",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("state__in", ["applying", "reading", "uploaded"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["applying", "reading", "uploaded"]), _negated=True
                                        ),
                                        ("due_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_due_while_a_worker_has_to_do",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="import_decided_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["applying", "applied"]), _negated=True),
                                    ("decided_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="import_applied_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("state__in", ["applied", "failed", "cancelled"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["applied", "failed", "cancelled"]), _negated=True
                                        ),
                                        ("finished_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_finished_when_over",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "failed"), models.Q(("problem", ""), _negated=True)),
                                    models.Q(models.Q(("state", "failed"), _negated=True), ("problem", "")),
                                    _connector="OR",
                                ),
                                name="import_failed_has_a_problem",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cleared_at__isnull", True),
                                        models.Q(("file_key", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("cleared_at__isnull", False),
                                        ("file_key", ""),
                                        ("finished_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_cleared_after_its_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="courses.importjob",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("last", models.PositiveIntegerField()),
                        ("ref", models.CharField(blank=True, max_length=80)),
                        ("label", models.CharField(blank=True, max_length=120)),
                        (
                            "fate",
                            models.CharField(
                                choices=[
                                    ("refused", "Refused"),
                                    ("left_out", "Left out"),
                                    ("updated", "Changed"),
                                    ("created", "New"),
                                    ("unchanged", "Unchanged"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("course_code", models.CharField(blank=True, max_length=24)),
                        ("troubles", models.JSONField(default=list)),
                        ("changes", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["job", "number"],
                        "indexes": [
                            models.Index(fields=["job", "fate", "number"], name="import_rows_by_fate")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("job", "number"), name="import_row_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fate__in", ["refused", "left_out", "updated", "created", "unchanged"])
                                ),
                                name="import_fate_is_known",
                            ),
                        ],
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
                                fastupdate=False, fields=["near"], name="word_near"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lesson",
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
                                related_name="lessons",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "section",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lessons",
                                to="courses.section",
                            ),
                        ),
                        ("key", models.SlugField(max_length=40)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("video", "Video"),
                                    ("workshop", "Workshop film"),
                                    ("reading", "Reading"),
                                    ("quiz", "Quiz"),
                                    ("exam", "Exam"),
                                    ("practical", "Practical task"),
                                    ("live", "Live class"),
                                    ("package", "Imported package"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "teaching",
                            models.CharField(
                                choices=[("theory", "Theory"), ("practice", "Practice")],
                                default="theory",
                                max_length=10,
                            ),
                        ),
                        ("on_site", models.BooleanField(default=False)),
                        ("title_zh", models.CharField(max_length=120)),
                        ("title_en", models.CharField(blank=True, max_length=200)),
                        ("seconds", models.PositiveIntegerField(default=0)),
                        ("planned_seconds", models.PositiveIntegerField(default=0)),
                        ("body_zh", models.TextField(blank=True)),
                        ("body_en", models.TextField(blank=True)),
                        (
                            "body_format",
                            models.CharField(
                                choices=[("markdown", "Markdown"), ("html", "HTML")],
                                default="html",
                                max_length=10,
                            ),
                        ),
                        ("source_zh", models.TextField(blank=True)),
                        ("source_en", models.TextField(blank=True)),
                        ("characters", models.PositiveIntegerField(default=0)),
                        ("no_skip", models.BooleanField(default=True)),
                        ("transcript_zh", models.TextField(blank=True)),
                        ("transcript_en", models.TextField(blank=True)),
                        ("revision", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["version", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "key"), name="lesson_key_once"),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("version", "position"),
                                name="lesson_position_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("characters", 0),
                                        ("kind__in", ["video", "workshop"]),
                                        ("planned_seconds", 0),
                                    ),
                                    models.Q(("kind", "reading"), ("planned_seconds", 0), ("seconds", 0)),
                                    models.Q(
                                        models.Q(
                                            ("kind__in", ["video", "workshop", "reading"]), _negated=True
                                        ),
                                        ("characters", 0),
                                        ("seconds", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="lesson_measure_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("body_format", "markdown"),
                                    models.Q(("body_format", "html"), ("source_en", ""), ("source_zh", "")),
                                    _connector="OR",
                                ),
                                name="lesson_source_is_markdown",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("position__lte", 500)),
                                name="lesson_within_reason",
                                violation_error_message="A course holds at most 500 lessons. Join short ones, or make two courses.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Licence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
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
                                    ("listed", "Listed"),
                                    ("probation", "On probation"),
                                    ("suspended", "Suspended"),
                                    ("removed", "Removed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        ("reason", models.CharField(max_length=500)),
                        ("decided_at", models.DateTimeField()),
                        (
                            "decided_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-valid_from", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("applied_at__isnull", True)),
                                fields=["valid_from"],
                                name="licence_not_applied",
                            ),
                            models.Index(fields=["province", "state"], name="licence_by_province"),
                        ],
                        "constraints": [
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
                                name="licence_document_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["listed", "probation", "suspended", "removed"])
                                ),
                                name="licence_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="licence_has_reason",
                                violation_error_message="State the reason. The provider and the audit read it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="licence_ended_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("ended_at__gte", models.F("decided_at")),
                                    _connector="OR",
                                ),
                                name="licence_end_is_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("applied_at__isnull", True),
                                    ("applied_at__gte", models.F("decided_at")),
                                    _connector="OR",
                                ),
                                name="licence_applied_after_decided",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("organisation", "="),
                                    ("province", "="),
                                    (
                                        courses.models.providers.Days(
                                            models.F("valid_from"), models.F("valid_to")
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="licence_one_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
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
                            "course",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.course",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("returned", "Returned"),
                                    ("published", "Published"),
                                    ("suspended", "Suspended"),
                                    ("resumed", "Resumed"),
                                    ("withdrawn", "Withdrawn"),
                                    ("licence", "Licence decided"),
                                    ("called_off", "Licence decision called off"),
                                    ("agreement", "Agreement added"),
                                    ("shortfall", "Falls short of the standard"),
                                    ("question", "Late answer"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("words_zh", models.CharField(max_length=1200)),
                        ("words_en", models.CharField(max_length=1200)),
                        ("at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "read_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=["organisation"],
                                name="provider_notice_unread",
                            ),
                            models.Index(fields=["organisation", "-id"], name="provider_notice_newest"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("read_at__isnull", True), ("read_by__isnull", True)),
                                    models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="notice_read_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words_zh", ""), _negated=True),
                                    models.Q(("words_en", ""), _negated=True),
                                ),
                                name="notice_has_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Occupation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=12)),
                        ("edition", models.CharField(max_length=4)),
                        ("name_zh", models.CharField(max_length=100)),
                        ("name_en", models.CharField(blank=True, max_length=160)),
                        ("major_code", models.CharField(db_index=True, max_length=2)),
                        ("major_zh", models.CharField(max_length=100)),
                        ("major_en", models.CharField(max_length=160)),
                        ("mid_code", models.CharField(max_length=6)),
                        ("mid_zh", models.CharField(max_length=100)),
                        ("minor_code", models.CharField(max_length=9)),
                        ("minor_zh", models.CharField(max_length=100)),
                        (
                            "levels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), default=list, size=None
                            ),
                        ),
                        ("levels_basis", models.CharField(max_length=20)),
                        ("is_digital", models.BooleanField(default=False)),
                        ("is_green", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("code", "edition"), name="occupation_once_per_edition"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContentStandard",
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
                        (
                            "occupation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.occupation",
                            ),
                        ),
                        (
                            "certificate_kind",
                            models.CharField(
                                choices=[
                                    ("level", "Skill level certificate"),
                                    ("special", "Special ability certificate"),
                                    ("completion", "Certificate of completion"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("title_zh", models.CharField(max_length=120, verbose_name="title in Chinese")),
                        (
                            "title_en",
                            models.CharField(blank=True, max_length=200, verbose_name="title in English"),
                        ),
                        ("doc_no", models.CharField(max_length=80, verbose_name="document number")),
                        ("source", models.CharField(max_length=500, verbose_name="source document")),
                        ("is_fictional", models.BooleanField(default=False, verbose_name="fictional")),
                        ("mend_days", models.PositiveSmallIntegerField(default=90)),
                        ("body", models.JSONField()),
                        ("body_sha256", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("published", "Published")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("edited_at", models.DateTimeField()),
                        (
                            "edited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["occupation__code", "-level", "province_id", "-valid"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("certificate_kind", "level"),
                                        ("level__gte", 1),
                                        ("level__isnull", False),
                                        ("level__lte", 5),
                                    ),
                                    models.Q(
                                        ("certificate_kind__in", ["special", "completion"]),
                                        ("level__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="standard_level_fits_certificate",
                                violation_error_message="A level certificate needs a level from 5 to 1; other certificates have none.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("valid__isempty", False), ("valid__lower_inf", False)),
                                name="standard_has_a_first_day",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("mend_days__lte", 730)),
                                name="standard_mend_days_within_reason",
                                violation_error_message="Courses get at most 730 days to follow.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "published"])),
                                name="standard_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="standard_published_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("state", "draft")),
                                    models.Q(("published_at__isnull", False), ("state", "published")),
                                    _connector="OR",
                                ),
                                name="standard_state_has_its_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by__isnull", True),
                                    models.Q(("published_by", models.F("edited_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="standard_published_by_a_second_person",
                                violation_error_message="Who edited a standard cannot publish it.",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("state", "published")),
                                expressions=[
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "province_id", models.Value("")
                                        ),
                                        "=",
                                    ),
                                    ("occupation", "="),
                                    ("certificate_kind", "="),
                                    (
                                        django.db.models.functions.comparison.Coalesce(
                                            "level", models.Value(0)
                                        ),
                                        "=",
                                    ),
                                    ("valid", "&&"),
                                ],
                                name="standard_one_in_force",
                                violation_error_message="Another published standard is in force on some of these days.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OccupationCrosswalk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("from_edition", models.CharField(max_length=4)),
                        ("from_code", models.CharField(max_length=12)),
                        ("from_name_zh", models.CharField(max_length=100)),
                        (
                            "to",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.occupation",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("same", "Same code"),
                                    ("moved", "Another code"),
                                    ("split", "Split"),
                                    ("merged", "Merged"),
                                    ("work_type", "Now a work type"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[("found", "Found in a source"), ("background", "General knowledge")],
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=300)),
                    ],
                    options={
                        "ordering": ["from_edition", "from_code", "to"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("from_edition", "from_code", "to"), name="crosswalk_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["same", "moved", "split", "merged", "work_type"])
                                ),
                                name="crosswalk_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("basis__in", ["found", "background"]),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="crosswalk_has_its_source",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Package",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="packages",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Being checked"),
                                    ("ready", "Ready"),
                                    ("refused", "Not taken"),
                                    ("replaced", "Replaced"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("bytes", models.PositiveBigIntegerField()),
                        ("quarantine_key", models.CharField(blank=True, max_length=120)),
                        ("prefix", models.CharField(blank=True, max_length=80)),
                        ("standard", models.CharField(blank=True, max_length=4)),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("items", models.JSONField(blank=True, default=list)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
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
                        ("refused_code", models.CharField(blank=True, max_length=30)),
                        ("refused_about", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="package_due",
                            ),
                            models.Index(
                                condition=models.Q(("prefix", ""), _negated=True),
                                fields=["prefix"],
                                name="package_by_prefix",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ready")),
                                fields=("lesson",),
                                name="package_one_ready",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("lesson",),
                                name="package_one_waiting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "ready", "refused", "replaced"])
                                ),
                                name="package_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lesson__isnull", False),
                                    ("state__in", ["refused", "replaced"]),
                                    _connector="OR",
                                ),
                                name="package_has_its_lesson",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("due_at__isnull", False),
                                        ("state", "waiting"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "waiting"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("due_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="package_state_has_its_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "refused"), models.Q(("refused_code", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("state", "refused"), _negated=True),
                                        ("refused_about", ""),
                                        ("refused_code", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="package_refused_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "ready"), _negated=True),
                                    models.Q(
                                        models.Q(("prefix", ""), _negated=True),
                                        models.Q(("standard", ""), _negated=True),
                                        ("total__gt", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="package_ready_is_complete",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("bytes__gt", 0), ("done__lte", models.F("total"))),
                                name="package_measures_fit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PackageFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "package",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="courses.package",
                            ),
                        ),
                        ("path", models.CharField(max_length=720)),
                        ("number", models.PositiveIntegerField()),
                        ("bytes", models.PositiveBigIntegerField()),
                    ],
                    options={
                        "verbose_name": "File of a package",
                        "constraints": [
                            models.UniqueConstraint(fields=("package", "path"), name="package_path_once"),
                            models.UniqueConstraint(fields=("package", "number"), name="package_number_once"),
                        ],
                    },
                ),
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="paper_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["waiting", "passed", "refused"])),
                                name="paper_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("looked_at__isnull", True),
                                        ("state", "waiting"),
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
                    },
                ),
                migrations.CreateModel(
                    name="PartnerKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.CharField(max_length=16, unique=True)),
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
                        ("name", models.CharField(max_length=80, verbose_name="name of the key")),
                        ("secret_hash", models.BinaryField(max_length=32)),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("paced_until_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revoked_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["organisation", "-id"], name="partner_key_by_organisation")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="partner_key_revoked_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_reason", "")),
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        models.Q(("revoked_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="partner_key_revoked_has_reason",
                                violation_error_message="State why the key is revoked.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_at__isnull", True),
                                    ("expires_at__gt", models.F("created_at")),
                                    _connector="OR",
                                ),
                                name="partner_key_expires_after_made",
                                violation_error_message="The key would have expired already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("public_id__regex", "^[a-z2-7]{12}$")),
                                name="partner_key_id_is_plain",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
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
                            "key",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.partnerkey",
                            ),
                        ),
                        (
                            "resent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("resent_from", models.UUIDField(null=True)),
                        ("at", models.DateTimeField(db_index=True)),
                        (
                            "operation",
                            models.CharField(
                                choices=[
                                    ("put_course", "Send a course"),
                                    ("post_courses", "Send courses"),
                                    ("submit_course", "Submit a course"),
                                    ("read", "Read"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("method", models.CharField(max_length=8)),
                        ("path", models.CharField(max_length=300)),
                        ("partner_ref", models.CharField(blank=True, max_length=80)),
                        ("idempotency_key", models.CharField(blank=True, max_length=100)),
                        ("body_packed", models.BinaryField(null=True)),
                        ("body_bytes", models.PositiveIntegerField(default=0)),
                        ("body_digest", models.CharField(blank=True, max_length=64)),
                        ("status", models.PositiveSmallIntegerField()),
                        (
                            "fate",
                            models.CharField(
                                choices=[
                                    ("created", "Created"),
                                    ("updated", "Updated"),
                                    ("unchanged", "Unchanged"),
                                    ("submitted", "Submitted"),
                                    ("refused", "Refused"),
                                    ("mixed", "Mixed"),
                                    ("repeated", "Answered as before"),
                                    ("read", "Read"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("problems", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["organisation", "-id"], name="partner_call_by_organisation")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("key__isnull", False),
                                        ("resent_by__isnull", True),
                                        ("resent_from__isnull", True),
                                    ),
                                    models.Q(
                                        ("key__isnull", True),
                                        ("resent_by__isnull", False),
                                        ("resent_from__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="partner_call_by_key_or_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__gte", 200), ("status__lte", 599)),
                                name="partner_call_has_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PracticalTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "lesson",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="practical_task",
                                to="courses.lesson",
                            ),
                        ),
                        ("minutes_allowed", models.PositiveSmallIntegerField()),
                        ("film_most_minutes", models.PositiveSmallIntegerField()),
                        ("film_most_megabytes", models.PositiveSmallIntegerField()),
                        ("attempts", models.PositiveSmallIntegerField()),
                        ("cooling_off_hours", models.PositiveSmallIntegerField()),
                        ("pass_mark_percent", models.PositiveSmallIntegerField()),
                        ("shows_zh", models.TextField()),
                        ("shows_en", models.TextField(blank=True)),
                        ("steps", models.JSONField(default=list)),
                        ("tools", models.JSONField(blank=True, default=list)),
                        ("rules", models.JSONField(blank=True, default=list)),
                        ("criteria", models.JSONField(default=list)),
                        ("revision", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempts__gte", 1),
                                    ("attempts__lte", 10),
                                    ("cooling_off_hours__lte", 720),
                                    ("film_most_megabytes__gte", 10),
                                    ("film_most_megabytes__lte", 2000),
                                    ("film_most_minutes__gte", 1),
                                    ("film_most_minutes__lte", 120),
                                    ("minutes_allowed__gte", 1),
                                    ("minutes_allowed__lte", 600),
                                    ("pass_mark_percent__gte", 1),
                                    ("pass_mark_percent__lte", 100),
                                ),
                                name="practical_task_within_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("steps", []), _negated=True),
                                    models.Q(("criteria", []), _negated=True),
                                ),
                                name="practical_task_has_steps_and_criteria",
                                violation_error_message="A task has at least one step and one criterion.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
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
                                related_name="questions",
                                to="courses.courseversion",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="courses.lesson",
                            ),
                        ),
                        ("key", models.CharField(default=courses.models.questions.fresh_key, max_length=40)),
                        ("topic", models.CharField(blank=True, max_length=40)),
                        ("position", models.PositiveIntegerField()),
                        ("for_exam", models.BooleanField(default=False)),
                        ("moment", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("single", "One answer"),
                                    ("multiple", "Several answers"),
                                    ("true_false", "True or false"),
                                    ("numeric", "A number"),
                                    ("ordering", "Steps in order"),
                                    ("hotspot", "A spot in a picture"),
                                    ("short_text", "A short text"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "difficulty",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Easy"), (2, "Medium"), (3, "Hard")], default=2
                            ),
                        ),
                        ("stem_zh", models.TextField()),
                        ("stem_en", models.TextField(blank=True)),
                        ("options", models.JSONField(blank=True)),
                        (
                            "right_keys",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2), blank=True, size=None
                            ),
                        ),
                        (
                            "number",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True),
                        ),
                        (
                            "tolerance",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True),
                        ),
                        ("tolerance_in_percent", models.BooleanField(default=False)),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        (
                            "accepted",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("picture_key", models.CharField(blank=True, max_length=200)),
                        ("picture_zh", models.CharField(blank=True, max_length=300)),
                        ("picture_en", models.CharField(blank=True, max_length=300)),
                        ("why_zh", models.TextField(blank=True)),
                        ("why_en", models.TextField(blank=True)),
                        ("revision", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["version", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("version", "position"),
                                name="question_position_once",
                            ),
                            models.UniqueConstraint(fields=("version", "key"), name="question_key_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["single", "true_false"]), ("right_keys__len", 1)),
                                    models.Q(
                                        ("kind__in", ["multiple", "ordering"]), ("right_keys__len__gte", 2)
                                    ),
                                    models.Q(("kind", "hotspot"), ("right_keys__len__gte", 1)),
                                    models.Q(("kind__in", ["numeric", "short_text"]), ("right_keys__len", 0)),
                                    _connector="OR",
                                ),
                                name="question_right_keys_fit_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["numeric", "short_text"]), _negated=True),
                                    ("options", []),
                                    _connector="OR",
                                ),
                                name="question_written_has_no_options",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "numeric"),
                                        ("number__isnull", False),
                                        ("tolerance__gte", 0),
                                        ("tolerance__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "numeric"), _negated=True),
                                        ("number__isnull", True),
                                        ("tolerance__isnull", True),
                                        ("unit", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="question_number_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "short_text"), ("accepted__len", 0), _connector="OR"
                                ),
                                name="question_accepted_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "hotspot"),
                                        models.Q(("picture_key", ""), _negated=True),
                                        models.Q(("picture_zh", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "hotspot"), _negated=True),
                                        ("picture_en", ""),
                                        ("picture_key", ""),
                                        ("picture_zh", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="question_picture_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("difficulty__in", [1, 2, 3])),
                                name="question_difficulty_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("for_exam", True), ("lesson__isnull", False), _connector="OR"
                                ),
                                name="question_is_asked_somewhere",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("moment__isnull", True),
                                    models.Q(
                                        ("for_exam", False),
                                        ("kind__in", ["single", "multiple", "true_false"]),
                                        ("lesson__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="question_moment_is_practice",
                                violation_error_message="A question in a film belongs to its lesson and not to the exam's bank: there one may try as often as one likes.",
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
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="corrections",
                                to="courses.question",
                            ),
                        ),
                        ("is_void", models.BooleanField(default=False)),
                        (
                            "right_keys",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "number",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True),
                        ),
                        (
                            "tolerance",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True),
                        ),
                        ("tolerance_in_percent", models.BooleanField(default=False)),
                        (
                            "accepted",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("corrected_at", models.DateTimeField()),
                        (
                            "corrected_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["question", "-corrected_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="correction_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("accepted__len", 0),
                                        ("is_void", True),
                                        ("number__isnull", True),
                                        ("right_keys__len", 0),
                                        ("tolerance__isnull", True),
                                    ),
                                    models.Q(
                                        ("accepted__len", 0),
                                        ("is_void", False),
                                        ("number__isnull", True),
                                        ("right_keys__len__gte", 1),
                                    ),
                                    models.Q(
                                        ("accepted__len", 0),
                                        ("is_void", False),
                                        ("number__isnull", False),
                                        ("right_keys__len", 0),
                                        ("tolerance__gte", 0),
                                    ),
                                    models.Q(
                                        ("accepted__len__gte", 1),
                                        ("is_void", False),
                                        ("number__isnull", True),
                                        ("right_keys__len", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="correction_says_one_thing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "standard",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recheck",
                                to="courses.contentstandard",
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True)),
                        ("reached", models.BigIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("short", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)), fields=["due_at"], name="recheck_due"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("due_at__isnull", True), ("ended_at__isnull", False)),
                                    models.Q(("due_at__isnull", False), ("ended_at__isnull", True)),
                                    _connector="OR",
                                ),
                                name="recheck_is_due_or_ended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("short__lte", models.F("done"))),
                                name="recheck_short_within_done",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Section",
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
                                related_name="sections",
                                to="courses.courseversion",
                            ),
                        ),
                        ("key", models.SlugField(max_length=40)),
                        ("position", models.PositiveIntegerField()),
                        ("title_zh", models.CharField(max_length=120)),
                        ("title_en", models.CharField(blank=True, max_length=200)),
                        ("module", models.SlugField(blank=True, max_length=40)),
                        ("revision", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["version", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "key"), name="section_key_once"),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("version", "position"),
                                name="section_position_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShortageListing",
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
                            "occupation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.occupation",
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "occupation", "valid_from"), name="shortage_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="shortage_ends_after_it_begins",
                                violation_error_message="The last day lies before the first.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Shortfall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shortfalls",
                                to="courses.course",
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
                            "standard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shortfalls",
                                to="courses.contentstandard",
                            ),
                        ),
                        ("findings", models.JSONField()),
                        ("found_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        ("mended_at", models.DateTimeField(null=True)),
                        (
                            "mended_version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.courseversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["province", "due_on"], name="shortfall_by_province")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("course", "standard"), name="shortfall_once_per_standard"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("mended_at__isnull", True), ("mended_version__isnull", True)),
                                    models.Q(("mended_at__isnull", False), ("mended_version__isnull", False)),
                                    _connector="OR",
                                ),
                                name="shortfall_mended_by_a_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandardCheck",
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
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="checks",
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
                            "step",
                            models.CharField(
                                choices=[("submit", "Submit"), ("publish", "Publish")], max_length=8
                            ),
                        ),
                        (
                            "national",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.contentstandard",
                            ),
                        ),
                        (
                            "provincial",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.contentstandard",
                            ),
                        ),
                        ("findings", models.JSONField()),
                        ("passed", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("step__in", ["submit", "publish"])),
                                name="check_step_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Video",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="videos",
                                to="courses.lesson",
                            ),
                        ),
                        (
                            "film",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="videos",
                                to="courses.film",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=1)),
                        ("angle_zh", models.CharField(blank=True, max_length=40)),
                        ("angle_en", models.CharField(blank=True, max_length=60)),
                        ("mp4_key", models.CharField(max_length=200)),
                        ("hls_key", models.CharField(blank=True, max_length=200)),
                        ("audio_key", models.CharField(blank=True, max_length=200)),
                        ("poster_key", models.CharField(max_length=200)),
                        ("captions_zh_key", models.CharField(blank=True, max_length=200)),
                        ("captions_en_key", models.CharField(blank=True, max_length=200)),
                        ("milliseconds", models.PositiveIntegerField()),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("bytes", models.PositiveBigIntegerField()),
                        ("chapters", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["lesson", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("lesson", "position"), name="video_position_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("bytes__gt", 0),
                                    ("height__gt", 0),
                                    ("milliseconds__gt", 0),
                                    ("width__gt", 0),
                                ),
                                name="video_has_a_size",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                        ("url", models.CharField(max_length=500, verbose_name="address")),
                        (
                            "events",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "Active"), ("paused", "Paused"), ("removed", "Removed")],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("paused_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "paused_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("paused_reason", models.CharField(blank=True, max_length=20)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "removed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["active", "paused", "removed"])),
                                name="webhook_endpoint_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("paused_at__isnull", False),
                                        ("state", "paused"),
                                        models.Q(("paused_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "paused"), _negated=True),
                                        ("paused_at__isnull", True),
                                        ("paused_by__isnull", True),
                                        ("paused_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="webhook_endpoint_paused_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="webhook_endpoint_removed_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed_at__isnull", False), ("state", "removed")),
                                    models.Q(
                                        models.Q(("state", "removed"), _negated=True),
                                        ("removed_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="webhook_endpoint_removed_has_time",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "removed"), _negated=True),
                                fields=("organisation", "url"),
                                name="webhook_endpoint_once",
                                violation_error_message="This address is entered already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="courses.webhookendpoint",
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="courses.course",
                            ),
                        ),
                        ("event", models.CharField(max_length=40)),
                        ("payload", models.JSONField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "To be sent"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Given up"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("tried_at", models.DateTimeField(null=True)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("answer_status", models.PositiveSmallIntegerField(null=True)),
                        ("answer_text", models.CharField(blank=True, max_length=500)),
                        ("problem", models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["due_at"],
                                name="webhook_delivery_due",
                            ),
                            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_by_endpoint"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["waiting", "delivered", "failed"])),
                                name="webhook_delivery_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("delivered_at__isnull", True),
                                        ("due_at__isnull", False),
                                        ("state", "waiting"),
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", False),
                                        ("due_at__isnull", True),
                                        ("state", "delivered"),
                                    ),
                                    models.Q(
                                        ("delivered_at__isnull", True),
                                        ("due_at__isnull", True),
                                        ("state", "failed"),
                                        models.Q(("problem", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="webhook_delivery_state_has_its_times",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookSecret",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="secrets",
                                to="courses.webhookendpoint",
                            ),
                        ),
                        ("secret_sealed", models.BinaryField()),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ends_at__isnull", True)),
                                fields=("endpoint",),
                                name="webhook_secret_one_newest",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="webhook_secret_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
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
                        ("number", models.CharField(max_length=80)),
                        ("title", models.CharField(max_length=160)),
                        ("signed_on", models.DateField()),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        ("added_at", models.DateTimeField()),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-valid_from", "-id"],
                        "constraints": [
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
                                name="agreement_document_is_whole",
                            ),
                            models.UniqueConstraint(
                                fields=("organisation", "province", "number"),
                                name="agreement_number_once",
                                violation_error_message="There is an agreement with this number already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="agreement_ends_after_it_begins",
                                violation_error_message="The last day lies before the first.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
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
                        ("name", models.CharField(max_length=80)),
                        ("function", models.CharField(max_length=80)),
                        ("phone_sealed", models.BinaryField()),
                        ("masked_phone", models.CharField(max_length=20)),
                        ("email_sealed", models.BinaryField(null=True)),
                        ("masked_email", models.CharField(blank=True, max_length=254)),
                        ("added_at", models.DateTimeField()),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "removed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="contact_removed_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("removed_at__isnull", True),
                                    ("removed_at__gte", models.F("added_at")),
                                    _connector="OR",
                                ),
                                name="contact_removed_after_added",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email_sealed__isnull", True), ("masked_email", "")),
                                    models.Q(
                                        ("email_sealed__isnull", False),
                                        models.Q(("masked_email", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="contact_email_sealed_with_mask",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerPromise",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "course",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer_promise",
                                to="courses.course",
                            ),
                        ),
                        ("working_days", models.PositiveSmallIntegerField(default=3)),
                        ("set_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "set_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("due", models.PositiveIntegerField(default=0)),
                        ("in_time", models.PositiveIntegerField(default=0)),
                        ("median_minutes", models.PositiveIntegerField(blank=True, null=True)),
                        ("figured_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("working_days__gte", 1), ("working_days__lte", 10)),
                                name="promise_is_of_some_days",
                                violation_error_message="A promise is one to ten working days.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("set_at__isnull", True), ("set_by__isnull", True)),
                                    models.Q(("set_at__isnull", False), ("set_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="promise_set_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("in_time__lte", models.F("due"))),
                                name="promise_kept_at_most_always",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due", 0), ("figured_at__isnull", False), _connector="OR"
                                ),
                                name="promise_figures_have_their_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExamBlueprint",
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
                                related_name="blueprint",
                                to="courses.courseversion",
                            ),
                        ),
                        ("questions", models.PositiveSmallIntegerField()),
                        ("pass_mark_percent", models.PositiveSmallIntegerField()),
                        ("minutes", models.PositiveSmallIntegerField()),
                        ("attempts", models.PositiveSmallIntegerField()),
                        ("parts", models.JSONField(blank=True, default=list)),
                        ("revision", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempts__gte", 1),
                                    ("attempts__lte", 20),
                                    ("minutes__gte", 1),
                                    ("minutes__lte", 300),
                                    ("pass_mark_percent__gte", 1),
                                    ("pass_mark_percent__lte", 100),
                                    ("questions__gte", 1),
                                    ("questions__lte", 200),
                                ),
                                name="blueprint_within_reason",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
