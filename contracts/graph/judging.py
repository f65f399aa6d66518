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
from contracts.schema.localise import nested

NOT_KNOWN = Verdict(
    answer="unknown", reason="What comes in is not known, because the node before has a problem."
)
_ENCODER = msgspec.json.Encoder(order="deterministic")
Unknown = Literal["strip", "reject"]
_MEDIA = {"json": "JSON", "table": "a table", "binary": "a binary"}


def encoded(schema: JSON) -> bytes:
    """The text of a schema, the same for every order of its keys."""
    return _ENCODER.encode(schema)


def judge_ports(source: Port | None, target: Port | None, *, is_exact: bool = True) -> Verdict:
    """The verdict on an edge; a target without a port takes anything.

    `is_exact` is false where the source's schema is an upper bound, found for an expression.
    """
    if source is None:
        return NOT_KNOWN
    if target is None:
        return Verdict(answer="yes", proof=("/: takes a value of any kind",))
    if source.media != target.media:
        reason = f"The output is {_MEDIA[source.media]}, the input takes {_MEDIA[target.media]}."
        return Verdict(answer="no", keyword="media", reason=reason)
    if source.media == "json":
        return judge_result(source.schema, target.schema, target.unknown, is_exact=is_exact)
    if source.media == "table":
        return judge_columns(_columns(source), _columns(target))
    assert isinstance(source.type, str)
    assert isinstance(target.type, str)
    return judge_media_type(source.type, target.type)


def judge_result(schema: JSON, target: JSON, unknown: Unknown = "strip", *, is_exact: bool) -> Verdict:
    """The verdict on an expression's result. Of a type that is only an upper bound, a witness proves nothing:
    it is `no` only where nothing of the type would be accepted.
    """
    verdict = judge_schemas(schema, target, unknown)
    if verdict.answer != "no" or is_exact:
        return verdict
    if judge_schemas(schema, {"not": nested(target, "/not")}, "reject").answer == "yes":
        return verdict
    reason = f"The expression may give what is refused. {explained(verdict)}"
    return Verdict(answer="unknown", keyword=verdict.keyword, pointer_b=verdict.pointer_b, reason=reason)


def _columns(port: Port) -> JSON:
    assert port.columns is not UNSET
    return port.columns if isinstance(port.columns, str) else plain(port.columns)


def judge_schemas(source: JSON, target: JSON, unknown: Unknown = "strip") -> Verdict:
    return _judged(encoded(source), encoded(target), unknown)


# The text of a schema is its key: the same schema stands on many ports of many graphs.
@lru_cache(maxsize=32_768)
def _judged(source: bytes, target: bytes, unknown: Unknown) -> Verdict:
    return judge_edge(msgspec.json.decode(source), msgspec.json.decode(target), unknown=unknown)


def explained(verdict: Verdict) -> str:
    """The verdict in words, with the value that shows it."""
    reason = verdict.reason if verdict.reason[-1:] in ".!?" else f"{verdict.reason}."
    if not verdict.has_witness:
        return reason
    text = msgspec.json.encode(verdict.witness).decode()
    shown = text if len(text) <= 80 else f"{text[:76]} …"
    return f"For example {shown}: {reason}"
