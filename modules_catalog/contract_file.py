"""What contract.json means: rules that its JSON Schema cannot say.

Promises:  every schema is in the port language, every default and comparator fits, all problems at once.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from contracts.canonical import JSON
from contracts.problems import Problem, pointer
from contracts.schema import check_port_schema, compile_guard, localise

_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)\Z")
_MAX_DECIMAL_DIGITS: Final = 38
_RESERVED_PORT: Final = "error"
MAX_WORK: Final = 8 << 20


def check_contract_file(document: JSON, *, size: int) -> list[Problem]:
    """Problems of a contract.json of `size` bytes that has passed the structural check."""
    if problem := _too_much(document, size):
        return [problem]
    problems = [*_check_schemas(document), *_check_variables(document), *_check_ports(document)]
    if not problems:  # defaults are judged by schemas that are sound
        problems = [*_check_defaults(document), *_check_comparators(document)]
    return problems


def schemas_of(document: JSON) -> Iterator[tuple[str, JSON]]:
    """Every schema of the document with its pointer."""
    for name, schema in document.get("$defs", {}).items():
        yield pointer("$defs", name), schema
    for side in ("in", "out"):
        for name, port in document["ports"][side].items():
            if port["media"] == "json":
                yield pointer("ports", side, name, "schema"), port["schema"]
    if "config" in document:
        yield "/config", document["config"]
    for name, error in document.get("errors", {}).items():
        if "schema" in error:
            yield pointer("errors", name, "schema"), error["schema"]


def _too_much(document: JSON, size: int) -> Problem | None:
    """Every schema and every default is compiled with what it refers to: their number times the size."""
    schemas = sum(1 for _ in schemas_of(document))
    defaults = str(document).count("'default'")
    if (schemas + defaults) * size <= MAX_WORK:
        return None
    message = (
        f"{schemas} schemas and {defaults} defaults in {size >> 10} KiB are too much to check. Shorten it."
    )
    return _problem("too_large", "", message)


def _check_schemas(document: JSON) -> Iterator[Problem]:
    for path, schema in schemas_of(document):
        for problem in check_port_schema(schema, root=document):
            yield problem.within(path)
    for path, schema in schemas_of(document):
        if path.startswith(("/config", "/errors")) and schema.get("type") != "object":
            yield _problem(
                "not_an_object", path, 'Settings and error data are objects. Add "type": "object".'
            )


def _check_variables(document: JSON) -> Iterator[Problem]:
    for index, name in enumerate(document.get("type_variables", ())):
        if name not in document.get("$defs", {}):
            message = f"The type variable {name} has no bound. Add it to $defs; true stands for anything."
            yield _problem("unbound_variable", pointer("type_variables", index), message)


def _check_ports(document: JSON) -> Iterator[Problem]:
    for side in ("in", "out"):
        for name, port in document["ports"][side].items():
            path = pointer("ports", side, name)
            if name == _RESERVED_PORT:
                yield _problem("reserved_name", path, "No port is called error. Choose another name.")
            if side == "out" and "default" in port:
                message = "Only an input has a default. Let the module write the value."
                yield _problem("bad_default", f"{path}/default", message)
            if port["media"] == "table":
                yield from _check_columns(document, port["columns"], f"{path}/columns")


def _check_columns(document: JSON, columns: Any, path: str) -> Iterator[Problem]:
    if isinstance(columns, str):
        if columns not in document.get("type_variables", ()):
            yield _problem("unbound_variable", path, f"{columns} is not in type_variables. Add it there.")
        return
    names = [column["name"] for column in columns]
    for index, column in enumerate(columns):
        if column["name"] in names[:index]:
            message = f"The column {column['name']!r} stands twice. Keep one."
            yield _problem("duplicate_column", f"{path}/{index}/name", message)
        found = _DECIMAL.match(column["type"])
        if found and not (int(found[2]) <= int(found[1]) <= _MAX_DECIMAL_DIGITS):
            message = f"decimal(p,s) has at most {_MAX_DECIMAL_DIGITS} digits and s ≤ p."
            yield _problem("column_type", f"{path}/{index}/type", message)


def _check_defaults(document: JSON) -> Iterator[Problem]:
    """Defaults inside a schema are judged with the schema itself."""
    for name, port in document["ports"]["in"].items():
        if port["media"] == "json" and "default" in port:
            path = pointer("ports", "in", name, "default")
            for problem in compile_guard(localise(port["schema"], document)).problems(port["default"]):
                message = f"The default does not fit its own schema: {problem.message}"
                yield _problem("bad_default", path + problem.path, message)


def _check_comparators(document: JSON) -> Iterator[Problem]:
    for place in document.get("comparators", {}):
        path = pointer("comparators", place)
        tokens = tokens_of(place)
        if tokens is None or not _reaches(document, tokens):
            message = (
                f"Points at no output. Begin with one of {', '.join(document['ports']['out']) or 'none'}."
            )
            yield _problem("comparator", path, message)


def tokens_of(place: str) -> list[str] | None:
    """The parts of a pointer; None when it is none."""
    if place and not place.startswith("/"):
        return None
    return [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]


def _reaches(document: JSON, tokens: list[str]) -> bool:
    ports = document["ports"]["out"]
    if not tokens or tokens[0] == "*":
        return True
    port = ports.get(tokens[0])
    if port is None:
        return False
    if port["media"] == "json":
        return _may_have(document, port["schema"], tokens[1:], fuel=64)
    columns = port.get("columns")
    if port["media"] == "binary" or len(tokens) > 2:
        return len(tokens) == 1
    return len(tokens) < 2 or isinstance(columns, str) or tokens[1] in ("*", *(c["name"] for c in columns))


def _may_have(document: JSON, schema: JSON, tokens: list[str], *, fuel: int) -> bool:
    """False only where a closed object certainly lacks the key."""
    if not tokens or not isinstance(schema, dict) or fuel == 0:
        return True
    if isinstance(reference := schema.get("$ref"), str):
        target = document.get("$defs", {}).get(reference.removeprefix("#/$defs/"), True)
        return _may_have(document, target, tokens, fuel=fuel - 1)
    step, rest = tokens[0], tokens[1:]
    if schema.get("type") == "array":
        is_index = step == "*" or step.isdigit()
        return is_index and _may_have(document, schema.get("items", True), rest, fuel=fuel - 1)
    properties = schema.get("properties", {})
    if step in properties:
        return _may_have(document, properties[step], rest, fuel=fuel - 1)
    return step == "*" or schema.get("additionalProperties", True) is not False


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
