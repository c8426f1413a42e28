from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    """The search's index holds what is published; drafts, which nobody searches, cost it nothing."""

    dependencies = [("courses", "0013_question_order_and_exam_revision")]
    operations = [
        migrations.RemoveIndex(model_name="course", name="course_search"),
        migrations.AddIndex(
            model_name="course",
            index=GinIndex(
                condition=models.Q(("state", "published")),
                fastupdate=False,
                fields=["search"],
                name="course_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(models.Q(("haystack", ""), _negated=True), ("search__isnull", False)),
                    _connector="OR",
                ),
                name="course_published_can_be_found",
            ),
        ),
    ]
