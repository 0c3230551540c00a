"""A few threads for the synchronous code of all requests.

Django's handler gives every request a thread, and so a database connection, until it has been answered:
a hundred calls that wait for their generation would hold a hundred connections.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from asgiref.sync import ThreadSensitiveContext

from codegen_site.body_limit import App, Receive, Scope, Send


class SharedThreads:
    """An ASGI application around another, whose synchronous parts take turns on `count` threads.

    A request stays on its thread, as Django's connections need it, but does not hold it while it awaits.
    """

    def __init__(self, app: App, *, count: int) -> None:
        self._app = app
        self._threads = cycle([ThreadPoolExecutor(1, f"requests-{number}") for number in range(count)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with ThreadSensitiveContext(executor=next(self._threads)):
            await self._app(scope, receive, send)
