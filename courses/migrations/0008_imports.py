from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0007_finding")]
    operations: list = []
