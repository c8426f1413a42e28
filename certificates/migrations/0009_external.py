"""Certificates issued elsewhere, and what PostgreSQL itself refuses of them: see the words of each exception."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import AppendOnly, Trigger

EXTERNAL = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'certificates issued elsewhere are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.completion_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM learners_completion c WHERE c.id = NEW.completion_id
    AND (c.user_id, c.province_id) = (NEW.user_id, NEW.province_id)
) THEN
    RAISE EXCEPTION 'certificate %: the course is another person''s, or of another province', NEW.serial
        USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'reported' THEN
        RAISE EXCEPTION 'a certificate issued elsewhere begins as reported, not as %', NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('reported', 'checked'), ('refused', 'checked'), ('reported', 'refused'), ('reported', 'taken_back'),
    ('checked', 'withdrawn_there')
) THEN
    RAISE EXCEPTION 'no certificate issued elsewhere goes from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.serial, OLD.user_id, OLD.province_id, OLD.number, OLD.kind, OLD.occupation_code,
    OLD.occupation_name, OLD.occupation_edition, OLD.level, OLD.issuer_name, OLD.issuer_code, OLD.issued_on,
    OLD.holder_masked, OLD.consent_version, OLD.reported_at) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.serial, NEW.user_id, NEW.province_id, NEW.number, NEW.kind, NEW.occupation_code,
    NEW.occupation_name, NEW.occupation_edition, NEW.level, NEW.issuer_name, NEW.issuer_code, NEW.issued_on,
    NEW.holder_masked, NEW.consent_version, NEW.reported_at) THEN
    RAISE EXCEPTION 'certificate %: what was reported is fixed', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.document_key <> '' AND NEW.state <> 'taken_back' AND
   (OLD.document_key, OLD.document_sha256) IS DISTINCT FROM (NEW.document_key, NEW.document_sha256) THEN
    RAISE EXCEPTION 'certificate %: the paper that was shown is fixed', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.completion_id IS NOT NULL AND (OLD.completion_id, OLD.linked_at) IS DISTINCT FROM
   (NEW.completion_id, NEW.linked_at) THEN
    RAISE EXCEPTION 'certificate %: the course it stands beside is fixed', OLD.serial
        USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.checked_at IS NOT NULL AND OLD.checked_at IS DISTINCT FROM NEW.checked_at
   OR OLD.refused_at IS NOT NULL AND OLD.refused_at IS DISTINCT FROM NEW.refused_at
   OR OLD.state IN ('withdrawn_there', 'taken_back') AND (OLD.withdrawn_at, OLD.taken_back_at, OLD.why)
   IS DISTINCT FROM (NEW.withdrawn_at, NEW.taken_back_at, NEW.why) THEN
    RAISE EXCEPTION 'certificate %: what was found is frozen', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.state = 'checked' AND OLD.state <> 'checked' AND NOT EXISTS (
    SELECT 1 FROM certificates_registeranswer a
    WHERE a.external_id = NEW.id AND a.used AND a.said = 'confirms' AND OLD.state = 'reported'
) AND NOT EXISTS (
    SELECT 1 FROM certificates_ruling r
    WHERE r.external_id = NEW.id AND r.kind = 'vouch' AND r.state = 'approved'
) THEN
    RAISE EXCEPTION 'certificate %: neither the register confirms it nor two people vouch for it', OLD.serial
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

RULINGS = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'rulings are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' AND NEW.state <> 'open' THEN
    RAISE EXCEPTION 'a ruling begins as open, not as %', NEW.state USING ERRCODE = 'check_violation';
END IF;
IF EXISTS (
    SELECT 1 FROM certificates_externalcertificate e WHERE e.id = NEW.external_id
    AND (e.user_id IN (NEW.proposed_by_id, NEW.decided_by_id) OR e.province_id <> NEW.province_id)
) THEN
    RAISE EXCEPTION 'nobody rules on a certificate of their own, nor on one of another province'
        USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    RETURN NEW;
END IF;
IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'a ruling that is decided never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.external_id, OLD.province_id, OLD.kind, OLD.reason, OLD.proposed_at, OLD.proposed_by_id)
   IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.external_id, NEW.province_id, NEW.kind, NEW.reason, NEW.proposed_at, NEW.proposed_by_id) THEN
    RAISE EXCEPTION 'what was proposed is fixed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

NO_TRUNCATE = """
CREATE TRIGGER external_never_emptied BEFORE TRUNCATE ON certificates_externalcertificate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
CREATE TRIGGER rulings_never_emptied BEFORE TRUNCATE ON certificates_ruling
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""
TRUNCATE_AGAIN = """
DROP TRIGGER rulings_never_emptied ON certificates_ruling;
DROP TRIGGER external_never_emptied ON certificates_externalcertificate;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0008_templates"),
        ("learners", "0023_beats_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExternalCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("serial", models.CharField(max_length=24, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reported", "Being checked"),
                            ("checked", "Checked, valid"),
                            ("refused", "Not confirmed"),
                            ("withdrawn_there", "No longer valid"),
                            ("taken_back", "Taken back"),
                        ],
                        default="reported",
                        max_length=16,
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("level", "Skill level certificate"),
                            ("special", "Certificate of a special vocational ability"),
                        ],
                        max_length=8,
                    ),
                ),
                ("occupation_code", models.CharField(max_length=20)),
                ("occupation_name", models.CharField(max_length=100)),
                ("occupation_edition", models.CharField(max_length=4)),
                ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("issuer_name", models.CharField(max_length=100)),
                ("issuer_code", models.CharField(blank=True, max_length=40)),
                ("issued_on", models.DateField()),
                ("holder_masked", models.CharField(max_length=80)),
                ("consent_version", models.CharField(max_length=20)),
                ("reported_at", models.DateTimeField()),
                ("document_key", models.CharField(blank=True, max_length=200)),
                ("document_name", models.CharField(blank=True, max_length=160)),
                ("document_bytes", models.PositiveIntegerField(default=0)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "said",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirms", "It confirms the certificate"),
                            ("silent", "It did not answer"),
                            ("stale", "Its data are too old"),
                            ("not_yet", "It does not know the number yet"),
                            ("not_found", "It does not know the number"),
                            ("other_person", "It has another name or ID number"),
                            ("revoked", "Its issuer has revoked it"),
                            ("other_facts", "It has another kind, level or day"),
                            ("named_otherwise", "It names the occupation otherwise"),
                        ],
                        max_length=16,
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("doubted_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_found", "The register does not know this number."),
                            (
                                "other_person",
                                "In the register this number belongs to another name or ID number.",
                            ),
                            ("revoked", "Its issuer has revoked it."),
                            (
                                "other_facts",
                                "The register has another kind, level or day of issue. Register it again as the paper says it.",
                            ),
                            ("gone", "The register no longer knows this number."),
                            ("decided", "Two people of the province's office decided so."),
                        ],
                        max_length=16,
                    ),
                ),
                ("linked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "completion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learners.completion",
                    ),
                ),
                (
                    "due_by",
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
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RegisterAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("register", models.CharField(max_length=120)),
                ("question_sha256", models.BinaryField(max_length=32)),
                ("came_at", models.DateTimeField()),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("confirms", "It confirms the certificate"),
                            ("silent", "It did not answer"),
                            ("stale", "Its data are too old"),
                            ("not_yet", "It does not know the number yet"),
                            ("not_found", "It does not know the number"),
                            ("other_person", "It has another name or ID number"),
                            ("revoked", "Its issuer has revoked it"),
                            ("other_facts", "It has another kind, level or day"),
                            ("named_otherwise", "It names the occupation otherwise"),
                        ],
                        max_length=16,
                    ),
                ),
                ("trouble", models.CharField(blank=True, max_length=40)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("as_of", models.DateField(blank=True, null=True)),
                ("facts", models.JSONField(default=dict)),
                ("answer_sha256", models.BinaryField(max_length=32, null=True)),
                ("used", models.BooleanField()),
                (
                    "asked_by",
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
                    "external",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="certificates.externalcertificate",
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
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("vouch", "Accept it by its paper"),
                            ("refuse", "Refuse it"),
                            ("withdraw", "Declare it no longer valid"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=500)),
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
                (
                    "external",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="certificates.externalcertificate",
                    ),
                ),
                (
                    "proposed_by",
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="externalcertificate",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="external_due"
            ),
        ),
        migrations.AddIndex(
            model_name="externalcertificate",
            index=models.Index(fields=["province", "state", "-id"], name="external_of_province"),
        ),
        migrations.AddIndex(
            model_name="externalcertificate",
            index=models.Index(fields=["user", "-id"], name="external_of_user"),
        ),
        migrations.AddIndex(
            model_name="externalcertificate",
            index=models.Index(fields=["number"], name="external_number"),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("reported", "checked"))),
                fields=("number",),
                name="external_number_once",
                violation_error_message="This number is registered already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("serial__regex", "^EX-[0-9]{2}-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{10}$")),
                name="external_serial_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["reported", "checked", "refused", "withdrawn_there", "taken_back"])
                ),
                name="external_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="external_has_its_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("occupation_code", ""), _negated=True),
                    models.Q(("occupation_name", ""), _negated=True),
                    models.Q(("issuer_name", ""), _negated=True),
                ),
                name="external_names_occupation_and_issuer",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "level"), ("level__gte", 1), ("level__isnull", False), ("level__lte", 5)
                    ),
                    models.Q(("kind", "special"), ("level__isnull", True)),
                    _connector="OR",
                ),
                name="external_level_fits_kind",
                violation_error_message="A skill level certificate has a level from 5 to 1; one of a special ability has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("said", ""),
                    (
                        "said__in",
                        [
                            "confirms",
                            "silent",
                            "stale",
                            "not_yet",
                            "not_found",
                            "other_person",
                            "revoked",
                            "other_facts",
                            "named_otherwise",
                        ],
                    ),
                    _connector="OR",
                ),
                name="external_answer_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__isnull", True), ("state__in", ("reported", "checked")), _connector="OR"
                ),
                name="external_due_while_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at__isnull", True), ("state", "reported")),
                    models.Q(("checked_at__isnull", False), ("state__in", ["checked", "withdrawn_there"])),
                    models.Q(("checked_at__isnull", True), ("state__in", ["refused", "taken_back"])),
                    _connector="OR",
                ),
                name="external_checked_at_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("refused_at__isnull", False),
                        ("state", "refused"),
                        ("why__in", ["not_found", "other_person", "revoked", "other_facts", "decided"]),
                    ),
                    models.Q(
                        ("state", "withdrawn_there"),
                        ("why__in", ["gone", "revoked", "decided"]),
                        ("withdrawn_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state__in", ["refused", "withdrawn_there"]), _negated=True), ("why", "")
                    ),
                    _connector="OR",
                ),
                name="external_ended_for_a_reason",
                violation_error_message="One that is refused or withdrawn says when and why; another does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("state", "withdrawn_there"), _connector="OR"
                ),
                name="external_withdrawn_at_with_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refused_at__isnull", True),
                    models.Q(("state__in", ["reported", "taken_back"]), _negated=True),
                    _connector="OR",
                ),
                name="external_refused_at_with_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "taken_back"), ("taken_back_at__isnull", False)),
                    models.Q(
                        models.Q(("state", "taken_back"), _negated=True), ("taken_back_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="external_taken_back_at_with_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checked_at__isnull", True),
                        ("checked_at__gte", models.F("reported_at")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("refused_at__isnull", True),
                        ("refused_at__gte", models.F("reported_at")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("withdrawn_at__isnull", True),
                        ("withdrawn_at__gte", models.F("checked_at")),
                        _connector="OR",
                    ),
                ),
                name="external_in_the_order_of_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("doubted_at__isnull", True),
                    ("state__in", ["checked", "withdrawn_there"]),
                    _connector="OR",
                ),
                name="external_doubted_once_checked",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completion__isnull", True), ("linked_at__isnull", True)),
                    models.Q(("completion__isnull", False), ("linked_at__isnull", False)),
                    _connector="OR",
                ),
                name="external_linked_at_with_its_course",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalcertificate",
            constraint=models.CheckConstraint(
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
                name="external_document_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="registeranswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "said__in",
                        [
                            "confirms",
                            "silent",
                            "stale",
                            "not_yet",
                            "not_found",
                            "other_person",
                            "revoked",
                            "other_facts",
                            "named_otherwise",
                        ],
                    )
                ),
                name="register_answer_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="registeranswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer_sha256__isnull", True),
                        ("answered_at__isnull", True),
                        ("as_of__isnull", True),
                        ("said", "silent"),
                        models.Q(("trouble", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("said", "silent"), _negated=True),
                        ("answer_sha256__isnull", False),
                        ("answered_at__isnull", False),
                        ("as_of__isnull", False),
                        ("trouble", ""),
                    ),
                    _connector="OR",
                ),
                name="register_answer_or_trouble",
            ),
        ),
        migrations.AddConstraint(
            model_name="registeranswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("came_at__gte", models.F("asked_at"))),
                name="register_answer_after_question",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["vouch", "refuse", "withdraw"])), name="ruling_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "approved", "refused", "withdrawn"])),
                name="ruling_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("external",),
                name="ruling_one_open_per_certificate",
                violation_error_message="There is a proposal for this certificate already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ruling_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "refused"]), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="ruling_decided_by_a_second_person",
                violation_error_message="Who proposed it cannot decide it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    ("decided_by", models.F("proposed_by")),
                    _connector="OR",
                ),
                name="ruling_withdrawn_by_who_proposed_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(
                        models.Q(("state", "refused"), _negated=True),
                        models.Q(("decision_reason", ""), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="ruling_with_its_reasons",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    ("decided_at__gte", models.F("proposed_at")),
                    _connector="OR",
                ),
                name="ruling_decided_after_it_was_made",
            ),
        ),
        AppendOnly("certificates_registeranswer"),
        Trigger("certificates_ruling", "certificates_ruling_moves", "INSERT OR UPDATE OR DELETE", RULINGS),
        Trigger(
            "certificates_externalcertificate",
            "certificates_external_moves",
            "INSERT OR UPDATE OR DELETE",
            EXTERNAL,
        ),
        migrations.RunSQL(NO_TRUNCATE, TRUNCATE_AGAIN),
    ]
