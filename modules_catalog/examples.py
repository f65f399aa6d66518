"""examples/*.json: calls with their answers, checked against the contract before anything runs.

Owns:      `Example`, and whether what it says is possible under the contract.
Promises:  every example file is looked at; a file that an example names is in the bundle.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.canonical import JSON
from contracts.module import ModuleContract, Port
from contracts.problems import Problem, pointer
from contracts.schema import Guard, compile_guard, localise
from modules_catalog.bundle import Bundle
from modules_catalog.bundle_documents import MAX_EXAMPLES_BYTES, in_file, names_below, read_document
from modules_catalog.table_rows import check_rows

MAX_EXAMPLES: Final = 200


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
    if len(names) > MAX_EXAMPLES:
        message = f"More than {MAX_EXAMPLES} examples. Keep those that show something."
        return [], [Problem(code="too_many", path="examples", message=message)]
    if sum(len(bundle.files[name]) for name in names) > MAX_EXAMPLES_BYTES:
        message = (
            f"The examples add up to more than {MAX_EXAMPLES_BYTES >> 20} MiB. Put data in files ($file)."
        )
        return [], [Problem(code="too_large", path="examples", message=message)]
    reader = _Reader(bundle, contract)
    examples: list[Example] = []
    problems: list[Problem] = []
    for name in names:
        document, found = read_document(bundle, name, "example")
        if document is not None:
            fields = {key: value for key, value in document.items() if key != "format"}
            example = Example(name=name, **fields)
            found = in_file(name, list(reader.check(example)))
            examples.append(example)
        problems.extend(found)
    return examples, problems


def file_of(value: JSON) -> str | None:
    """The file that an example's value names."""
    if isinstance(value, dict) and set(value) == {"$file"} and isinstance(value["$file"], str):
        return value["$file"]
    return None


class _Reader:
    """Checks examples against one contract; every guard is compiled once."""

    def __init__(self, bundle: Bundle, contract: ModuleContract) -> None:
        self._bundle = bundle
        self._contract = contract
        self._guards: dict[str, Guard] = {}

    def check(self, example: Example) -> Iterator[Problem]:
        contract = self._contract
        yield from self._check_side(contract.ports.inputs, example.inputs, "/inputs")
        if example.outputs is not None:
            yield from self._check_side(contract.ports.outputs, example.outputs, "/outputs")
        yield from self._check_value("/config", contract.config_schema, dict(example.config), "/config")
        if example.error is not None:
            yield from self._check_error(example.error)

    def _check_side(
        self, ports: Mapping[str, Port], values: Mapping[str, JSON], path: str
    ) -> Iterator[Problem]:
        for name in values:
            if name not in ports:
                message = f"The contract has no such port. It has {', '.join(ports) or 'none'}."
                yield _problem("unknown_port", path + pointer(name), message)
        for name, port in ports.items():
            place = path + pointer(name)
            if name in values:
                yield from self._check_port(port, values[name], place)
            elif port.is_required:
                yield _problem("missing_port", place, "This port needs a value. Add it to the example.")

    def _check_port(self, port: Port, value: JSON, path: str) -> Iterator[Problem]:
        if port.media == "json":
            yield from self._check_value(path, port.schema, value, path)
            return
        name = file_of(value)
        if name is not None:
            if name not in self._bundle.files:
                yield _problem("missing_file", f"{path}/$file", f"{name} is not in the bundle. Add it.")
        elif port.media == "table":
            yield from check_rows(port.columns, value, path)
        else:
            message = 'A binary value stands in a file of its own: {"$file": "examples/picture.png"}.'
            yield _problem("value", path, message)

    def _check_value(self, key: str, schema: Any, value: JSON, path: str) -> Iterator[Problem]:
        guard = self._guards.get(key)
        if guard is None:
            guard = self._guards[key] = compile_guard(localise(schema, self._contract.root))
        for problem in guard.problems(value):
            yield _problem("value", path + problem.path, problem.message)

    def _check_error(self, error: Mapping[str, JSON]) -> Iterator[Problem]:
        declared = self._contract.errors.get(error["name"])
        if declared is None:
            if not self._contract.errors_open:
                names = ", ".join(self._contract.errors) or "none"
                message = f"The contract does not declare it. It declares {names}."
                yield _problem("unknown_error", "/error/name", message)
        elif isinstance(declared.schema, dict):
            key = f"error {error['name']}"
            yield from self._check_value(key, declared.schema, error.get("data", {}), "/error/data")


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
