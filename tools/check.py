"""The checks that need no test: format, lint, types, import rules, drift of what is generated, lock files."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import prepare  # noqa: E402 - it stands beside this file and is no package

BIN = Path(sys.executable).parent
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-node.lock",
    "frontend/package-lock.json",
    "lamina/cli/toolchain/package-lock.json",
)
HOST = re.compile(r"\"resolved\"|registry|index-url|find-links", re.IGNORECASE)


def command(*words: object, folder: str = ".") -> Callable[[], list[str]]:
    def run() -> list[str]:
        done = subprocess.run(
            [str(word) for word in words],
            cwd=ROOT / folder,
            env=prepare.node_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return (
            [] if done.returncode == 0 else [done.stdout.strip()[-6000:] or f"ended with {done.returncode}"]
        )

    return run


def lock_problems() -> list[str]:
    """Lock files name no host: a clone must work against any mirror."""
    problems = []
    for name in LOCKS:
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), start=1):
            if HOST.search(line):
                problems.append(f"{name}:{number} names a host: {line.strip()[:100]}")
    return problems


def npm(script: str) -> Callable[[], list[str]]:
    return command(
        shutil.which("npm", path=prepare.node_environment()["PATH"]),
        "run",
        "--silent",
        script,
        folder="frontend",
    )


def main() -> int:
    python = sys.executable
    checks = {
        "format": command(BIN / "ruff", "format", "--check", "."),
        "lint": command(BIN / "ruff", "check", "."),
        "types": command(BIN / "mypy"),
        "import rules": command(BIN / "lint-imports"),
        "schema drift": command(python, "manage.py", "export_schema", "--check"),
        "migrations": command(python, "manage.py", "makemigrations", "--check", "--dry-run"),
        "library lock": command(python, "-m", "modules_catalog.library", "--check"),
        "lock files": lock_problems,
        "front-end lint": npm("lint"),
        "front-end types": npm("types"),
        "front-end operations": npm("codegen:check"),
        "front-end budget": npm("budget"),
    }
    failed = 0
    for name, check in checks.items():
        started = time.monotonic()
        problems = check()
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok':6} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        for problem in problems:
            print(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
