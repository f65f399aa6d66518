"""examples/*.json: calls with their answers, checked against the contract before anything runs.

Owns:      `Example`, and whether what it says is possible under the contract.
Promises:  every example file is looked at; a file that an example names is in the bundle.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.canonical import JSON
from contracts.module import ModuleContract, Port
from contracts.problems import Problem, pointer
from contracts.schema import compile_guard, localise
from modules_catalog.bundle import Bundle
from modules_catalog.bundle_documents import MAX_EXAMPLES_BYTES, in_file, names_below, read_document
from modules_catalog.table_rows import check_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`outputs` or `error` ({name, data}); a value may be {"$file": name} for a table or binary port."""

    name: str
    inputs: Mapping[str, JSON]
    outputs: Mapping[str, JSON] | None = None
    error: Mapping[str, JSON] | None = None
    config: Mapping[str, JSON] = field(default_factory=dict)
    doc: str = ""


def read_examples(bundle: Bundle, contract: ModuleContract) -> tuple[list[Example], list[Problem]]:
    """Every example of a bundle, and every problem."""
    names = names_below(bundle, "examples")
    if sum(len(bundle.files[name]) for name in names) > MAX_EXAMPLES_BYTES:
        message = (
            f"The examples add up to more than {MAX_EXAMPLES_BYTES >> 20} MiB. Put data in files ($file)."
        )
        return [], [Problem(code="too_large", path="examples", message=message)]
    examples: list[Example] = []
    problems: list[Problem] = []
    for name in names:
        document, found = read_document(bundle, name, "example")
        if document is not None:
            fields = {key: value for key, value in document.items() if key != "format"}
            example = Example(name=name, **fields)
            found = in_file(name, list(_check(bundle, contract, example)))
            examples.append(example)
        problems.extend(found)
    return examples, problems


def file_of(value: JSON) -> str | None:
    """The file that an example's value names."""
    if isinstance(value, dict) and set(value) == {"$file"} and isinstance(value["$file"], str):
        return value["$file"]
    return None


def _check(bundle: Bundle, contract: ModuleContract, example: Example) -> Iterator[Problem]:
    yield from _check_side(bundle, contract, contract.ports.inputs, example.inputs, "/inputs")
    if example.outputs is not None:
        yield from _check_side(bundle, contract, contract.ports.outputs, example.outputs, "/outputs")
    yield from _check_value(contract, contract.config_schema, dict(example.config), "/config")
    if example.error is not None:
        yield from _check_error(contract, example.error)


def _check_side(
    bundle: Bundle, contract: ModuleContract, ports: Mapping[str, Port], values: Mapping[str, JSON], path: str
) -> Iterator[Problem]:
    for name in values:
        if name not in ports:
            message = f"The contract has no such port. It has {', '.join(ports) or 'none'}."
            yield _problem("unknown_port", path + pointer(name), message)
    for name, port in ports.items():
        place = path + pointer(name)
        if name in values:
            yield from _check_port(bundle, contract, port, values[name], place)
        elif port.is_required:
            yield _problem("missing_port", place, "This port needs a value. Add it to the example.")


def _check_port(
    bundle: Bundle, contract: ModuleContract, port: Port, value: JSON, path: str
) -> Iterator[Problem]:
    if port.media == "json":
        yield from _check_value(contract, port.schema, value, path)
        return
    name = file_of(value)
    if name is not None:
        if name not in bundle.files:
            yield _problem("missing_file", f"{path}/$file", f"{name} is not in the bundle. Add it.")
    elif port.media == "table":
        yield from check_rows(port.columns, value, path)
    else:
        message = 'A binary value stands in a file of its own: {"$file": "examples/picture.png"}.'
        yield _problem("value", path, message)


def _check_value(contract: ModuleContract, schema: Any, value: JSON, path: str) -> Iterator[Problem]:
    for problem in compile_guard(localise(schema, contract.root)).problems(value):
        yield _problem("value", path + problem.path, problem.message)


def _check_error(contract: ModuleContract, error: Mapping[str, JSON]) -> Iterator[Problem]:
    declared = contract.errors.get(error["name"])
    if declared is None:
        if not contract.errors_open:
            message = f"The contract does not declare it. It declares {', '.join(contract.errors) or 'none'}."
            yield _problem("unknown_error", "/error/name", message)
    elif isinstance(declared.schema, dict):
        yield from _check_value(contract, declared.schema, error.get("data", {}), "/error/data")


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
