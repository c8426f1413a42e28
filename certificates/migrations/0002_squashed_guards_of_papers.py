"""What PostgreSQL itself refuses of certificates, their numbers, batches and templates: see the words of each exception."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from certificates.paper.wording import SHIPPED
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

# Only where a number is given. Else nobody could write down that the last one is missing.
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
CREATE CONSTRAINT TRIGGER certificates_serial_counter_spent AFTER UPDATE OF last ON certificates_serialcounter
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

NO_TRUNCATE = """
CREATE FUNCTION certificates_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certificates_never_emptied BEFORE TRUNCATE ON certificates_certificate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
CREATE TRIGGER serial_counter_never_emptied BEFORE TRUNCATE ON certificates_serialcounter
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""

TRUNCATE_AGAIN = """
DROP TRIGGER serial_counter_never_emptied ON certificates_serialcounter;
DROP TRIGGER certificates_never_emptied ON certificates_certificate;
DROP FUNCTION certificates_never_emptied();
"""

BEGINNING = dt.date(2000, 1, 1)

# Django writes no check with a time zone.
FIRST_DAY = """
ALTER TABLE certificates_papertemplate ADD CONSTRAINT paper_template_begins_after_its_publishing CHECK (
    published_by_id IS NULL OR valid_from > (published_at AT TIME ZONE 'Asia/Shanghai')::date
);
"""

ANY_DAY = "ALTER TABLE certificates_papertemplate DROP CONSTRAINT paper_template_begins_after_its_publishing"

TEMPLATE_FROZEN = """
IF TG_OP = 'INSERT' THEN
    IF NEW.published_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a template begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published template never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
IF (OLD.province_id, OLD.kind) IS DISTINCT FROM (NEW.province_id, NEW.kind) THEN
    RAISE EXCEPTION 'whose template it is and of which kind is fixed' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.published_at IS NOT NULL AND (OLD.body, OLD.valid_from, OLD.source, OLD.revision, OLD.edited_at, OLD.edited_by_id)
   IS DISTINCT FROM (NEW.body, NEW.valid_from, NEW.source, NEW.revision, NEW.edited_at, NEW.edited_by_id) THEN
    RAISE EXCEPTION 'a template is published as it was drafted' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

PRINTED_BY = """
CREATE FUNCTION certificates_printed_by_a_template() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.grounds ? 'template' AND NOT EXISTS (
        SELECT 1 FROM certificates_papertemplate t
        WHERE t.id = (NEW.grounds #>> '{template,id}')::bigint AND t.published_at IS NOT NULL AND t.kind = NEW.kind
        AND (t.province_id IS NULL OR t.province_id = NEW.province_id) AND t.valid_from <= NEW.issued_on
    ) THEN
        RAISE EXCEPTION 'certificate %: no such template is in force for it', NEW.serial USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificates_printed_by_a_template BEFORE UPDATE ON certificates_certificate FOR EACH ROW
    WHEN (NEW.state = 'issued' AND OLD.state <> 'issued') EXECUTE FUNCTION certificates_printed_by_a_template();
CREATE TRIGGER paper_template_never_emptied BEFORE TRUNCATE ON certificates_papertemplate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""

PRINTED_ANYHOW = """
DROP TRIGGER paper_template_never_emptied ON certificates_papertemplate;
DROP TRIGGER certificates_printed_by_a_template ON certificates_certificate;
DROP FUNCTION certificates_printed_by_a_template();
"""


def ship(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The nation's number 1 of each kind."""
    templates = apps.get_model("certificates", "PaperTemplate")
    templates.objects.bulk_create(
        templates(
            kind=kind,
            number=1,
            valid_from=BEGINNING,
            published_at=dt.datetime.combine(BEGINNING, dt.time(), dt.UTC),
            body=wording.as_json(),
        )
        for kind, wording in SHIPPED.items()
    )


class Migration(migrations.Migration):
    replaces = [("certificates", "0010_consents")]
    # one that 0001 replaces: on a database where only some of them were applied, Django then refuses and says why
    dependencies = [("certificates", "0001_squashed"), ("certificates", "0009_external")]
    operations = [
        Trigger(
            "certificates_certificate", "certificates_certificate_moves", "INSERT OR UPDATE OR DELETE", MOVES
        ),
        Trigger("certificates_serialcounter", "certificates_serial_counter_up", "UPDATE OR DELETE", COUNTER),
        migrations.RunSQL(SPENT, UNSPENT),
        migrations.RunSQL(NO_TRUNCATE, TRUNCATE_AGAIN),
        Trigger(
            "certificates_proposal", "certificates_proposal_moves", "INSERT OR UPDATE OR DELETE", PROPOSALS
        ),
        Trigger(
            "certificates_issuingbatch", "certificates_batch_moves", "INSERT OR UPDATE OR DELETE", BATCHES
        ),
        migrations.RunSQL(FIRST_DAY, ANY_DAY),
        Trigger(
            "certificates_papertemplate",
            "paper_template_frozen",
            "INSERT OR UPDATE OR DELETE",
            TEMPLATE_FROZEN,
        ),
        migrations.RunSQL(PRINTED_BY, PRINTED_ANYHOW),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
