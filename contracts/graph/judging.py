"""Whether what leaves one port may enter another, whatever they carry.

Owns:      the verdict on an edge: media, schemas, columns, media types; and the memory of such verdicts.
Promises:  a pair of equal schemas is judged once, however many edges and graphs it stands in.
"""

from functools import lru_cache
from typing import Literal

import msgspec.json
from msgspec import UNSET

from contracts.canonical import JSON
from contracts.formats import plain
from contracts.module import Port
from contracts.schema import Verdict, judge_columns, judge_edge, judge_media_type

NOT_KNOWN = Verdict(
    answer="unknown", reason="What comes in is not known, because the node before has a problem."
)
_MEDIA = {"json": "JSON", "table": "a table", "binary": "a binary"}
_encode = msgspec.json.Encoder(order="deterministic").encode


def judge_ports(source: Port | None, target: Port | None) -> Verdict:
    """The verdict on an edge; a target without a port takes anything."""
    if source is None:
        return NOT_KNOWN
    if target is None:
        return Verdict(answer="yes", proof=("/: takes a value of any kind",))
    if source.media != target.media:
        reason = f"The output is {_MEDIA[source.media]}, the input takes {_MEDIA[target.media]}."
        return Verdict(answer="no", keyword="media", reason=reason)
    if source.media == "json":
        return judge_schemas(source.schema, target.schema, target.unknown)
    if source.media == "table":
        return judge_columns(_columns(source), _columns(target))
    assert isinstance(source.type, str)
    assert isinstance(target.type, str)
    return judge_media_type(source.type, target.type)


def _columns(port: Port) -> JSON:
    assert port.columns is not UNSET
    return port.columns if isinstance(port.columns, str) else plain(port.columns)


def judge_schemas(source: JSON, target: JSON, unknown: Literal["strip", "reject"] = "strip") -> Verdict:
    return _judged(_encode(source), _encode(target), unknown)


# The text of a schema is its key: the same schema stands on many ports of many graphs.
@lru_cache(maxsize=32_768)
def _judged(source: bytes, target: bytes, unknown: Literal["strip", "reject"]) -> Verdict:
    return judge_edge(msgspec.json.decode(source), msgspec.json.decode(target), unknown=unknown)


def explained(verdict: Verdict) -> str:
    """The verdict in words, with the value that shows it."""
    if not verdict.has_witness:
        return verdict.reason
    text = msgspec.json.encode(verdict.witness).decode()
    shown = text if len(text) <= 80 else f"{text[:76]} …"
    return f"For example {shown}: {verdict.reason}"
