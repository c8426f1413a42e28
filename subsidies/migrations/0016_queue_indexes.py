from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_organisation_accounts"),
        ("subsidies", "0015_contract_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_by_masked_name",
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("desk", ""), _negated=True),
                fields=["province", "due_at", "id"],
                name="claim_queue_of_a_province",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["holder_masked", "-id"], name="claim_by_masked_name_and_age"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("state", "returned")),
                fields=["province", "due_at"],
                name="claim_returned",
            ),
        ),
    ]
