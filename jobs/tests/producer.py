"""`python -m jobs.tests.producer MOMENT COUNT`: enqueue jobs, and die at a moment of one's own choice."""

import os
import sys
import time
from uuid import UUID

import django


def die(job_ids: set[UUID]) -> None:
    os._exit(9)


def main(moment: str, count: int) -> None:
    from django.db import transaction  # noqa: PLC0415 - Django is set up first

    from jobs import bridge  # noqa: PLC0415
    from jobs.tests import trouble  # noqa: PLC0415

    with transaction.atomic():
        if moment == "after COMMIT":
            transaction.on_commit(lambda: os._exit(9))
        if moment == "after publish":
            bridge.mark_published = die  # they are acknowledged now
        trouble.buy.enqueue_many([{}] * count)
        if moment == "before COMMIT":
            os._exit(9)
    time.sleep(5)  # meanwhile they are published


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codegen_site.settings")
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
