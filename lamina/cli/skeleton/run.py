"""Says hello to a list of names."""

from dataclasses import dataclass
from typing import Annotated

from lamina import Context, ModuleError, Port, Schema, module

Name = Annotated[str, Schema(minLength=1, maxLength=200)]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    names: Annotated[list[Name], Port(doc="Who is greeted.")]


@dataclass(frozen=True, kw_only=True)
class Config:
    greeting: Annotated[str, Schema(minLength=1)] = "Hello"


@dataclass(frozen=True, kw_only=True)
class Outputs:
    greetings: Annotated[list[str], Port(doc="One line for each name.")]


class Nobody(ModuleError):
    message = "there is nobody to greet"


@module(errors=[Nobody])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    if not inputs.names:
        raise Nobody()
    context.log("greeting", names=len(inputs.names))
    return Outputs(greetings=[f"{context.config.greeting}, {name}!" for name in inputs.names])
