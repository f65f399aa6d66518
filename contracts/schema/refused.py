"""Tier 3: what a port schema may not say, each with its place and what to write instead.

Owns:      `check_port_schema`, `is_in_subset` (the language that is decided completely) and the bounds on a
           schema.
Promises:  reads iteratively, so that any size and depth gets its refusal quickly.
"""

from collections.abc import Iterator
from typing import Final

from contracts.canonical import JSON
from contracts.problems import Problem, ProblemsError, pointer
from contracts.schema.automaton import why_not_regular
from contracts.schema.documents import Document, Unresolved, subschemas
from contracts.schema.exact import children, is_number
from contracts.schema.guard import compile_guard
from contracts.schema.localise import localise
from contracts.schema.unfolded import MAX_STEPS, MAX_UNFOLDED, TooDeep, unfolded_size

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 50_000
MAX_CHARACTERS: Final = 2_000_000
_INTEGER_LIMIT: Final = 2**63

_Path = tuple[str | int, ...]

_REFUSED: Final = {
    "$dynamicRef": "A dynamic reference. Use $ref to #/$defs/….",
    "$dynamicAnchor": "A dynamic anchor. Put the definition into $defs and use $ref.",
    "$recursiveRef": "A keyword of an older draft. Use $ref to #/$defs/….",
    "$recursiveAnchor": "A keyword of an older draft. Put the definition into $defs.",
    "$anchor": "An anchor. Put the definition into $defs and refer to #/$defs/….",
    "$id": "An identifier changes what references mean. Remove it; refer to #/$defs/….",
    "$vocabulary": "A vocabulary. Remove it; the keywords of 2020-12 hold, and format only describes.",
    "unevaluatedProperties": "Not decidable here. Use additionalProperties beside properties.",
    "unevaluatedItems": "Not decidable here. Use items beside prefixItems.",
    "additionalItems": "A keyword of an older draft, without effect. Use items beside prefixItems.",
    "dependencies": "A keyword of an older draft, without effect. Use dependentRequired or dependentSchemas.",
}
_ENDLESS: Final = (
    "endless_ref",
    "Leads back to itself with nothing between. Refer to a definition that says something.",
)
_DIALECTS: Final = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/schema#",
)


def check_port_schema(schema: JSON, *, root: JSON | None = None) -> list[Problem]:
    """Why this cannot be the schema of a port; none means it can. Paths count from the schema.

    `root` is the contract file whose `$defs` the schema refers to; without it, the schema is its own root.
    """
    base = schema if root is None else root
    for document in (schema, base):
        problem = _too_large(document)
        if problem is not None:
            return [problem]
    if not isinstance(schema, dict | bool):
        return [Problem(code="not_a_schema", path="", message="A schema is an object, true or false.")]
    ways = _Ways(Document(base if isinstance(base, dict) else {"$defs": True}))
    problems = [problem for path, node in _walk(schema) for problem in _node_problems(path, node, ways)]
    return problems or _unfolded_problems(schema, ways.document) or _whole_problems(schema, base)


def _too_large(document: JSON) -> Problem | None:
    level: list[JSON] = [document]
    values = characters = 0
    for _ in range(MAX_DEPTH + 1):
        values += len(level)
        characters += sum(_characters(item) for item in level)
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            limit = f"more than {MAX_VALUES} values or {MAX_CHARACTERS} characters"
            return Problem(code="too_large", path="", message=f"The schema holds {limit}. Make it smaller.")
        level = [child for item in level for child in children(item)]
        if not level:
            return None
    return Problem(code="too_deep", path="", message=f"Nested deeper than {MAX_DEPTH} levels. Use $defs.")


def _characters(item: JSON) -> int:
    if isinstance(item, dict):
        return sum(len(key) for key in item if isinstance(key, str))
    return len(item) if isinstance(item, str) else 0


def _walk(schema: JSON) -> Iterator[tuple[_Path, JSON]]:
    pending: list[tuple[_Path, JSON]] = [((), schema)]
    while pending:
        path, node = pending.pop()
        yield path, node
        if isinstance(node, dict):
            pending.extend(((*path, *step), child) for step, child in subschemas(node))


def _node_problems(path: _Path, node: JSON, ways: "_Ways") -> Iterator[Problem]:
    if not isinstance(node, dict):
        if not isinstance(node, bool):
            yield _problem("not_a_schema", path, "A schema is an object, true or false.")
        return
    for keyword, message in _REFUSED.items():
        if keyword in node:
            yield _problem("refused_keyword", (*path, keyword), message)
    if node.get("$schema", _DIALECTS[0]) not in _DIALECTS:
        yield _problem(
            "other_dialect", (*path, "$schema"), f"Another dialect. Write {_DIALECTS[0]}, or nothing."
        )
    yield from _reference_problems(path, node, ways)
    yield from _pattern_problems(path, node)
    yield from _number_problems(path, node)


