"""Resolve the direct dependencies into lock files with hashes and without hosts."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ["requirements.in"],
    "requirements-dev.lock": ["requirements.in", "requirements-dev.in"],
    "requirements-node.lock": ["requirements-node.in"],
}


def main() -> int:
    uv = Path(sys.executable).parent / "uv"
    options = [
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
    ]
    for lock, sources in LOCKS.items():
        subprocess.run(
            [uv, "pip", "compile", "--quiet", *options, *sources, "-o", lock], cwd=ROOT, check=True
        )
    subprocess.run([sys.executable, "-m", "modules_catalog.library", "--write"], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
