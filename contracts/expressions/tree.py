"""The tree of an expression: what the parser builds, the evaluator compiles and the type check walks.

Owns:      the node types; `at` is the offset of a node's operator or name in the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from contracts.canonical import JSON

Macro = OneOf["all", "exists", "exists_one", "map", "filter"]
MACROS: dict[str, Macro] = {
    "all": "all",
    "exists": "exists",
    "exists_one": "exists_one",
    "map": "map",
    "filter": "filter",
}


@dataclass(frozen=True, slots=True)
class Literal:
    at: int
    value: JSON


@dataclass(frozen=True, slots=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """`operand.name`; with `tests` it is `has(operand.name)`."""

    at: int
    operand: "Tree"
    name: str
    tests: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    at: int
    operand: "Tree"
    key: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`; a method's target is the first argument, its name starts with a dot."""

    at: int
    function: str
    arguments: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    at: int
    operator: str
    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Binary:
    at: int
    operator: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Conditional:
    at: int
    test: "Tree"
    yes: "Tree"
    no: "Tree"


@dataclass(frozen=True, slots=True)
class ListOf:
    at: int
    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    at: int
    entries: tuple[tuple["Tree", "Tree"], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`source.macro(variable, [condition,] body)`; only map takes a condition."""

    at: int
    macro: Macro
    source: "Tree"
    variable: str
    condition: "Tree | None"
    body: "Tree"


Tree = Literal | Name | Field | Index | Call | Unary | Binary | Conditional | ListOf | MapOf | Comprehension


def children(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Literal() | Name():
            return ()
        case Field() | Unary():
            return (tree.operand,)
        case Index():
            return tree.operand, tree.key
        case Call():
            return tree.arguments
        case Binary():
            return tree.left, tree.right
        case Conditional():
            return tree.test, tree.yes, tree.no
        case ListOf():
            return tree.items
        case MapOf():
            return tuple(part for entry in tree.entries for part in entry)
        case Comprehension():
            return tuple(part for part in (tree.source, tree.condition, tree.body) if part is not None)


def depth(tree: Tree) -> int:
    """How many levels a tree has, counted without recursion."""
    level, count = [tree], 0
    while level:
        level = [child for node in level for child in children(node)]
        count += 1
    return count


def free_names(tree: Tree, bound: frozenset[str] = frozenset()) -> Iterator[Name]:
    """The variables that an expression takes from outside, as often as they occur."""
    match tree:
        case Name(name=name):
            if name not in bound:
                yield tree
        case Comprehension():
            yield from free_names(tree.source, bound)
            inner = bound | {tree.variable}
            for part in (tree.condition, tree.body):
                if part is not None:
                    yield from free_names(part, inner)
        case _:
            for child in children(tree):
                yield from free_names(child, bound)


def fields_read(tree: Tree, variable: str, *, shadowed: bool = False) -> Iterator[str | None]:
    """The fields of a variable that are read by name; None where it is read as a whole."""
    match tree:
        case Field(operand=Name(name=name), name=field) if name == variable and not shadowed:
            yield field
        case Index(operand=Name(name=name), key=Literal(value=str(field))) if (
            name == variable and not shadowed
        ):
            yield field
        case Name(name=name):
            if name == variable and not shadowed:
                yield None
        case Comprehension():
            yield from fields_read(tree.source, variable, shadowed=shadowed)
            inner = shadowed or tree.variable == variable
            for part in (tree.condition, tree.body):
                if part is not None:
                    yield from fields_read(part, variable, shadowed=inner)
        case _:
            for child in children(tree):
                yield from fields_read(child, variable, shadowed=shadowed)
