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
from concurrent.futures import ThreadPoolExecutor
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
        make_environment()
        # Both wait for the network most of the time, so they share it.
        with ThreadPoolExecutor() as pool:
            jobs = [
                pool.submit(prepare_python, dev=options.dev),
                pool.submit(prepare_frontend, dev=options.dev),
            ]
        for job in jobs:
            job.result()
        compile_sources()
    except subprocess.CalledProcessError as error:
        return fail(f"{' '.join(map(str, error.cmd))} ended with {error.returncode}; its output is above.")
    return 0


def make_environment() -> None:
    if not (VENV / "bin" / "python").exists():
        step("making the virtual environment")
        create_environment()


def prepare_python(*, dev: bool) -> None:
    """The virtual environment with exactly the packages of a lock, checked by hash."""
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    python = VENV / "bin" / "python"
    wanted = fingerprint([ROOT / lock])
    if STAMPS.joinpath("python").exists() and read_stamp("python") in (
        wanted,
        fingerprint([ROOT / "requirements-dev.lock"]),
    ):
        write_command()
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


def compile_sources() -> None:
    """Byte code of our own packages: a start that had to compile them would take seconds longer."""
    packages = [ROOT / name for name in ("contracts", "executors", "lamina", "modules_catalog", "studio")]
    run(VENV / "bin" / "python", "-m", "compileall", "-q", *packages)


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
    lines = (
        f"#!{VENV / 'bin' / 'python'}",
        "from lamina.cli.main import main",
        "raise SystemExit(main())",
        "",
    )
    command.write_text("\n".join(lines), "utf-8")
    command.chmod(0o755)


def prepare_frontend(*, dev: bool) -> None:
    """`frontend/dist`, built from the sources as they are."""
    if not FRONTEND.joinpath("package.json").exists():
        return
    sources = fingerprint(frontend_sources())
    is_built = read_stamp("frontend") == sources and FRONTEND.joinpath("dist", "index.html").exists()
    if is_built and not dev:
        return
    environment = node_environment()
    npm = shutil.which("npm", path=environment["PATH"])
    assert npm is not None
    install_packages(npm, environment, dev=dev)
    if is_built:
        return
    step("building the front end")
    run(npm, "run", "--silent", "build", folder=FRONTEND, environment=environment, quiet=True)
    write_stamp("frontend", sources)


def install_packages(npm: str, environment: dict[str, str], *, dev: bool) -> None:
    """`frontend/node_modules`; what only tests and checks need is left out without `dev`."""
    locked = fingerprint([FRONTEND / "package-lock.json"])
    kept = read_stamp("node_modules")
    if FRONTEND.joinpath("node_modules").is_dir() and kept in (
        {f"dev {locked}"} if dev else {locked, f"dev {locked}"}
    ):
        return
    step("installing the packages of the front end (about a minute)")
    options = ["--no-audit", "--no-fund", "--loglevel=error", *([] if dev else ["--omit=dev"])]
    run(npm, "ci", *options, folder=FRONTEND, environment=environment, quiet=True)
    write_stamp("node_modules", f"dev {locked}" if dev else locked)


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
