"""`python -m tests.benchmarks --workload W1 --executor inline --database sqlite --json`: one measurement.

`python -m tests.benchmarks --all` (`make bench`) takes every measurement and writes docs/reference/benchmarks.md.
PostgreSQL: the address in LAMINA_BENCH_POSTGRESQL, an empty database of yours; else a private server is started.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.report import write_report
from tests.benchmarks.stage import Setting, measure
from tests.benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import services  # noqa: E402 - tools/services.py, shared with `make cluster`


def main() -> None:
    given = _arguments()
    if given.all:
        try:
            with _postgresql() as url:
                write_report(url, "")
        except services.Missing as missing:
            print(f"PostgreSQL is left out: {missing}", file=sys.stderr)
            write_report("", str(missing))
        return
    setting = Setting(
        workload=given.workload, executor=given.executor, database=given.database, repeat=given.repeat
    )
    if given.database == "sqlite":
        result = measure(setting)
    else:
        with _postgresql() as url:
            result = measure(setting, url)
    lines = (f"{name:14} {value}" for name, value in result.items())
    print(json.dumps(result) if given.json else "\n".join(lines))


@contextmanager
def _postgresql() -> Iterator[str]:
    url = os.environ.get("LAMINA_BENCH_POSTGRESQL", "")
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="lamina-bench-pg-") as folder:
        Path(folder).chmod(0o755)
        with services.postgresql(Path(folder)) as url:
            yield url


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="everything, into docs/reference/benchmarks.md")
    which.add_argument("--workload", choices=sorted(WORKLOADS))
    parser.add_argument("--executor", default="inline", choices=["inline", "process", "none"])
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except services.Missing as missing:
        sys.exit(str(missing))
