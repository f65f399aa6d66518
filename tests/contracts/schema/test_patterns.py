"""Patterns: our automata against two engines that share no code with them."""

import re
from random import Random

import jsonschema_rs
import pytest

from contracts.schema.automaton import automaton_of, why_not_regular
from contracts.schema.regex import is_plain

PATTERNS = [
    "",
    "a",
    "^a",
    "a$",
    "^a$",
    "^$",
    "a|b",
    "^(a|bc)*$",
    "^(?:ab){2,3}$",
    "^(?<year>[0-9]{4})-[0-9]{2}$",
    "[^a-c]",
    "^[a-zA-Z_][a-zA-Z0-9_]*$",
    "\\d+",
    "^\\D\\w\\W$",
    "^\\s*x\\S?$",
    "^a.b$",
    "^a{0}b$",
    "(^a|b$)",
    "^\\.\\*\\\\$",
    "^[\\d.-]+$",
    "^[-a]$",
    "^[\\]a^]$",
    "a{2}",
    "^(a?){3}$",
    "^a+?b*?$",
    "^\\u0061\\x62\\t?$",
    "^(a*)*$",
    "(a|b|ab)(c|bcd)(d*)$",
]
LETTERS = "aabbcd01-_ .\\\tAx^]"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_automaton_matches_what_the_engines_match(pattern: str):
    random = Random(pattern)
    guard = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    compiled = re.compile(pattern.replace("(?<", "(?P<").replace("$", "\\Z"), re.ASCII)
    texts = ["", *["".join(random.choices(LETTERS, k=random.randint(0, 7))) for _ in range(300)]]
    for text in texts:
        matches = automaton_of(pattern).matches(text)
        assert matches == guard.is_valid(text), text
        assert matches == (compiled.search(text) is not None), text


@pytest.mark.parametrize("text", ["é", "\u00a0", "\ufeff", "\u2028", "\x1c", "٣", "\n", "\r", "ẞ", "𝒳"])
@pytest.mark.parametrize(
    "pattern", ["^.$", "^\\d$", "^\\w$", "^\\s$", "^\\S$", "^\\W$", "^\\D$", "^[^a]$", "^x?$"]
)
def test_a_class_means_what_the_guard_means(pattern: str, text: str):
    assert automaton_of(pattern).matches(text) == jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}
    ).is_valid(text)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("\\bab", "boundary"),
        ("(?=a)b", "look-around"),
        ("(?<!a)b", "look-around"),
        ("(?i)a", "flag"),
        ("(a)\\1", "escape"),
        ("\\p{L}", "escape"),
        ("a{2,1}", "reversed"),
        ("a{1001}", "repetitions"),
        ("a++", "quantifier"),
        ("*a", "nothing before"),
        ("[z-a]", "range"),
        ("[]", "class"),
        ("[a&&b]", "class"),
        ("(a", "group"),
        ("a)", "stray"),
        ("a{", "brace"),
        ("\\", "early"),
        ("(a|b)*a(a|b){14}", "states"),
        ("(" * 60 + "a" + ")" * 60, "nested"),
    ],
)
def test_what_is_not_regular_is_left_alone_with_a_reason(pattern: str, reason: str):
    assert reason in (why_not_regular(pattern) or "")


def test_matching_is_linear():
    assert not automaton_of("^(a+)+$").matches("a" * 100_000 + "!")
    assert automaton_of("(x+x+)+y").matches("x" * 100_000 + "y")


def test_only_simple_patterns_go_to_an_engine_that_backtracks():
    assert is_plain("^[a-z]+-[0-9]{2}$")
    for pattern in ("^(a+)+$", "(a|a)*b", "a*a*a*b", "(?=a)"):
        assert not is_plain(pattern)
