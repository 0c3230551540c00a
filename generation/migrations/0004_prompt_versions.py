# What a version of the prompt texts is, and which one a generation was asked with.

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_audit_entries'),
        ('generation', '0003_live_generations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='prompt_version',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='prompt_version',
            field=models.CharField(max_length=60),
        ),
        migrations.CreateModel(
            name='PromptVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('candidate', 'Candidate'), ('active', 'Active'), ('retired', 'Retired'), ('mirrored', 'Mirrored')], default='draft', editable=False, max_length=10)),
                ('share', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('texts', models.JSONField(default=dict, editable=False)),
                ('notes', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('activated_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('label', models.CharField(blank=True, editable=False, max_length=60)),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('seen_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='generation',
            name='prompt_texts',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='generations', to='generation.promptversion'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(fields=['created_at'], name='generation_by_time'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('prompt_texts__isnull', False)), fields=['prompt_texts'], name='generation_by_prompts'),
        ),
        migrations.AddConstraint(
            model_name='promptversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('state',), name='prompts_one_active'),
        ),
        migrations.AddConstraint(
            model_name='promptversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'candidate')), fields=('state',), name='prompts_one_candidate'),
        ),
        migrations.AddConstraint(
            model_name='promptversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'mirrored')), fields=('label', 'digest'), name='prompts_mirrored_once'),
        ),
        migrations.AddConstraint(
            model_name='promptversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('share__range', (1, 100)), ('state', 'candidate')), models.Q(models.Q(('state', 'candidate'), _negated=True), ('share', 0)), _connector='OR'), name='prompts_share_of_candidate'),
        ),
    ]
