class CannotRun(Exception):
    """The stack cannot run, or not do what was asked; the message is for the person who started it."""
