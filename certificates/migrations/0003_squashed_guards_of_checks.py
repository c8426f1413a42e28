"""Certificates that are checked: inspections, certificates issued elsewhere, consents: see the words of each exception."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

FINDINGS = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'samples are never changed' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.outcome <> '' THEN
        RAISE EXCEPTION 'a certificate is drawn before anything is found' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.noted_at IS NOT NULL OR (OLD.id, OLD.inspection_id, OLD.certificate_id, OLD.place)
   IS DISTINCT FROM (NEW.id, NEW.inspection_id, NEW.certificate_id, NEW.place) THEN
    RAISE EXCEPTION 'what an inspector found is said once' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

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

CODES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'consent codes are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.withdrawn_at IS NOT NULL OR NEW.organisation_id IS NOT NULL THEN
        RAISE EXCEPTION 'a consent code begins open and unused' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF (OLD.id, OLD.uid, OLD.user_id, OLD.province_id, OLD.code_index, OLD.given_to, OLD.purpose, OLD.covers_all, OLD.given_at,
    OLD.ends_at) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.user_id, NEW.province_id, NEW.code_index, NEW.given_to, NEW.purpose, NEW.covers_all, NEW.given_at,
    NEW.ends_at)
   OR OLD.withdrawn_at IS NOT NULL
   OR OLD.organisation_id IS NOT NULL AND OLD.organisation_id IS DISTINCT FROM NEW.organisation_id THEN
    RAISE EXCEPTION 'what a consent says is fixed, and so is who used it first; it is withdrawn once'
        USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

COVERED = """
IF TG_OP <> 'INSERT' OR NOT EXISTS (
    SELECT 1 FROM certificates_consentcode code, certificates_certificate paper
    WHERE code.id = NEW.consentcode_id AND paper.id = NEW.certificate_id
    AND code.user_id = paper.user_id AND NOT code.covers_all AND code.organisation_id IS NULL
) THEN
    RAISE EXCEPTION 'a consent covers certificates of its holder, chosen when it is given'
        USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

USES = """
IF NOT EXISTS (
    SELECT 1 FROM certificates_consentcode code
    WHERE code.id = NEW.consent_id AND code.organisation_id = NEW.organisation_id AND code.withdrawn_at IS NULL
    AND NEW.used_at >= code.given_at AND NEW.used_at < code.ends_at
) THEN
    RAISE EXCEPTION 'this consent is withdrawn, over, or given to somebody else' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

NEVER_EMPTIED = """
CREATE TRIGGER inspected_never_emptied BEFORE TRUNCATE ON certificates_inspectedcertificate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
CREATE TRIGGER external_never_emptied BEFORE TRUNCATE ON certificates_externalcertificate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
CREATE TRIGGER rulings_never_emptied BEFORE TRUNCATE ON certificates_ruling
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""
EMPTIED_AGAIN = """
DROP TRIGGER rulings_never_emptied ON certificates_ruling;
DROP TRIGGER external_never_emptied ON certificates_externalcertificate;
DROP TRIGGER inspected_never_emptied ON certificates_inspectedcertificate;
"""
EVERY = "INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    replaces = [("certificates", "0011_tallies")]
    dependencies = [("certificates", "0002_squashed_guards_of_papers")]
    operations = [
        AppendOnly("certificates_inspection"),
        Trigger("certificates_inspectedcertificate", "certificates_inspected_once", EVERY, FINDINGS),
        AppendOnly("certificates_registeranswer"),
        Trigger("certificates_ruling", "certificates_ruling_moves", EVERY, RULINGS),
        Trigger("certificates_externalcertificate", "certificates_external_moves", EVERY, EXTERNAL),
        migrations.RunSQL(NEVER_EMPTIED, EMPTIED_AGAIN),
        Trigger("certificates_consentcode", "certificates_consent_code_fixed", EVERY, CODES),
        Trigger("certificates_consentcode_certificates", "certificates_consent_covers_own", EVERY, COVERED),
        Trigger("certificates_consentuse", "certificates_consent_use_allowed", "INSERT", USES),
        AppendOnly("certificates_consentuse"),
    ]
