"""What every journal promises: claims, fences, leases, signals, effects."""

import json

import pytest
from msgspec.structs import replace

from executors.journal import Append, EventRow, Schedule, Standing
from studio.ids import uuid7
from tests.conformance.conftest import LEASE, join, now

AT = "2026-01-31T09:00:00.003Z"


def events(first: int, *types: str, data: str = "{}", epoch: int = 1):
    return [EventRow(first + place, epoch, kind, 1, AT, data) for place, kind in enumerate(types)]


def append(run, process, *, after=0, epoch=1, types=("invocation_completed",), status="running", **fields):
    standing = fields.pop("standing", None) or Standing(status=status, counters={"succeeded": 1})
    return Append(
        run=run,
        owner=process,
        epoch=epoch,
        last_seq=after,
        events=events(after + 1, *types, epoch=epoch),
        standing=standing,
        **fields,
    )


def released(status="waiting", wake_at=None):
    return Standing(status=status, counters={}, is_released=True, wake_at=wake_at)


def test_a_queued_run_is_claimed_once(world, process):
    run = world.admit()
    (claimed,) = world.journal.claim(process, 10)
    assert (claimed.run, claimed.epoch, claimed.last_seq, claimed.streak) == (run, 1, 0, 1)
    assert claimed.key_run == run
    assert world.journal.claim(process, 10) == []
    assert world.journal.claim(join(world), 10) == []


def test_no_more_runs_are_claimed_than_asked_for(world, process):
    for _ in range(3):
        world.admit()
    assert len(world.journal.claim(process, 2)) == 2
    assert len(world.journal.claim(process, 2)) == 1


def test_claims_are_fair_between_teams_and_heed_priorities(world, process):
    many = [world.admit(team="a") for _ in range(3)]
    other = world.admit(team="b")
    urgent = world.admit(team="a", priority=5)
    claimed = [run.run for run in world.journal.claim(process, 3)]
    assert {urgent, other} < set(claimed)
    assert len(set(claimed) & set(many)) == 1


def claimed(world, process, limit=10) -> list[str]:
    return [run.run for run in world.journal.claim(process, limit)]


def in_a_group(world, count: int, *, limit: int) -> list[str]:
    """In the order of their turns; ids of one millisecond have none of their own."""
    return sorted(world.admit(group=("deploy", limit)) for _ in range(count))


def test_of_a_group_no_more_runs_begin_than_its_limit(world, process):
    first, second, third = in_a_group(world, 3, limit=2)
    assert claimed(world, process) == [first, second]
    assert claimed(world, join(world)) == []
    held = append(first, process, standing=released("waiting"))
    ended = append(second, process, standing=Standing(status="succeeded", counters={}, finished_at=now()))
    assert world.journal.append([held]) == [True]
    assert claimed(world, process) == []
    assert world.journal.append([ended]) == [True]
    assert claimed(world, process) == [third]


def test_a_group_is_of_one_team_and_others_do_not_wait_for_it(world, process):
    mine, next_ = in_a_group(world, 2, limit=1)
    others = [world.admit(team="b", group=("deploy", 1)), world.admit(group=("report", 1)), world.admit()]
    assert set(claimed(world, process)) == {mine, *others}
    assert claimed(world, process) == []
    assert world.row(next_)["status"] == "queued"


def test_blocked_runs_leave_their_places_to_others(world, process):
    for _ in range(5):
        world.admit(group=("deploy", 1), priority=1)
    other = world.admit()
    assert other in claimed(world, process, limit=2)


def test_the_most_urgent_of_a_group_begins_first(world, process):
    world.admit(group=("deploy", 1))
    urgent = world.admit(group=("deploy", 1), priority=3)
    assert claimed(world, process) == [urgent]


def test_a_run_of_a_group_that_was_lost_is_claimed_whatever_the_limit(world, process):
    first, second = in_a_group(world, 2, limit=1)
    assert claimed(world, process) == [first]
    world.kill(process)
    assert claimed(world, join(world)) == [first]
    assert second not in claimed(world, join(world))


def test_a_run_that_is_cancelled_does_not_wait_for_its_turn(world, process):
    first, second = in_a_group(world, 2, limit=1)
    assert claimed(world, process) == [first]
    world.tell(second, "pause")
    assert claimed(world, process) == []
    world.tell(second, "cancel")
    (run,) = world.journal.claim(process, 10)
    assert (run.run, [signal.kind for signal in world.journal.signals(process, [run.run])]) == (
        second,
        ["pause", "cancel"],
    )


