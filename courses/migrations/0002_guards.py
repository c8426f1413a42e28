from django.db import migrations

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a course begins as a draft, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('draft', 'submitted'), ('submitted', 'draft'), ('submitted', 'published'),
    ('published', 'suspended'), ('suspended', 'published')
) THEN
    RAISE EXCEPTION 'a course does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
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

EVERY = "INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    """A course only makes the moves of courses/workflow.py; a published version and its parts stay as they are."""

    dependencies = [("courses", "0001_tables")]
    operations = [
        Trigger("courses_course", "courses_course_moves", "INSERT OR UPDATE", MOVES),
        Trigger("courses_courseversion", "courses_version_frozen", "UPDATE OR DELETE", FROZEN_VERSION),
        Trigger("courses_lesson", "courses_lesson_frozen", EVERY, FROZEN_PART),
        Trigger("courses_question", "courses_question_frozen", EVERY, FROZEN_PART),
        Trigger("courses_examblueprint", "courses_blueprint_frozen", EVERY, FROZEN_PART),
        Trigger("courses_video", "courses_video_frozen", EVERY, FROZEN_VIDEO),
    ]
