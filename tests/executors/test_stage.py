"""What is left on disk: nothing of a process that ended, whichever way it ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from executors.workers.stage import Stage
from tests.support.paths import ROOT

HOLDS = "import sys, time; from pathlib import Path; from executors.workers.stage import Stage;"
HOLDS += " print(Stage(Path(sys.argv[1])).folder, flush=True); time.sleep(600)"


def holder(parent: Path) -> tuple["subprocess.Popen[str]", Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(parent)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    living, kept = holder(tmp_path)
    killed, left = holder(tmp_path)
    with living, killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.is_dir()

        stage = Stage(tmp_path)
        assert kept.is_dir()
        assert not left.exists()
        stage.close()
        living.kill()

    assert not stage.folder.exists()


def test_a_stage_without_a_lock_is_given_a_minute(tmp_path: Path) -> None:
    new, old = tmp_path / "stage-new", tmp_path / "stage-old"
    new.mkdir()
    old.mkdir()
    os.utime(old, (time.time() - 3600, time.time() - 3600))

    Stage(tmp_path).close()

    assert new.is_dir()
    assert not old.exists()
