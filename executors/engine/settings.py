"""The settings of a node as its calls get them.

Owns:      filling defaults, and judging the computed settings of a graph node.
Promises:  every call of a version is given its defaults, whatever it is written in.
Never:     judges a module's settings: the guard of the call does.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from contracts.canonical import JSON
from contracts.module import ModuleContract
from contracts.schema import Guard, compile_adapter, compile_guard, localise, rewrites
from executors.protocol import CallError

Fill = Callable[[JSON], JSON]


def settings_fill(contract: ModuleContract | None, parameters: JSON) -> Fill | None:
    """What fills the defaults of a module's settings, or of a graph node's `parameters`; None: it has none."""
    schema = parameters if contract is None else localise(contract.config_schema, contract.root)
    return _fill(msgspec.json.encode(schema))


@lru_cache(maxsize=1024)
def _fill(text: bytes) -> Fill | None:
    schema = msgspec.json.decode(text)
    return compile_adapter(schema, "reject") if rewrites(schema, "reject") else None


def refusal(schema: JSON, settings: Mapping[str, JSON]) -> CallError | None:
    """What is wrong with the computed settings of a graph node."""
    problems = _guard(msgspec.json.encode(schema)).problems(dict(settings))
    if not problems:
        return None
    first = problems[0]
    message = f"Its settings: at {first.path or 'the top'}: {first.message} They come from its expressions."
    return CallError(name="system.contract", message=message, data={"pointer": first.path})


@lru_cache(maxsize=256)
def _guard(text: bytes) -> Guard:
    return compile_guard(msgspec.json.decode(text))
