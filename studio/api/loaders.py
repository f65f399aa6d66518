"""Batching without promises: what was listed together is fetched together.

Owns:      the peers of an object and the values fetched for all of them at once.
Promises:  a field of a list's items costs one fetch, however long the list is.
Never:     lives longer than the objects of one request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model, prefetch_related_objects

T = TypeVar("T", bound=Model)
_PEERS = "_loaded_together"


class _Peers:
    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows
        self.values: dict[object, Mapping[Any, Any]] = {}


def together(rows: Iterable[T]) -> list[T]:
    """Remember that these rows came together, so that `load` fetches for all of them."""
    found = list(rows)
    peers = _Peers(found)
    for row in found:
        setattr(row, _PEERS, peers)
    return found


def load(
    row: T, fetch: Callable[[Sequence[T]], Mapping[Any, Any]], *, key: object = None, default: Any = None
) -> Any:
    """What `fetch` gives for `row`: it is called once with all peers and answers by primary key.

    `key` tells fetches apart where `fetch` is a closure. Rows in the answer become peers of each other.
    """
    peers: _Peers = getattr(row, _PEERS, None) or _alone(row)
    name = key if key is not None else fetch
    if name not in peers.values:
        values = fetch(peers.rows)
        together(_rows_in(values.values()))
        peers.values[name] = values
    return peers.values[name].get(row.pk, default)


def related(row: Model, name: str) -> Any:
    """The object behind a foreign key, fetched for all peers at once."""
    if getattr(row, f"{name}_id") is None:
        return None
    if name not in row._state.fields_cache:
        peers: _Peers = getattr(row, _PEERS, None) or _alone(row)
        prefetch_related_objects(peers.rows, name)
        targets = {id(found): found for peer in peers.rows if (found := getattr(peer, name)) is not None}
        together(targets.values())
    return getattr(row, name)


def _alone(row: Model) -> _Peers:
    together([row])
    peers: _Peers = getattr(row, _PEERS)
    return peers


def _rows_in(values: Iterable[Any]) -> list[Model]:
    found: dict[int, Model] = {}
    for value in values:
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, Model):
                found[id(item)] = item
    return list(found.values())
