"""C4: the examples of a bundle as cases to run, and what is wrong with the answers.

Owns:      `ExampleCase`: an example with its files read and its defaults filled in, as a run would.
Never:     runs a module; whoever has an executor asks for the cases and hands the answers back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from contracts.canonical import JSON
from contracts.module import ModuleContract, Port
from contracts.schema import adapt, localise
from modules_catalog.arrow_rows import read_arrow, write_arrow
from modules_catalog.bundle import Bundle
from modules_catalog.candidate import Candidate
from modules_catalog.checks.comparison import Difference, compare_outputs
from modules_catalog.examples import Example, file_of

Values = Mapping[str, Any]  # port → JSON value, or the bytes of a table (Arrow file) or binary


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleCase:
    """One call. Of `outputs` and `error` ({name, data}) one is None."""

    name: str
    inputs: Values
    config: Mapping[str, JSON]
    outputs: Values | None
    error: Mapping[str, JSON] | None


def cases_of(candidate: Candidate) -> Iterator[ExampleCase]:
    """The cases of a candidate's examples, in order."""
    for example in candidate.examples:
        yield _case(candidate.bundle, candidate.contract, example)


def check_outputs(contract: ModuleContract, case: ExampleCase, outputs: Values) -> list[Difference]:
    """Differences of an answer from what the example says, under the contract's comparators."""
    if case.outputs is None:
        message = f"The error {_name(case.error)} was expected, outputs came."
        return [Difference(path="", comparator="exact", message=message, expected=dict(case.error or {}))]
    ports = contract.ports.outputs
    return compare_outputs(contract, _with_rows(ports, case.outputs), _with_rows(ports, outputs))


def check_error(case: ExampleCase, error: Mapping[str, JSON]) -> list[Difference]:
    """Differences of an error {name, message, data} from what the example says; messages may differ."""
    found = {"name": error["name"], "data": error.get("data") or {}}
    if case.error is None:
        message = f"Outputs were expected, the error {_name(error)} came: {error.get('message', '')}"
        return [Difference(path="", comparator="exact", message=message, actual=found)]
    expected = {"name": case.error["name"], "data": case.error.get("data") or {}}
    if expected == found:
        return []
    message = f"{expected} was expected, {found} came."
    return [Difference(path="/error", comparator="exact", message=message, expected=expected, actual=found)]


def _case(bundle: Bundle, contract: ModuleContract, example: Example) -> ExampleCase:
    inputs = _values(bundle, contract.ports.inputs, example.inputs)
    for name, port in contract.ports.inputs.items():
        if port.media == "json" and name not in inputs and port.default is not UNSET:
            inputs[name] = port.default
        if port.media == "json" and name in inputs:
            schema = localise(port.schema, contract.root)
            inputs[name] = adapt(inputs[name], schema, unknown=port.unknown)
    config = adapt(dict(example.config), localise(contract.config_schema, contract.root))
    outputs = None
    if example.outputs is not None:
        outputs = _values(bundle, contract.ports.outputs, example.outputs)
    return ExampleCase(name=example.name, inputs=inputs, config=config, outputs=outputs, error=example.error)


def _values(bundle: Bundle, ports: Mapping[str, Port], values: Values) -> dict[str, Any]:
    return {name: _value(bundle, ports[name], value) for name, value in values.items()}


def _value(bundle: Bundle, port: Port, value: JSON) -> Any:
    if port.media == "json":
        return value
    file = file_of(value)
    if file is not None:
        return bundle.files[file]
    assert not isinstance(port.columns, UnsetType), "a table has columns, and a binary value is a file"
    return write_arrow(port.columns, value)


def _with_rows(ports: Mapping[str, Port], values: Values) -> dict[str, Any]:
    """Tables as rows: the same rows may have several byte forms."""
    return {
        name: read_arrow(value) if name in ports and ports[name].media == "table" else value
        for name, value in values.items()
    }


def _name(error: Mapping[str, JSON] | None) -> str:
    return str((error or {}).get("name"))
