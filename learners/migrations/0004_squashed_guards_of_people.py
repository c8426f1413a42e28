"""People around a course: questions, places in line, key groups, lists of staff, invitations, help at a desk."""

from django.db import migrations

from portal.postgres import Trigger

ENQUIRY_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a question is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiry_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'a question begins as waiting, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('waiting', 'answered'), ('waiting', 'returned'), ('returned', 'waiting'), ('answered', 'waiting'),
        ('waiting', 'closed'), ('returned', 'closed'), ('answered', 'closed')) THEN
    RAISE EXCEPTION 'a question does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_moves';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

POST_STAYS = """
IF TG_OP = 'UPDATE' AND OLD.hidden_at IS NULL
    AND to_jsonb(NEW) - ARRAY['hidden_at', 'hidden_by_id', 'hidden_reason']
        = to_jsonb(OLD) - ARRAY['hidden_at', 'hidden_by_id', 'hidden_reason'] THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'what was said stays as it was: % refused', TG_OP
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'post_stays';
"""

WAITING_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'a place in line begins as waiting, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'waiting_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('waiting', 'offered'), ('waiting', 'left'), ('offered', 'accepted'), ('offered', 'lapsed'), ('offered', 'left')
) THEN
    RAISE EXCEPTION 'a place in line does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'waiting_moves';
END IF;
IF (NEW.user_id, NEW.course_code, NEW.joined_at) <> (OLD.user_id, OLD.course_code, OLD.joined_at) THEN
    RAISE EXCEPTION 'a place in line is nobody else''s'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'waiting_place_fixed';
END IF;
RETURN NEW;
"""

GROUP_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'declared' THEN
        RAISE EXCEPTION 'a membership begins as declared, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'key_group_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('declared', 'verified'), ('declared', 'refused'), ('declared', 'taken_back')
) THEN
    RAISE EXCEPTION 'a membership does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'key_group_moves';
END IF;
RETURN NEW;
"""

ROSTER_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'previewed' THEN
        RAISE EXCEPTION 'a list begins as previewed, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('previewed', 'applying'), ('applying', 'applied'), ('previewed', 'cancelled')
) THEN
    RAISE EXCEPTION 'a list does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'roster_moves';
END IF;
IF (NEW.organisation_id, NEW.uploaded_by_id, NEW.sha256) <> (OLD.organisation_id, OLD.uploaded_by_id, OLD.sha256) THEN
    RAISE EXCEPTION 'a list is nobody else''s'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'roster_fixed';
END IF;
RETURN NEW;
"""

INVITATION_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
        RAISE EXCEPTION 'an invitation begins as open, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('open', 'accepted'), ('open', 'declined'), ('open', 'lapsed'), ('open', 'ended'), ('accepted', 'ended'), ('declined', 'ended')
) THEN
    RAISE EXCEPTION 'an invitation does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_moves';
END IF;
IF (NEW.organisation_id, NEW.course_code, NEW.invited_at) <> (OLD.organisation_id, OLD.course_code, OLD.invited_at) THEN
    RAISE EXCEPTION 'an invitation is nobody else''s'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_fixed';
END IF;
RETURN NEW;
"""

HELP_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'asked' THEN
        RAISE EXCEPTION 'help begins as asked, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'help_moves';
    END IF;
    RETURN NEW;
END IF;
IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('asked', 'open'), ('asked', 'ended'), ('open', 'ended')
) THEN
    RAISE EXCEPTION 'help does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'help_moves';
END IF;
IF (NEW.helper_id, NEW.learner_id, NEW.presence, NEW.asked_at) <> (OLD.helper_id, OLD.learner_id, OLD.presence, OLD.asked_at) THEN
    RAISE EXCEPTION 'help is nobody else''s'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'help_fixed';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    replaces = [("learners", "0023_beats_ahead")]
    dependencies = [("learners", "0003_squashed_guards_of_time")]
    operations = [
        Trigger("learners_enquiry", "enquiry_moves", "INSERT OR DELETE OR UPDATE OF state", ENQUIRY_MOVES),
        Trigger("learners_post", "post_stays", "UPDATE OR DELETE", POST_STAYS),
        Trigger("learners_waitingplace", "learners_waitingplace_moves", "INSERT OR UPDATE", WAITING_MOVES),
        Trigger("learners_keygroupmembership", "learners_group_moves", "INSERT OR UPDATE", GROUP_MOVES),
        Trigger("learners_roster", "learners_roster_moves", "INSERT OR UPDATE", ROSTER_MOVES),
        Trigger("learners_invitation", "learners_invitation_moves", "INSERT OR UPDATE", INVITATION_MOVES),
        Trigger("learners_helpsession", "learners_help_moves", "INSERT OR UPDATE", HELP_MOVES),
    ]