def _reference_problems(path: _Path, node: dict[str, JSON], ways: "_Ways") -> Iterator[Problem]:
    reference = node.get("$ref")
    at = (*path, "$ref")
    if not isinstance(reference, str):
        return
    if not reference.startswith("#"):
        name = reference.rstrip("/#").rpartition("/")[2].partition(".")[0].title() or "Name"
        message = f"Refers to another document. Copy the definition into $defs and refer to #/$defs/{name}."
        yield _problem("remote_ref", at, message)
    elif reference != "#" and not reference.startswith("#/"):
        yield _problem(
            "anchor_ref", at, "Refers to an anchor. Put the definition into $defs and refer to #/$defs/…."
        )
    elif refusal := ways.refusal(reference):
        yield _problem(refusal[0], at, refusal[1])


class _Ways:
    """Where the references of a document lead, each followed once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[str, tuple[str, str] | None] = {}

    def refusal(self, reference: str) -> tuple[str, str] | None:
        way = []
        while reference not in self._known:
            self._known[reference] = _ENDLESS  # for whatever leads back to it
            way.append(reference)
            try:
                target, _ = self.document.resolve(reference, self.document.start)
            except Unresolved:
                self._known[reference] = "unknown_ref", f"{reference} points at nothing. Define it in $defs."
                break
            following = target.get("$ref") if isinstance(target, dict) else None
            if not isinstance(following, str):
                self._known[reference] = None
                break
            reference = following
        self._known |= dict.fromkeys(way, self._known[reference])
        return self._known[reference]


def _unfolded_problems(schema: JSON, document: Document) -> list[Problem]:
    """A guard judges what stands in a definition anew for each reference that leads there."""
    try:
        if unfolded_size(schema, document) <= MAX_UNFOLDED:
            return []
    except TooDeep:
        message = (
            f"Its references lead more than {MAX_STEPS} schemas deep. Make the way through them shorter."
        )
        return [Problem(code="too_deep", path="", message=message)]
    message = f"With what it refers to it holds more than {MAX_UNFOLDED:,} schemas. Refer to less."
    return [Problem(code="too_large", path="", message=message)]


def _pattern_problems(path: _Path, node: dict[str, JSON]) -> Iterator[Problem]:
    patterns: list[tuple[_Path, JSON]] = []
    if "pattern" in node:
        patterns.append(((*path, "pattern"), node["pattern"]))
    if isinstance(node.get("patternProperties"), dict):
        patterns.extend(((*path, "patternProperties", key), key) for key in node["patternProperties"])
    for at, pattern in patterns:
        if isinstance(pattern, str) and not _is_linear(pattern):
            message = "Cannot be matched in linear time. Write it without look-around and back-references."
            yield _problem("pattern", at, message)


def _is_linear(pattern: str) -> bool:
    """The guard's engine never backtracks; what it cannot compile is refused."""
    try:
        compile_guard({"pattern": pattern})
    except ProblemsError:
        return False
    return True


def _number_problems(path: _Path, node: dict[str, JSON]) -> Iterator[Problem]:
    schemas = {id(child) for _, child in subschemas(node)}
    pending: list[tuple[_Path, JSON]] = [((*path, key), value) for key, value in node.items()]
    while pending:
        at, value = pending.pop()
        if isinstance(value, dict | list):
            entries = value.items() if isinstance(value, dict) else enumerate(value)
            pending.extend(((*at, step), child) for step, child in entries if id(child) not in schemas)
        elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_shown(value):
            yield _problem(
                "number_range", at, "A number beyond int64 or a finite double. Use a smaller one, or text."
            )


def _is_shown(value: int | float) -> bool:
    return is_number(value) and (isinstance(value, float) or -_INTEGER_LIMIT <= value < _INTEGER_LIMIT)


def _whole_problems(schema: JSON, root: JSON) -> list[Problem]:
    """What only the compiled schema shows: malformed keywords, and defaults that their own schema refuses."""
    try:
        compile_guard(localise(schema, root))
    except ProblemsError as error:
        return list(error.problems)
    problems: list[Problem] = []
    for path, node in _walk(schema):
        if isinstance(node, dict) and "default" in node:
            refusals = compile_guard(localise({**node}, root)).problems(node["default"], at_most=1)
            problems.extend(
                _problem("bad_default", (*path, "default"), f"The default is refused: {item.message}")
                for item in refusals
            )
    return problems


def _problem(code: str, path: _Path, message: str) -> Problem:
    return Problem(code=code, path=pointer(*path), message=message)


_SUBSET: Final = frozenset(
    {
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "prefixItems",
        "items",
        "minItems",
        "maxItems",
        "anyOf",
        "allOf",
        "$ref",
        "$defs",
        "$schema",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "format",
    }
)


def is_in_subset(schema: JSON) -> bool:
    """Whether the schema is in tier 1, the language that is decided completely."""
    if check_port_schema(schema):
        return False
    for _, node in _walk(schema):
        if isinstance(node, dict):
            if not node.keys() <= _SUBSET:
                return False
            if "pattern" in node and why_not_regular(node["pattern"]):
                return False
    return True
