"""The command that checks and packs a module."""

import shutil
from pathlib import Path

import pytest

from modules_catalog.__main__ import main as check
from modules_catalog.bundle import read_bundle

GOLDEN = "sha256:8588560771eab6825d0f2b5ff52caf8616aac67d6e10491ccb17e154c69fcf9f"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(Path(__file__).parent.parent / "vectors" / "word-count", tmp_path / "word-count")


def test_a_folder_is_checked_and_packed(folder, tmp_path, capsys):
    target = tmp_path / "word-count.zip"
    assert check([str(folder), "--pack", str(target)]) == 0
    assert capsys.readouterr().out == f"text/word-count 1.2.0 {GOLDEN}\n"
    assert read_bundle(target.read_bytes()).digest == GOLDEN
    assert check([str(target)]) == 0


def test_problems_are_told_with_their_place(folder, capsys):
    (folder / "README.md").unlink()
    (folder / "run.py").write_text("def walk(): pass\n")
    assert check([str(folder)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["README.md", "run.py"]
    assert check([str(folder / "none")]) == 1
