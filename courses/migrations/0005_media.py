from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_providers")]
    operations: list = []
