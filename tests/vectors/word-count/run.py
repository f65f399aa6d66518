from collections import Counter
from dataclasses import dataclass
from typing import Annotated
from lamina import Context, ModuleError, Schema, module
@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str, Schema(maxLength=100_000)]
@dataclass(frozen=True, kw_only=True)
class Config:
    min_length: Annotated[int, Schema(minimum=1)] = 1
@dataclass(frozen=True, kw_only=True)
class Outputs:
    counts: dict[str, Annotated[int, Schema(minimum=1)]]
    mean_length: Annotated[float, Schema(minimum=0)]
class NoWords(ModuleError):
    message = "no word has {min_length} letters or more"
    min_length: int
@module(errors=[NoWords], comparators={"/mean_length": {"absolute": 1e-9}})
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    words = [word for word in inputs.text.split() if len(word) >= context.config.min_length]
    if not words:
        raise NoWords(min_length=context.config.min_length)
    context.log("counted", words=len(words))
    return Outputs(counts=dict(Counter(words)), mean_length=sum(map(len, words)) / len(words))
