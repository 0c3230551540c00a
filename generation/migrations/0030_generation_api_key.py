from django.db import migrations, models
from django.db.models.deletion import SET_NULL


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_audit_entries'),
        ('generation', '0003_live_generations'),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='api_key',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=SET_NULL, related_name='+', to='accounts.apikey'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('api_key__isnull', False)), fields=['api_key'], name='generation_of_key'),
        ),
    ]
