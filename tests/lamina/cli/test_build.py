"""`lamina build`: wasm files out of AssemblyScript and JavaScript, with the real compilers."""

import asyncio
import shutil
from pathlib import Path

import pytest

from executors.protocol import Outcome
from executors.trial import pack_files
from lamina.cli.main import main
from modules_catalog.bundle import read_folder
from modules_catalog.candidate import read_candidate
from modules_catalog.checks.examples import cases_of
from tests.executors.workshop import Workshop, failure, given
from tests.support.paths import ROOT

LIBRARY = ROOT / "modules_catalog" / "library"
EXAMPLE = ROOT / "docs" / "examples" / "longest-line"


def copy_of(folder: Path, tmp_path: Path) -> Path:
    """Without what was built."""
    return Path(shutil.copytree(folder, tmp_path / "module", ignore=shutil.ignore_patterns("*.wasm")))


@pytest.mark.parametrize("folder", [EXAMPLE, LIBRARY / "limit-rows-wasm" / "v1"], ids=lambda path: path.name)
def test_assemblyscript_gives_the_bytes_that_are_committed(folder: Path, tmp_path: Path) -> None:
    copy = copy_of(folder, tmp_path)

    assert main(["build", str(copy)]) == 0

    assert (copy / "run.wasm").read_bytes() == (folder / "run.wasm").read_bytes()


async def answers(folder: Path, workshop: Path) -> list[Outcome]:
    shop = Workshop(workshop, trust="unreviewed")
    cases = list(cases_of(read_candidate(read_folder(folder))))
    packed = pack_files(read_folder(folder).files)
    try:
        return [
            await shop.run(packed, case.inputs, strategy="wasm", config=dict(case.config)) for case in cases
        ]
    finally:
        await shop.close()


def test_javascript_becomes_a_component_that_answers_as_the_committed_one(tmp_path: Path) -> None:
    folder = LIBRARY / "select-rename-wasm" / "v1"
    copy = copy_of(folder, tmp_path)

    assert main(["build", str(copy)]) == 0

    built, committed = (
        [getattr(outcome, "outputs", None) or failure(outcome) for outcome in outcomes]
        for outcomes in (
            asyncio.run(answers(copy, tmp_path / "built")),
            asyncio.run(answers(folder, tmp_path / "committed")),
        )
    )
    assert built == committed


def test_the_example_of_the_guide_answers_as_it_says(tmp_path: Path) -> None:
    empty, poem = asyncio.run(answers(EXAMPLE, tmp_path))

    assert failure(empty) == ("no_text", None)
    assert (given(poem, "line"), given(poem, "number")) == ('say "grüß" \\ you', 2)


def test_what_the_compiler_says_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = copy_of(EXAMPLE, tmp_path)
    (copy / "run.ts").write_text("export function run(at: usize): usize { return nowhere; }\n")

    assert main(["build", str(copy)]) == 1

    assert "nowhere" in capsys.readouterr().err
    assert not (copy / "run.wasm").exists()


def test_a_module_without_source_or_of_another_runtime_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copy_of(EXAMPLE, tmp_path)
    (copy / "run.ts").unlink()

    assert main(["build", str(copy)]) == 2
    assert main(["build", str(ROOT / "tests" / "vectors" / "word-count")]) == 2

    told = capsys.readouterr().err
    assert "Write run.ts (AssemblyScript) or run.js" in told
    assert "this one is python" in told
