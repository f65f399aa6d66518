"""Counts the words of a text."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

from lamina import Context, Port, Schema, module

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
Count = Annotated[int, Schema(minimum=0)]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Port(max_bytes=16 << 20, doc="The text whose words are counted.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    min_length: Annotated[int, Schema(minimum=1, description="Shorter words are not counted.")] = 1
    ignore_case: Annotated[bool, Schema(description="Whether The and the are one word.")] = True
    leave_out: Annotated[list[str], Schema(description="Words that are not counted.")] = field(
        default_factory=list
    )
    top: Annotated[int, Schema(minimum=1, maximum=10_000, description="How many words `ranking` lists.")] = 20


@dataclass(frozen=True, kw_only=True)
class Ranked:
    word: str
    count: Annotated[int, Schema(minimum=1)]


@dataclass(frozen=True, kw_only=True)
class Outputs:
    counts: Annotated[
        dict[str, Annotated[int, Schema(minimum=1)]], Port(max_bytes=16 << 20, doc="Word → how often.")
    ]
    ranking: Annotated[list[Ranked], Port(doc="The most frequent words, then by alphabet.")]
    total: Annotated[Count, Port(doc="How many words were counted.")]
    distinct: Annotated[Count, Port(doc="How many different ones.")]


@module
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    text = inputs.text.casefold() if config.ignore_case else inputs.text
    left_out = {word.casefold() if config.ignore_case else word for word in config.leave_out}
    words = (word for word in WORD.findall(text) if len(word) >= config.min_length and word not in left_out)
    counts = Counter(words)
    ranking = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[: config.top]
    return Outputs(
        counts=dict(counts),
        ranking=[Ranked(word=word, count=count) for word, count in ranking],
        total=counts.total(),
        distinct=len(counts),
    )
