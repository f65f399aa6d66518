"""The walls around the program that installs packages."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from executors import environments
from executors.environments import EnvironmentRefused, Environments
from executors.sandbox import syscalls
from tests.support.paths import ROOT
from tests.support.waiting import until

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


pytestmark = [
    pytest.mark.skipif(not syscalls.IS_LINUX, reason="there are walls on Linux only"),
    pytest.mark.skipif(os.getuid() != 0, reason="only root can give a builder a user of its own"),
]
# One that goes on, with a child that has left its session.
LASTING = """
import os, sys, time
work = sys.argv[1]
name = "child" if os.fork() == 0 else "program"
if name == "child":
    os.setsid()
open(os.path.join(work, name + ".new"), "w").write(str(os.getpid()))
os.rename(os.path.join(work, name + ".new"), os.path.join(work, name))
time.sleep(600)
"""


def test_a_builder_writes_into_its_folder_alone_and_leaves_nobody_behind(tmp_path: Path) -> None:
    outside, work = tmp_path / "outside", tmp_path / "work"
    outside.write_text("of the host")
    outside.chmod(0o666)
    work.mkdir()
    os.chown(work, USER, USER)
    python = str(Path(sys.executable).resolve())
    order = order_of(work, PROGRAM, str(outside), str(work))

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


def test_a_program_ends_with_the_builder_that_waits_for_it(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    os.chown(work, USER, USER)
    python = str(Path(sys.executable).resolve())
    with subprocess.Popen(
        [python, "-S", "-m", "executors.sandbox.builder"], cwd=ROOT, stdin=subprocess.PIPE
    ) as builder:
        assert builder.stdin is not None
        builder.stdin.write(json.dumps(order_of(work, LASTING, str(work))).encode())
        builder.stdin.close()
        until(lambda: (work / "program").exists() and (work / "child").exists())
        builder.kill()
    pids = [(work / name).read_text() for name in ("program", "child")]
    try:
        until(lambda: not lives(pids[0]))
    finally:
        for pid in filter(lives, pids):
            os.kill(int(pid), signal.SIGKILL)


async def test_a_build_that_takes_too_long_leaves_nobody_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = order_of(tmp_path, LASTING)["command"][0]
    real = Environments._order

    def lasting(self: Environments, work: Path) -> dict[str, Any]:
        return {**real(self, work), "command": [python, "-S", "-c", LASTING, str(work)]}

    pids: list[str] = []
    run_builder = environments._run_builder

    def watched(order: dict[str, Any], work: Path) -> Any:
        try:
            return run_builder(order, work)
        except subprocess.TimeoutExpired:
            pids.extend((work / name).read_text() for name in ("program", "child"))
            raise

    monkeypatch.setattr(Environments, "_order", lasting)
    monkeypatch.setattr(environments, "_run_builder", watched)
    monkeypatch.setattr(environments, "_BUILD_SECONDS", 3)
    with pytest.raises(EnvironmentRefused, match="within 3 s"):
        await Environments(tmp_path / "environments", rung=lambda: 2).packages(b"")
    assert len(pids) == 2
    assert not any(map(lives, pids))


def order_of(work: Path, program: str, *words: str) -> dict[str, Any]:
    return {
        "command": [str(Path(sys.executable).resolve()), "-S", "-c", program, *words],
        "environment": {"LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"},
        "rung": 2,
        "user": USER,
        "readable": ["/etc"],
        "executable": ["/lib", "/lib64", "/usr/lib", sys.base_prefix],
        "writable": [str(work)],
    }


def lives(pid: str) -> bool:
    """Whether a process runs; one that nobody has buried yet does not."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
