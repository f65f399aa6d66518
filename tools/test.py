"""Run every test that this machine can run, and say in one line what it lacks.

With CI=true a missing server or browser is a failure, not a skip (tests/conftest.py).
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import prepare  # noqa: E402 - it stands beside this file and is no package


def main() -> int:
    results = {
        "python": subprocess.run(
            [sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=ROOT, check=False
        ).returncode
    }
    if not sys.argv[1:]:
        environment = prepare.node_environment()
        npm = shutil.which("npm", path=environment["PATH"])
        results["front end"] = subprocess.run(
            [str(npm), "test", "--silent"], cwd=ROOT / "frontend", env=environment, check=False
        ).returncode
    for name, code in results.items():
        print(f"{name}: {'passed' if code == 0 else 'FAILED'}")
    return max(results.values())


if __name__ == "__main__":
    sys.exit(main())
