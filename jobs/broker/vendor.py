import asyncio

import nats.errors

VENDOR_ERRORS = (nats.errors.Error, OSError, asyncio.TimeoutError)
