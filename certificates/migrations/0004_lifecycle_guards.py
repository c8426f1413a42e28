"""What PostgreSQL itself refuses: see the words of each exception."""

from django.db import migrations, models

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'certificates are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'a certificate begins as requested, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM certificates_certificate earlier WHERE earlier.id = NEW.replaces_id AND earlier.state = 'replaced'
        AND (earlier.completion_id, earlier.user_id, earlier.version_id) = (NEW.completion_id, NEW.user_id, NEW.version_id)
    ) THEN
        RAISE EXCEPTION 'a certificate replaces one for the same completion, which is replaced by then'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('requested', 'issued'), ('requested', 'failed'), ('failed', 'requested'), ('issued', 'revoked'),
    ('issued', 'replaced'), ('revoked', 'replaced')
) THEN
    RAISE EXCEPTION 'no certificate goes from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.completion_id, OLD.user_id, OLD.province_id, OLD.version_id, OLD.kind, OLD.course_code,
    OLD.replaces_id, OLD.code, OLD.requested_at) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.completion_id, NEW.user_id, NEW.province_id, NEW.version_id, NEW.kind, NEW.course_code,
    NEW.replaces_id, NEW.code, NEW.requested_at) OR (OLD.serial IS NOT NULL AND OLD.serial IS DISTINCT FROM NEW.serial) THEN
    RAISE EXCEPTION 'certificate %: whose it is and its numbers are fixed', OLD.serial
        USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.serial IS NULL AND NEW.serial IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM certificates_serialcounter n
    WHERE n.province_id = NEW.province_id AND n.year = substr(NEW.serial, 7, 4)::int
    AND n.last >= substr(NEW.serial, 12)::int AND left(n.province_id, 2) = substr(NEW.serial, 4, 2)
) THEN
    RAISE EXCEPTION 'certificate %: no counter has given this number', NEW.serial USING ERRCODE = 'check_violation';
END IF;
IF OLD.state IN ('issued', 'revoked', 'replaced') AND
   ((OLD.issued_at, OLD.issued_on, OLD.facts, OLD.grounds, OLD.facts_sha256, OLD.holder_masked, OLD.batch_id)
   IS DISTINCT FROM
   (NEW.issued_at, NEW.issued_on, NEW.facts, NEW.grounds, NEW.facts_sha256, NEW.holder_masked, NEW.batch_id)
   OR OLD.pdf_key <> '' AND (OLD.pdf_key, OLD.pdf_sha256, OLD.paper_made_at) IS DISTINCT FROM
   (NEW.pdf_key, NEW.pdf_sha256, NEW.paper_made_at)) THEN
    RAISE EXCEPTION 'certificate %: what the paper says is frozen', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.revoked_at IS NOT NULL AND (OLD.revoked_at, OLD.revoked_by_id, OLD.revoke_reason) IS DISTINCT FROM
   (NEW.revoked_at, NEW.revoked_by_id, NEW.revoke_reason)
   OR OLD.replaced_at IS NOT NULL AND OLD.replaced_at IS DISTINCT FROM NEW.replaced_at THEN
    RAISE EXCEPTION 'certificate %: a revocation is frozen', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
# The holder's sealed name may be sealed anew with the next key; what it says is held by facts_sha256.

