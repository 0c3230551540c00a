"""The site as an ASGI application: `uvicorn codegen_site.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codegen_site.settings")

_django = get_asgi_application()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.urls import reverse  # noqa: E402

from codegen_site.body_limit import BodyLimit  # noqa: E402
from codegen_site.shared_threads import SharedThreads  # noqa: E402

application = BodyLimit(
    SharedThreads(_django, count=settings.REQUEST_THREADS),
    max_bytes=settings.MAX_BODY_BYTES,
    exceptions={reverse("batches"): settings.BATCH_MAX_BODY_BYTES},
)
