#!/usr/bin/env python3
"""Make a fresh clone ready: virtual environment, front-end packages and build.

Owns:      `.venv`, `frontend/node_modules`, `frontend/dist` and the stamps in `.build`.
Promises:  does nothing twice; needs Python 3.11 alone (Node comes from a wheel); shows progress.
Never:     asks a question, needs root, or writes outside the clone.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".build"
FRONTEND = ROOT / "frontend"
NODE_OLDEST = (20, 19)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        return fail(
            f"Lamina needs Python 3.11, this is {sys.version.split()[0]}. Run: make PYTHON=python3.11 …"
        )
    try:
        prepare_python("requirements-dev.lock" if options.dev else "requirements.lock")
        prepare_frontend()
    except subprocess.CalledProcessError as error:
        return fail(f"{' '.join(map(str, error.cmd))} ended with {error.returncode}; its output is above.")
    return 0


def prepare_python(lock: str) -> None:
    """The virtual environment with exactly the packages of a lock, checked by hash."""
    python = VENV / "bin" / "python"
    if not python.exists():
        step("making the virtual environment")
        create_environment()
    wanted = fingerprint([ROOT / lock])
    if STAMPS.joinpath("python").exists() and read_stamp("python") in (
        wanted,
        fingerprint([ROOT / "requirements-dev.lock"]),
    ):
        return
    step(f"installing the packages of {lock} (about a minute)")
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
        "-r",
        lock,
    )
    write_command()
    write_stamp("python", wanted)


def create_environment() -> None:
    try:
        run(sys.executable, "-m", "venv", VENV, quiet=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        apt = shutil.which("apt-get")
        if apt is None or os.geteuid() != 0:
            raise SystemExit(
                fail("Python has no venv module. Install it: sudo apt-get install python3-venv")
            ) from None
        step("installing python3-venv")
        run(apt, "update", "-qq", quiet=True)
        run(apt, "install", "-y", "-qq", "python3-venv", quiet=True)
        run(sys.executable, "-m", "venv", VENV)


def write_command() -> None:
    """The command `lamina` inside the environment, and the clone on its path."""
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(VENV), "platbase": str(VENV)}))
    purelib.joinpath("lamina-clone.pth").write_text(f"{ROOT}\n", "utf-8")
    command = VENV / "bin" / "lamina"
    lines = (f"#!{VENV / 'bin' / 'python'}", "from lamina.cli import main", "raise SystemExit(main())", "")
    command.write_text("\n".join(lines), "utf-8")
    command.chmod(0o755)


def prepare_frontend() -> None:
    """`frontend/dist`, built from the sources as they are."""
    if not FRONTEND.joinpath("package.json").exists():
        return
    locked = fingerprint([FRONTEND / "package-lock.json"])
    sources = fingerprint(frontend_sources())
    if read_stamp("frontend") == sources and FRONTEND.joinpath("dist", "index.html").exists():
        return
    environment = node_environment()
    npm = shutil.which("npm", path=environment["PATH"])
    assert npm is not None
    if read_stamp("node_modules") != locked or not FRONTEND.joinpath("node_modules").is_dir():
        step("installing the packages of the front end (about half a minute)")
        run(
            npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=FRONTEND, environment=environment
        )
        write_stamp("node_modules", locked)
    step("building the front end")
    run(npm, "run", "--silent", "build", folder=FRONTEND, environment=environment, quiet=True)
    write_stamp("frontend", sources)


def frontend_sources() -> Iterable[Path]:
    files = [path for path in FRONTEND.iterdir() if path.is_file()]
    folders = [FRONTEND / "src", FRONTEND / "public"]
    return sorted([*files, *(path for folder in folders for path in folder.rglob("*") if path.is_file())])


def node_environment() -> dict[str, str]:
    """The environment for npm: Node of the machine, or else from a wheel in the virtual environment."""
    environment = dict(os.environ)
    if node_is_fit(shutil.which("node")) and shutil.which("npm"):
        return environment
    wheel = VENV / "bin" / "node"
    if not wheel.exists():
        step("installing Node.js from a wheel")
        run(
            VENV / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            "requirements-node.lock",
        )
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def node_is_fit(node: str | None) -> bool:
    if node is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, version.strip().removeprefix("v").split(".")[:2])) >= NODE_OLDEST


def run(
    *command: object, folder: Path = ROOT, environment: dict[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a command; a quiet one shows its output only when it fails."""
    words = [str(word) for word in command]
    if not quiet:
        subprocess.run(words, cwd=folder, env=environment, check=True)
        return
    done = subprocess.run(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        raise subprocess.CalledProcessError(done.returncode, words)


def fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_stamp(name: str) -> str:
    path = STAMPS / name
    return path.read_text("utf-8") if path.exists() else ""


def write_stamp(name: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    STAMPS.joinpath(name).write_text(value, "utf-8")


STARTED = time.monotonic()


def step(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def fail(text: str) -> int:
    print(f"prepare: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
