from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A question may stand at a second of its lesson's film."""

    dependencies = [("courses", "0018_corrections")]
    operations = [
        migrations.AddField(
            model_name="question", name="moment", field=models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=Q(moment__isnull=True)
                | Q(lesson__isnull=False, for_exam=False, kind__in=["single", "multiple", "true_false"]),
                name="question_moment_is_practice",
                violation_error_message=(
                    "A question in a film belongs to its lesson and not to the exam's bank: there one may try as often as one likes."
                ),
            ),
        ),
    ]
