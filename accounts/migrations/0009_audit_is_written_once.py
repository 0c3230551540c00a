from django.db import migrations

from accounts.audit.canonical import chain_of, digest_of
from accounts.audit.signing import sign, signed_of
from accounts.audit.triggers import install_triggers, remove_triggers


def sign_earlier_entries(apps, schema_editor):
    """Those from before there were chains: what was known of them is tied in with the first that are new."""
    for entry in apps.get_model("accounts", "AuditEntry").objects.order_by("id").iterator(chunk_size=500):
        entry.chain = chain_of(entry.organization_id)
        entry.object_kind = entry.action.partition(".")[0]
        entry.actor_kind = {"system": "system", "key": "key"}.get(entry.actor.partition(" ")[0], "person")
        entry.digest = digest_of(entry)
        entry.signature, entry.signed_with = sign(*signed_of(entry))
        entry.save()


def install(apps, schema_editor):
    columns = [field.column for field in apps.get_model("accounts", "AuditEntry")._meta.concrete_fields]
    install_triggers(schema_editor, entry_columns=columns)


def remove(apps, schema_editor):
    remove_triggers(schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0008_audit_chains"),
    ]

    operations = [
        migrations.RunPython(sign_earlier_entries, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(install, remove),
    ]
