from django.db import migrations, models


class Migration(migrations.Migration):
    """Texts written in Markdown, a bound on lessons, and questions that two may edit."""

    dependencies = [("courses", "0010_packages")]
    operations = [
        migrations.AddField(
            model_name="lesson",
            name="body_format",
            field=models.CharField(
                choices=[("markdown", "Markdown"), ("html", "HTML")], default="html", max_length=10
            ),
        ),
        migrations.AddField(model_name="lesson", name="source_zh", field=models.TextField(blank=True)),
        migrations.AddField(model_name="lesson", name="source_en", field=models.TextField(blank=True)),
        migrations.AddField(
            model_name="question", name="revision", field=models.PositiveIntegerField(default=1)
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("body_format", "markdown"),
                    models.Q(("body_format", "html"), ("source_en", ""), ("source_zh", "")),
                    _connector="OR",
                ),
                name="lesson_source_is_markdown",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__lte", 500)),
                name="lesson_within_reason",
                violation_error_message="A course holds at most 500 lessons. Join short ones, or make two courses.",
            ),
        ),
    ]
