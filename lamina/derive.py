"""The contract of a decorated function, from its type hints.

Owns:      type hint → JSON Schema, field → port, and the whole of contract.json.
Promises:  the same code always gives the same document; what has no JSON form is refused with its place.
Never:     calls the function.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from lamina.declare import Port, Schema, declaration_of
from lamina.errors import ModuleError, error_fields, name_of
from lamina.handles import Binary, Table
from lamina.shapes import (
    MISSING,
    Field,
    bare,
    fields_of,
    is_foreign,
    is_union,
    plain_value,
    record_class,
    without_none,
)

JSON = Any
_SCALARS: Final[dict[Any, JSON]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    list: {"type": "array"},
    dict: {"type": "object"},
}


class NotDerivable(TypeError):
    """A type hint that has no JSON form; says where it stands and what to write instead."""

    code = "not_derivable"


def derive_contract(function: Callable[..., Any]) -> JSON:
    """The document of contract.json of a function that `module` decorates. Raises `NotDerivable`."""
    declaration = declaration_of(function)
    if declaration is None:
        raise NotDerivable(
            f"{function.__qualname__} is not decorated with @module. Write contract.json by hand."
        )
    try:
        inputs, config, outputs = declaration.hints
    except (TypeError, NameError) as error:
        raise NotDerivable(str(error)) from error
    derivation = _Derivation()
    ports = {"in": derivation.ports(inputs, is_input=True), "out": derivation.ports(outputs, is_input=False)}
    document: dict[str, JSON] = {"format": "lamina/contract@1", "ports": ports}
    settings = derivation.settings(config)
    errors = {name_of(error): derivation.error(error) for error in declaration.errors}
    optional = {
        "type_variables": sorted(derivation.variables),
        "$defs": derivation.definitions,
        "config": settings,
        "errors": errors,
        "errors_open": declaration.errors_open,
        "comparators": dict(declaration.comparators),
    }
    document.update({key: value for key, value in optional.items() if value})
    return document


def contract_text(document: JSON) -> str:
    """The text of contract.json: two spaces, keys as derived, one line end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


