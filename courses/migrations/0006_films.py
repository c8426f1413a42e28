from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_licences")]
    operations: list = []
