"""The gate prepares a bare machine: what a machine lacks is installed, what it has is not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

# Found by their names alone; the others may also stand where their packages put them.
BY_NAME = {"redis-server": "redis-server", "chromium": "chromium", "bwrap": "bubblewrap"}
ANYWHERE = ("initdb", "rabbitmq-server")
RECORDED = ("apt-get", "make", "sudo", "tee", "chmod", "rm")
PLAIN = ("bash", "dirname", "mktemp", "id", "cat")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of commands; those that would change the machine write down how they were called."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in RECORDED:
        stub = commands / name
        stub.write_text(f'#!{shutil.which("bash")}\necho "{name} $*" >> "{tmp_path}/calls"\n')
        stub.chmod(0o755)
    for name in PLAIN:
        (commands / name).symlink_to(str(shutil.which(name)))
    return commands


def calls(bare: Path) -> list[str]:
    environment = {**os.environ, "PATH": str(bare), "TMPDIR": str(bare.parent)}
    subprocess.run([ROOT / ".ci" / "run"], env=environment, check=True, capture_output=True)
    return (bare.parent / "calls").read_text().splitlines()


def test_what_a_machine_lacks_is_installed_before_anything_runs(bare: Path) -> None:
    told = calls(bare)
    install = next(place for place, call in enumerate(told) if call.startswith("apt-get install"))
    assert set(BY_NAME.values()) <= set(told[install].split())
    assert install < told.index("make check") < told.index("make test")


def test_nothing_is_installed_where_all_is_there(bare: Path) -> None:
    for name in (*BY_NAME, *ANYWHERE):
        (bare / name).symlink_to(str(shutil.which("true")))
    told = calls(bare)
    assert not [call for call in told if call.startswith("apt-get")]
    assert [call for call in told if call.startswith("make")] == ["make check", "make test"]
