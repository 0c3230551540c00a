"""`make bench-jobs`: our queue and others side by side, in one run on one machine."""

import argparse
import json
import logging
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

# The servers are those of the site, which reads its settings; nothing of them reaches a contender.
os.environ.setdefault("SECRET_KEY", "only-for-the-benchmark-" * 4)
os.environ.setdefault("LOCAL_DIR", tempfile.gettempdir())
os.environ["DJANGO_SETTINGS_MODULE"] = "codegen_site.settings"

from bench_jobs.cases import Result, Sizes, measure
from bench_jobs.contender import Case, Contender
from bench_jobs.contenders import CONTENDERS, GROUPS
from bench_jobs.processes import NotMeasured
from bench_jobs.table import render
from bench_jobs.targets import check_targets


def main() -> int:
    """1 when a target is missed; what could not be measured is said."""
    # In the background a shell has SIGINT ignored; either way the children must not outlive us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(130))
    logging.getLogger("pgserver").setLevel(logging.ERROR)
    options = parse(sys.argv[1:])
    contenders = [one for one in CONTENDERS if one.group in options.only]
    sizes = Sizes(
        noop=options.tasks or (5_000 if options.quick else 20_000),
        latency=min(options.tasks or 20_000, 250 if options.quick else 1_000),
        sleep=min(options.tasks or 2_000, 2_000),
    )
    results, missing = run(contenders, sizes, repeat=options.repeat)
    missing |= {group: "left out by --only" for group in GROUPS if group not in options.only}
    checks = check_targets(results)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, best of {options.repeat}\n")
    print(render(contenders, results, missing, checks))
    if options.json:
        report = {
            "results": [asdict(one) for one in results],
            "not_measured": missing,
            "targets": [asdict(one) for one in checks],
        }
        options.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return int(any(one.verdict == "FAIL" for one in checks))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-jobs", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer tasks: a look, not a verdict")
    parser.add_argument("--only", type=_groups, default=GROUPS, help=f"some of {','.join(GROUPS)}")
    parser.add_argument("--tasks", type=int, help="no-op tasks of ours; no case has more of them")
    parser.add_argument("--repeat", type=int, default=1, help="the best of so many runs counts")
    parser.add_argument("--json", type=Path, help="the same for machines")
    return parser.parse_args(arguments)


def _groups(text: str) -> tuple[str, ...]:
    groups = tuple(text.split(","))
    unknown = set(groups) - set(GROUPS)
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: known are {', '.join(GROUPS)}")
    return groups


def run(contenders: Sequence[Contender], sizes: Sizes, *, repeat: int) -> tuple[list[Result], dict[str, str]]:
    """Everybody in turn, then all again: a disturbance does not hit one contender alone."""
    best: dict[tuple[str, Case], Result] = {}
    missing = {(one.name, case): why for one in contenders for case, why in one.absent.items()}
    for _ in range(repeat):
        for contender in contenders:
            for case in contender.workers:
                key = (contender.name, case)
                print("measuring:", ", ".join(key), file=sys.stderr, flush=True)
                try:
                    result = measure(contender, case, sizes)
                except NotMeasured as reason:
                    missing.setdefault(key, str(reason))
                    continue
                best[key] = min(best.get(key, result), result, key=_badness)
    return list(best.values()), {", ".join(key): why for key, why in missing.items() if key not in best}


def _badness(result: Result) -> tuple[int, float]:
    """Without a fault before faster."""
    figure = -(result.tasks_per_s or 0) or result.p99_ms or result.seconds or 0.0
    return len(result.faults), figure


if __name__ == "__main__":
    sys.exit(main())
