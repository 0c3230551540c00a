#!/usr/bin/env python
"""The commands of the site: `python manage.py help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codegen_site.settings")
    if sys.argv[1:2] == ["env"]:
        # It mends what the settings are read from, and has to work where they cannot be read.
        from codegen_site.management.commands.env import Command

        Command().run_from_argv(sys.argv)
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
