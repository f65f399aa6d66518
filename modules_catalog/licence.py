"""SPDX licence expressions, such as `MIT OR ISC`. licences.txt lists the identifiers, then the exceptions."""

import re
from importlib import resources
from typing import Final

_TOKEN: Final = re.compile(r"\s*([()]|[A-Za-z0-9.+-]+)")
_CUSTOM: Final = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+\Z")
_KNOWN: Final = resources.files(__package__).joinpath("licences.txt").read_text("utf-8")
_LICENCES, _EXCEPTIONS = (frozenset(part.split()) for part in _KNOWN.split("\n\n"))


def why_no_licence(expression: str) -> str | None:
    """Why this is no SPDX expression, or None when it is one."""
    tokens, at = [], 0
    while at < len(expression.rstrip()):
        found = _TOKEN.match(expression, at)
        if found is None:
            return f"Unexpected character {expression[at:].strip()[:1]!r}."
        tokens.append(found.group(1))
        at = found.end()
    if len(tokens) > 100:
        return "Longer than 100 words."
    return _Reader(tokens).complaint()


class _Reader:
    """AND binds stronger than OR; both are read as one list, for only the form is judged."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def complaint(self) -> str | None:
        wrong = self._terms()
        if wrong is None and self.at < len(self.tokens):
            return f"Unexpected {self.tokens[self.at]!r}."
        return wrong

    def _terms(self) -> str | None:
        while (wrong := self._term()) is None:
            if self._peek() not in ("AND", "OR"):
                return None
            self.at += 1
        return wrong

    def _term(self) -> str | None:
        word = self._peek()
        self.at += 1
        if word == "(":
            wrong = self._terms()
            if wrong is None and self._peek() != ")":
                return "A parenthesis is not closed."
            self.at += 1
            return wrong
        if word is None or word in (")", "AND", "OR", "WITH"):
            return "A licence identifier is missing."
        if word.removesuffix("+") not in _LICENCES and _CUSTOM.match(word) is None:
            return (
                f"{word!r} is no SPDX identifier that is known here. Another licence is `LicenseRef-<name>`."
            )
        if self._peek() != "WITH":
            return None
        exception = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        self.at += 2
        return None if exception in _EXCEPTIONS else f"{exception!r} is no known exception."

    def _peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None
