from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_versions")]
    operations: list = []
