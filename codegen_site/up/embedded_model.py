"""The small model that answers when no provider's key is set: llama.cpp's own HTTP server.

`python -m codegen_site.up.embedded_model WEIGHTS PORT THREADS`
"""

import signal
import sys
from threading import Event

import xllamacpp

ALIAS = "qwen2.5-coder-1.5b"
CONTEXT_TOKENS = 8192


def main(weights: str, port: str, threads: str) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {ALIAS}
    params.hostnames = ["127.0.0.1"]
    params.port = int(port)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = int(threads)
    params.warmup = False
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    server = xllamacpp.Server(params)
    print(f"{ALIAS} listens at {server.listening_address}", flush=True)  # noqa: T201 - its log
    stopped.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
