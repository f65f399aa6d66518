"""`python -m modules_catalog.library --check | --write`: holds the shipped modules to library.lock."""

import argparse
import json
import sys

from modules_catalog.library import LOCK_FILE, LOCK_FORMAT, check_lock, locked_versions, shipped_versions


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m modules_catalog.library", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="fail when shipped bytes differ from the lock")
    action.add_argument(
        "--write", action="store_true", help="add new versions; never changes one that is there"
    )
    chosen = parser.parse_args(arguments)
    shipped, locked = shipped_versions(), locked_versions()
    problems = check_lock(shipped, locked)
    if chosen.write:
        problems = [problem for problem in problems if problem.code != "not_locked"]
    for problem in problems:
        print(f"{problem.path}: {problem.message}", file=sys.stderr)
    if problems:
        return 1
    if chosen.write:
        versions = dict(sorted({**locked, **shipped}.items()))
        text = json.dumps({"format": LOCK_FORMAT, "versions": versions}, indent=2)
        LOCK_FILE.write_text(text + "\n", "utf-8")
    print(f"{len(shipped)} shipped versions, {len(locked_versions())} in {LOCK_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
