"""What each lower rung lets through, and that the trust policy therefore keeps unreviewed code off it."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from executors.protocol import Failed
from tests.executors.workshop import Workshop, failure, module
from tests.hostile.reaching_attempts import ATTEMPTS
from tests.hostile.test_hostile import calls, escaped, facts, public  # noqa: F401 - fixtures

RUNG_2 = frozenset(
    {
        "look_at_a_file_outside",
        "follow_links_outside",
        "import_packages_of_the_interpreter",
        "ask_which_session_the_host_is_in",
        "ask_where_the_host_may_run",
        "read_the_clock_of_the_host",
    }
)
RUNG_1 = RUNG_2 | {
    "read_a_file_outside",
    "read_the_users",
    "list_the_root",
    "read_another_bundle",
    "link_to_outside",
    "connect_to_the_host",
    "send_a_datagram",
    "connect_to_an_abstract_socket",
    "open_a_netlink_socket",
    "fork_a_process",
    "fork_by_clone3",
    "signal_everybody",
    "raise_own_limits",
    "lower_the_priority",
    "make_namespaces",
    "fault_in_user_space",
    "use_the_keyring",
    "make_anonymous_files",
    "make_shared_segments",
    "change_its_personality",
    "add_a_filter_of_its_own",
    "own_signals_of_descriptors",
    "send_to_a_socket_in_the_file_system",
    "truncate_a_file_outside",
    "make_sockets_of_rare_families",
    "leave_a_process_behind",
}
RUNG_0 = RUNG_1 | {
    "list_other_bundles",
    "read_process_memory_file",
    "change_a_mode",
    "change_times",
    "make_a_device",
    "open_a_raw_socket",
    "start_a_program",
    "signal_the_host",
    "signal_the_zygote",
    "trace_the_zygote",
    "read_memory_of_the_zygote",
    "become_root",
    "be_root",
    "mount_a_filesystem",
    "change_the_root",
    "use_io_uring",
    "load_a_kernel_program",
    "watch_performance",
    "join_namespaces_of_the_host",
    "reach_the_host_by_its_end_of_the_line",
}
# Where the server is an ordinary user, nobody can become somebody else: there is no rung 1, and on rung 0 a module
# is that user.
ORDINARY_RUNG_0 = RUNG_0 - {
    "be_root",
    "become_root",
    "change_the_root",
    "join_namespaces_of_the_host",
    "make_a_device",
    "mount_a_filesystem",
    "open_a_raw_socket",
}
# Kernels and distributions differ in these.
DEPENDS = {
    "call_the_kernel_in_another_abi",
    "fault_in_user_space",
    "import_packages_of_the_interpreter",
    "load_a_kernel_program",
    "make_namespaces",
    "open_files_by_handle",
    "reach_the_host_by_its_end_of_the_line",
    "read_the_hosts_command",
    "start_a_program",
    "trace_the_zygote",
    "use_io_uring",
    "use_the_keyring",
    "watch_performance",
}


LISTS = [(2, RUNG_2), (1, RUNG_1), (0, RUNG_0)] if os.getuid() == 0 else [(2, RUNG_2), (0, ORDINARY_RUNG_0)]


@pytest.mark.parametrize(("number", "lets_through"), LISTS)
async def test_a_lower_rung_lets_through_exactly_this(
    public: Path,  # noqa: F811 - the fixture
    facts: dict[str, Any],  # noqa: F811 - the fixture
    number: int,
    lets_through: frozenset[str],
) -> None:
    workshop = Workshop(public / "work", trust="reviewed", options={"highest_rung": number})
    try:
        assert (await workshop.execution.rung()).number == number
        # One after the other: on these rungs an attempt can disturb its neighbours.
        outcomes = [(await workshop.execute([call]))[0] for call in calls(workshop, facts, ATTEMPTS)]
    finally:
        await workshop.close()

    got = {name for name, outcome in zip(ATTEMPTS, outcomes, strict=True) if escaped(outcome)}
    assert got - DEPENDS == lets_through - DEPENDS


FILLING = """
import time
def run(inputs, context):
    for number in range(inputs["x"]):
        (context.scratch / f"{number}").write_bytes(b"x" * (256 << 10))
        time.sleep(0.01)
    return {"y": number}
"""


@pytest.mark.parametrize("number", [0, 2])
async def test_a_scratch_folder_without_a_file_system_of_its_own_is_watched(
    public: Path,  # noqa: F811 - the fixture
    number: int,
) -> None:
    workshop = Workshop(public / "work", trust="reviewed", options={"highest_rung": number})
    packed = module(FILLING, capabilities={"scratch_bytes": 1 << 20}, min_rung=0)
    try:
        modest = await workshop.run(packed, {"x": 3})
        greedy = await workshop.run(packed, {"x": 200})
    finally:
        await workshop.close()

    assert not isinstance(modest, Failed)
    assert failure(greedy) == ("system.limit", "scratch")


DEEPER_THAN_A_PATH = """
import os, time
def run(inputs, context):
    folder = os.open(context.scratch, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        folder = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [0, 2])
async def test_a_scratch_folder_that_cannot_be_looked_through_ends_its_call_and_not_the_watch(
    public: Path,  # noqa: F811 - the fixture
    number: int,
) -> None:
    workshop = Workshop(public / "work", trust="reviewed", options={"highest_rung": number})
    packed = module(DEEPER_THAN_A_PATH, capabilities={"scratch_bytes": 1 << 20}, min_rung=0)
    try:
        async with asyncio.timeout(30):
            outcome = await workshop.run(packed, {"x": 0}, timeout_seconds=5)
    finally:
        await workshop.close()

    assert failure(outcome) == ("system.limit", "scratch")


@pytest.mark.parametrize("number", [0, 1])
async def test_unreviewed_code_does_not_run_below_rung_2(tmp_path: Path, number: int) -> None:
    workshop = Workshop(tmp_path, trust="unreviewed", options={"highest_rung": number})
    try:
        outcome = await workshop.run(module("def run(inputs, context): ...", min_rung=0), {"x": 1})
    finally:
        await workshop.close()

    assert isinstance(outcome, Failed)
    assert (outcome.error.name, outcome.limit) == ("system.capability", "sandbox")
    assert "needs a sandbox of rung 2" in outcome.error.message
    assert "LAMINA_MAX_RUNG" in outcome.error.message or "Landlock" in outcome.error.message


async def test_a_policy_may_ask_less_of_reviewed_code_but_not_of_unreviewed(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, trust="reviewed", options={"highest_rung": 0})
    packed = module("def run(inputs, context):\n    return {'y': 1}\n", min_rung=2)
    try:
        refused = await workshop.run(packed, {"x": 1})
        workshop.execution.policy = type(workshop.execution.policy)(
            trust_of=workshop.execution.policy.trust_of, lowered={"reviewed": 0, "unreviewed": 0}
        )
        allowed = await workshop.run(packed, {"x": 1})
        workshop.trusts[packed.version.bundle] = "unreviewed"
        still_refused = await workshop.run(packed, {"x": 1})
    finally:
        await workshop.close()

    assert isinstance(refused, Failed)
    assert not isinstance(allowed, Failed)
    assert isinstance(still_refused, Failed)
