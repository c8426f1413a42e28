from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_guards")]
    operations: list = []
