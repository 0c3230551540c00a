"""Fuzzes the extraction with atheris: `python deploy/benchmarks/fuzz_extract.py -max_total_time=300`.

The first byte says how the rest is cut into chunks. Nothing may raise, a file must be open to be written to
and closed in the end, and the chunks must make no difference.
"""

import sys
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: pip install atheris (it has wheels for some platforms only).")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["generation.pipeline.extract_code"]):
    from generation.tests.pipeline.answers import ALL, extract


def check(data: bytes) -> None:
    answer = data[1:].decode(errors="replace")
    step = data[0] % 16 + 1 if data else 1
    chunks = [answer[at : at + step] for at in range(0, len(answer), step)]
    if extract(*chunks) != extract(answer):
        raise AssertionError(f"chunks of {step} make a difference")


def main() -> None:
    corpus = Path("/tmp/fuzz-extract")
    corpus.mkdir(exist_ok=True)
    for number, answer in enumerate(ALL):
        (corpus / f"recorded-{number}").write_bytes(b"\x03" + answer.encode())
    atheris.Setup([*sys.argv, str(corpus)], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
