from django.db import migrations

from accounts.append_only import install_triggers, remove_triggers

TABLE = "accounts_ledgerentry"


def install(apps, schema_editor):
    install_triggers(schema_editor, TABLE)


def remove(apps, schema_editor):
    remove_triggers(schema_editor, TABLE)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0005_ledger"),
    ]

    operations = [
        migrations.RunPython(install, remove),
    ]
