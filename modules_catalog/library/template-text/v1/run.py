"""Fills data into a text: {{name}}, {{#list}}…{{/list}}, {{^list}}…{{/list}}. Nothing is ever evaluated."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

from lamina import Context, ModuleError, Port, Schema, module

TAG = re.compile(r"\{\{(\{|[#^/!&]?)\s*([^{}]*?)\s*(\}?)\}\}")
NAME = re.compile(r"(\.|[^\s.]+(\.[^\s.]+)*)\Z")
MAX_CHARACTERS = 8 << 20
ABSENT = object()


class Part(NamedTuple):
    """A piece of a template: plain text, a value, or a section with its inner parts."""

    kind: str
    text: str
    at: int
    inner: "list[Part]"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    data: Annotated[Any, Port(max_bytes=16 << 20, doc="Usually an object: its keys are the names.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    template: Annotated[
        str,
        Schema(
            maxLength=200_000,
            description="`{{a.b}}` a value, `{{.}}` the current item, `{{&a}}` unescaped, "
            "`{{#a}}…{{/a}}` per item or if there, `{{^a}}…{{/a}}` if not, `{{! note }}` nothing.",
        ),
    ]
    escape: Annotated[Literal["none", "html"], Schema(description="html makes values safe inside HTML.")] = (
        "none"
    )
    missing: Annotated[Literal["error", "empty"], Schema(description="When a name is not in the data.")] = (
        "error"
    )


@dataclass(frozen=True, kw_only=True)
class Outputs:
    text: Annotated[str, Port(max_bytes=16 << 20, doc="The template with its places filled.")]


class BadTemplate(ModuleError):
    """The template cannot be read."""

    message = "at character {at}: {reason}"
    at: Annotated[int, Schema(minimum=0)]
    reason: str


class MissingName(ModuleError):
    """The data has no such name."""

    message = "the data has no {name}"
    name: str


class TooLong(ModuleError):
    """The text would be longer than 8 million characters."""

    message = "the text would be longer than {max_characters} characters"
    max_characters: int


@module(errors=[BadTemplate, MissingName, TooLong])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    parts, length = [], 0
    for piece in _filled(_parse(context.config.template), [inputs.data], context.config):
        length += len(piece)
        if length > MAX_CHARACTERS:
            raise TooLong(max_characters=MAX_CHARACTERS)
        parts.append(piece)
    return Outputs(text="".join(parts))


def _parse(template: str) -> list[Part]:
    root: list[Part] = []
    open_sections: list[Part] = []
    last = 0
    for tag in TAG.finditer(template):
        inner = open_sections[-1].inner if open_sections else root
        if tag.start() > last:
            inner.append(Part("text", template[last : tag.start()], last, []))
        last = tag.end()
        mark, name, at = tag[1], tag[2], tag.start()
        if (mark == "{") != (tag[3] == "}"):
            raise BadTemplate(at=at, reason="braces do not match")
        if mark == "!":
            continue
        if NAME.match(name) is None:
            raise BadTemplate(at=at, reason=f"{name[:60]!r} is no name")
        if mark == "/":
            if not open_sections or open_sections.pop().text != name:
                raise BadTemplate(at=at, reason=f"{name!r} is closed but not open here")
            continue
        part = Part({"#": "section", "^": "without", "{": "raw", "&": "raw"}.get(mark, "value"), name, at, [])
        inner.append(part)
        if part.kind in ("section", "without"):
            open_sections.append(part)
    if open_sections:
        raise BadTemplate(at=open_sections[-1].at, reason=f"{open_sections[-1].text!r} is never closed")
    return [*root, Part("text", template[last:], last, [])]


def _filled(parts: list[Part], scopes: list[Any], config: Config) -> Iterator[str]:
    for part in parts:
        if part.kind == "text":
            yield part.text
            continue
        value = _found(part.text, scopes)
        if part.kind == "without":
            if not _is_there(value):
                yield from _filled(part.inner, scopes, config)
        elif part.kind == "section":
            items = value if isinstance(value, list) else [value] if _is_there(value) else []
            for item in items:
                yield from _filled(part.inner, [*scopes, item], config)
        else:
            if value is ABSENT and config.missing == "error":
                raise MissingName(name=part.text)
            text = _text(value)
            yield html.escape(text) if config.escape == "html" and part.kind == "value" else text


def _found(name: str, scopes: list[Any]) -> Any:
    """The first part of a name is looked up from the inside out, the others below it."""
    if name == ".":
        return scopes[-1]
    first, *rest = name.split(".")
    value = next(
        (scope[first] for scope in reversed(scopes) if isinstance(scope, dict) and first in scope), ABSENT
    )
    for part in rest:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


def _is_there(value: Any) -> bool:
    return value is not ABSENT and value is not None and value is not False and value != [] and value != ""


def _text(value: Any) -> str:
    if value is ABSENT or value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
