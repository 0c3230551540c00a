"""The other end of `readers`: a process that reads one file after the other, within its limits."""

import contextlib
import resource
import signal
from multiprocessing.connection import Connection

from generation.pipeline.check_quality.read_file import read_file
from generation.pipeline.check_quality.readers import NOT_CHECKED

FILE_CPU_S = 3.0
MEMORY_BYTES = 1024**3


def serve(descriptor: int) -> None:
    """Reads until the caller is gone. A file that takes too long ends the process: SIGPROF does so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, whose end is seen below
    with contextlib.suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection = Connection(descriptor)
    with contextlib.suppress(EOFError, OSError):
        while True:
            file = connection.recv()
            signal.setitimer(signal.ITIMER_PROF, FILE_CPU_S)
            try:
                reading = read_file(file)
            except (MemoryError, RecursionError):
                reading = NOT_CHECKED
            signal.setitimer(signal.ITIMER_PROF, 0)
            connection.send(reading)
