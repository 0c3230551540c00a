"""Responses that are made while they are sent, one piece at a time."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async


async def in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The thread is free for others between two pieces. It may change: none may hold a cursor meanwhile."""
    while piece := await sync_to_async(_next_of)(pieces):
        yield piece


def _next_of(pieces: Iterator[bytes]) -> bytes:
    """Not empty, unless there is nothing more."""
    return next((piece for piece in pieces if piece), b"")
