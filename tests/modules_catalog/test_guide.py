"""The guide for authors is true: its files make a bundle, and its code does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lamina.calling import load_entry
from lamina.cli.publish import write_contract
from lamina.testing import call
from modules_catalog.bundle import read_folder
from modules_catalog.candidate import read_candidate

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs" / "guides" / "write-a-module.md").read_text("utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "README.md").write_text("# slugify\n")
    return tmp_path


def test_the_files_of_the_guide_are_a_candidate_whose_examples_come_true(folder):
    assert write_contract(folder)
    candidate = read_candidate(read_folder(folder))
    assert [example.name for example in candidate.examples] == ["examples/empty.json", "examples/short.json"]
    run = load_entry(folder, "run.py:run")
    for example in candidate.examples:
        if example.outputs is not None:
            assert call(run, example.inputs) == example.outputs


def test_the_unit_tests_of_the_guide_pass(folder):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        "test_run.py",
    ]
    environment = {"PYTHONPATH": f"{ROOT}:{folder}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert "2 passed" in answer.stdout, answer.stdout + answer.stderr


def test_the_plain_form_of_the_guide_works(folder):
    assert call(load_entry(folder, "plain.py:run"), {"titles": ["A"]}) == {"slugs": ["a"]}