TEXTS = [
    '{"node":"ä","outputs":{"value":{"media":"json","bytes":3,"value":1.0}}}',
    r'{"value":"\u0000 \t \n \" \\ \\N \ud83d\ude00 😀 \u2028"}',
    '{"value":"' + r"\t\\" * 50_000 + '"}',
]


@pytest.mark.parametrize("text", TEXTS, ids=["plain", "escaped", "long"])
def test_events_come_back_as_they_were_appended(world, process, text):
    run = world.admit()
    world.journal.claim(process, 1)
    rows = events(1, "run_created", "invocation_completed", data=text)
    standing = Standing(status="running", counters={"succeeded": 1})
    entry = Append(run=run, owner=process, epoch=1, last_seq=0, events=rows, standing=standing)
    assert world.journal.append([entry]) == [True]
    assert list(world.journal.load(run)) == rows
    assert list(world.journal.load(run, after=1)) == rows[1:]
    assert world.row(run) | {"streak": 0} == {
        "status": "running",
        "last_seq": 2,
        "streak": 0,
        "epoch": 1,
        "is_owned": True,
        "counters": {"succeeded": 1},
    }


def test_a_queued_run_is_claimed_by_its_first_append(world, process):
    run = world.admit()
    first = append(run, process, types=("run_created", "invocation_completed"), is_claim=True)
    assert world.journal.append([first]) == [True]
    row = world.row(run)
    assert (row["epoch"], row["last_seq"], row["streak"], row["is_owned"]) == (1, 2, 0, True)
    assert world.journal.claim(join(world), 10) == []
    assert world.journal.append([append(run, process, after=2)]) == [True]


def test_a_claim_that_got_nowhere_counts(world, process):
    run = world.admit()
    assert world.journal.append([append(run, process, types=("run_created",), is_claim=True)]) == [True]
    assert world.row(run)["streak"] == 1


def test_a_first_append_that_ends_the_run_leaves_it_to_nobody(world, process):
    run = world.admit()
    ending = append(run, process, is_claim=True, standing=released())
    assert world.journal.append([ending]) == [True]
    assert not world.row(run)["is_owned"]


def test_of_two_first_appends_and_a_claim_one_holds(world, process):
    run = world.admit()
    mine, other = append(run, process, is_claim=True), append(run, join(world), is_claim=True)
    assert world.journal.append([mine]) == [True]
    assert world.journal.append([other]) == [False]
    assert world.journal.append([mine]) == [False]
    claimed = world.admit()
    assert [each.run for each in world.journal.claim(process, 10)] == [claimed]
    assert world.journal.append([append(claimed, process, is_claim=True)]) == [False]
    assert len(list(world.journal.load(run))) == 1
    assert list(world.journal.load(claimed)) == []


def test_runs_that_are_about_to_be_claimed_are_spared(world, process):
    spared, other = world.admit(), world.admit()
    assert [run.run for run in world.journal.claim(process, 1, spared={spared})] == [other]
    assert [run.run for run in world.journal.claim(process, 1, lost=[spared])] == [spared]


def test_a_wrong_fence_adds_nothing_and_disturbs_nobody(world, process):
    one, two, three, four = (world.admit() for _ in range(4))
    world.journal.claim(process, 10)
    stranger = join(world)
    held = world.journal.append(
        [
            append(one, process, after=1),
            append(two, process),
            append(three, process, epoch=2),
            append(four, stranger),
        ]
    )
    assert held == [False, True, False, False]
    assert [len(list(world.journal.load(run))) for run in (one, two, three, four)] == [0, 1, 0, 0]


