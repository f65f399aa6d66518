"""Text → tree.

Owns:      the grammar of CEL (precedence, literals, calls, the macros) without messages, bytes and unsigned.
Promises:  refuses with offset and advice; a tree has at most `MAX_DEPTH` levels, so that walks may recurse.
"""

from functools import lru_cache
from typing import Final

from contracts.expressions.lexer import MAX_INTEGER, RESERVED, Token, refusal, tokens
from contracts.expressions.tree import (
    MACROS,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Field,
    Index,
    ListOf,
    Literal,
    MapOf,
    Name,
    Tree,
    Unary,
    depth,
)
from contracts.problems import ProblemsError

MAX_DEPTH: Final = 64
MAX_CHARACTERS: Final = 4000
_BINDING: Final = {
    "||": 1, "&&": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
}  # fmt: skip
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression. Raises `ProblemsError`."""
    if len(text) > MAX_CHARACTERS:
        raise refusal(
            text, MAX_CHARACTERS, f"More than {MAX_CHARACTERS} characters. Move work into a module."
        )
    tree = _Parser(text).whole()
    if depth(tree) > MAX_DEPTH:
        raise refusal(text, 0, f"Nested deeper than {MAX_DEPTH} levels. Split the expression over two nodes.")
    return tree


class _Parser:
    """Recursive descent; `nesting` keeps its own recursion bounded."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.nesting = 0

    def whole(self) -> Tree:
        tree = self.expression()
        if self.peek.kind != "end":
            raise self.unexpected("an operator or the end")
        return tree

    @property
    def peek(self) -> Token:
        return self.tokens[self.position]

    def next(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def takes(self, sign: str) -> bool:
        token = self.peek
        if token.kind != "value" and token.text == sign and token.kind != "end":
            self.position += 1
            return True
        return False

    def require(self, sign: str) -> None:
        if not self.takes(sign):
            raise self.unexpected(repr(sign))

    def unexpected(self, wanted: str) -> ProblemsError:
        token = self.peek
        found = "the expression ends" if token.kind == "end" else f"{token.text!r} stands"
        return refusal(self.text, token.at, f"{found} where {wanted} is expected.")

    def expression(self) -> Tree:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise refusal(self.text, self.peek.at, f"Nested deeper than {MAX_DEPTH} levels. Split it.")
        test = self.binary(1)
        at = self.peek.at
        if self.takes("?"):
            yes = self.binary(1)
            self.require(":")
            test = Conditional(at, test, yes, self.expression())
        self.nesting -= 1
        return test

    def binary(self, weakest: int) -> Tree:
        """Operators that bind at least as strongly as `weakest`, from left to right."""
        left = self.unary()
        while True:
            operator = self.peek
            binding = 0 if operator.kind == "value" else _BINDING.get(operator.text, 0)
            if binding < weakest:
                return left
            self.position += 1
            left = Binary(operator.at, operator.text, left, self.binary(binding + 1))

    def unary(self) -> Tree:
        signs: list[Token] = []
        while self.peek.kind == "sign" and self.peek.text in ("!", "-"):
            signs.append(self.next())
        tree = self.member(negative=bool(signs) and signs[-1].text == "-")
        if signs and isinstance(tree, Literal) and type(tree.value) in (int, float) and signs[-1].text == "-":
            tree = Literal(signs.pop().at, -tree.value)
        for sign in reversed(signs):
            tree = Unary(sign.at, sign.text, tree)
        return tree

    def member(self, *, negative: bool) -> Tree:
        tree = self.primary(negative=negative)
        while True:
            at = self.peek.at
            if self.takes("."):
                tree = self.selected(tree)
            elif self.takes("["):
                tree = Index(at, tree, self.expression())
                self.require("]")
            else:
                return tree

    def selected(self, operand: Tree) -> Tree:
        name = self.next()
        if name.kind != "name" or name.text in RESERVED:
            self.position -= 1
            raise self.unexpected('the name of a field (or write ["name"])')
        if not self.takes("("):
            return Field(name.at, operand, name.text)
        if name.text in MACROS:
            return self.comprehension(operand, name)
        if isinstance(operand, Name) and operand.name == "math":
            return Call(name.at, f"math.{name.text}", self.items(")"))
        return Call(name.at, f".{name.text}", (operand, *self.items(")")))

    def comprehension(self, source: Tree, name: Token) -> Tree:
        arguments = self.items(")")
        allowed = (2, 3) if name.text == "map" else (2,)
        if len(arguments) not in allowed or not isinstance(arguments[0], Name):
            example = f"list.{name.text}(item, …)"
            raise refusal(self.text, name.at, f"{name.text} takes a name and an expression: {example}.")
        condition = arguments[1] if len(arguments) == 3 else None
        variable = arguments[0].name
        return Comprehension(name.at, MACROS[name.text], source, variable, condition, arguments[-1])

    def primary(self, *, negative: bool) -> Tree:
        token = self.peek
        match token.kind:
            case "value":
                self.position += 1
                if not negative and token.value == MAX_INTEGER + 1 and isinstance(token.value, int):
                    raise refusal(self.text, token.at, "The number has more than 64 bits. Write it as text.")
                return Literal(token.at, token.value)
            case "name" if token.text not in RESERVED:
                return self.named()
        if self.takes("("):
            tree = self.expression()
            self.require(")")
            return tree
        if self.takes("["):
            return ListOf(token.at, self.items("]"))
        if self.takes("{"):
            return self.mapping(token.at)
        raise self.unexpected("a value")

    def named(self) -> Tree:
        token = self.next()
        if token.text in _CONSTANTS:
            return Literal(token.at, _CONSTANTS[token.text])
        if not self.takes("("):
            return Name(token.at, token.text)
        arguments = self.items(")")
        if token.text != "has":
            return Call(token.at, token.text, arguments)
        if len(arguments) != 1 or not isinstance(arguments[0], Field):
            raise refusal(self.text, token.at, "has takes one field, such as has(value.name).")
        field = arguments[0]
        return Field(field.at, field.operand, field.name, tests=True)

    def items(self, closing: str) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while not self.takes(closing):
            found.append(self.expression())
            if not self.takes(","):
                self.require(closing)
                break
        return tuple(found)

    def mapping(self, at: int) -> Tree:
        entries: list[tuple[Tree, Tree]] = []
        while not self.takes("}"):
            key = self.expression()
            self.require(":")
            entries.append((key, self.expression()))
            if not self.takes(","):
                self.require("}")
                break
        return MapOf(at, tuple(entries))
