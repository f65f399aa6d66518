"""Running tests as an ordinary user, from a root that lives in a closed home.

Interpreter, packages and tree are bound into a home of that user which nobody else may enter, in a mount
namespace of its own: nothing is copied, and nothing of it is seen outside.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from executors.sandbox import syscalls
from tests.support.paths import ROOT

USER: Final = 1_899_999_999
_BIND, _REC, _SLAVE, _RDONLY = 4096, 16384, 1 << 19, 1


def run_as_ordinary_user(
    words: list[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run `python WORDS` in the tree, as a user without any rights. Only root can."""
    with tempfile.TemporaryDirectory(prefix="lamina-home-") as home:
        return subprocess.run(
            [sys.executable, "-m", "tests.support.ordinary_user", home, *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def _become(home: Path, words: list[str]) -> None:
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("none", "/", "", _REC | _SLAVE)
    syscalls.mount("home", str(home), "tmpfs", 0, f"mode=0700,uid={USER},gid={USER}")
    for name, source in {
        "python": sys.base_prefix,
        "packages": sysconfig.get_paths()["purelib"],
        "tree": str(ROOT),
    }.items():
        (home / name).mkdir()
        syscalls.mount(str(Path(source).resolve()), str(home / name), "", _BIND | _REC)
        syscalls.set_mount_attributes(str(home / name), _RDONLY)
    (home / "tmp").mkdir()
    os.chown(home / "tmp", USER, USER)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.chdir(home / "tree")
    program = home / "python" / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    kept = {name: text for name, text in os.environ.items() if name.startswith("LAMINA_") or name == "CI"}
    environment = {
        **kept,
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": str(home / "tmp"),
        "LD_LIBRARY_PATH": str(home / "python" / "lib"),
        "PYTHONPATH": f"{home / 'packages'}{os.pathsep}{home / 'tree'}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    os.execve(program, [str(program), *words], environment)


if __name__ == "__main__":
    _become(Path(sys.argv[1]), sys.argv[2:])