def test_the_same_append_holds_only_once(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    entry = append(run, process)
    assert world.journal.append([entry]) == [True]
    assert world.journal.append([entry]) == [False]
    assert world.row(run)["last_seq"] == 1


@pytest.mark.parametrize("text", [0, -1], ids=["short", "long"])
def test_of_two_claims_of_a_run_in_one_append_the_newer_alone_holds(world, process, text):
    run = world.admit()
    world.journal.claim(process, 1)
    world.journal.claim(process, 0, lost=[run])
    world.tell(run)
    (signal,) = (told.id for told in world.journal.signals(process, [run]))
    stale = append(run, process, after=5, absorbed_signals=[signal])
    fresh = append(run, process, epoch=2, types=("node_skipped", "node_skipped"))
    appends = [
        replace(each, events=[replace(event, data=TEXTS[text]) for event in each.events])
        for each in (stale, fresh)
    ]
    assert world.journal.append(appends) == [False, True]
    assert [(event.seq, event.epoch) for event in world.journal.load(run)] == [(1, 2), (2, 2)]
    assert [told.id for told in world.journal.signals(process, [run])] == [signal]


def test_what_is_long_is_behind_the_fence_too(world, process):
    runs = [world.admit() for _ in range(3)]
    world.journal.claim(process, 3)
    entries = [append(run, process, after=place % 2) for place, run in enumerate(runs)]
    entries = [replace(entry, events=events(entry.last_seq + 1, "a", data=TEXTS[2])) for entry in entries]
    assert world.journal.append(entries) == [True, False, True]
    assert [len(list(world.journal.load(run))) for run in runs] == [1, 0, 1]


def test_many_runs_share_an_append(world, process):
    runs = [world.admit() for _ in range(37)]
    assert len(world.journal.claim(process, 100)) == 37
    entries = [append(run, process, types=["invocation_completed"] * 21) for run in runs]
    assert world.journal.append(entries) == [True] * 37
    assert {world.row(run)["last_seq"] for run in runs} == {21}


def test_the_runs_of_a_dead_process_are_claimed_with_a_new_epoch(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    world.journal.append([append(run, process)])
    other = join(world)
    assert world.journal.claim(other, 10) == []
    world.kill(process)
    (claimed,) = world.journal.claim(other, 10)
    assert (claimed.run, claimed.epoch, claimed.last_seq) == (run, 2, 1)
    assert world.journal.append([append(run, process, after=1)]) == [False]
    assert world.journal.append([append(run, other, after=1, epoch=2)]) == [True]


def test_a_process_that_is_alone_ends_the_leases_of_all_others(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    alone = join(world, is_alone=True)
    assert [claimed.run for claimed in world.journal.claim(alone, 10)] == [run]


def test_a_lease_that_ran_out_cannot_be_renewed(world, process):
    assert world.journal.renew(process, LEASE)
    world.kill(process)
    assert not world.journal.renew(process, LEASE)


def test_leaving_lets_others_claim_at_once(world, process):
    world.admit()
    world.journal.claim(process, 1)
    world.journal.leave(process)
    assert len(world.journal.claim(join(world), 10)) == 1


def test_a_process_that_leaves_has_not_claimed_in_vain(world, process):
    world.admit()
    world.journal.claim(process, 1)
    world.journal.leave(process)
    (claimed,) = world.journal.claim(join(world), 10)
    assert (claimed.epoch, claimed.streak) == (2, 1)


def test_what_a_process_lost_it_may_claim_again(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    (claimed,) = world.journal.claim(process, 0, lost=[run])
    assert (claimed.epoch, claimed.streak) == (2, 2)
    other = join(world)
    assert world.journal.claim(other, 0, lost=[run]) == []


def test_what_was_given_up_is_not_claimed_again_for_having_been_lost(world, process):
    """The commit that gave it up came through, and its writer never heard of that."""
    run, waits = world.admit(), world.admit()
    world.journal.claim(process, 2)
    world.journal.append([append(run, process, types=["run_quarantined"], standing=released("quarantined"))])
    world.journal.append([append(waits, process, standing=released("waiting", 4_000_000_000_000))])
    assert world.journal.claim(process, 10, lost=[run, waits]) == []
    world.tell(run, "resume")
    assert [claimed.run for claimed in world.journal.claim(process, 10, lost=[run])] == [run]


def test_a_first_append_that_never_came_through_leaves_the_run_to_its_turn(world, process):
    run = world.admit()
    (claimed,) = world.journal.claim(process, 10, lost=[run])
    assert (claimed.run, claimed.epoch) == (run, 1)


def test_fruitless_claims_are_counted_until_the_run_gets_on(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    world.journal.append([append(run, process, types=["run_created", "run_claimed"])])
    (claimed,) = world.journal.claim(process, 0, lost=[run])
    assert claimed.streak == 2
    world.journal.append([append(run, process, after=2, epoch=2)])
    (claimed,) = world.journal.claim(process, 0, lost=[run])
    assert claimed.streak == 1


def test_a_released_run_is_claimed_when_its_time_comes(world, process):
    run, later = world.admit(), world.admit()
    world.journal.claim(process, 2)
    past, future = 1_000, 4_000_000_000_000
    world.journal.append([append(run, process, standing=released(wake_at=past))])
    world.journal.append([append(later, process, standing=released(wake_at=future))])
    assert [claimed.run for claimed in world.journal.claim(process, 10)] == [run]
    assert world.journal.claim(process, 10) == []


def test_a_released_run_is_claimed_when_it_is_told_something(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    world.journal.append([append(run, process, standing=released())])
    assert world.journal.claim(process, 10) == []
    world.tell(run)
    assert [claimed.run for claimed in world.journal.claim(process, 10)] == [run]
    assert [signal.kind for signal in world.journal.signals(process, [run])] == ["cancel"]


def test_a_run_that_was_told_something_on_its_way_out_is_claimed_again(world, process):
    run, knows, gives_up = (world.admit() for _ in range(3))
    world.journal.claim(process, 3)
    for each in (run, knows, gives_up):
        world.tell(each)
    told = {signal.run: signal.id for signal in world.journal.signals(process)}  # their wake-ups are gone now
    assert len(told) == 3
    world.journal.append(
        [
            append(run, process, standing=released(), kept_signals=()),
            append(knows, process, standing=released(), kept_signals=[told[knows]]),
            append(gives_up, process, standing=released("quarantined")),
        ]
    )
    assert [claimed.run for claimed in world.journal.claim(process, 10)] == [run]
    assert [signal.id for signal in world.journal.signals(process, [run])] == [told[run]]


def test_a_finished_run_is_never_claimed(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    done = Standing(status="succeeded", counters={}, finished_at=1_000, outputs="{}")
    world.journal.append([append(run, process, types=["run_finished"], standing=done)])
    world.tell(run)
    world.kill(process)
    assert world.journal.claim(join(world), 10, lost=[run]) == []


def test_signals_are_read_until_they_are_absorbed(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    world.tell(run)
    (signal,) = world.journal.signals(process)
    assert (signal.run, signal.kind, json.loads(signal.data)) == (run, "cancel", {})
    assert world.journal.signals(process) == []
    assert [again.id for again in world.journal.signals(process, [run])] == [signal.id]
    world.journal.append([append(run, process, absorbed_signals=[signal.id])])
    assert world.journal.signals(process, [run]) == []


def test_what_is_told_is_due_at_once(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    for _ in range(50):
        world.tell(run)
        assert world.journal.signals(process)


def test_a_signal_to_a_run_of_another_process_is_not_read(world, process):
    run = world.admit()
    world.journal.claim(process, 1)
    world.tell(run)
    assert world.journal.signals(join(world)) == []


def schedule(token: str) -> Schedule:
    return Schedule(
        node="n",
        index=(3, 1),
        kind="keyed",
        key="k",
        attempt=1,
        queue="local",
        token=token,
        permit_until=4_000_000_000_000,
        inputs="{}",
    )


def test_an_effect_is_permitted_with_its_schedule_and_absorbed_with_its_result(world, process):
    run, token = world.admit(), str(uuid7())
    world.journal.claim(process, 1)
    world.journal.append([append(run, process, schedules=[schedule(token)])])
    (row,) = world.journal.invocations(run)
    assert (row.node, row.index, row.state, row.token) == ("n", (3, 1), "permitted", token)
    assert not world.journal.store_result(run, "n", (3, 1), token=str(uuid7()), result="{}")
    assert world.journal.store_result(run, "n", (3, 1), token=token, result='{"a":1}')
    assert not world.journal.store_result(run, "n", (3, 1), token=token, result='{"a":2}')
    (row,) = world.journal.invocations(run)
    assert (row.state, row.result) == ("done", '{"a":1}')
    world.journal.append([append(run, process, after=1, absorbed_invocations=[("n", (3, 1))])])
    assert world.journal.invocations(run) == []


def test_a_scheduled_effect_is_permitted_once(world, process):
    run = world.admit()
    world.schedule(run, "n")
    first, second = str(uuid7()), str(uuid7())
    assert not world.journal.permit(run, "n", (), attempt=2, token=first, seconds=10)
    assert world.journal.permit(run, "n", (), attempt=1, token=first, seconds=10)
    assert not world.journal.permit(run, "n", (), attempt=1, token=second, seconds=10)


def test_outputs_can_be_found_again_by_their_key(world, process):
    run = world.admit()
    key = "sha256:" + "1" * 64
    world.journal.claim(process, 1)
    world.journal.append([append(run, process, remembered=[(key, 1)])])
    again, stranger = world.admit(), world.admit(team="b")
    found = world.journal.find_reusable(again, key)
    assert (found.run, found.seq, found.data) == (run, 1, "{}")
    assert world.journal.find_reusable(stranger, key) is None


def test_a_resumed_run_knows_the_first_of_its_chain(world, process):
    first = world.admit()
    second = world.admit(resumed_from=first)
    third = world.admit(resumed_from=second)
    claimed = {run.run: run for run in world.journal.claim(process, 10)}
    assert claimed[third].key_run == first
    assert claimed[third].resumed_from == second
    assert world.journal.admitted(second).resumed_from == first


def test_the_backlog_counts_what_is_queued(world, process):
    world.admit()
    world.admit()
    assert world.journal.backlog().queued == 2
    world.journal.claim(process, 1)
    world.journal.append([append(world.journal.claim(process, 1)[0].run, process)])
    assert world.journal.backlog().queued == 1
