"""Global ids: base64 of `Type:uuid`, and the way back to the object.

Owns:      the Node interface, the registry of node types, and reading ids.
Promises:  an id of another type or of a thing that the viewer may not see is simply not found.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final, TypeVar
from uuid import UUID

import graphene
from django.db.models import Model
from graphql import GraphQLResolveInfo

from studio.refusals import not_found
from studio.teams.viewer import Viewer

Load = Callable[[Viewer, UUID], Model | None]
T = TypeVar("T", bound=type[graphene.ObjectType])

_loads: Final[dict[str, Load]] = {}
_types: Final[dict[type[Model], type[graphene.ObjectType]]] = {}


class Node(graphene.Interface):
    """A thing with a global id."""

    id = graphene.ID(required=True)

    @staticmethod
    def resolve_id(root: Any, info: GraphQLResolveInfo) -> str:
        return global_id(info.parent_type.name, root.pk)

    @classmethod
    def resolve_type(cls, instance: Any, _info: GraphQLResolveInfo) -> type[graphene.ObjectType] | None:
        return _types.get(type(instance))


def node(model: type[Model], load: Load) -> Callable[[T], T]:
    """Registers a type behind `model`; `load(viewer, id)` gives the object only if the viewer may see it."""

    def register(type_: T) -> T:
        _types[model] = type_
        _loads[type_.__name__] = load
        return type_

    return register


def node_types() -> frozenset[str]:
    """The names of the registered types."""
    return frozenset(_loads)


def global_id(type_name: str, key: object) -> str:
    return urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("=")


def split_id(text: str) -> tuple[str, UUID] | None:
    """The type and the key of a global id, or None where it is none."""
    try:
        decoded = urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)).decode()
        name, _, key = decoded.partition(":")
        return name, UUID(key)
    except (ValueError, binascii.Error):
        return None


def key_of(text: str, type_name: str) -> UUID:
    """The key of an id of one type. Raises `NotFound` for any other text."""
    found = split_id(text)
    if found is None or found[0] != type_name:
        raise not_found(_noun(type_name))
    return found[1]


def find_key(text: str, type_name: str) -> UUID | None:
    """As `key_of`, for queries that answer null."""
    found = split_id(text)
    return found[1] if found is not None and found[0] == type_name else None


def find_node(viewer: Viewer, text: str) -> Model | None:
    """The object of any registered type, if the viewer may see it."""
    found = split_id(text)
    load = _loads.get(found[0]) if found is not None else None
    return load(viewer, found[1]) if load is not None and found is not None else None


def _noun(type_name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in type_name).strip()
