"""A course makes only the moves of courses/workflow.py; a published version, its parts and its packages stay as they are."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

COURSE_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'unlisted' THEN
        RAISE EXCEPTION 'a course begins unlisted, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('unlisted', 'published'), ('published', 'suspended'), ('suspended', 'published'),
    ('published', 'withdrawn'), ('suspended', 'withdrawn')
) THEN
    RAISE EXCEPTION 'a course does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
END IF;
RETURN NEW;
"""

VERSION_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a version begins as a draft, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('draft', 'submitted'), ('returned', 'submitted'), ('submitted', 'draft'), ('under_review', 'draft'),
    ('submitted', 'under_review'), ('submitted', 'returned'), ('under_review', 'returned'),
    ('under_review', 'published')
) THEN
    RAISE EXCEPTION 'a version does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'version_moves';
END IF;
RETURN NEW;
"""

FROZEN_VERSION = """
IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'version % is frozen: % refused', OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

FROZEN_PART = """
IF (TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM courses_courseversion v WHERE v.id = OLD.version_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM courses_courseversion v WHERE v.id = NEW.version_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'a part of a frozen version in %: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

# Renditions of a film are made again with new settings.
FROZEN_VIDEO = """
IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'hls_key' = to_jsonb(OLD) - 'hls_key' THEN RETURN NEW; END IF;
IF (TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = OLD.lesson_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = NEW.lesson_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'the video of a frozen version: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

FROZEN_TASK = """
IF (TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = OLD.lesson_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = NEW.lesson_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'the practical task of a frozen version: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

PACKAGE_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' AND NOT (
        NEW.state = 'ready' AND EXISTS (SELECT 1 FROM courses_package p WHERE p.prefix = NEW.prefix AND p.state = 'ready')
    ) THEN
        RAISE EXCEPTION 'a package begins in quarantine, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('waiting', 'ready'), ('waiting', 'refused'), ('waiting', 'replaced'), ('ready', 'replaced')
) THEN
    RAISE EXCEPTION 'a package does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'package_moves';
END IF;
RETURN NEW;
"""

FROZEN_PACKAGE = """
IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'quarantine_key' = to_jsonb(OLD) - 'quarantine_key' THEN RETURN NEW; END IF;
IF (TG_OP <> 'INSERT' AND OLD.state = 'ready' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = OLD.lesson_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND NEW.state = 'ready' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = NEW.lesson_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'the package of a frozen version: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

FROZEN_FILE = """
IF EXISTS (
    SELECT 1 FROM courses_package p JOIN courses_lesson l ON l.id = p.lesson_id
    JOIN courses_courseversion v ON v.id = l.version_id
    WHERE p.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.package_id ELSE OLD.package_id END)
        AND p.state = 'ready' AND v.frozen_at IS NOT NULL)
THEN
    RAISE EXCEPTION 'a file of a frozen version''s package: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

FILM_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'receiving' THEN
        RAISE EXCEPTION 'a film begins by being sent, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'film_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('receiving', 'received'), ('received', 'making'), ('making', 'ready'), ('received', 'failed'),
    ('making', 'failed'), ('failed', 'received'), ('receiving', 'cancelled'), ('received', 'cancelled'),
    ('making', 'cancelled'), ('ready', 'removed'), ('failed', 'removed'), ('cancelled', 'removed')
) THEN
    RAISE EXCEPTION 'a film does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'film_moves';
END IF;
RETURN NEW;
"""

IMPORT_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'uploaded' THEN
        RAISE EXCEPTION 'an import begins uploaded, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('uploaded', 'reading'), ('reading', 'previewed'), ('previewed', 'applying'), ('applying', 'reading'),
    ('applying', 'applied'), ('uploaded', 'failed'), ('reading', 'failed'), ('applying', 'failed'),
    ('uploaded', 'cancelled'), ('reading', 'cancelled'), ('previewed', 'cancelled')
) THEN
    RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'import_moves';
END IF;
RETURN NEW;
"""

# The search index follows the catalogue by numbers: every change of what is public gets the number of its transaction.
CHANGED = """
DECLARE
    this bigint := pg_current_xact_id()::text::bigint;
    newest record;
BEGIN
    IF NEW.state <> 'published' AND (TG_OP = 'INSERT' OR OLD.state <> 'published') THEN RETURN NEW; END IF;
    SELECT number, xact INTO newest FROM courses_cataloguerevision ORDER BY number DESC LIMIT 1;
    IF newest.xact IS DISTINCT FROM this THEN
        -- one at a time until commit, so that numbers become visible in their order
        PERFORM pg_advisory_xact_lock(hashtext('courses_cataloguerevision'));
        INSERT INTO courses_cataloguerevision (number, xact, at, is_learnt)
            SELECT COALESCE(max(number), 0) + 1, this, now(), false FROM courses_cataloguerevision
            RETURNING number, xact INTO newest;
    END IF;
    NEW.changed_in := newest.number;
    RETURN NEW;
END;
"""

FIRST_REVISION = """
INSERT INTO courses_cataloguerevision (number, xact, at, is_learnt)
VALUES (0, pg_current_xact_id()::text::bigint, now(), false);
"""

EVERY = "INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    replaces = [("courses", "0018_corrections")]
    # one that 0001 replaces: on a database where only some of them were applied, Django then refuses and says why
    dependencies = [("courses", "0001_squashed"), ("courses", "0017_practice")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE courses_code_seq;", "DROP SEQUENCE courses_code_seq;"),
        migrations.RunSQL(FIRST_REVISION, migrations.RunSQL.noop),
        Trigger("courses_course", "courses_course_moves", "INSERT OR UPDATE", COURSE_MOVES),
        Trigger("courses_course", "courses_course_changed", "INSERT OR UPDATE", CHANGED),
        Trigger("courses_courseversion", "courses_version_moves", "INSERT OR UPDATE", VERSION_MOVES),
        Trigger("courses_courseversion", "courses_version_frozen", "UPDATE OR DELETE", FROZEN_VERSION),
        Trigger("courses_section", "courses_section_frozen", EVERY, FROZEN_PART),
        Trigger("courses_lesson", "courses_lesson_frozen", EVERY, FROZEN_PART),
        Trigger("courses_question", "courses_question_frozen", EVERY, FROZEN_PART),
        Trigger("courses_examblueprint", "courses_blueprint_frozen", EVERY, FROZEN_PART),
        Trigger("courses_video", "courses_video_frozen", EVERY, FROZEN_VIDEO),
        Trigger("courses_practicaltask", "courses_practicaltask_frozen", EVERY, FROZEN_TASK),
        AppendOnly("courses_correction"),
        Trigger("courses_film", "courses_film_moves", "INSERT OR UPDATE", FILM_MOVES),
        Trigger("courses_package", "courses_package_moves", "INSERT OR UPDATE", PACKAGE_MOVES),
        Trigger("courses_package", "courses_package_frozen", EVERY, FROZEN_PACKAGE),
        Trigger("courses_packagefile", "courses_packagefile_frozen", EVERY, FROZEN_FILE),
        Trigger("courses_importjob", "courses_import_moves", "INSERT OR UPDATE", IMPORT_MOVES),
    ]
