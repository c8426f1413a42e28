from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0006_films")]
    operations: list = []
