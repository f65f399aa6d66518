"""Which runs an engine may claim, and the claim itself.

Owns:      the order among queued runs (priority, then in turn between teams) and the limits of their groups.
Promises:  of two processes that claim a run one does; of a team's group no more runs have begun than the limit
           that each brings along.
Never:     begins a transaction: `take` and `within_limits` are of the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from studio.runs.sql import Dialect

_LIVE: Final = "('running', 'cancelling')"
_ENDED: Final = "('succeeded', 'failed', 'timed_out', 'cancelled')"
# A run has begun from its claim on, and counts until it ends: also while it waits for a person.
_QUEUED: Final = """
WITH begun AS (
  SELECT team_id, group_key, count(*) AS count FROM runs_run
  WHERE group_key IS NOT NULL AND finished_at IS NULL AND (status <> 'queued' OR owner_id IS NOT NULL)
  GROUP BY team_id, group_key
), placed AS (
  SELECT id, team_id, priority, group_key, group_limit,
    row_number() OVER (PARTITION BY team_id, group_key ORDER BY priority DESC, id) AS place
  FROM runs_run WHERE status = 'queued' AND owner_id IS NULL
), free AS (
  SELECT p.id, p.priority, p.group_key,
    row_number() OVER (PARTITION BY p.team_id ORDER BY p.priority DESC, p.id) AS turn
  FROM placed p LEFT JOIN begun b ON b.team_id = p.team_id AND b.group_key = p.group_key
  WHERE p.group_key IS NULL OR p.place + COALESCE(b.count, 0) <= p.group_limit
)
SELECT id, group_key IS NOT NULL FROM free ORDER BY priority DESC, turn, id LIMIT ?
"""
_CANCELLED_BEFORE: Final = """
SELECT r.id FROM runs_signal s JOIN runs_run r ON r.id = s.run_id WHERE s.absorbed_seq IS NULL
AND s.kind = 'cancel' AND r.status = 'queued' AND r.owner_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that could be claimed. `is_limited`: its group says when."""

    id: Any
    is_limited: bool


def claimable(sql: Dialect, limit: int) -> list[Candidate]:
    """Read without the writer lock: `take` says which of them are ours."""
    dead = f"SELECT id FROM runs_engineprocess WHERE lease_until <= {sql.now}"
    orphaned = sql.run(
        f"SELECT id FROM runs_run WHERE status NOT IN {_ENDED} AND owner_id IN ({dead}) "
        f"UNION ALL SELECT id FROM runs_run WHERE status IN {_LIVE} AND owner_id IS NULL "
        "UNION ALL SELECT r.id FROM runs_wakeup w JOIN runs_run r ON r.id = w.run_id "
        f"WHERE w.due_at <= {sql.now} AND r.owner_id IS NULL AND r.status NOT IN {_ENDED} "
        # Who is to be cancelled does not wait for its turn.
        f"AND r.status <> 'queued' UNION ALL {_CANCELLED_BEFORE} LIMIT ?",
        (limit,),
    )
    ids = list(dict.fromkeys(row[0] for row in orphaned))
    found = [Candidate(id, is_limited=False) for id in ids]
    queued = sql.run(_QUEUED, (limit - len(ids),))
    return found + [Candidate(id, is_limited=bool(is_limited)) for id, is_limited in queued if id not in ids]


def within_limits(sql: Dialect, ids: Sequence[Any], found: Sequence[Candidate]) -> list[Any]:
    """Those of `ids` that their groups still let begin, asked anew where nobody else can claim meanwhile."""
    sql.lock_groups()
    limited = {each.id for each in found if each.is_limited}
    free = {id for id, _ in sql.run(_QUEUED, (len(ids) + len(found),))}
    return [id for id in ids if id not in limited or id in free]


def take(sql: Dialect, process: str, ids: Sequence[Any], lost: Sequence[Any]) -> list[Any]:
    """The row locks: of two processes one finds the condition no longer true. Returns those that are ours.

    `lost` are taken while they are still ours in name. One that is nobody's was given up after all: like any
    other it is claimed when there is a reason to.
    """
    wanted = [*ids, *(run for run in lost if run not in ids)]
    if not wanted:
        return []
    mine = sql.id(process)
    free, free_ids = sql.among("id", ids or [mine])
    own, own_ids = sql.among("id", lost or [mine])
    dead = f"SELECT id FROM runs_engineprocess WHERE lease_until <= {sql.now}"
    taken = sql.run(
        "UPDATE runs_run SET epoch = epoch + 1, owner_id = ?, claim_streak = claim_streak + 1 "
        f"WHERE status NOT IN {_ENDED} AND (({free} AND (owner_id IS NULL OR owner_id IN ({dead}))) "
        f"OR ({own} AND owner_id = ?)) RETURNING id",
        (mine, *free_ids, *own_ids, mine),
    )
    held = {row[0] for row in taken}
    if held:
        among, among_ids = sql.among("run_id", held)
        sql.change(f"DELETE FROM runs_wakeup WHERE {among} AND due_at <= {sql.now}", among_ids)
    return [run for run in wanted if run in held]
