"""The shipped modules do what their examples say, and their bytes do not change unnoticed."""

import json

import pytest

from contracts.problems import Problem
from lamina import Binary, Context, ModuleError
from lamina.calling import call, load_entry
from lamina.derive import derive_contract
from lamina.testing import LocalHost
from modules_catalog.candidate import read_candidate
from modules_catalog.checks.contract_checks import check_schema_tier, undecided_schemas
from modules_catalog.checks.examples import cases_of, check_error, check_outputs
from modules_catalog.library import (
    check_lock,
    locked_versions,
    shipped_bundles,
    shipped_folders,
    shipped_versions,
)
from modules_catalog.library.__main__ import main

CANDIDATES = {
    folder: read_candidate(bundle)
    for folder, bundle in zip(shipped_folders(), shipped_bundles(), strict=True)
}
CASES = [
    pytest.param(folder, candidate, case, id=f"{folder.parent.name}-{case.name.removeprefix('examples/')}")
    for folder, candidate in CANDIDATES.items()
    for case in cases_of(candidate)
    if candidate.manifest.runtime == "python"  # the others run in their sandbox, in tests/conformance
]
FUNCTIONS = {
    folder: load_entry(folder, candidate.manifest.entry)
    for folder, candidate in CANDIDATES.items()
    if candidate.manifest.runtime == "python"
}
BY_FOLDER = pytest.mark.parametrize("folder", CANDIDATES, ids=lambda folder: folder.parent.name)
OF_PYTHON = pytest.mark.parametrize("folder", FUNCTIONS, ids=lambda folder: folder.parent.name)
OF_WASM = pytest.mark.parametrize(
    "folder", CANDIDATES.keys() - FUNCTIONS.keys(), ids=lambda folder: folder.parent.name
)


def answer_of(folder, contract, case):
    """What the module answers, as a run would ask it: ("outputs", …) or ("error", …)."""
    inputs = {
        name: Binary(value, contract.ports.inputs[name].type) if isinstance(value, bytes) else value
        for name, value in case.inputs.items()
    }
    try:
        outputs = call(FUNCTIONS[folder], json_copy(inputs), Context(dict(case.config), LocalHost()))
    except ModuleError as error:
        return "error", json_copy(error.document())
    return "outputs", json_copy(outputs)


def json_copy(values):
    """Through the JSON that a sandbox's channel would carry; bytes and handles as they are."""
    return {
        name: value if isinstance(value, bytes | Binary) else json.loads(json.dumps(value))
        for name, value in values.items()
    }


@pytest.mark.parametrize(("folder", "candidate", "case"), CASES)
def test_an_example_comes_true(folder, candidate, case):
    kind, answer = answer_of(folder, candidate.contract, case)
    differences = (
        check_error(case, answer) if kind == "error" else check_outputs(candidate.contract, case, answer)
    )
    assert differences == []
    assert answer_of(folder, candidate.contract, case) == (kind, answer)


@OF_PYTHON
def test_the_contract_file_is_the_one_that_the_code_declares(folder):
    assert derive_contract(FUNCTIONS[folder]) == json.loads((folder / "contract.json").read_text("utf-8"))


@OF_WASM
def test_a_wasm_version_fulfils_the_contract_of_the_python_one(folder):
    python = folder.parent.with_name(folder.parent.name.removesuffix("-wasm")) / folder.name
    assert CANDIDATES[folder].contract_digest == CANDIDATES[python].contract_digest
    assert CANDIDATES[folder].examples == CANDIDATES[python].examples


@BY_FOLDER
def test_a_shipped_module_runs_anywhere_and_says_so(folder):
    candidate = CANDIDATES[folder]
    manifest = candidate.manifest
    assert manifest.name == f"lamina/{folder.parent.name}"
    assert folder.name == f"v{manifest.version.major}"
    assert (manifest.owner, manifest.licence, manifest.min_rung) == ("lamina", "Apache-2.0", 0)
    assert ("process" if manifest.runtime == "python" else "wasm") in manifest.strategies
    assert "inline" not in manifest.strategies or manifest.effects.kind == "pure"
    assert len(candidate.examples) >= 2
    assert all(f"`{name}`" in candidate.readme for name in candidate.contract.ports.inputs)
    assert all(f"`{name}`" in candidate.readme for name in candidate.contract.errors)


@BY_FOLDER
def test_a_shipped_contract_is_decided_completely(folder):
    document = CANDIDATES[folder].contract_document
    assert check_schema_tier(document) == []
    assert [path for path in undecided_schemas(document) if "/ports/" in path] == []


def test_the_library_matches_its_lock(capsys):
    assert main(["--check"]) == 0
    assert check_lock(shipped_versions(), locked_versions()) == []


def test_changed_bytes_need_a_new_version():
    shipped = {"lamina/a@1.0.0": "sha256:1", "lamina/b@1.0.0": "sha256:2"}
    problems = check_lock(shipped, {"lamina/a@1.0.0": "sha256:0", "lamina/a@0.9.0": "sha256:9"})
    assert [(problem.code, problem.path) for problem in problems] == [
        ("changed", "lamina/a@1.0.0"),
        ("not_locked", "lamina/b@1.0.0"),
    ]
    assert all(isinstance(problem, Problem) for problem in problems)


def test_the_command_refuses_to_write_over_a_shipped_version(tmp_path, monkeypatch, capsys):
    lock = tmp_path / "library.lock"
    name = next(iter(shipped_versions()))
    lock.write_text(json.dumps({"format": "lamina/library@1", "versions": {name: "sha256:" + "0" * 64}}))
    monkeypatch.setattr("modules_catalog.library.LOCK_FILE", lock)
    monkeypatch.setattr("modules_catalog.library.__main__.LOCK_FILE", lock)
    assert main(["--write"]) == 1
    assert "Raise its version" in capsys.readouterr().err
    lock.unlink()
    assert main(["--check"]) == 1
    assert main(["--write"]) == 0
    assert main(["--check"]) == 0
