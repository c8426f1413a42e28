import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from portal.postgres import Trigger

KEY_KEPT = """
IF to_jsonb(NEW) - ARRAY['last_used_at', 'paced_until_at', 'revoked_at', 'revoked_by_id', 'revoked_reason']
    IS DISTINCT FROM to_jsonb(OLD) - ARRAY['last_used_at', 'paced_until_at', 'revoked_at', 'revoked_by_id', 'revoked_reason']
    OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by_id, NEW.revoked_reason)
        IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id, OLD.revoked_reason))
THEN
    RAISE EXCEPTION 'a key stays as it was made, and revoked for good'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'partner_key_kept';
END IF;
RETURN NEW;
"""
CALL_KEPT = """
RAISE EXCEPTION 'a logged call never changes' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'partner_call_kept';
"""
ENDPOINT_MOVES = """
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('active', 'paused'), ('paused', 'active'), ('active', 'removed'), ('paused', 'removed')
) THEN
    RAISE EXCEPTION 'an endpoint does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'webhook_endpoint_moves';
END IF;
RETURN NEW;
"""
DELIVERY_KEPT = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'a delivery begins waiting, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'webhook_delivery_moves';
    END IF;
    RETURN NEW;
END IF;
IF (NEW.uid, NEW.endpoint_id, NEW.event, NEW.payload, NEW.created_at)
    IS DISTINCT FROM (OLD.uid, OLD.endpoint_id, OLD.event, OLD.payload, OLD.created_at)
THEN
    RAISE EXCEPTION 'the words of a delivery never change'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'webhook_delivery_kept';
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('waiting', 'delivered'), ('waiting', 'failed'), ('delivered', 'waiting'), ('failed', 'waiting')
) THEN
    RAISE EXCEPTION 'a delivery does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'webhook_delivery_moves';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Keys, calls and webhooks of partners, and what the database refuses of them."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0008_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ("name", models.CharField(max_length=80, verbose_name="name of the key")),
                ("secret_hash", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("paced_until_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_reason", models.CharField(blank=True, max_length=500)),
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
                (
                    "revoked_by",
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
                                ("revoked_at__isnull", False), models.Q(("revoked_reason", ""), _negated=True)
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
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="partner_key_by_organisation"),
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
                (
                    "resent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "ordering": ["-id"],
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
                "indexes": [
                    models.Index(fields=["organisation", "-id"], name="partner_call_by_organisation"),
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
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("paused_reason", models.CharField(blank=True, max_length=20)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                    "paused_by",
                    models.ForeignKey(
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
                                models.Q(("state", "removed"), _negated=True), ("removed_at__isnull", True)
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
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
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
            ],
            options={
                "ordering": ["-id"],
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="webhook_delivery_due",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="webhook_delivery_by_endpoint"),
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
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secrets",
                        to="courses.webhookendpoint",
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
                            ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="webhook_secret_ends_after_it_starts",
                    ),
                ],
            },
        ),
        Trigger("courses_partnerkey", "courses_partnerkey_kept", "UPDATE", KEY_KEPT),
        Trigger("courses_partnercall", "courses_partnercall_kept", "UPDATE", CALL_KEPT),
        Trigger("courses_webhookendpoint", "courses_endpoint_moves", "UPDATE", ENDPOINT_MOVES),
        Trigger("courses_webhookdelivery", "courses_delivery_kept", "INSERT OR UPDATE", DELIVERY_KEPT),
    ]
