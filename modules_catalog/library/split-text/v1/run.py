"""Splits a text into paragraphs, sentences, lines or words."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from lamina import Context, Port, Schema, module

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# A sentence ends at . ! ? or …, with closing quotes, before white space and a capital or digit.
SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W_a-z])")
ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Fig|e\.g|i\.e|z\.B|d\.h)|\b[A-Z])\.$")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Port(max_bytes=16 << 20, doc="The text to split.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    by: Annotated[
        Literal["paragraphs", "sentences", "lines", "words"], Schema(description="What a part is.")
    ] = "lines"
    strip: Annotated[bool, Schema(description="Remove white space at both ends of a part.")] = True
    keep_empty: Annotated[bool, Schema(description="Keep parts without content.")] = False


@dataclass(frozen=True, kw_only=True)
class Outputs:
    parts: Annotated[list[str], Port(max_bytes=16 << 20, doc="The parts in their order.")]


@module
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    parts = _parts(inputs.text.replace("\r\n", "\n"), config.by)
    if config.strip:
        parts = [part.strip() for part in parts]
    return Outputs(parts=[part for part in parts if config.keep_empty or part.strip()])


def _parts(text: str, by: str) -> list[str]:
    if by == "lines":
        return text.split("\n")
    if by == "words":
        return WORD.findall(text)
    paragraphs = PARAGRAPH.split(text)
    if by == "paragraphs":
        return paragraphs
    return [sentence for paragraph in paragraphs for sentence in _sentences(" ".join(paragraph.split()))]


def _sentences(paragraph: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for end in SENTENCE.finditer(paragraph):
        sentence = paragraph[start : end.end()].rstrip()
        if ABBREVIATION.search(sentence) is None:
            sentences.append(sentence)
            start = end.end()
    return [*sentences, paragraph[start:]]
