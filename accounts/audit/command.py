"""What is done by a command is in the audit log with the name of that, and of whose shell it was."""

import getpass

from accounts.actor import Actor
from accounts.organizations.roles import Role


def command_actor(command: str) -> Actor:
    try:
        whose = getpass.getuser()
    except (KeyError, OSError):  # a user that has no name, as in many containers
        whose = "?"
    return Actor(name=f"manage.py {command} ({whose})", role=Role.OWNER)
