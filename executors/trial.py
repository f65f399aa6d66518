"""Trying a module that is not published: its files, or one file that defines `run(inputs, context)`.

Owns:      packing it as a bundle, and the call of one trial.
Promises:  a trial goes through the same choke point as any run.
Never:     executes anything of the module to pack it.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import UNSET

from contracts.canonical import JSON, Digest, digest_of_bytes
from contracts.module import ModuleContract, Strategy, contract_digest, join_contract, parse_contract
from contracts.names import PORT
from contracts.plan import PlanVersion
from contracts.problems import Problem, ProblemsError
from executors.bundles import bundle_digest
from executors.engine.settings import settings_fill
from executors.interchange import NotInterchangeable, encode
from executors.protocol import Call, Value

_FILE_BYTES: Final = 16 << 20
_SHIM: Final = """from pathlib import Path
from lamina.calling import call, load_entry

_entry = load_entry(Path(__file__).parent, "{file}:run")


def run(inputs, context):
    return {{"outputs": call(_entry, inputs, context)}}
"""
_SHIM_FILE: Final = "lamina_trial.py"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_DEFAULT_STRATEGIES: Final[dict[str, tuple[Strategy, ...]]] = {
    "python": ("process",),
    "wasm": ("wasm",),
    "http": ("http",),
}


@dataclass(slots=True)
class MemoryBundles:
    """A bundle store in memory."""

    kept: dict[Digest, Mapping[str, bytes]] = field(default_factory=dict)

    def put(self, files: Mapping[str, bytes]) -> Digest:
        digest = bundle_digest(files)
        self.kept[digest] = files
        return digest

    def files(self, bundle: Digest) -> Mapping[str, bytes]:
        return self.kept[bundle]

    def contract(self, contract: Digest) -> bytes:
        raise KeyError(contract)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """`is_wrapped`: the outputs by port are the value of the one port `outputs`."""

    name: str
    version: PlanVersion
    contract: ModuleContract
    files: Mapping[str, bytes]
    is_wrapped: bool = False


def pack_file(path: Path, inputs: Mapping[str, JSON]) -> Packed:
    """Pack a file. Raises `ProblemsError` for what is no module, OSError where it cannot be read."""
    if path.suffix != ".py" or not path.is_file():
        raise _problem(str(path), "Neither a folder with module.toml nor a .py file. Give one of them.")
    if path.stat().st_size > _FILE_BYTES:
        raise _problem(str(path), f"Larger than {_FILE_BYTES >> 20} MiB. Make it smaller.")
    return _pack_source(path.name, path.read_bytes(), inputs)


def pack_files(files: Mapping[str, bytes], *, is_wrapped: bool = False) -> Packed:
    """Pack the files of a bundle, which has been read by the catalog's rules. Raises `ProblemsError`."""
    for name in ("module.toml", "contract.json"):
        if name not in files:
            raise _problem(name, f"There is no {name}. Add it.")
    try:
        manifest = tomllib.loads(files["module.toml"].decode())
        contract = parse_contract(join_contract(json.loads(files["contract.json"]), manifest))
        runtime = str(manifest["runtime"])
        name = f"{manifest['name']}@{manifest['version']}"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _problem("module.toml", f"It cannot be read: {error}.") from error
    except KeyError as error:
        raise _problem("module.toml", f"The field {error} is missing. Add it.") from error
    _require_entry(runtime, str(manifest.get("entry", "")), files)
    lock = manifest.get("dependencies")
    version = PlanVersion(
        bundle=bundle_digest(files),
        contract=contract_digest(contract),
        runtime=runtime,
        strategies=tuple(manifest.get("strategies", _DEFAULT_STRATEGIES.get(runtime, ()))),
        min_rung=int(manifest.get("min_rung", 2 if runtime == "python" else 0)),
        effects=contract.effects,
        limits=contract.limits,
        dependencies=digest_of_bytes(files[lock]) if isinstance(lock, str) and lock in files else UNSET,
        capabilities=contract.capabilities,
    )
    return Packed(name=name, version=version, contract=contract, files=files, is_wrapped=is_wrapped)


def _require_entry(runtime: str, entry: str, files: Mapping[str, bytes]) -> None:
    file = entry.partition(":")[0]
    if runtime in ("python", "wasm") and file not in files:
        raise _problem("module.toml#/entry", f"There is no {file}. Add it, or name another file.")


def _pack_source(name: str, source: bytes, inputs: Mapping[str, JSON]) -> Packed:
    for port in inputs:
        if not PORT.match(port):
            raise _problem(f"/{port}", "An input's name must match [a-z][a-z0-9_]*. Rename it.")
    anything = {"media": "json", "schema": True, "max_bytes": _FILE_BYTES}
    contract = {
        "format": "lamina/contract@1",
        "ports": {
            "in": dict.fromkeys(inputs, anything),
            "out": {"outputs": {**anything, "schema": {"type": "object"}}},
        },
        "config": {"type": "object"},
        "errors_open": True,
    }
    manifest = (
        'format = "lamina/module@1"\nname = "trial/file"\nversion = "0.0.0"\nsummary = "A trial."\n'
        'owner = "trial"\nruntime = "python"\nlicence = "Apache-2.0"\n'
        f'entry = "{_SHIM_FILE}:run"\neffects = {{ kind = "effectful" }}\n'
    )
    name = name if _PLAIN_NAME.fullmatch(name) and name != _SHIM_FILE else "tried.py"
    files = {
        "module.toml": manifest.encode(),
        "contract.json": json.dumps(contract).encode(),
        "README.md": b"# A trial\n",
        _SHIM_FILE: _SHIM.format(file=name).encode(),
        name: source,
    }
    return pack_files(files, is_wrapped=True)


def trial_call(
    packed: Packed,
    inputs: Mapping[str, JSON],
    *,
    strategy: Strategy = "process",
    config: JSON = None,
    timeout_seconds: float | None = None,
) -> Call:
    """One call of a packed module with JSON inputs. Raises `ProblemsError` where an input is not JSON."""
    values: dict[str, Value] = {}
    for port, value in inputs.items():
        data = _encoded(f"/{port}", value)
        values[port] = Value(media="json", size=len(data), data=data)
    config = {} if config is None else config
    fill = settings_fill(packed.contract, {})
    return Call(
        run="trial",
        node="module",
        name=packed.name,
        version=packed.version,
        contract=packed.contract,
        strategy=strategy,
        config=_encoded("--config", config if fill is None else fill(config)),
        inputs=values,
        timeout_seconds=timeout_seconds or packed.version.limits.wall_seconds,
        key="trial",
    )


def trial_outputs(packed: Packed, outputs: Mapping[str, Value]) -> dict[str, Any]:
    """Outputs by port as JSON; a table or binary as its size, type and artifact."""
    shown = {
        port: orjson.loads(value.data)
        if value.data is not None
        else {"bytes": value.size, "type": value.type, "artifact": value.artifact}
        for port, value in outputs.items()
    }
    return dict(shown["outputs"]) if packed.is_wrapped else shown


def _encoded(path: str, value: JSON) -> bytes:
    try:
        return encode(value)
    except NotInterchangeable as error:
        raise ProblemsError([Problem(code="bad_input", path=path, message=str(error))]) from error


def _problem(path: str, message: str) -> ProblemsError:
    return ProblemsError([Problem(code="not_a_module", path=path, message=message)])
