"""Judging an expression against the schemas of its variables, before anything runs.

Owns:      the type of every node of a tree, as a schema; the problems of fields, operators and arguments.
Promises:  speaks only of what cannot work; what is not known is `any`. The type holds for every result.
Never:     evaluates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.canonical import JSON
from contracts.expressions import shapes
from contracts.expressions.expression import compile_expression
from contracts.expressions.functions import ANY, FUNCTIONS, NUMBER, TEXT, Kind, is_pattern
from contracts.expressions.operations import WORDS
from contracts.expressions.shapes import UNKNOWN, Absent, Shape, has_references
from contracts.expressions.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Field,
    Index,
    ListOf,
    MapOf,
    Name,
    Tree,
    Unary,
)
from contracts.expressions.tree import Literal as Constant
from contracts.problems import Problem, ProblemsError
from contracts.schema.localise import nested

Wanted = Literal["any", "bool", "number", "text", "timestamp"]
_WANTED: Final[Mapping[Wanted, frozenset[Kind]]] = {
    "any": ANY,
    "bool": frozenset({"bool"}),
    "number": NUMBER,
    "text": TEXT,
    "timestamp": frozenset({"timestamp"}),
}
_BOOL: Final = shapes.of_kinds(frozenset({"bool"}))


@dataclass(frozen=True, slots=True)
class Judgement:
    """`schema` holds for every result; `is_exact`: and every value of it can be a result."""

    schema: JSON
    problems: list[Problem]
    is_exact: bool = False


def check_expression(text: str, schemas: Mapping[str, JSON], *, want: Wanted = "any") -> list[Problem]:
    """Problems of syntax, names, fields and types; `schemas` are self-contained, one for each variable."""
    return judge_expression(text, schemas, want=want).problems


def type_of_expression(text: str, schemas: Mapping[str, JSON]) -> JSON:
    """A self-contained schema that every result satisfies; `true` where nothing is known."""
    return judge_expression(text, schemas).schema


def judge_expression(text: str, schemas: Mapping[str, JSON], *, want: Wanted = "any") -> Judgement:
    """All answers of one walk."""
    try:
        expression = compile_expression(text)
    except ProblemsError as error:
        return Judgement(True, list(error.problems))
    walk = _Walk(text, {name: schemas[name] for name in expression.names & schemas.keys()}, sorted(schemas))
    shape = walk.shape(expression.tree, walk.variables)
    if not shape.kinds & _WANTED[want]:
        walk.complain(
            expression.tree.at, "expression_type", f"It gives {_words(shape)}; wanted: {_WANTS[want]}."
        )
    return Judgement(walk.self_contained(shape.schema), walk.problems, shape.is_exact)


_WANTS: Final = {
    "any": "anything",
    "bool": "a boolean, such as a comparison",
    "number": "a number",
    "text": "text",
    "timestamp": "an instant, such as timestamp('2026-01-31T09:00:00Z')",
}


@dataclass(slots=True)
class _Walk:
    text: str
    schemas: Mapping[str, JSON]
    known: list[str]
    problems: list[Problem] = field(default_factory=list)
    root: JSON = None
    variables: dict[str, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # One root for all variables, so that parts of different ones can stand in one schema.
        placed = {name: _placed(name, schema) for name, schema in self.schemas.items()}
        self.root = {"$defs": placed}
        self.variables = {name: shapes.of_schema(schema, self.root) for name, schema in placed.items()}

    def self_contained(self, schema: JSON) -> JSON:
        if not has_references(schema):
            return schema
        used = {name: part for name, part in self.root["$defs"].items() if has_references(part)}
        if "$defs" in schema:
            return {"allOf": [schema], "$defs": used}
        return {**schema, "$defs": used}

    def complain(self, at: int, code: str, message: str) -> Shape:
        where = f"{self.text!r}" if len(self.text) <= 60 else f"…{self.text[max(0, at - 20) : at + 40]}…"
        self.problems.append(Problem(code=code, path="", message=f"In {where}: {message}"))
        return UNKNOWN

    def shape(self, tree: Tree, scope: Mapping[str, Shape]) -> Shape:
        match tree:
            case Constant():
                return (
                    shapes.of_schema({"const": tree.value}, None) if not _is_number(tree) else _number(tree)
                )
            case Name():
                if tree.name in scope:
                    return scope[tree.name]
                known = ", ".join(self.known) or "none"
                message = f"There is no variable {tree.name!r}. There are: {known}."
                return self.complain(tree.at, "unknown_variable", message)
            case Field():
                return self.field(tree, scope)
            case Index():
                return self.index(tree, scope)
            case Call():
                return self.call(tree, scope)
            case Unary():
                return self.unary(tree, scope)
            case Binary():
                return self.binary(tree, scope)
            case Conditional():
                self.require(tree.test, scope, "The condition before ?")
                return shapes.union([self.shape(tree.yes, scope), self.shape(tree.no, scope)])
            case ListOf():
                items = [self.shape(entry, scope) for entry in tree.items]
                size = {"minItems": len(items), "maxItems": len(items)}
                first = {"prefixItems": [shape.schema for shape in items]} if items else {}
                schema = {"type": "array", **first, **size}
                return Shape(frozenset({"list"}), schema, all(shape.is_exact for shape in items))
            case MapOf():
                return self.mapping(tree, scope)
            case Comprehension():
                return self.comprehension(tree, scope)

    def require(self, tree: Tree, scope: Mapping[str, Shape], what: str) -> None:
        shape = self.shape(tree, scope)
        if "bool" not in shape.kinds:
            self.complain(tree.at, "expression_type", f"{what} must be a boolean, but it is {_words(shape)}.")

    def field(self, tree: Field, scope: Mapping[str, Shape]) -> Shape:
        shape = self.shape(tree.operand, scope)
        if "map" not in shape.kinds:
            message = f"{_words(shape)} has no field {tree.name!r}."
            return self.complain(tree.at, "expression_type", message)
        try:
            found = shapes.field(shape, tree.name, self.root)
        except Absent:
            return self.complain(tree.at, "unknown_field", self.no_field(shape, tree.name))
        return _BOOL if tree.tests else found

    def no_field(self, shape: Shape, name: str) -> str:
        names = shapes.field_names(shape.schema, self.root)
        listed = f"It has {', '.join(names[:20])}." if names else "It has no fields."
        return f"There is no field {name!r}. {listed}"

    def index(self, tree: Index, scope: Mapping[str, Shape]) -> Shape:
        shape, key = self.shape(tree.operand, scope), self.shape(tree.key, scope)
        if not shape.kinds & {"list", "map"}:
            return self.complain(tree.at, "expression_type", f"{_words(shape)} cannot be read with [ ].")
        wanted = (
            {"int", "double"} if "map" not in shape.kinds else {"text"} if "list" not in shape.kinds else ANY
        )
        if not key.kinds & wanted:
            how = "by position" if "map" not in shape.kinds else "by name"
            message = f"{_words(shape)} is read {how}, not by {_words(key)}."
            return self.complain(tree.at, "expression_type", message)
        if len(shape.kinds & {"list", "map"}) == 2:
            return UNKNOWN
        try:
            return self.indexed(shape, tree.key)
        except Absent:
            if isinstance(tree.key, Constant) and isinstance(tree.key.value, str):
                return self.complain(tree.at, "unknown_field", self.no_field(shape, tree.key.value))
            return self.complain(tree.at, "unknown_field", "There is never an item at that position.")

    def indexed(self, shape: Shape, key: Tree) -> Shape:
        constant = key.value if isinstance(key, Constant) else None
        if "list" in shape.kinds:
            position = constant if type(constant) is int and constant >= 0 else None
            return shapes.item(shape, position, self.root)
        if isinstance(constant, str):
            return shapes.field(shape, constant, self.root)
        return shapes.entries(shape, self.root)

    def call(self, tree: Call, scope: Mapping[str, Shape]) -> Shape:
        function, name = FUNCTIONS[tree.function], tree.function.lstrip(".")
        arguments = [self.shape(argument, scope) for argument in tree.arguments]
        for argument, takes in zip(arguments, function.takes, strict=False):
            if not argument.kinds & takes:
                wanted = " or ".join(_named(kind) for kind in sorted(takes))
                message = f"{name} takes {wanted}, not {_words(argument)}."
                return self.complain(tree.at, "expression_type", message)
        pattern = tree.arguments[1] if name == "matches" else None
        if isinstance(pattern, Constant) and not is_pattern(pattern.value):
            message = "It is no regular pattern (look-around and back-references are not)."
            return self.complain(pattern.at, "expression_pattern", message)
        if name == "dyn":
            return Shape(ANY, arguments[0].schema)
        if name in ("reverse", "slice"):
            return self.list_of(shapes.item(arguments[0], None, self.root))
        if function.gives == NUMBER and all(argument.kinds == {"int"} for argument in arguments):
            return shapes.of_kinds(frozenset({"int"}))
        return Shape(function.gives, function.schema) if function.schema else shapes.of_kinds(function.gives)

    def list_of(self, entry: Shape, *, is_exact: bool = False) -> Shape:
        schema = {"type": "array"} if entry.schema is True else {"type": "array", "items": entry.schema}
        return Shape(frozenset({"list"}), schema, is_exact)

    def unary(self, tree: Unary, scope: Mapping[str, Shape]) -> Shape:
        shape = self.shape(tree.operand, scope)
        allowed = frozenset({"bool"}) if tree.operator == "!" else NUMBER | {"duration"}
        if not shape.kinds & allowed:
            message = f"{tree.operator} does not take {_words(shape)}."
            return self.complain(tree.at, "expression_type", message)
        return shapes.of_kinds(shape.kinds & allowed)

    def binary(self, tree: Binary, scope: Mapping[str, Shape]) -> Shape:
        if tree.operator in ("&&", "||"):
            for side in (tree.left, tree.right):
                self.require(side, scope, f"A side of {tree.operator}")
            return _BOOL
        left, right = self.shape(tree.left, scope), self.shape(tree.right, scope)
        if tree.operator in ("==", "!="):
            return self.equality(tree, left, right)
        kinds = frozenset(
            result
            for first in left.kinds
            for second in right.kinds
            if (result := _result(tree.operator, first, second)) is not None
        )
        if not kinds:
            message = f"{tree.operator} does not join {_words(left)} and {_words(right)}."
            return self.complain(tree.at, "expression_type", message)
        if tree.operator == "/" and _is_unclear(left, right):
            message = (
                "Integers divide to integers here, other numbers do not, and a side may be either. "
                "Write double(…) / … for a fraction, or int(…) / int(…)."
            )
            return self.complain(tree.at, "unclear_division", message)
        if tree.operator == "+" and kinds == {"list"}:
            return self.list_of(shapes.union(shapes.item(side, None, self.root) for side in (left, right)))
        return shapes.of_kinds(kinds)

    def equality(self, tree: Binary, left: Shape, right: Shape) -> Shape:
        numeric = left.kinds & NUMBER and right.kinds & NUMBER
        if not numeric and not left.kinds & right.kinds:
            message = f"{_words(left)} never equals {_words(right)}. Compare like with like."
            return self.complain(tree.at, "expression_type", message)
        return _BOOL

    def mapping(self, tree: MapOf, scope: Mapping[str, Shape]) -> Shape:
        properties: dict[str, JSON] = {}
        is_closed = is_exact = True
        for key, value in tree.entries:
            shape, name = self.shape(value, scope), self.shape(key, scope)
            if "text" not in name.kinds:
                self.complain(key.at, "expression_type", "The key of an object must be text.")
            is_exact = is_exact and shape.is_exact
            if isinstance(key, Constant) and isinstance(key.value, str):
                properties[key.value] = shape.schema
            else:
                is_closed = False
        if not is_closed:
            return shapes.of_kinds(frozenset({"map"}))
        closed = {"required": sorted(properties)} if properties else {}
        schema = {"type": "object", "properties": properties, **closed, "additionalProperties": False}
        return Shape(frozenset({"map"}), schema, is_exact)

    def comprehension(self, tree: Comprehension, scope: Mapping[str, Shape]) -> Shape:
        source = self.shape(tree.source, scope)
        if not source.kinds & {"list", "map"}:
            message = f"{tree.macro} goes over a list, not over {_words(source)}."
            self.complain(tree.at, "expression_type", message)
        inner = {**scope, tree.variable: self.element(source)}
        if tree.condition is not None:
            self.require(tree.condition, inner, "The condition of map")
        if tree.macro == "map":
            body = self.shape(tree.body, inner)
            return self.list_of(body, is_exact=body.is_exact and source.is_exact and tree.condition is None)
        self.require(tree.body, inner, f"The expression inside {tree.macro}")
        return self.list_of(inner[tree.variable]) if tree.macro == "filter" else _BOOL

    def element(self, source: Shape) -> Shape:
        if "list" not in source.kinds:
            return shapes.of_kinds(TEXT) if "map" in source.kinds else UNKNOWN
        return UNKNOWN if "map" in source.kinds else shapes.item(source, None, self.root)


def _placed(name: str, schema: JSON) -> JSON:
    return nested(schema, f"/$defs/{name}") if has_references(schema) else schema


def _is_number(tree: Constant) -> bool:
    return isinstance(tree.value, int | float) and not isinstance(tree.value, bool)


def _number(tree: Constant) -> Shape:
    return Shape(frozenset({"int" if isinstance(tree.value, int) else "double"}), {"const": tree.value}, True)


def _result(operator: str, first: Kind, second: Kind) -> Kind | None:
    """The kind that two kinds give, or None where the operator does not join them."""
    numeric = first in NUMBER and second in NUMBER
    if operator == "in":
        return "bool" if second == "list" or (second == "map" and first == "text") else None
    if operator in ("<", "<=", ">", ">="):
        return "bool" if numeric or (first == second and first not in ("null", "list", "map")) else None
    if operator == "%":
        return "int" if first == second == "int" else None
    if numeric:
        return "int" if first == second == "int" else "double"
    return _JOINED.get((operator, first, second))


_JOINED: Final[Mapping[tuple[str, Kind, Kind], Kind]] = {
    ("+", "text", "text"): "text",
    ("+", "list", "list"): "list",
    ("+", "duration", "duration"): "duration",
    ("+", "timestamp", "duration"): "timestamp",
    ("+", "duration", "timestamp"): "timestamp",
    ("-", "timestamp", "timestamp"): "duration",
    ("-", "timestamp", "duration"): "timestamp",
    ("-", "duration", "duration"): "duration",
}


def _is_unclear(left: Shape, right: Shape) -> bool:
    """Whether a division is of integers or not depends on the values, though the schemas speak of numbers."""
    if left.is_unknown or right.is_unknown or {"double"} in (left.kinds & NUMBER, right.kinds & NUMBER):
        return False
    return left.kinds >= NUMBER or right.kinds >= NUMBER


def _named(kind: Kind) -> str:
    return WORDS[kind]


def _words(shape: Shape) -> str:
    if shape.is_unknown:
        return "anything"
    return " or ".join(_named(kind) for kind in sorted(shape.kinds))
