from django.db import migrations, models


class Migration(migrations.Migration):
    """Questions change places in one statement, and two may have the exam's form open."""

    dependencies = [("courses", "0012_kept_scanned_and_renamed")]
    operations = [
        migrations.AddField(
            model_name="examblueprint", name="revision", field=models.PositiveIntegerField(default=1)
        ),
        migrations.RemoveConstraint(model_name="question", name="question_position_once"),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                deferrable=models.Deferrable.DEFERRED,
                fields=("version", "position"),
                name="question_position_once",
            ),
        ),
    ]
