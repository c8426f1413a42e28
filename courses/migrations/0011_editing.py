from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0010_packages")]
    operations: list = []
