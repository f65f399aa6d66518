"""A contract, compiled to judge values at a boundary.

Owns:      the guard of inputs, outputs and declared errors of one contract.
Promises:  a value that breaks the contract is refused with its port and JSON pointer.
Never:     repairs an output; an input is adapted as its port says: undeclared fields stripped, defaults filled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import UNSET

from contracts.canonical import JSON
from contracts.module import ModuleContract, Port
from contracts.schema import Guard, compile_adapter, compile_guard, localise, rewrites
from executors.interchange import NotInterchangeable, decode, encode
from executors.protocol import CallError, Value
from executors.sandbox.codec import LARGE_BYTES

# Names under the platform's prefix that a worker may report; all others are the host's to give.
_FROM_INSIDE: Final = {"system.unavailable": True, "system.capability": False, "system.contract": False}
ERROR_BYTES: Final = 32 << 10
_MESSAGE_LENGTH: Final = 2_000
_NAME_LENGTH: Final = 63
_NOTHING: Final[Mapping[str, tuple[str, bytes]]] = MappingProxyType({})
Adapter = Callable[[JSON], JSON]


class Violation(Exception):
    """A value breaks the contract. The text says where and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortGuard:
    """One json port: None where nothing has to be checked or changed.

    Ports with the same `text` of a schema judge alike. As values true and 1 would be the same.
    """

    text: bytes
    guard: Guard | None
    adapter: Adapter | None
    bytes_allowed: int


class ContractGuard:
    """Compiled once per contract digest; safe to use from any thread."""

    def __init__(self, contract: ModuleContract) -> None:
        self.contract = contract
        self._inputs = _json_ports(contract, contract.ports.inputs, adapts=True)
        self._outputs = _json_ports(contract, contract.ports.outputs, adapts=False)
        self._required_inputs = [name for name, port in contract.ports.inputs.items() if port.is_required]
        self._required_outputs = [
            name for name, port in contract.ports.outputs.items() if port.cardinality == "one"
        ]
        self._defaults = {
            name: encode(port.default)
            for name, port in contract.ports.inputs.items()
            if port.default is not UNSET
        }
        self._config = compile_guard(localise(contract.config_schema, contract.root))
        self._configs_seen: set[bytes] = set()
        self._errors = {
            name: compile_guard(localise(error.schema, contract.root))
            for name, error in contract.errors.items()
            if error.schema is not UNSET
        }
        self.blob_inputs = _blob_ports(contract.ports.inputs)
        self.blob_outputs = _blob_ports(contract.ports.outputs)

    def check_config(self, config: bytes) -> None:
        """Raises `Violation`."""
        if config in self._configs_seen:
            return
        settings = decode(config)
        if not self._config.is_valid(settings):
            raise Violation(f"its settings: {_first_problem(self._config, settings)}")
        if len(self._configs_seen) < 1_000:
            self._configs_seen.add(config)

    def inputs(
        self, values: Mapping[str, bytes], *, decodes_all: bool = True
    ) -> tuple[dict[str, JSON], dict[str, bytes]]:
        """The json inputs of a call, decoded and as bytes, adapted and judged. Raises `Violation`.

        Unless `decodes_all`, what is large and about which there is nothing to judge is left as it is.
        """
        decoded: dict[str, JSON] = {}
        encoded: dict[str, bytes] = {}
        for name, data in values.items():
            port = self._inputs.get(name)
            if port is None:
                raise Violation(f"input port {name}: the contract has no such json port")
            if len(data) > port.bytes_allowed:
                raise Violation(
                    f"input port {name}: {len(data)} bytes where {port.bytes_allowed} are allowed"
                )
            if decodes_all or len(data) < LARGE_BYTES or port.guard is not None:
                decoded[name], encoded[name] = _judged_input(name, port, data)
            else:
                encoded[name] = data
        for name, data in self._defaults.items():
            if name not in encoded:
                decoded[name], encoded[name] = decode(data), data
        for name in self._required_inputs:
            if name not in encoded and name not in self.blob_inputs:
                raise Violation(f"input port {name}: nothing is wired into it")
        return decoded, encoded

    def outputs(
        self,
        values: Mapping[str, JSON],
        blobs: Mapping[str, object],
        passed: Mapping[str, tuple[str, bytes]] = _NOTHING,
    ) -> dict[str, Value]:
        """The json outputs of a call as bytes, judged. Raises `Violation`.

        `passed`: outputs that are an input, byte for byte: its port and its bytes.
        """
        kept: dict[str, Value] = {}
        for name, value in values.items():
            port = self._output(name)
            data = _encoded(name, value)
            _require_size(name, port, data)
            if port.guard is not None:
                _judge_output(name, port, value)
            kept[name] = Value(media="json", size=len(data), data=data)
        for name, (source, data) in passed.items():
            port = self._output(name)
            _require_size(name, port, data)
            if port.guard is not None and port.text != self._inputs[source].text:
                _judge_output(name, port, decode(data))
            kept[name] = Value(media="json", size=len(data), data=data)
        for name in self._required_outputs:
            if name not in kept and name not in blobs:
                raise Violation(f"output port {name}: the module returned nothing for it")
        return kept

    def _output(self, name: str) -> PortGuard:
        port = self._outputs.get(name)
        if port is None:
            raise Violation(f"output port {name}: the contract has no such json port")
        return port

    def error(self, name: str, message: str, data: JSON) -> CallError:
        """What a module raised, judged: a declared error, one of the platform's, or `system.undeclared`."""
        declaration = self.contract.errors.get(name)
        name, message = _shown_name(name), message[:_MESSAGE_LENGTH]
        if problem := _data_problem(data):
            return CallError(name="system.contract", message=f"The data of error {name}: {problem}")
        if name.startswith("system.") and declaration is None:
            return self._system_error(name, message, data)
        if declaration is None:
            if self.contract.errors_open and not name.startswith("system."):
                return CallError(name=name, message=message, data=data)
            text = f"The module raised {name!r}, which its contract does not declare: {message}"
            return CallError(name="system.undeclared", message=text, data={"name": name})
        guard = self._errors.get(name)
        if guard is not None and not guard.is_valid(data):
            text = f"The data of error {name} breaks the contract: {_first_problem(guard, data)}"
            return CallError(name="system.contract", message=text, data={"error": name})
        return CallError(name=name, message=message, data=data, retryable=declaration.retryable)

    def _system_error(self, name: str, message: str, data: JSON) -> CallError:
        if name in _FROM_INSIDE:
            return CallError(name=name, message=message, data=data, retryable=_FROM_INSIDE[name])
        text = f"The module raised {name!r}, a name of the platform: {message}"
        return CallError(name="system.undeclared", message=text, data={"name": name})


