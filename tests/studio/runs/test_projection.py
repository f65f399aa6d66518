"""The projection: golden journals and their views, folding in parts, snapshots."""

import json
from pathlib import Path

import pytest

from contracts.formats import check_structure
from contracts.problems import ProblemsError
from studio.runs.invariants import check_journal
from studio.runs.models import Event, Run, Snapshot
from studio.runs.projection import project
from studio.runs.views import SNAPSHOT_EVENTS, open_waits, read_view
from tests.executors.engine.test_a_graph import chain

VECTORS = Path(__file__).parents[2] / "vectors"
JOURNALS = sorted((VECTORS / "journals").glob("*.jsonl"))


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_golden_journal_gives_its_view(path):
    events = read(path)
    view = json.loads(path.with_suffix(".view.json").read_text("utf-8"))
    assert project(events) == view
    assert check_structure("view", view) == []
    assert [problem for event in events for problem in check_structure("event", event)] == []


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_folding_in_parts_gives_the_same_view(path):
    events = read(path)
    for cut in range(1, len(events)):
        assert project(events[cut:], project(events[:cut])) == project(events)


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_golden_journals_hold(path):
    rows = [(e["seq"], e["epoch"], e["type"], e["v"], e["at"], json.dumps(e["data"])) for e in read(path)]
    assert check_journal(rows) == []


def test_the_journal_of_the_format_page_gives_the_snapshot_of_its_frame():
    events = read(VECTORS / "journal.jsonl")
    assert project(events[:7]) == json.loads((VECTORS / "frame.json").read_text("utf-8"))["snapshot"]


def test_an_unknown_event_stops_the_reader_by_its_name():
    with pytest.raises(ProblemsError, match="run_teleported"):
        project([{"seq": 1, "type": "run_teleported", "v": 1, "at": "", "data": {}}])
    with pytest.raises(ProblemsError, match="v2"):
        project([{"seq": 1, "type": "run_created", "v": 2, "at": "", "data": {}}])


def test_a_long_journal_is_read_from_a_snapshot_on(studio, django_assert_max_num_queries):
    run = studio.admit(chain(), {"number": 1})
    at = "2026-01-31T09:00:00.000Z"
    created = {"run": str(run.id), "plan": run.plan_id, "admitted_at": at}
    rows = [Event(run=run, seq=1, epoch=1, type="run_created", v=1, at=at, data=json.dumps(created))]
    rows += [
        Event(
            run=run,
            seq=seq,
            epoch=1,
            type="invocation_completed",
            v=1,
            at=at,
            data=f'{{"node":"n{seq % 7}"}}',
        )
        for seq in range(2, SNAPSHOT_EVENTS + 12)
    ]
    Event.objects.bulk_create(rows)
    Run.objects.filter(pk=run.id).update(last_seq=len(rows), status="running")
    view = read_view(run.id)
    assert (view["seq"], len(view["nodes"])) == (SNAPSHOT_EVENTS + 11, 7)
    assert Snapshot.objects.get(run=run).seq == SNAPSHOT_EVENTS
    with django_assert_max_num_queries(2):
        assert read_view(run.id) == view
    assert read_view(run.id, 3)["seq"] == 3


def test_a_run_that_no_engine_has_seen_is_shown_as_queued(studio):
    run = studio.admit(chain(), {"number": 1})
    assert read_view(run.id) | {"created_at": ""} == {
        "run": str(run.id),
        "seq": 0,
        "status": "queued",
        "plan": run.plan_id,
        "created_at": "",
        "nodes": {},
    }
    assert open_waits(run.id) == set()
