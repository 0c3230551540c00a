"""`make bench-limits`: what limiting a request costs, beside a plain PING and DRF's own throttle."""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench_limits.contenders import CONTENDERS
from bench_limits.latency import measure
from bench_limits.race import race
from bench_limits.redis import redis_of_this_run
from bench_limits.report import check_targets, render
from bench_limits.whole_request import measure_requests


def main() -> int:
    """1 when a target is missed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(130))
    options = parse(sys.argv[1:])
    with redis_of_this_run():
        latencies = measure(CONTENDERS, rounds=options.rounds)
        races = [race(one, rounds=options.races) for one in CONTENDERS if one.is_limit]
        requests = measure_requests(rounds=options.rounds)
    checks = check_targets(latencies, races)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores with a load of {load:.1f}, Python {platform.python_version()}\n")
    print(render(latencies, races, requests, checks))
    if options.json:
        report = {
            "latencies": [asdict(one) for one in latencies],
            "races": [asdict(one) for one in races],
            "requests": [asdict(one) for one in requests],
            "targets": [asdict(one) for one in checks],
        }
        options.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return int(any(not one.is_met for one in checks))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-limits", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="of a hundred calls of each contender")
    parser.add_argument("--races", type=int, default=5, help="of two hundred requests for ten tokens")
    parser.add_argument("--json", type=Path, help="the same for machines")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
