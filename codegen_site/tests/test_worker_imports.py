"""What a worker loads, it keeps in memory as often as there are workers."""

import subprocess
import sys

LOADED = """
import sys
import django
django.setup()
from jobs.management.commands.run_worker import Command
from jobs.schedules import declared_schedules
declared_schedules()
tags = Command.requires_system_checks
Command().check(tags=None if tags == "__all__" else tags)
print("\\n".join(sys.modules))
"""
WEB = {"rest_framework.views", "rest_framework.serializers", "drf_spectacular.openapi", "requests"}
VENDORS = {"langfuse", "litellm", "openai"}


def test_a_worker_loads_neither_the_web_nor_what_it_does_not_need() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "jobs.worker" in loaded
    assert not loaded & (WEB | VENDORS)
