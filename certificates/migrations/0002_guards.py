"""What PostgreSQL itself refuses: a certificate that begins issued, an illegal move, a changed paper, a lost row."""

from django.db import migrations

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'certificates are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'a certificate begins as requested, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('requested', 'issued'), ('requested', 'failed'), ('failed', 'requested'), ('issued', 'revoked')
) THEN
    RAISE EXCEPTION 'no certificate goes from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF (OLD.id, OLD.uid, OLD.completion_id, OLD.user_id, OLD.province_id, OLD.version_id, OLD.serial, OLD.code,
    OLD.requested_at) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.completion_id, NEW.user_id, NEW.province_id, NEW.version_id, NEW.serial, NEW.code,
    NEW.requested_at) THEN
    RAISE EXCEPTION 'certificate %: whose it is and its numbers are fixed', OLD.serial
        USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.state IN ('issued', 'revoked') AND
   (OLD.issued_at, OLD.issued_on, OLD.facts, OLD.facts_sha256, OLD.holder_masked, OLD.pdf_key, OLD.pdf_sha256)
   IS DISTINCT FROM
   (NEW.issued_at, NEW.issued_on, NEW.facts, NEW.facts_sha256, NEW.holder_masked, NEW.pdf_key, NEW.pdf_sha256) THEN
    RAISE EXCEPTION 'certificate %: what the paper says is frozen', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.state = 'revoked' AND (OLD.revoked_at, OLD.revoked_by_id, OLD.revoke_reason) IS DISTINCT FROM
   (NEW.revoked_at, NEW.revoked_by_id, NEW.revoke_reason) THEN
    RAISE EXCEPTION 'certificate %: a revocation is frozen', OLD.serial USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
# The holder's sealed name may be sealed anew with the next key; what it says is held by facts_sha256.

COUNTER = """
IF TG_OP = 'DELETE' OR NEW.last < OLD.last OR NEW.last > OLD.last + 1 THEN
    RAISE EXCEPTION 'serial numbers go up one by one' USING ERRCODE = 'restrict_violation';
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


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [
        Trigger(
            "certificates_certificate", "certificates_certificate_moves", "INSERT OR UPDATE OR DELETE", MOVES
        ),
        Trigger("certificates_serialcounter", "certificates_serial_counter_up", "UPDATE OR DELETE", COUNTER),
        migrations.RunSQL(NO_TRUNCATE, TRUNCATE_AGAIN),
    ]
