"""A contract keeps to the port language, and a version claims what it changes."""

import json
from pathlib import Path

import pytest

from contracts.module import join_contract
from contracts.versions import Version
from modules_catalog.bundle import bundle_of, read_folder
from modules_catalog.candidate import read_candidate
from modules_catalog.checks.contract_checks import check_bump, check_schema_tier, undecided_schemas
from modules_catalog.checks.examples import cases_of, check_error, check_outputs

WORD_COUNT = Path(__file__).parent.parent / "vectors" / "word-count"
FILE = json.loads((WORD_COUNT / "contract.json").read_text("utf-8"))


def contract(schema=None, **changes):
    ports = (
        {**FILE["ports"], "in": {"text": {"media": "json", "schema": schema}}}
        if schema is not None
        else FILE["ports"]
    )
    document = {**FILE, "ports": ports, **changes}
    return join_contract(document, {"effects": {"kind": "pure", "deterministic": True}})


OLD = contract({"type": "string", "maxLength": 100})


@pytest.mark.parametrize(
    ("schema", "version", "claims_enough"),
    [
        ({"type": "string", "maxLength": 100}, "1.2.1", True),
        ({"type": "string", "maxLength": 200}, "1.2.1", False),
        ({"type": "string", "maxLength": 200}, "1.3.0", True),
        ({"type": "string", "maxLength": 50}, "1.3.0", False),
        ({"type": "string", "maxLength": 50}, "2.0.0", True),
    ],
)
def test_a_version_must_claim_its_proven_bump(schema, version, claims_enough):
    _, problems = check_bump(Version.parse("1.2.0"), OLD, Version.parse(version), contract(schema))
    assert (problems == []) == claims_enough
    assert all(problem.code == "bump" and problem.path.startswith("/ports/in/text") for problem in problems)


def test_a_breaking_change_comes_with_the_value_that_shows_it():
    _, problems = check_bump(Version(1, 2, 0), OLD, Version(1, 3, 0), contract({"type": "integer"}))
    assert "This value shows it:" in problems[0].message


def test_a_version_comes_after_the_one_before():
    _, problems = check_bump(Version(1, 2, 0), OLD, Version(1, 2, 0), OLD)
    assert [problem.code for problem in problems] == ["version_order"]


def test_what_is_outside_the_port_language_is_refused_with_its_pointer():
    document = contract({"type": "object", "unevaluatedProperties": False})
    assert [problem.path for problem in check_schema_tier(document)] == [
        "/ports/in/text/schema/unevaluatedProperties"
    ]
    assert check_schema_tier(OLD) == []


def test_schemas_that_may_stay_unknown_are_listed():
    assert undecided_schemas(OLD) == []
    assert undecided_schemas(contract({"not": {"type": "string"}})) == ["/ports/in/text/schema"]


def candidate(**example):
    files = dict(read_folder(WORD_COUNT).files)
    document = {"format": "lamina/example@1", "inputs": {"text": "to be to"}, **example}
    files["examples/short.json"] = json.dumps(document).encode()
    return read_candidate(bundle_of(files))


SHORT = {"counts": {"to": 2, "be": 1}, "mean_length": 2.0}


def test_a_case_has_its_defaults_filled_in():
    (case,) = cases_of(candidate(outputs=SHORT))
    assert (case.config, case.inputs) == ({"min_length": 1}, {"text": "to be to"})


def test_an_answer_is_judged_by_the_comparators_of_the_contract():
    one = candidate(outputs=SHORT)
    (case,) = cases_of(one)
    assert check_outputs(one.contract, case, {**SHORT, "mean_length": 2.0 + 1e-12}) == []
    assert [found.path for found in check_outputs(one.contract, case, {**SHORT, "mean_length": 2.1})] == [
        "/mean_length"
    ]
    assert check_error(case, {"name": "no_words", "message": "none"})[0].message.startswith(
        "Outputs were expected"
    )


def test_an_error_is_judged_by_name_and_data():
    error = {"name": "no_words", "data": {"min_length": 1}}
    one = candidate(error=error)
    (case,) = cases_of(one)
    assert check_error(case, {**error, "message": "in other words"}) == []
    assert check_error(case, {**error, "data": {"min_length": 2}})[0].path == "/error"
    assert "no_words was expected" in check_outputs(one.contract, case, SHORT)[0].message
