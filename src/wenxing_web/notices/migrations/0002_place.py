from django.db import migrations
from django.db.models import Max


def begin_at_the_end(apps, _schema_editor):
    """Nobody is told of what happened before there were notices."""
    last = apps.get_model("live", "Event").objects.aggregate(last=Max("id"))["last"]
    apps.get_model("notices", "Place").objects.create(pk=1, event=last or 0)


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial"), ("live", "0001_initial")]

    operations = [migrations.RunPython(begin_at_the_end, migrations.RunPython.noop)]
