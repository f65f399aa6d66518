"""Puts several lists one after the other."""

import json
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from lamina import Context, Port, Schema, module

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Inputs(Generic[T]):
    first: Annotated[list[T] | None, Port(max_bytes=16 << 20, doc="Comes first, where it came at all.")] = (
        None
    )
    second: Annotated[list[T] | None, Port(max_bytes=16 << 20, doc="Then this one.")] = None
    third: Annotated[list[T] | None, Port(max_bytes=16 << 20, doc="Then this one.")] = None
    fourth: Annotated[list[T] | None, Port(max_bytes=16 << 20, doc="At the end.")] = None


@dataclass(frozen=True, kw_only=True)
class Config:
    distinct: Annotated[bool, Schema(description="Keep only the first of equal items.")] = False


@dataclass(frozen=True, kw_only=True)
class Outputs(Generic[T]):
    items: Annotated[list[T], Port(max_bytes=16 << 20, doc="The items of first, second, third and fourth.")]


@module
def run(inputs: Inputs[T], context: Context[Config]) -> Outputs[T]:
    parts = (inputs.first, inputs.second, inputs.third, inputs.fourth)
    items = [item for part in parts if part is not None for item in part]
    if context.config.distinct:
        first: dict[str, T] = {}
        for item in items:
            first.setdefault(json.dumps(item, sort_keys=True), item)
        items = list(first.values())
    return Outputs(items=items)
