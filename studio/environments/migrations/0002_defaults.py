from django.db import migrations

NAMES = ("dev", "staging", "production")


def create(apps, schema_editor):
    environment = apps.get_model("environments", "Environment")
    for position, name in enumerate(NAMES):
        environment.objects.get_or_create(name=name, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("environments", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