COUNTER = """
IF TG_OP = 'DELETE' OR NEW.last < OLD.last OR (NEW.province_id, NEW.year) IS DISTINCT FROM (OLD.province_id, OLD.year) THEN
    RAISE EXCEPTION 'serial numbers only go up' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

SPENT = """
CREATE FUNCTION certificates_serial_counter_spent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM certificates_certificate WHERE serial =
            'ZX-' || left(NEW.province_id, 2) || '-' || NEW.year || '-' || lpad(NEW.last::text, 7, '0')
    ) THEN
        RAISE EXCEPTION 'serial number % of % in % was given to nobody', NEW.last, NEW.province_id, NEW.year
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER certificates_serial_counter_spent AFTER UPDATE ON certificates_serialcounter
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION certificates_serial_counter_spent();
"""
UNSPENT = """
DROP TRIGGER certificates_serial_counter_spent ON certificates_serialcounter;
DROP FUNCTION certificates_serial_counter_spent();
"""

PROPOSALS = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'proposals are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'a proposal begins as open, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'a proposal that is decided never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.state NOT IN ('open', 'approved', 'refused', 'withdrawn') THEN
    RAISE EXCEPTION 'no proposal goes from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.certificate_id, OLD.province_id, OLD.kind, OLD.reason, OLD.proposed_at, OLD.proposed_by_id)
   IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.certificate_id, NEW.province_id, NEW.kind, NEW.reason, NEW.proposed_at, NEW.proposed_by_id) THEN
    RAISE EXCEPTION 'what was proposed is fixed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

BATCHES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'batches are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'running' THEN
        RAISE EXCEPTION 'a batch begins as running, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('running', 'paused'), ('paused', 'running'), ('running', 'cancelled'), ('paused', 'cancelled'), ('running', 'done')
) THEN
    RAISE EXCEPTION 'no batch goes from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.province_id, OLD.course_code, OLD.total, OLD.started_at, OLD.started_by_id) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.province_id, NEW.course_code, NEW.total, NEW.started_at, NEW.started_by_id)
   OR OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD.issued, OLD.failed) IS DISTINCT FROM
   (NEW.ended_at, NEW.issued, NEW.failed) THEN
    RAISE EXCEPTION 'what a batch was started for, and how it ended, is fixed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""


def _instead(table: str, name: str, when: str, body: str) -> list:
    """The trigger of the migration before, with other words."""
    return [
        migrations.RunSQL(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();", migrations.RunSQL.noop),
        Trigger(table, name, when, body),
    ]


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_lifecycle")]
    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("paper_due_at__isnull", False)),
                fields=["paper_due_at"],
                name="certificate_paper_due",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["province", "state", "-id"], name="certificate_province_state"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["province", "course_code", "-id"], name="certificate_province_course"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["batch", "state"],
                name="certificate_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "issued", "revoked", "replaced", "failed"])),
                name="certificate_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaces__isnull", True)),
                fields=("completion",),
                name="certificate_first_one_per_completion",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("requested", "failed", "issued"))),
                fields=("user", "version", "kind"),
                name="certificate_one_live",
                violation_error_message="This person has a certificate of this course already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces__isnull", True),
                    models.Q(("replaces", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="certificate_replaces_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__isnull", True), ("state", "requested"), _connector="OR"),
                name="certificate_due_while_requested",
                violation_error_message="Only a certificate that is being made has a time when it is due.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("facts__isnull", False),
                        ("facts_sha256__isnull", False),
                        ("holder_sealed__isnull", False),
                        ("issued_at__isnull", False),
                        ("issued_on__isnull", False),
                        ("serial__isnull", False),
                        ("state__in", ("issued", "revoked", "replaced")),
                        models.Q(("holder_masked", ""), _negated=True),
                    ),
                    models.Q(
                        ("facts__isnull", True),
                        ("facts_sha256__isnull", True),
                        ("grounds__isnull", True),
                        ("holder_masked", ""),
                        ("holder_sealed__isnull", True),
                        ("issued_at__isnull", True),
                        ("issued_on__isnull", True),
                        ("state__in", ["requested", "failed"]),
                    ),
                    _connector="OR",
                ),
                name="certificate_issued_with_its_facts",
                violation_error_message="An issued certificate has its facts and its day; another has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paper_made_at__isnull", True), ("pdf_key", ""), ("pdf_sha256__isnull", True)),
                    models.Q(
                        ("paper_due_at__isnull", True),
                        ("paper_made_at__isnull", False),
                        ("pdf_sha256__isnull", False),
                        ("state__in", ("issued", "revoked", "replaced")),
                        models.Q(("pdf_key", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="certificate_paper_is_whole",
                violation_error_message="A paper is kept with its digest and the moment it was made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paper_due_at__isnull", True),
                    ("state__in", ("issued", "revoked", "replaced")),
                    _connector="OR",
                ),
                name="certificate_paper_due_once_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("revoked_at__isnull", False),
                        ("state__in", ["revoked", "replaced"]),
                        ("revoked_by__isnull", False),
                        models.Q(("revoke_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "revoked"), _negated=True),
                        ("revoke_reason", ""),
                        ("revoked_at__isnull", True),
                        ("revoked_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="certificate_revoked_by_somebody_for_a_reason",
                violation_error_message="A revoked certificate says when, by whom and why; another says nothing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaced_at__isnull", False), ("state", "replaced")),
                    models.Q(models.Q(("state", "replaced"), _negated=True), ("replaced_at__isnull", True)),
                    _connector="OR",
                ),
                name="certificate_replaced_at_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("revoked_at__isnull", True),
                        ("revoked_at__gte", models.F("issued_at")),
                        _connector="OR",
                    ),
                    models.Q(
                        ("replaced_at__isnull", True),
                        ("replaced_at__gte", models.F("issued_at")),
                        _connector="OR",
                    ),
                ),
                name="certificate_revoked_after_issued",
                violation_error_message="It cannot be revoked before it was issued.",
            ),
        ),
        migrations.AddIndex(
            model_name="issuingbatch",
            index=models.Index(fields=["province", "-id"], name="batch_of_province"),
        ),
        migrations.AddConstraint(
            model_name="issuingbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "paused", "cancelled", "done"])),
                name="batch_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuingbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False),
                        ("failed__isnull", False),
                        ("issued__isnull", False),
                        ("state__in", ["done", "cancelled"]),
                    ),
                    models.Q(
                        ("ended_at__isnull", True),
                        ("failed__isnull", True),
                        ("issued__isnull", True),
                        ("state__in", ["running", "paused"]),
                    ),
                    _connector="OR",
                ),
                name="batch_ended_with_its_figures",
                violation_error_message="A batch that ended says when and with what; an open one says neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuingbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="batch_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuingbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "paused"])),
                fields=("province", "course_code"),
                name="batch_one_open_per_scope",
                violation_error_message="A batch for this is open already.",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["province", "proposed_at"],
                name="proposal_open_by_province",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["revoke", "replace"])), name="proposal_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "approved", "refused", "withdrawn"])),
                name="proposal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("certificate",),
                name="proposal_one_open_per_certificate",
                violation_error_message="There is a proposal for this certificate already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
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
                name="proposal_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "refused"]), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_decided_by_a_second_person",
                violation_error_message="Who proposed it cannot decide it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    ("decided_by", models.F("proposed_by")),
                    _connector="OR",
                ),
                name="proposal_withdrawn_by_who_proposed_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("decision_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="proposal_refused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="proposal_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at__isnull", True),
                    ("decided_at__gte", models.F("proposed_at")),
                    _connector="OR",
                ),
                name="proposal_decided_after_it_was_made",
            ),
        ),
        *_instead(
            "certificates_certificate", "certificates_certificate_moves", "INSERT OR UPDATE OR DELETE", MOVES
        ),
        *_instead(
            "certificates_serialcounter", "certificates_serial_counter_up", "UPDATE OR DELETE", COUNTER
        ),
        migrations.RunSQL(SPENT, UNSPENT),
        Trigger(
            "certificates_proposal", "certificates_proposal_moves", "INSERT OR UPDATE OR DELETE", PROPOSALS
        ),
        Trigger(
            "certificates_issuingbatch", "certificates_batch_moves", "INSERT OR UPDATE OR DELETE", BATCHES
        ),
    ]
