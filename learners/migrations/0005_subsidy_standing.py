from django.db import migrations, models

from portal.postgres import Trigger

FIXED = """
IF (NEW.counts_for_subsidy, NEW.subsidy_reason) IS DISTINCT FROM (OLD.counts_for_subsidy, OLD.subsidy_reason) THEN
    RAISE EXCEPTION 'whether enrolment % counts was settled on its first day', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_standing_fixed';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Whether an enrolment counts for the subsidy, settled on its first day. Earlier ones count, as they did."""

    dependencies = [("learners", "0004_shut_lessons")]
    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="counts_for_subsidy",
            field=models.BooleanField(default=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="enrolment",
            name="subsidy_reason",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counts_for_subsidy", True),
                    models.Q(("subsidy_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="enrolment_not_counting_has_reason",
            ),
        ),
        Trigger("learners_enrolment", "learners_enrolment_standing", "UPDATE", FIXED),
    ]
