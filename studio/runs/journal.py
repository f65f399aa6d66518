"""The journal in the database.

Owns:      claims, fences, leases and appends, on SQLite and PostgreSQL.
Promises:  what `executors.journal.Journal` promises; its conformance suite runs against both databases.
Never:     interprets events. Uses the Django connection of the calling thread.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec
from django.db import connection

from contracts.canonical import Digest
from executors.journal import (
    Append,
    Backlog,
    ClaimedRun,
    EventRow,
    InvocationRow,
    JournalUnavailable,
    Process,
    Reusable,
    SignalRow,
)
from studio.runs.appends import (
    came_through,
    claim_of,
    index_text,
    is_one_statement,
    write_beside,
    write_events,
)
from studio.runs.claiming import claimable, take, within_limits
from studio.runs.sql import Row, dialect

LOAD_ROWS = 2_000


class SqlJournal:
    """The tables of `studio.runs.models` as a journal."""

    def __init__(self) -> None:
        self._sql = dialect()
        self._is_in_doubt = False  # the last append may have come through though nobody heard

    def join(self, process: Process, lease_seconds: float) -> None:
        sql = self._sql
        with sql.transaction():
            if process.is_alone:
                sql.change(f"UPDATE runs_engineprocess SET lease_until = {sql.now}")
            sql.change(
                "INSERT INTO runs_engineprocess (id, host, version, rung, started_at, lease_until) "
                f"VALUES (?, ?, ?, ?, {sql.now}, {sql.after('?')})",
                (sql.id(process.id), process.host, process.version, process.rung, lease_seconds),
            )

    def renew(self, process: str, lease_seconds: float) -> bool:
        sql = self._sql
        with sql.transaction():
            held = sql.change(
                f"UPDATE runs_engineprocess SET lease_until = {sql.after('?')} "
                f"WHERE id = ? AND lease_until > {sql.now}",
                (lease_seconds, sql.id(process)),
            )
        return held == 1

    def leave(self, process: str) -> None:
        sql = self._sql
        with sql.transaction():
            sql.change(
                "UPDATE runs_run SET claim_streak = claim_streak - 1 WHERE owner_id = ? AND claim_streak > 0",
                (sql.id(process),),
            )
            sql.change(
                f"UPDATE runs_engineprocess SET lease_until = {sql.now} WHERE id = ?", (sql.id(process),)
            )

    def claim(
        self, process: str, limit: int, lost: Sequence[str] = (), spared: Collection[str] = ()
    ) -> list[ClaimedRun]:
        sql = self._sql
        kept_away = {sql.id(run) for run in spared}
        found = [each for each in claimable(sql, limit + len(spared)) if each.id not in kept_away][:limit]
        ids = [each.id for each in found]
        dropped = [sql.id(run) for run in lost]
        if not ids and not dropped:
            return []
        # A claim that is lost was never used: whatever this process does with the run is synced after it.
        with sql.unsynced_transaction():
            if any(each.is_limited for each in found):
                ids = within_limits(sql, ids, found)
            # Read before the commit: a claim whose run cannot be read is none.
            return self._admitted(take(sql, process, ids, dropped))

    def admitted(self, run: str) -> ClaimedRun:
        found = self._admitted([self._sql.id(run)])
        if not found:
            raise KeyError(run)
        return found[0]

    def _admitted(self, ids: Sequence[Any]) -> list[ClaimedRun]:
        """In the order of `ids`."""
        if not ids:
            return []
        sql = self._sql
        among, among_ids = sql.among("r.id", ids)
        rows = sql.run(
            "SELECT r.id, r.epoch, r.last_seq, r.claim_streak, r.status, r.plan_id, d.data, r.inputs, "
            "r.parameters, r.options, r.environment, r.actor, r.deployment_id, r.trigger_id, "
            f"{sql.milliseconds('r.created_at')}, {sql.milliseconds('r.deadline_at')}, "
            "r.group_key IS NOT NULL, r.resumed_from_id "
            f"FROM runs_run r JOIN runs_document d ON d.digest = r.plan_id WHERE {among}",
            among_ids,
        )
        by_id = {row[0]: row for row in rows}
        return [
            _claimed_run(self._text, by_id[run][:-1], by_id[run][-1], self._first_of(by_id[run]))
            for run in ids
            if run in by_id
        ]

    def _first_of(self, row: Row) -> Any:
        """The first run of the chain that a row ends."""
        first, before = row[0], row[-1]
        while before is not None:
            first = before
            ((before,),) = self._sql.run("SELECT resumed_from_id FROM runs_run WHERE id = ?", (before,))
        return first

    def _text(self, value: Any) -> str | None:
        return None if value is None else self._sql.text_of_id(value)

    def load(self, run: str, after: int = 0) -> Iterable[EventRow]:
        while True:
            rows = self._sql.run(
                "SELECT seq, epoch, type, v, at, data FROM runs_event WHERE run_id = ? AND seq > ? "
                "ORDER BY seq LIMIT ?",
                (self._sql.id(run), after, LOAD_ROWS),
            )
            yield from (EventRow(*row) for row in rows)
            if len(rows) < LOAD_ROWS:
                return
            after = rows[-1][0]

    def append(self, appends: Sequence[Append]) -> list[bool]:
        sql = self._sql
        try:
            # A statement that stands alone is a transaction: to begin and end one takes two journeys to a server.
            with nullcontext() if is_one_statement(sql, appends) else sql.transaction():
                held = write_events(sql, appends)
                for append in appends:
                    if claim_of(append) in held:
                        write_beside(sql, append)
                if self._is_in_doubt:
                    unheld = [append for append in appends if claim_of(append) not in held]
                    held |= came_through(sql, unheld)
        except Exception as error:
            if not sql.is_out_of_reach(error):
                raise
            connection.close()
            self._is_in_doubt = True
            raise JournalUnavailable(str(error)) from error
        self._is_in_doubt = False
        return [claim_of(append) in held for append in appends]

    def signals(self, process: str, runs: Sequence[str] | None = None) -> list[SignalRow]:
        sql = self._sql
        if runs is not None:
            return self._told(process, [sql.id(run) for run in runs])
        due = sql.run(
            "SELECT w.id, w.run_id FROM runs_wakeup w JOIN runs_run r ON r.id = w.run_id "
            f"WHERE w.due_at <= {sql.now} AND r.owner_id = ? LIMIT 500",
            (sql.id(process),),
        )
        if not due:
            return []
        # A wake-up goes before its signal is read, never after, and stays where that fails.
        with sql.transaction():
            among, among_ids = sql.among("id", [row[0] for row in due])
            sql.change(f"DELETE FROM runs_wakeup WHERE {among}", among_ids)
            return self._told(process, list(dict.fromkeys(row[1] for row in due)))

    def _told(self, process: str, runs: Sequence[Any]) -> list[SignalRow]:
        if not runs:
            return []
        sql = self._sql
        among, among_ids = sql.among("s.run_id", runs)
        rows = sql.run(
            "SELECT s.id, s.run_id, s.kind, s.actor, s.data FROM runs_signal s "
            "JOIN runs_run r ON r.id = s.run_id WHERE s.absorbed_seq IS NULL AND r.owner_id = ? "
            f"AND {among} ORDER BY s.id",
            (sql.id(process), *among_ids),
        )
        return [
            SignalRow(id=id_, run=sql.text_of_id(run), kind=kind, actor=actor, data=data)
            for id_, run, kind, actor, data in rows
        ]

    def find_reusable(self, run: str, key: Digest) -> Reusable | None:
        sql = self._sql
        rows = sql.run(
            "SELECT e.run_id, e.seq, e.data FROM runs_run r "
            "JOIN runs_reusableoutput u ON u.team_id = r.team_id "
            "JOIN runs_event e ON e.run_id = u.run_id AND e.seq = u.seq WHERE r.id = ? AND u.key = ?",
            (sql.id(run), key),
        )
        for found, seq, data in rows:
            return Reusable(run=sql.text_of_id(found), seq=seq, data=data)
        return None

    def permit(
        self, run: str, node: str, index: tuple[int, ...], *, attempt: int, token: str, seconds: float
    ) -> bool:
        sql = self._sql
        with sql.transaction():
            changed = sql.change(
                f"UPDATE runs_invocation SET state = 'permitted', token = ?, "
                f"permit_until = {sql.after('?')}, "
                f'changed_at = {sql.now} WHERE run_id = ? AND node = ? AND "index" = ? AND attempt = ? '
                "AND state = 'scheduled'",
                (sql.id(token), seconds, sql.id(run), node, index_text(index), attempt),
            )
        return changed == 1

    def store_result(self, run: str, node: str, index: tuple[int, ...], *, token: str, result: str) -> bool:
        sql = self._sql
        with sql.transaction():
            changed = sql.change(
                f"UPDATE runs_invocation SET state = 'done', result = ?, changed_at = {sql.now} "
                'WHERE run_id = ? AND node = ? AND "index" = ? AND token = ? '
                "AND state IN ('permitted', 'uncertain')",
                (result, sql.id(run), node, index_text(index), sql.id(token)),
            )
        return changed == 1

    def invocations(self, run: str) -> list[InvocationRow]:
        sql = self._sql
        rows = sql.run(
            'SELECT node, "index", state, attempt, token, result FROM runs_invocation '
            "WHERE run_id = ? AND state <> 'absorbed' ORDER BY id",
            (sql.id(run),),
        )
        return [
            InvocationRow(
                run=run,
                node=node,
                index=tuple(map(int, index.split(","))) if index else (),
                state=state,
                attempt=attempt,
                token=self._text(token),
                result=result,
            )
            for node, index, state, attempt, token, result in rows
        ]

    def backlog(self) -> Backlog:
        sql = self._sql
        ((queued,),) = sql.run("SELECT count(*) FROM runs_run WHERE status = 'queued'")
        ((due,),) = sql.run(f"SELECT min({sql.milliseconds('due_at')}) FROM runs_wakeup")
        return Backlog(queued=queued, next_wakeup_at=due)


def _claimed_run(text: Any, values: Row | list[Any], resumed_from: Any, first: Any) -> ClaimedRun:
    (run, epoch, last_seq, streak, status, plan, plan_text, inputs, parameters, options, *rest) = values
    environment, actor, deployment, trigger, admitted_at, deadline_at, is_grouped = rest
    return ClaimedRun(
        run=text(run),
        epoch=epoch,
        last_seq=last_seq,
        streak=streak,
        status=status,
        plan=plan,
        plan_text=plan_text,
        inputs=inputs,
        parameters=msgspec.json.decode(parameters),
        options=options,
        environment=environment,
        actor=actor,
        deployment=text(deployment),
        trigger=text(trigger),
        admitted_at=admitted_at,
        deadline_at=deadline_at,
        resumed_from=text(resumed_from),
        key_run=text(first),
        is_grouped=bool(is_grouped),
    )
