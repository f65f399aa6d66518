"""Takes some rows from a list and leaves the others."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from lamina import Context, Port, Schema, module

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Inputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="Any list.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    count: Annotated[int, Schema(minimum=0, description="How many rows to take.")] = 100
    skip: Annotated[int, Schema(minimum=0, description="How many rows to pass over first.")] = 0
    every: Annotated[int, Schema(minimum=1, description="Take every n-th row.")] = 1


@dataclass(frozen=True, kw_only=True)
class Outputs(Generic[T]):
    rows: Annotated[list[T], Port(max_bytes=16 << 20, doc="The rows that were taken.")]
    total: Annotated[int, Schema(minimum=0), Port(doc="How many rows came in.")]


@module
def run(inputs: Inputs[T], context: Context[Config]) -> Outputs[T]:
    config = context.config
    stop = config.skip + config.count * config.every
    return Outputs(rows=inputs.rows[config.skip : stop : config.every], total=len(inputs.rows))