class _Derivation:
    """Collects definitions and type variables while hints are walked."""

    def __init__(self) -> None:
        self.definitions: dict[str, JSON] = {}
        self.variables: set[str] = set()
        self._classes: dict[str, Any] = {}

    def ports(self, hint: Any, *, is_input: bool) -> dict[str, JSON]:
        record = record_class(bare(hint)[0])
        if record is None:
            raise NotDerivable(f"{hint!r} must be a dataclass, TypedDict, pydantic model or msgspec struct.")
        if is_foreign(record):
            return self._foreign_ports(record, is_input=is_input)
        return {field.name: self._port(record, field, is_input=is_input) for field in fields_of(record)}

    def _port(self, record: Any, field: Field, *, is_input: bool) -> JSON:
        where = f"{record.__name__}.{field.name}"
        hint, has_none = field.hint, False
        if not field.is_required and field.default in (None, MISSING):
            hint, has_none = without_none(hint)
        kind, notes = bare(hint)
        if any(bare(branch)[0] in (Table, Binary, bytes) for branch in get_args(kind)):
            raise NotDerivable(f"{where}: a table or binary is a port of its own, not a part of one.")
        port = self._medium(kind, hint, where)
        for note in notes:
            if isinstance(note, Port):
                port.update(plain_value(note.fields))
        if has_none or (not field.is_required and field.default is MISSING):
            port["cardinality"] = "optional"
        elif not field.is_required and is_input:
            port["default"] = plain_value(field.default)
        return port

    def _medium(self, kind: Any, hint: Any, where: str) -> dict[str, JSON]:
        if kind is Table:
            return {"media": "table"} | _needed(
                bare(hint)[1], "columns", where, self.variables, self.definitions
            )
        if kind in (Binary, bytes):
            return {"media": "binary", "type": "application/octet-stream"}
        return {"media": "json", "schema": self.schema(hint, where)}

    def settings(self, hint: Any) -> JSON:
        """The schema of the config; none allowed without a class."""
        if hint is None:
            return None
        record = record_class(hint)
        if record is None:
            raise NotDerivable(
                f"Context[{hint!r}] must name a dataclass, TypedDict, pydantic or msgspec class."
            )
        return self._foreign(record) if is_foreign(record) else self._object(record)

    def error(self, error: type[ModuleError]) -> JSON:
        fields = {
            key: self.schema(hint, f"{error.__name__}.{key}") for key, hint in error_fields(error).items()
        }
        declared: dict[str, JSON] = {}
        if error.retryable:
            declared["retryable"] = True
        if fields:
            declared["schema"] = _closed(fields, list(fields))
        if error.__doc__ and error.__doc__ != ModuleError.__doc__:
            declared["doc"] = " ".join(error.__doc__.split())
        return declared

    def schema(self, hint: Any, where: str) -> JSON:
        kind, notes = bare(hint)
        schema = self._schema(kind, where)
        for note in notes:
            if isinstance(note, Schema):
                schema = {**schema, **note.keywords} if schema is not True else dict(note.keywords)
        return schema

    def _schema(self, hint: Any, where: str) -> JSON:
        if hint is Any or hint is object:
            return True
        if hint in _SCALARS:
            return dict(_SCALARS[hint])
        if isinstance(hint, TypeVar):
            return self._variable(hint, where)
        if (record := record_class(hint)) is not None:
            return self._reference(record, where)
        if is_union(hint):
            return {"anyOf": [self.schema(branch, where) for branch in get_args(hint)]}
        return self._generic(hint, where)

    def _generic(self, hint: Any, where: str) -> JSON:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is list or (origin is tuple and arguments[1:] == (...,)):
            return {"type": "array"} | _unless_any("items", self.schema(arguments[0], f"{where}[]"))
        if origin is tuple:
            items = [self.schema(argument, f"{where}[{index}]") for index, argument in enumerate(arguments)]
            return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
        if origin is dict and arguments[0] is str:
            entries = self.schema(arguments[1], f"{where}{{}}")
            return {"type": "object"} | _unless_any("additionalProperties", entries)
        raise NotDerivable(
            f"{where}: {hint!r} has no JSON form. Use str, int, float, bool, list, dict[str, …], Literal, "
            "X | None, a dataclass or a TypedDict."
        )

    def _variable(self, variable: TypeVar, where: str) -> JSON:
        if not variable.__name__[0].isupper():
            raise NotDerivable(f"{where}: a type variable begins with a capital letter, such as T.")
        if variable.__name__ not in self.definitions:
            self.variables.add(variable.__name__)
            bound = variable.__bound__
            self.definitions[variable.__name__] = True if bound is None else self.schema(bound, where)
        return {"$ref": f"#/$defs/{variable.__name__}"}

    def _reference(self, record: Any, where: str) -> JSON:
        name = record.__name__
        if self._classes.setdefault(name, record) is not record:
            raise NotDerivable(f"{where}: two classes are called {name}. Rename one of them.")
        if name not in self.definitions:
            self.definitions[name] = True  # the class may hold itself
            self.definitions[name] = self._foreign(record) if is_foreign(record) else self._object(record)
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, record: Any) -> JSON:
        properties: dict[str, JSON] = {}
        fields = fields_of(record)
        for field in fields:
            schema = self.schema(field.hint, f"{record.__name__}.{field.name}")
            if not field.is_required and field.default is not MISSING:
                schema = {**(schema if schema is not True else {}), "default": plain_value(field.default)}
            properties[field.name] = schema
        return _closed(properties, [field.name for field in fields if field.is_required])

    def _foreign(self, record: Any) -> JSON:
        """The schema that pydantic or msgspec give, its definitions moved to the root."""
        schema = dict(_foreign_schema(record))
        for name, definition in schema.pop("$defs", {}).items():
            self.definitions.setdefault(name, definition)
        return schema

    def _foreign_ports(self, record: Any, *, is_input: bool) -> dict[str, JSON]:
        schema = self._foreign(record)
        if set(schema) == {"$ref"}:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        required = schema.get("required", [])
        ports: dict[str, JSON] = {}
        for name, inner in schema.get("properties", {}).items():
            port: dict[str, JSON] = {
                "media": "json",
                "schema": {k: v for k, v in inner.items() if k != "default"},
            }
            if is_input and name not in required and inner.get("default") is not None:
                port["default"] = inner["default"]
            elif name not in required:
                port["cardinality"] = "optional"
            ports[name] = port
        return ports


def _foreign_schema(record: Any) -> Mapping[str, JSON]:
    if hasattr(record, "model_json_schema"):
        schema: Mapping[str, JSON] = record.model_json_schema(ref_template="#/$defs/{model}")
        return schema
    schemas, definitions = sys.modules["msgspec"].json.schema_components(
        [record], ref_template="#/$defs/{name}"
    )
    return {**schemas[0], "$defs": definitions}


def _needed(
    notes: tuple[Any, ...], key: str, where: str, variables: set[str], definitions: dict[str, JSON]
) -> dict[str, JSON]:
    for note in notes:
        if isinstance(note, Port) and key in note.fields:
            if isinstance(name := note.fields[key], str):
                variables.add(name)
                definitions.setdefault(name, True)
            return {key: plain_value(note.fields[key])}
    raise NotDerivable(f"{where}: a table needs its {key}: Annotated[Table, Port({key}=[…])].")


def _unless_any(keyword: str, schema: JSON) -> dict[str, JSON]:
    return {} if schema is True else {keyword: schema}


def _closed(properties: dict[str, JSON], required: list[str]) -> JSON:
    schema: dict[str, JSON] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return {**schema, "additionalProperties": False}
