from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0009_partners")]
    operations: list = []
