from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_accounts"),
        ("subsidies", "0016_queue_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="bankanswer",
            name="bank_answer_to_apply",
        ),
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_to_check",
        ),
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_to_look_at",
        ),
        migrations.RemoveIndex(
            model_name="namecheck",
            name="name_check_due",
        ),
        migrations.RemoveIndex(
            model_name="outsidequestion",
            name="outside_question_due",
        ),
        migrations.AddIndex(
            model_name="bankanswer",
            index=models.Index(
                condition=models.Q(("applied_at", None)), fields=["due_at", "id"], name="bank_answer_to_apply"
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["check_due_at", "id"],
                name="claim_to_check",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("look_due_at__isnull", False)),
                fields=["look_due_at", "id"],
                name="claim_to_look_at",
            ),
        ),
        migrations.AddIndex(
            model_name="namecheck",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="name_check_due"
            ),
        ),
        migrations.AddIndex(
            model_name="outsidequestion",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at", "id"],
                name="outside_question_due",
            ),
        ),
    ]
