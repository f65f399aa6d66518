"""The words of an expression.

Owns:      tokens of CEL's grammar as far as JSON needs it: no bytes, no unsigned numbers.
Promises:  every refusal names the offset and what to write instead.
"""

import re
from typing import Final, NamedTuple

from contracts.canonical import JSON
from contracts.problems import Problem, ProblemsError

MAX_INTEGER: Final = 2**63 - 1
RESERVED: Final = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop"}
    | {"namespace", "package", "return", "var", "void", "while"}
)
_WORDS: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<text>[rR]?(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    |(?P<float>(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
    |(?P<hex>0[xX][0-9a-fA-F]+)
    |(?P<int>\d+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))",
    re.DOTALL,
)
_SIMPLE: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip


class Token(NamedTuple):
    kind: str  # name, value, sign, end
    text: str
    at: int
    value: JSON = None


def refusal(text: str, at: int, message: str) -> ProblemsError:
    """A syntax error with its place in words, for whoever sees only the message."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    place = f"column {column}" if "\n" not in text else f"line {line}, column {column}"
    return ProblemsError([Problem(code="expression_syntax", path="", message=f"At {place}: {message}")])


def tokens(text: str) -> list[Token]:
    """Raises `ProblemsError`."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None:
            raise refusal(text, at, f"{text[at]!r} has no meaning here. {_advice(text[at])}")
        kind, word = match.lastgroup, match.group()
        if kind != "space":
            found.append(_token(text, str(kind), word, at))
            _check_ending(text, found[-1], match.end())
        at = match.end()
    found.append(Token("end", "the end", at))
    return found


def _token(text: str, kind: str, word: str, at: int) -> Token:
    match kind:
        case "text":
            return Token("value", word, at, _unquoted(text, word, at))
        case "float":
            value = float(word)
            if value in (float("inf"), float("-inf")):
                raise refusal(text, at, f"The number {word} is too large. Write at most 1.7e308.")
            return Token("value", word, at, value)
        case "hex" | "int":
            number = int(word, 16 if kind == "hex" else 10)
            # One more than the largest, because its negative is a number.
            if len(word) > 20 or number > MAX_INTEGER + 1:
                raise refusal(text, at, "The number has more than 64 bits. Write it as text or as a float.")
            return Token("value", word, at, number)
        case _:
            return Token(kind, word, at)


def _check_ending(text: str, token: Token, end: int) -> None:
    if token.kind == "value" and end < len(text) and (text[end].isalnum() or text[end] == "_"):
        advice = "Leave the u away: there are no unsigned numbers." if text[end] in "uU" else "Put a space."
        raise refusal(text, end, f"{text[end]!r} follows {token.text} directly. {advice}")
    is_prefix = token.kind == "name" and token.text.lower() in {"b", "br", "rb"}
    if is_prefix and end < len(text) and text[end] in "'\"":
        raise refusal(text, token.at, "Bytes cannot be written here. Use text.")


def _advice(character: str) -> str:
    if character in "'\"":
        return "The text that starts here does not end: add the closing quote."
    if character == "=":
        return "Compare with ==."
    if character in "&|":
        return f"Write {character * 2}."
    return "Remove it."


def _unquoted(text: str, word: str, at: int) -> str:
    raw = word[0] in "rR"
    body = word[1:] if raw else word
    body = body[3:-3] if body[:3] in ('"""', "'''") and len(body) >= 6 else body[1:-1]
    if raw:
        return body

    def replaced(found: re.Match[str]) -> str:
        lower, upper, four, eight, octal, simple = found.groups()
        if simple is not None:
            if simple not in _SIMPLE:
                raise refusal(text, at, rf"\{simple} is no escape. Write \\{simple} for a backslash.")
            return _SIMPLE[simple]
        code = int(octal, 8) if octal else int(lower or upper or four or eight, 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise refusal(text, at, f"{found.group()} is no character.")
        return chr(code)

    return _ESCAPES.sub(replaced, body)
