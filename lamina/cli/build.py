"""`lamina build FOLDER`: the wasm file of a module, from its AssemblyScript or JavaScript.

Owns:      which compiler serves which source, and having the pinned compilers at hand.
Promises:  the file that module.toml names as entry is written whole or not at all; the same AssemblyScript
           gives the same bytes.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.problems import ProblemsError
from lamina.cli.failure import DONE, Failure, bad_input
from modules_catalog.manifest import parse_manifest

TOOLCHAIN: Final = Path(__file__).parent / "toolchain"
_LOCKED: Final = ("package.json", "package-lock.json", ".npmrc")
_ASSEMBLYSCRIPT: Final = (
    *("asc", "{source}", "--outFile", "{target}", "-O3", "--noAssert"),
    *("--runtime", "stub", "--use", "abort=", "--path", f"{TOOLCHAIN / 'packages'}"),
)
_JAVASCRIPT: Final = (
    *("componentize-qjs", "--wit", f"{TOOLCHAIN / 'module.wit'}", "--js", "{source}"),
    *("--output", "{target}", "--sync", "--opt-size", "--minify"),
)
_COMPILERS: Final[Mapping[str, tuple[str, ...]]] = {".ts": _ASSEMBLYSCRIPT, ".js": _JAVASCRIPT}


def build(options: Namespace) -> int:
    folder = Path(options.folder)
    entry = folder / _entry(folder)
    source = next((path for suffix in _COMPILERS if (path := entry.with_suffix(suffix)).is_file()), None)
    if source is None:
        raise bad_input(
            f"There is no source of {entry.name}. Write {entry.stem}.ts (AssemblyScript) or {entry.stem}.js."
        )
    with tempfile.TemporaryDirectory(prefix="lamina-build-") as aside:
        target = Path(aside, entry.name)
        _run(
            [word.format(source=f"./{source.name}", target=target) for word in _COMPILERS[source.suffix]],
            folder,
        )
        shutil.copyfile(target, entry.with_suffix(".new"))
    entry.with_suffix(".new").replace(entry)
    print(f"Made {entry} of {source.name}: {entry.stat().st_size:,} bytes.")
    return DONE


def _entry(folder: Path) -> str:
    try:
        manifest = parse_manifest((folder / "module.toml").read_bytes())
    except ProblemsError as error:
        raise bad_input(f"{folder / 'module.toml'} cannot be read.", error.problems) from None
    if manifest.runtime != "wasm":
        raise bad_input(f"Only modules of runtime wasm are built; this one is {manifest.runtime}.")
    return manifest.entry


def _run(command: list[str], folder: Path) -> None:
    program = compilers() / "node_modules" / ".bin" / command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False, env=os.environ
    )
    if done.returncode != 0:
        raise Failure(f"{command[0]} refuses {command[1]}:\n{(done.stderr + done.stdout).strip()}")


def compilers() -> Path:
    """The folder of the locked compilers, installed from npm at the first build. Raises `Failure`."""
    locked = b"".join((TOOLCHAIN / name).read_bytes() for name in _LOCKED)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "lamina")
    folder = cache / f"toolchain-{hashlib.sha256(locked).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise Failure("Building needs npm. Install Node.js 20 or newer.")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="toolchain-", dir=cache) as aside:
        installing = Path(aside, "new")
        installing.mkdir()
        for name in _LOCKED:
            shutil.copyfile(TOOLCHAIN / name, installing / name)
        print("Installing the compilers (once) …", flush=True)
        done = subprocess.run(
            [npm, "ci", "--loglevel=error"], cwd=installing, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Failure(f"The compilers cannot be installed:\n{done.stderr.strip()}")
        if not folder.is_dir():
            installing.rename(folder)
    return folder
