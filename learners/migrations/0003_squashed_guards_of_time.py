"""Counted time: editions that were published, sessions, tape and ledger that are only added to, what people vouch for."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

EDITION_FROZEN = """
IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published counting edition never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

# Django writes no check with a time zone, nor one over the length of a range.
FIRST_DAY = """
ALTER TABLE learners_countingedition ADD CONSTRAINT counting_edition_begins_after_its_publishing CHECK (
    published_by_id IS NULL OR valid_from > (published_at AT TIME ZONE 'Asia/Shanghai')::date
);
"""
WITHIN_WALL = """
ALTER TABLE learners_ledgerrow ADD CONSTRAINT ledger_row_within_its_wall_time CHECK (
    entry <> 'credit' OR ms <= round(extract(epoch FROM upper(wall) - lower(wall)) * 1000)
);
"""

PLAY_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a play session is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'play_session_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'live' THEN
        RAISE EXCEPTION 'a play session begins as live, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'play_session_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND OLD.state <> 'live' THEN
    RAISE EXCEPTION 'a play session does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'play_session_moves';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

PACKAGE_MOVES = """
IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a package session is never deleted'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_session_moves';
    END IF;
IF TG_OP = 'UPDATE' AND OLD.state <> 'live' THEN
        RAISE EXCEPTION 'a package session that is over never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_session_moves';
    END IF;
    RETURN NEW;
"""

DECIDED = """
DECLARE
    whole learners_ledgerrow%ROWTYPE;
    said bigint;
BEGIN
    IF NEW.about_id IS NULL THEN RETURN NEW; END IF;
    SELECT * INTO whole FROM learners_ledgerrow WHERE id = NEW.about_id;
    IF whole.user_id <> NEW.user_id OR whole.enrolment_id <> NEW.enrolment_id OR whole.lesson_id <> NEW.lesson_id
        OR whole.kind <> NEW.kind OR (NEW.entry = 'credit') <> (whole.entry = 'refused')
        OR (NEW.entry = 'taken') <> (whole.entry = 'credit') THEN
        RAISE EXCEPTION 'a row of a person is about a row of the same lesson: refused time that counts after all, or a credit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_row_about_its_like';
    END IF;
    SELECT coalesce(sum(ms), 0) INTO said FROM learners_ledgerrow WHERE about_id = NEW.about_id;
    IF said + NEW.ms > whole.ms THEN
        RAISE EXCEPTION 'the rows about row % come to more than it has', NEW.about_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_row_no_more_than_it_is_about';
    END IF;
    RETURN NEW;
END;
"""

MEETING = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a meeting is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'meeting_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'planned' THEN
        RAISE EXCEPTION 'a meeting begins as planned, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND NOT (
    (OLD.state = 'planned' AND NEW.state IN ('cancelled', 'closed')) OR (OLD.state = 'closed' AND NEW.state = 'signed')
) THEN
    RAISE EXCEPTION 'a meeting does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_moves';
END IF;
RETURN NEW;
"""


def moves(name, begins):
    return f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION '% rows are never deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> '{begins}' THEN
        RAISE EXCEPTION '% begins as {begins}, not as %', TG_TABLE_NAME, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
    END IF;
ELSIF OLD.state <> '{begins}' THEN
    RAISE EXCEPTION '% is decided once: it was %', TG_TABLE_NAME, OLD.state
        USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    replaces = [("learners", "0022_package_time")]
    dependencies = [("learners", "0002_squashed_guards_of_enrolments")]
    operations = [
        Trigger("learners_countingedition", "counting_edition_frozen", "UPDATE OR DELETE", EDITION_FROZEN),
        migrations.RunSQL(
            FIRST_DAY,
            "ALTER TABLE learners_countingedition DROP CONSTRAINT counting_edition_begins_after_its_publishing",
        ),
        Trigger(
            "learners_playsession", "play_session_moves", "INSERT OR DELETE OR UPDATE OF state", PLAY_MOVES
        ),
        # every beat rewrites its session: room for the new row on the page of the old one
        migrations.RunSQL(
            "ALTER TABLE learners_playsession SET (fillfactor = 70)",
            "ALTER TABLE learners_playsession RESET (fillfactor)",
        ),
        Trigger("learners_packagesession", "package_session_moves", "UPDATE OR DELETE", PACKAGE_MOVES),
        AppendOnly("learners_tape"),
        AppendOnly("learners_press"),
        AppendOnly("learners_codetry"),
        AppendOnly("learners_ledgerrow"),
        Trigger("learners_ledgerrow", "ledger_row_decided", "INSERT", DECIDED),
        migrations.RunSQL(
            WITHIN_WALL, "ALTER TABLE learners_ledgerrow DROP CONSTRAINT ledger_row_within_its_wall_time"
        ),
        Trigger(
            "learners_contest",
            "contest_moves",
            "INSERT OR DELETE OR UPDATE",
            moves("contest_moves", "waiting"),
        ),
        Trigger(
            "learners_correction",
            "correction_moves",
            "INSERT OR DELETE OR UPDATE",
            moves("correction_moves", "proposed"),
        ),
        Trigger("learners_meeting", "meeting_moves", "INSERT OR DELETE OR UPDATE OF state", MEETING),
    ]
