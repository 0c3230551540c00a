"""Enqueues for one contender as the harness tells it: a line of JSON in, a line of JSON out.

`python driver.py MODULE`, where MODULE has `enqueue(kind, index)`, `enqueue_many(kind, indices)`,
`settle()` which returns when the broker has all of them, and `stored()`: how many results of success
are stored, or `None` where nothing is.
"""

import json
import os
import sys
import time
from importlib import import_module


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries print
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        import_module("django").setup()
    contender = import_module(sys.argv[1])
    for line in sys.stdin:
        command = json.loads(line)
        answer = COMMANDS[command.pop("do")](contender, **command)
        answers.write(json.dumps(answer) + "\n")


def enqueue(contender, *, kind, first, count):
    """Seconds until the calls returned, which is when a caller may go on."""
    started = time.monotonic()
    contender.enqueue_many(kind, range(first, first + count))
    taken = time.monotonic() - started
    contender.settle()
    return taken


def pace(contender, *, kind, first, count, rate):
    """The moments just before each call."""
    begin = time.monotonic()
    moments = []
    for number in range(count):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        moments.append(time.monotonic())
        contender.enqueue(kind, first + number)
    return moments


def stored(contender):
    return contender.stored()


COMMANDS = {"enqueue": enqueue, "pace": pace, "stored": stored}


if __name__ == "__main__":
    main()