def _json_ports(contract: ModuleContract, ports: Mapping[str, Port], *, adapts: bool) -> dict[str, PortGuard]:
    return {
        name: _port_guard(contract, port, adapts=adapts)
        for name, port in ports.items()
        if port.media == "json"
    }


def _port_guard(contract: ModuleContract, port: Port, *, adapts: bool) -> PortGuard:
    schema = localise(port.schema, contract.root)
    is_anything = port.schema is True or port.schema == {}
    is_adapted = adapts and not is_anything and rewrites(schema, port.unknown)
    return PortGuard(
        text=msgspec.json.encode(schema),
        guard=None if is_anything else compile_guard(schema),
        adapter=compile_adapter(schema, port.unknown) if is_adapted else None,
        bytes_allowed=port.bytes_allowed,
    )


def _blob_ports(ports: Mapping[str, Port]) -> dict[str, Port]:
    return {name: port for name, port in ports.items() if port.media != "json"}


def _judged_input(name: str, port: PortGuard, data: bytes) -> tuple[JSON, bytes]:
    try:
        value = decode(data)
    except ValueError as error:
        raise Violation(f"input port {name}: not JSON: {error}") from error
    if port.adapter is not None:
        adapted = port.adapter(value)
        if adapted is not value and adapted != value:
            data = encode(adapted)
        value = adapted
    if port.guard is not None and not port.guard.is_valid(value):
        raise Violation(f"input port {name}: {_first_problem(port.guard, value)}")
    return value, data


def _require_size(name: str, port: PortGuard, data: bytes) -> None:
    if len(data) > port.bytes_allowed:
        raise Violation(f"output port {name}: {len(data)} bytes where {port.bytes_allowed} are allowed")


def _judge_output(name: str, port: PortGuard, value: JSON) -> None:
    if port.guard is not None and not port.guard.is_valid(value):
        raise Violation(f"output port {name}: {_first_problem(port.guard, value)}")


def _encoded(name: str, value: JSON) -> bytes:
    try:
        return encode(value)
    except NotInterchangeable as error:
        raise Violation(f"output port {name}: {error}") from error


def _data_problem(data: JSON) -> str | None:
    """Errors stand in events, so their data is small and interchangeable."""
    try:
        size = len(encode(data))
    except NotInterchangeable as error:
        return str(error)
    return None if size <= ERROR_BYTES else f"{size} bytes where {ERROR_BYTES} are allowed."


def _shown_name(name: str) -> str:
    """A name that may stand in a line; any declared name does."""
    name = name[:_NAME_LENGTH]
    return name if name.isprintable() else repr(name)


def _first_problem(guard: Guard, value: JSON) -> str:
    (problem,) = guard.problems(value, at_most=1)
    return f"{problem.path or '/'}: {problem.message}"
