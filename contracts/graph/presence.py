"""When a node runs at all: skips that travel, branches that exclude each other, joins that can never fire.

Owns:      `Presence`, what must hold for a node to run, and whether a port may stay without a value.
Promises:  says "never" only where no run can reach the node; conditions are compared over their sources.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.canonical import JSON
from contracts.expressions import Expression, ExpressionError, compile_expression
from contracts.expressions.tree import Binary, Field, Literal, Name, Tree, Unary, children
from contracts.problems import ProblemsError

MAX_FACTS = 64


@dataclass(frozen=True, slots=True)
class Fact:
    """`subject` is (or, without `holds`, is not) `value`; `words` names it to a user."""

    subject: str
    value: str
    holds: bool
    words: str

    def excludes(self, other: "Fact") -> bool:
        if self.subject != other.subject:
            return False
        if self.value == other.value:
            return self.holds != other.holds
        return self.holds and other.holds


Facts = frozenset[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What holds whenever a port has a value, and whether it may be without one."""

    facts: Facts = frozenset()
    may_skip: bool = False
    never: bool = False


ALWAYS = Presence()
NEVER = Presence(never=True, may_skip=True)


def all_of(parts: Iterable[Presence]) -> Presence:
    """The presence of something that needs all of these."""
    facts: set[Fact] = set()
    may_skip = never = False
    for part in parts:
        facts |= part.facts
        may_skip = may_skip or part.may_skip
        never = never or part.never
    return Presence(facts=_bounded(facts), may_skip=may_skip, never=never)


def any_of(parts: Iterable[Presence]) -> Presence:
    """The presence of something that needs one of these."""
    found = list(parts)
    known = [part.facts for part in found if not part.never]
    return Presence(
        facts=frozenset.intersection(*known) if known else frozenset(),
        may_skip=all(part.may_skip for part in found),
        never=all(part.never for part in found),
    )


def conflict(parts: Mapping[str, Presence]) -> tuple[str, Fact, str, Fact] | None:
    """Two of them that never come together, with the facts that exclude each other."""
    if len(parts) < 2:
        return None
    known: dict[str, list[tuple[str, Fact]]] = {}
    for name in sorted(parts):
        for fact in sorted(parts[name].facts, key=lambda fact: (fact.subject, fact.value, fact.holds)):
            for other_name, other in known.get(fact.subject, ()):
                if fact.excludes(other):
                    return other_name, other, name, fact
            known.setdefault(fact.subject, []).append((name, fact))
    return None


def _bounded(facts: set[Fact]) -> Facts:
    # Fewer facts find fewer conflicts and never a false one.
    if len(facts) <= MAX_FACTS:
        return frozenset(facts)
    return frozenset(sorted(facts, key=lambda fact: (fact.subject, fact.value, fact.holds))[:MAX_FACTS])


def outcome(node: str, *, failed: bool) -> Presence:
    """Of a node with an error port: the output that says how it ended."""
    words = f"{node} failed" if failed else f"{node} succeeded"
    return Presence(facts=frozenset({Fact(f"outcome {node}", str(failed), True, words)}), may_skip=True)


def condition(text: str, sources: Mapping[str, str]) -> Presence:
    """What a `when` says; `sources` gives the output (and select) behind each input."""
    try:
        expression = compile_expression(text)
    except ProblemsError:
        return Presence(may_skip=True)
    tree = expression.tree
    if not expression.names:
        return NEVER if _constant(expression) is False else ALWAYS
    return Presence(facts=_bounded(set(_facts(tree, sources, True))), may_skip=True)


def _constant(expression: Expression) -> JSON:
    try:
        return expression.evaluate({})
    except ExpressionError:
        return None


def _facts(tree: Tree, sources: Mapping[str, str], holds: bool) -> Iterable[Fact]:
    """What follows when an expression is true (or false)."""
    words = (
        _rendered(tree, {}).removeprefix("(").removesuffix(")")
        if isinstance(tree, Binary)
        else _rendered(tree, {})
    )
    match tree:
        case Unary(operator="!", operand=operand):
            yield from _facts(operand, sources, not holds)
        case Binary(operator="&&") if holds:
            yield from _facts(tree.left, sources, True)
            yield from _facts(tree.right, sources, True)
        case Binary(operator="||") if not holds:
            yield from _facts(tree.left, sources, False)
            yield from _facts(tree.right, sources, False)
        case Binary(operator="==" | "!=", left=left, right=Literal(value=value)):
            is_equal = (tree.operator == "==") is holds
            yield Fact(_rendered(left, sources), repr(value), is_equal, words if holds else f"not {words}")
        case Binary(operator="<=" | ">=", left=left, right=right):
            # The same fact as its opposite denied, so that `x > 5` and `x <= 5` are seen to exclude each other.
            opposite = ">" if tree.operator == "<=" else "<"
            subject = f"({_rendered(left, sources)} {opposite} {_rendered(right, sources)})"
            yield Fact(subject, "True", not holds, words if holds else f"not {words}")
        case _:
            yield Fact(_rendered(tree, sources), "True", holds, words if holds else f"not {words}")


def _rendered(tree: Tree, sources: Mapping[str, str]) -> str:
    """An expression as text, with inputs replaced by what feeds them."""
    match tree:
        case Field(operand=Name(name="inputs"), name=name, tests=tests):
            return f"{'has ' if tests else ''}{sources.get(name, f'inputs.{name}')}"
        case Field(operand=operand, name=name, tests=tests):
            return f"{'has ' if tests else ''}{_rendered(operand, sources)}.{name}"
        case Name(name=name):
            return name
        case Literal(value=value):
            return repr(value)
        case Binary(operator=operator, left=left, right=right):
            return f"({_rendered(left, sources)} {operator} {_rendered(right, sources)})"
        case Unary(operator=operator, operand=operand):
            return f"{operator}{_rendered(operand, sources)}"
    label = getattr(tree, "function", getattr(tree, "macro", type(tree).__name__))
    parts = ", ".join(_rendered(child, sources) for child in children(tree))
    return f"{label}{getattr(tree, 'variable', '')}({parts})"
