"""The values that runs are started with, as they are kept: envelopes.

Owns:      what becomes of a value that is given as JSON, and of one that is given as a reference.
Promises:  the inputs and pins of a run fit into one event; an artifact is one that the team has brought in, or that
           a run of the viewer's names. What is asked of the database is asked for all runs at once.
Never:     checks JSON against its port: the caller has done that.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from django.db.models import Exists, OuterRef
from msgspec import UnsetType

from contracts.canonical import JSON, Digest
from contracts.module import Column, Port
from contracts.problems import Problem, ProblemsError, pointer
from studio.runs.admission import ENVELOPE_ALLOWANCE, envelopes_of
from studio.runs.artifacts import artifact_store
from studio.runs.models import Artifact, ArtifactUpload, ArtifactUse
from studio.teams.models import Team
from studio.teams.viewer import Viewer

ARROW: Final = "application/vnd.apache.arrow.file"
_ASKED_AT_ONCE: Final = 500
# By the runs of a list together; one request cannot ask for much more than it brings.
MAX_WRITTEN: Final = 16 << 20

Place = tuple[str, ...]
Given = Mapping[Place, tuple[Port, JSON]]
Values = Mapping[Place, JSON]
Envelopes = dict[Place, JSON]


def kept_values(
    viewer: Viewer, team: Team, given: Sequence[Given]
) -> tuple[list[Envelopes], list[list[Problem]]]:
    """`given`: first what all runs share, then what each has of its own, by place (`inputs, name` or `pins, path,
    port`). The envelopes of each, and what is wrong with references. Nothing is stored where anything is wrong.
    """
    sizes = _usable_artifacts(viewer, team, {digest for values in given for digest in _references(values)})
    referred: list[Envelopes] = [{} for _ in given]
    problems: list[list[Problem]] = [[] for _ in given]
    for values, envelopes, wrong in zip(given, referred, problems, strict=True):
        for place, (port, value) in values.items():
            if port.media != "json":
                found = _referred(sizes, port, value["artifact"], pointer(*place))
                if isinstance(found, Problem):
                    wrong.append(found)
                else:
                    envelopes[place] = found
    if any(problems):
        return referred, problems
    shared, *each = [
        {place: value for place, (port, value) in values.items() if port.media == "json"} for values in given
    ]
    written = _written(shared, each)
    return [{**json, **other} for json, other in zip(written, referred, strict=True)], problems


def _written(shared: Values, each: Sequence[Values]) -> list[Envelopes]:
    """What is shared is written out once, in a part of the room of an event; the rest is each run's own."""
    store = artifact_store()
    if len(each) == 1:
        found = envelopes_of({**shared, **each[0]}, store)
        return [{place: found[place] for place in values} for values in (shared, each[0])]
    envelopes = envelopes_of(shared, store, min(ENVELOPE_ALLOWANCE, MAX_WRITTEN // len(each)) // 2)
    room = ENVELOPE_ALLOWANCE - bytes_inline(envelopes.values())
    return [envelopes, *(envelopes_of(own, store, room) for own in each)]


def bytes_inline(envelopes: Iterable[JSON]) -> int:
    return sum(envelope["bytes"] for envelope in envelopes if "value" in envelope)


def _references(given: Given) -> list[Digest]:
    return [value["artifact"] for port, value in given.values() if port.media != "json"]


def _referred(sizes: Mapping[Digest, int], port: Port, digest: Digest, path: str) -> JSON | Problem:
    size = sizes.get(digest)
    if size is None:
        message = f"{digest} is not kept for this team. Upload it first."
        return Problem(code="no_such_artifact", path=path, message=message)
    if size > port.bytes_allowed:
        message = f"The {port.media} has {size} bytes; this input takes {port.bytes_allowed}."
        return Problem(code="too_large", path=path, message=message)
    envelope: dict[str, JSON] = {
        "media": port.media,
        "bytes": size,
        "artifact": digest,
        "type": "application/octet-stream",
    }
    if port.media == "table":
        try:
            envelope |= {"type": ARROW, "rows": _rows(digest, port.columns)}
        except ProblemsError as error:
            return error.problems[0].within(path)
    return envelope


@lru_cache(maxsize=1_000)
def _rows(digest: Digest, columns: tuple[Column, ...] | str | UnsetType) -> int:
    """Each table that fits is read once, not for each preview of a start: a digest means the same bytes always.

    Raises `ProblemsError`.
    """
    # Arrow takes long to import, and few runs are started with a table.
    from executors.tables import table_problem

    with artifact_store().open(digest) as file:
        rows, problem = table_problem(file, columns)
    if problem is not None:
        message = f"The table does not fit: {problem}. Upload one that does."
        raise ProblemsError([Problem(code="table_refused", path="", message=message)])
    return rows


def _usable_artifacts(viewer: Viewer, team: Team, digests: set[Digest]) -> dict[Digest, int]:
    """The sizes of those that the team has brought in, or that a run of the viewer's names: a digest alone opens
    nothing.
    """
    uploads = ArtifactUpload.objects.filter(team=team, artifact=OuterRef("pk"))
    uses = ArtifactUse.objects.filter(artifact=OuterRef("pk"), run__team__in=viewer.teams)
    usable = Artifact.objects.filter(Exists(uploads) | Exists(uses)).values_list("pk", "bytes")
    sizes: dict[Digest, int] = {}
    ordered = sorted(digests)
    for start in range(0, len(ordered), _ASKED_AT_ONCE):
        sizes |= dict(usable.filter(pk__in=ordered[start : start + _ASKED_AT_ONCE]))
    return sizes
