"""Enrolments and exams: what an enrolment pins, what was drawn, answered and marked, and how a result may still change."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

ENROLMENT_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an enrolment is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'active' THEN
        RAISE EXCEPTION 'an enrolment begins as active, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'enrolment_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('active', 'completed'), ('active', 'withdrawn'), ('withdrawn', 'active')
) THEN
    RAISE EXCEPTION 'an enrolment does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enrolment_moves';
END IF;
IF (NEW.user_id, NEW.province_id, NEW.course_code, NEW.version_id, NEW.edition_id, NEW.required_percent, NEW.enrolled_at)
    <> (OLD.user_id, OLD.province_id, OLD.course_code, OLD.version_id, OLD.edition_id, OLD.required_percent, OLD.enrolled_at)
THEN
    RAISE EXCEPTION 'what an enrolment pins never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_pinned';
END IF;
RETURN NEW;
"""

STANDING_FIXED = """
IF (NEW.counts_for_subsidy, NEW.subsidy_reason) IS DISTINCT FROM (OLD.counts_for_subsidy, OLD.subsidy_reason) THEN
    RAISE EXCEPTION 'whether enrolment % counts was settled on its first day', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_standing_fixed';
END IF;
RETURN NEW;
"""

# A graded attempt is still counted for the figures and looked at for signals; its result changes to what a regrade says.
ATTEMPT_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an attempt is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'running' THEN
        RAISE EXCEPTION 'an attempt begins as running, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_moves';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state IN ('passed', 'failed') THEN
    IF to_jsonb(NEW) - ARRAY['figures_due_at', 'figured_right_ids', 'signals_due_at', 'state', 'right_ids', 'score_percent']
        = to_jsonb(OLD) - ARRAY['figures_due_at', 'figured_right_ids', 'signals_due_at', 'state', 'right_ids', 'score_percent']
        AND EXISTS (
            SELECT 1 FROM learners_regrade r WHERE r.attempt_id = NEW.id AND r.outcome IN ('applied', 'lowered')
            AND r.new_state = NEW.state AND r.new_score_percent = NEW.score_percent AND r.new_right_ids = NEW.right_ids
        ) THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - ARRAY['figures_due_at', 'figured_right_ids', 'signals_due_at']
        = to_jsonb(OLD) - ARRAY['figures_due_at', 'figured_right_ids', 'signals_due_at'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a graded attempt never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves';
END IF;
IF OLD.state = 'marking' AND NEW.state = 'running' THEN
    RAISE EXCEPTION 'an attempt that was handed in does not run again'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_moves';
END IF;
IF (NEW.enrolment_id, NEW.province_id, NEW.number, NEW.seed, NEW.question_ids, NEW.pass_mark_percent, NEW.started_at, NEW.ends_at)
    <> (OLD.enrolment_id, OLD.province_id, OLD.number, OLD.seed, OLD.question_ids, OLD.pass_mark_percent, OLD.started_at, OLD.ends_at)
THEN
    RAISE EXCEPTION 'what was drawn for an attempt never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_drawn';
END IF;
IF NEW.state IN ('passed', 'failed') AND EXISTS (
    SELECT 1 FROM learners_handmark m WHERE m.attempt_id = NEW.id AND m.marked_at IS NULL
) THEN
    RAISE EXCEPTION 'an attempt is graded when all its answers are marked'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_marked';
END IF;
RETURN NEW;
"""

ANSWER_IN_TIME = """
IF NOT EXISTS (
    SELECT 1 FROM learners_attempt a
    WHERE a.id = NEW.attempt_id AND a.state = 'running' AND NEW.question_id = ANY(a.question_ids)
) THEN
    RAISE EXCEPTION 'an answer belongs to a drawn question of a running attempt'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_to_running_attempt';
END IF;
RETURN NEW;
"""

MARK_STAYS = """
IF TG_OP = 'DELETE' OR OLD.marked_at IS NOT NULL OR (NEW.attempt_id, NEW.province_id, NEW.version_id, NEW.question_id, NEW.answer)
    <> (OLD.attempt_id, OLD.province_id, OLD.version_id, OLD.question_id, OLD.answer)
THEN
    RAISE EXCEPTION 'a mark by hand stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hand_mark_stays';
END IF;
RETURN NEW;
"""

REGRADE_STAYS = """
IF TG_OP = 'UPDATE' AND OLD.outcome = 'held' AND NEW.outcome IN ('kept', 'lowered')
    AND to_jsonb(NEW) - ARRAY['outcome', 'decided_at', 'decided_by_id', 'reason']
        = to_jsonb(OLD) - ARRAY['outcome', 'decided_at', 'decided_by_id', 'reason'] THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'what a regrade said stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'regrade_stays';
"""
"""A person decides once about what is held."""

APPEAL_STAYS = """
IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state IN ('upheld', 'granted')
    AND to_jsonb(NEW) - ARRAY['state', 'remedy', 'decided_at', 'decided_by_id', 'reason']
        = to_jsonb(OLD) - ARRAY['state', 'remedy', 'decided_at', 'decided_by_id', 'reason'] THEN
    IF NEW.remedy = 'set_aside' AND EXISTS (
        SELECT 1 FROM learners_attempt a WHERE a.id = NEW.attempt_id AND a.state = 'passed'
    ) THEN
        RAISE EXCEPTION 'an appeal takes no pass away'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'appeal_takes_no_pass';
    END IF;
    RETURN NEW;
END IF;
RAISE EXCEPTION 'what an appeal said stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'appeal_stays';
"""
"""A person decides once about what is open."""

SIGNAL_STAYS = """
IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state IN ('cleared', 'referred')
    AND to_jsonb(NEW) - ARRAY['state', 'closed_at', 'closed_by_id', 'note']
        = to_jsonb(OLD) - ARRAY['state', 'closed_at', 'closed_by_id', 'note'] THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'what a signal stands on stays'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'integrity_signal_stays';
"""
"""A person closes once what is open."""

SUBMISSION_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a submission is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submission_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'sending' THEN
        RAISE EXCEPTION 'a submission begins as sending, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('sending', 'submitted'), ('sending', 'given_up'), ('submitted', 'split'), ('submitted', 'passed'),
    ('submitted', 'failed'), ('split', 'passed'), ('split', 'failed')
) THEN
    RAISE EXCEPTION 'a submission does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_moves';
END IF;
IF (NEW.enrolment_id, NEW.province_id, NEW.organisation_id, NEW.lesson_id, NEW.number, NEW.film_id, NEW.pass_mark_percent)
    <> (OLD.enrolment_id, OLD.province_id, OLD.organisation_id, OLD.lesson_id, OLD.number, OLD.film_id, OLD.pass_mark_percent)
    OR (OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.score_percent, NEW.safety_failed)
        IS DISTINCT FROM (OLD.decided_at, OLD.score_percent, OLD.safety_failed))
THEN
    RAISE EXCEPTION 'what a submission pins never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'submission_pinned';
END IF;
RETURN NEW;
"""

ASSESSMENT_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an assessment is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'an assessment begins as open, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_moves';
    END IF;
    IF EXISTS (
        SELECT 1 FROM learners_submission s JOIN learners_enrolment e ON e.id = s.enrolment_id
        WHERE s.uid = NEW.submission_id AND e.user_id = NEW.assessor_id)
    THEN
        RAISE EXCEPTION 'nobody assesses their own work'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_not_of_own_work';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'an assessment that is handed in or released never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_moves';
END IF;
IF (NEW.submission_id, NEW.assessor_id, NEW.seat, NEW.drawn_at) <> (OLD.submission_id, OLD.assessor_id, OLD.seat, OLD.drawn_at)
THEN
    RAISE EXCEPTION 'who was drawn never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'assessment_drawn';
END IF;
RETURN NEW;
"""

EVERY = "INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    replaces = [("learners", "0021_appeals_and_signals")]
    # one that 0001 replaces: on a database where only some of them were applied, Django then refuses and says why
    dependencies = [("learners", "0001_squashed"), ("learners", "0020_earlier_enrolments")]
    operations = [
        Trigger("learners_enrolment", "enrolment_moves", EVERY, ENROLMENT_MOVES),
        Trigger("learners_enrolment", "learners_enrolment_standing", "UPDATE", STANDING_FIXED),
        Trigger("learners_attempt", "attempt_moves", EVERY, ATTEMPT_MOVES),
        Trigger("learners_answer", "answer_in_time", "INSERT", ANSWER_IN_TIME),
        AppendOnly("learners_answer"),
        AppendOnly("learners_quizresult"),
        AppendOnly("learners_extratime"),
        AppendOnly("learners_completion"),
        Trigger("learners_handmark", "hand_mark_stays", "UPDATE OR DELETE", MARK_STAYS),
        Trigger("learners_regrade", "regrade_stays", "UPDATE OR DELETE", REGRADE_STAYS),
        Trigger("learners_appeal", "appeal_stays", "UPDATE OR DELETE", APPEAL_STAYS),
        AppendOnly("learners_appealmark"),
        Trigger("learners_integritysignal", "integrity_signal_stays", "UPDATE OR DELETE", SIGNAL_STAYS),
        Trigger("learners_submission", "submission_moves", EVERY, SUBMISSION_MOVES),
        Trigger("learners_assessment", "assessment_moves", EVERY, ASSESSMENT_MOVES),
    ]
