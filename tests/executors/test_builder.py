"""The walls around the program that installs packages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from executors.sandbox import syscalls
from tests.support.paths import ROOT

USER = 1_799_999_999
PROGRAM = """
import json, os, sys
outside, work = sys.argv[1:]
got = []
for name, attempt in {
    "read": lambda: open(outside).read(),
    "write": lambda: open(outside, "a").write("x"),
    "list": lambda: os.listdir(os.path.dirname(outside)),
    "link": lambda: open(os.path.join(work, "link")).read(),
    "become root": lambda: os.setuid(0) if os.getuid() else 1 / 0,
}.items():
    try:
        if name == "link":
            os.symlink(outside, os.path.join(work, "link"))
        attempt()
    except (OSError, ZeroDivisionError):
        continue
    got.append(name)
open(os.path.join(work, "made"), "w").write("made")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(1), os.close(2)
        import time
        open(os.path.join(work, "pid"), "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
while not os.path.exists(os.path.join(work, "pid")):
    pass
print(json.dumps(got))
"""


@pytest.mark.skipif(not syscalls.IS_LINUX, reason="there are walls on Linux only")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a builder a user of its own")
def test_a_builder_writes_into_its_folder_alone_and_leaves_nobody_behind(tmp_path: Path) -> None:
    outside, work = tmp_path / "outside", tmp_path / "work"
    outside.write_text("of the host")
    outside.chmod(0o666)
    work.mkdir()
    os.chown(work, USER, USER)
    python = str(Path(sys.executable).resolve())
    order: dict[str, Any] = {
        "command": [python, "-S", "-c", PROGRAM, str(outside), str(work)],
        "environment": {"LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"},
        "rung": 2,
        "user": USER,
        "readable": ["/etc"],
        "executable": ["/lib", "/lib64", "/usr/lib", sys.base_prefix],
        "writable": [str(work)],
    }

    done = subprocess.run(
        [python, "-S", "-m", "executors.sandbox.builder"],
        input=json.dumps(order),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert (work / "made").read_text() == "made"
    assert outside.read_text() == "of the host"
    assert not lives((work / "pid").read_text())


def lives(pid: str) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
