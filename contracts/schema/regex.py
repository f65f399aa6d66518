"""Patterns of JSON Schema: reads ECMA-262 regular expressions that are regular.

Owns:      the syntax. The meaning of the classes is that of the run-time guard: \\d and \\w are ASCII, \\s is
           ECMA's white space, `.` is everything but a line feed, patterns are not anchored.
Never:     reads what is not regular (look-around, back-references) or what engines read differently:
           `NotRegular`.
"""

from dataclasses import dataclass
from typing import Final

LAST: Final = 0x10FFFF
MAX_REPEAT: Final = 1_000

Ranges = tuple[tuple[int, int], ...]  # sorted, disjoint, inclusive code points

EVERYTHING: Final[Ranges] = ((0, LAST),)
DIGIT: Final[Ranges] = ((48, 57),)
WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE: Final[Ranges] = (
    (9, 13),
    (32, 32),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_CONTROL: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")


class NotRegular(ValueError):
    """The pattern is outside of the regular subset; the message says which part."""

    code = "not_regular"


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of these."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: "Node"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Assertion:
    """`^` or `$`."""

    sign: str


Node = Chars | Sequence | Choice | Repeat | Assertion


def parse_pattern(pattern: str) -> Node:
    """The syntax tree of a pattern; raises `NotRegular`."""
    reader = _Reader(pattern)
    node = reader.choice()
    if not reader.is_done:
        raise NotRegular(f"a stray {reader.peek()!r}")
    return node


def is_plain(pattern: str) -> bool:
    """Whether an engine that backtracks gets through it quickly: no choice or repetition is repeated, few stars."""
    try:
        return _stars(parse_pattern(pattern), is_repeated=False) <= 2
    except NotRegular:
        return False


def _stars(node: Node, *, is_repeated: bool) -> int:
    match node:
        case Sequence(parts):
            return sum(_stars(part, is_repeated=is_repeated) for part in parts)
        case Choice(parts):
            return 9 if is_repeated else sum(_stars(part, is_repeated=False) for part in parts)
        case Repeat(part, least, most):
            return 9 if is_repeated else _stars(part, is_repeated=True) + (most is None or most > least)
    return 0


def merged(ranges: list[tuple[int, int]]) -> Ranges:
    """Sorted, without overlap and without gaps of nothing."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def inverted(ranges: Ranges) -> Ranges:
    result: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        result.append((start, LAST))
    return tuple(result)


_CLASSES: Final[dict[str, Ranges]] = {
    "d": DIGIT,
    "D": inverted(DIGIT),
    "w": WORD,
    "W": inverted(WORD),
    "s": SPACE,
    "S": inverted(SPACE),
}
_DOT: Final[Ranges] = inverted(((10, 10),))


class _Reader:
    """A recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.pattern)

    def peek(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def take(self) -> str:
        if self.is_done:
            raise NotRegular("it ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def accept(self, text: str) -> bool:
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > 50:
            raise NotRegular("groups nested deeper than 50")
        parts = [self.sequence()]
        while self.accept("|"):
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while not self.is_done and self.peek() not in "|)":
            parts.append(self.quantified())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self) -> Node:
        atom = self.atom()
        bounds = self.bounds()
        if bounds is None:
            return atom
        if isinstance(atom, Assertion):
            raise NotRegular("an assertion that is repeated")
        self.accept("?")  # lazy or greedy: the same language
        if self.peek() and self.peek() in "*+?{":
            raise NotRegular("a quantifier on a quantifier")
        return Repeat(atom, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        match self.peek():
            case "*":
                self.at += 1
                return 0, None
            case "+":
                self.at += 1
                return 1, None
            case "?":
                self.at += 1
                return 0, 1
            case "{":
                self.at += 1
                return self.counted()
        return None

    def counted(self) -> tuple[int, int | None]:
        least = self.number()
        most: int | None = least
        if self.accept(","):
            most = None if self.peek() == "}" else self.number()
        if not self.accept("}"):
            raise NotRegular("an open repetition")
        if most is not None and most < least:
            raise NotRegular("a repetition with its bounds reversed")
        if max(least, most or 0) > MAX_REPEAT:
            raise NotRegular(f"more than {MAX_REPEAT} repetitions")
        return least, most

    def number(self) -> int:
        start = self.at
        while self.peek() and self.peek() in "0123456789":
            self.at += 1
        if not 0 < self.at - start < 8:
            raise NotRegular("a brace that is no repetition")
        return int(self.pattern[start : self.at])

    def atom(self) -> Node:
        character = self.take()
        match character:
            case "(":
                return self.group()
            case "[":
                return Chars(self.klass())
            case ".":
                return Chars(_DOT)
            case "^" | "$":
                return Assertion(character)
            case "\\":
                return self.escaped()
            case "*" | "+" | "?" | "{":
                raise NotRegular("a quantifier with nothing before it")
        return Chars(((ord(character), ord(character)),))

    def group(self) -> Node:
        if self.accept("?"):
            if self.accept("<") and self.peek() not in ("=", "!"):
                while self.take() != ">":
                    pass
            elif not self.accept(":"):
                raise NotRegular("look-around or a flag")
        node = self.choice()
        if not self.accept(")"):
            raise NotRegular("an open group")
        return node

    def escaped(self) -> Node:
        character = self.peek()
        if character in ("b", "B"):
            raise NotRegular("a word boundary, which engines read differently")
        if character and character in _CLASSES:
            self.at += 1
            return Chars(_CLASSES[character])
        point = self.code_point()
        return Chars(((point, point),))

    def code_point(self) -> int:
        """What stands after a backslash and means one character."""
        character = self.take()
        if character in _CONTROL:
            return _CONTROL[character]
        if character in _SYNTAX or character in "-_":
            return ord(character)
        if character == "c" and self.peek().isascii() and self.peek().isalpha():
            return ord(self.take()) % 32
        if character == "x":
            return self.hexadecimal(2)
        if character == "u":
            return self.unicode()
        raise NotRegular(f"the escape \\{character}")

    def unicode(self) -> int:
        if self.accept("{"):
            end = self.pattern.find("}", self.at)
            point = self.hexadecimal(end - self.at)
            self.at += 1
        else:
            point = self.hexadecimal(4)
        if point > LAST or 0xD800 <= point <= 0xDFFF:
            raise NotRegular("an escape that is no character")
        return point

    def hexadecimal(self, length: int) -> int:
        digits = self.pattern[self.at : self.at + length]
        if not 0 < length <= 8 or len(digits) < length or not set(digits) <= set("0123456789abcdefABCDEF"):
            raise NotRegular("an escape without its digits")
        self.at += length
        return int(digits, 16)

    def klass(self) -> Ranges:
        is_inverted = self.accept("^")
        ranges: list[tuple[int, int]] = []
        while not self.accept("]"):
            if self.pattern[self.at : self.at + 2] in ("&&", "--", "~~") or self.peek() == "[":
                raise NotRegular("a class inside a class, or an operation between classes")
            low = self.member()
            if isinstance(low, tuple):
                ranges.extend(low)
            elif self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                ranges.append((low, self.end_of_range(low)))
            else:
                ranges.append((low, low))
        if not ranges:
            raise NotRegular("an empty class")
        result = merged(ranges)
        return inverted(result) if is_inverted else result

    def end_of_range(self, low: int) -> int:
        high = self.member()
        if isinstance(high, tuple) or high < low:
            raise NotRegular("a range that is no range")
        return high

    def member(self) -> int | Ranges:
        character = self.take()
        if character != "\\":
            return ord(character)
        following = self.peek()
        if following and following in _CLASSES:
            self.at += 1
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] != "]":
                raise NotRegular("a range that starts with a class")
            return _CLASSES[following]
        if following == "b":
            raise NotRegular("a backspace in a class")
        return self.code_point()
