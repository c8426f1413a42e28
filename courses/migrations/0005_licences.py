from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_content_standards")]
    operations: list = []
