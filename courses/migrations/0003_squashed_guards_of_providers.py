"""Providers, standards and partners: dated licences and the days that are past, kept papers, keys and webhooks."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

LICENCE_BEGINS = """
DECLARE
    before record;
BEGIN
    IF NEW.valid_from < (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date
        OR NEW.valid_to IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.applied_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a licence begins on the day of its decision or later, with an open end'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_past_stands';
    END IF;
    SELECT state, decided_by_id INTO before FROM courses_licence
    WHERE organisation_id = NEW.organisation_id AND province_id = NEW.province_id
        AND valid_from < NEW.valid_from AND (valid_to IS NULL OR valid_to >= NEW.valid_from - 1);
    IF (coalesce(before.state, 'none'), NEW.state) NOT IN (
        ('none', 'listed'), ('probation', 'listed'), ('suspended', 'listed'), ('removed', 'listed'),
        ('none', 'probation'), ('listed', 'probation'), ('suspended', 'probation'),
        ('listed', 'suspended'), ('probation', 'suspended'), ('suspended', 'removed')
    ) THEN
        RAISE EXCEPTION 'a licence does not go from % to %', coalesce(before.state, 'none'), NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_moves';
    END IF;
    IF NEW.state = 'removed' AND before.decided_by_id = NEW.decided_by_id THEN
        RAISE EXCEPTION 'somebody else than who suspended the provider has to remove it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_removed_by_a_second_person';
    END IF;
    RETURN NEW;
END;
"""

LICENCE_ENDS = """
DECLARE
    today date := (NEW.ended_at AT TIME ZONE 'Asia/Shanghai')::date;
    settable text[] := ARRAY['valid_to', 'ended_at', 'ended_by_id', 'applied_at'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - settable <> to_jsonb(OLD) - settable
        OR (OLD.applied_at IS NOT NULL AND NEW.applied_at IS DISTINCT FROM OLD.applied_at)
        OR (NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
        OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (
            NEW.ended_at IS NULL OR NEW.ended_at < OLD.ended_at
            OR OLD.valid_to < OLD.valid_from
            OR least(coalesce(OLD.valid_to, 'infinity'), coalesce(NEW.valid_to, 'infinity')) < today - 1
            OR NEW.valid_to < NEW.valid_from - 1
            OR (NEW.valid_to < NEW.valid_from AND NEW.valid_from <= today)))
    THEN
        RAISE EXCEPTION 'licence %: days that are past stand as they were decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'licence_past_stands';
    END IF;
    RETURN NEW;
END;
"""

NOTICE_STANDS = """
IF TG_OP = 'DELETE' OR OLD.read_at IS NOT NULL
    OR to_jsonb(NEW) - ARRAY['read_at', 'read_by_id'] <> to_jsonb(OLD) - ARRAY['read_at', 'read_by_id']
THEN
    RAISE EXCEPTION 'notice % stands as it was written', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'notice_stands';
END IF;
RETURN NEW;
"""

PAPER_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'a paper begins waiting, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_moves';
    END IF;
ELSIF NEW.key <> OLD.key OR (NEW.state <> OLD.state AND OLD.state <> 'waiting') THEN
    RAISE EXCEPTION 'a paper does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_moves';
END IF;
RETURN NEW;
"""

STANDARD_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a standard begins as a draft, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_moves';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state = 'published' THEN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'valid' <> to_jsonb(OLD) - 'valid'
        OR lower(NEW.valid) <> lower(OLD.valid) OR NOT NEW.valid <@ OLD.valid THEN
        RAISE EXCEPTION 'standard % is published: only an earlier last day may be set', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'standard_frozen';
    END IF;
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

SHORTFALL_KEPT = """
IF TG_OP = 'DELETE' OR OLD.mended_at IS NOT NULL
    OR to_jsonb(NEW) - 'mended_at' - 'mended_version_id' <> to_jsonb(OLD) - 'mended_at' - 'mended_version_id' THEN
    RAISE EXCEPTION 'shortfall % may only be mended, once: % refused', OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'shortfall_kept';
END IF;
RETURN NEW;
"""

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


def no_truncate(table: str) -> migrations.RunSQL:
    """A function of its own: `refuse_change` marks tables of which not even a cell is set."""
    name = f"{table}_no_truncate"
    return migrations.RunSQL(
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is kept: TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
""",
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


class Migration(migrations.Migration):
    replaces = [("courses", "0019_question_moment")]
    dependencies = [("courses", "0002_squashed_guards_of_courses")]
    operations = [
        AppendOnly("courses_agreement"),
        Trigger("courses_licence", "courses_licence_begins", "INSERT", LICENCE_BEGINS),
        Trigger("courses_licence", "courses_licence_ends", "UPDATE OR DELETE", LICENCE_ENDS),
        no_truncate("courses_licence"),
        Trigger("courses_notice", "courses_notice_stands", "UPDATE OR DELETE", NOTICE_STANDS),
        no_truncate("courses_notice"),
        Trigger("courses_papercheck", "courses_paper_moves", "INSERT OR UPDATE", PAPER_MOVES),
        Trigger(
            "courses_contentstandard",
            "courses_standard_moves",
            "INSERT OR UPDATE OR DELETE",
            STANDARD_MOVES,
        ),
        Trigger("courses_shortfall", "courses_shortfall_kept", "UPDATE OR DELETE", SHORTFALL_KEPT),
        AppendOnly("courses_standardcheck"),
        Trigger("courses_partnerkey", "courses_partnerkey_kept", "UPDATE", KEY_KEPT),
        Trigger("courses_partnercall", "courses_partnercall_kept", "UPDATE", CALL_KEPT),
        Trigger("courses_webhookendpoint", "courses_endpoint_moves", "UPDATE", ENDPOINT_MOVES),
        Trigger("courses_webhookdelivery", "courses_delivery_kept", "INSERT OR UPDATE", DELIVERY_KEPT),
    ]
