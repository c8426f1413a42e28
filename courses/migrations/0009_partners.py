from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0008_imports")]
    operations: list = []
