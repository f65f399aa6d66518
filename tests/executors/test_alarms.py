"""When runs are looked at again."""

import asyncio

from executors.coordination.alarms import Alarms
from executors.coordination.driving import Drive
from executors.engine.frames import new_state
from executors.engine.program import build_program
from executors.journal import ClaimedRun
from tests.support.plans import PlanMaker

DAY_MS = 86_400_000


def drive(run: str, deadline_at: int) -> Drive:
    maker = PlanMaker()
    claimed = ClaimedRun(
        run=run,
        epoch=1,
        last_seq=0,
        streak=1,
        status="queued",
        plan="",
        plan_text="",
        inputs="{}",
        parameters={},
        options="{}",
        environment="dev",
        actor="system:test",
        admitted_at=0,
    )
    state = new_state(
        run=run,
        program=build_program(maker.plan(), {}),
        inputs={},
        parameters={},
        options={},
        key_run=run,
        deadline_at=deadline_at,
    )
    return Drive(claimed=claimed, state=state, owner="p", rung=1)


async def test_runs_that_have_ended_leave_no_alarm_behind() -> None:
    drives: dict[str, Drive] = {}
    rung: list[str] = []
    alarms = Alarms(drives, lambda: 0, rung.append)
    drives["stays"] = stays = drive("stays", 1)
    alarms.set(stays)
    for number in range(3_000):
        drives[str(number)] = ended = drive(str(number), DAY_MS)
        alarms.set(ended)
        del drives[str(number)]

    assert len(alarms._waiting) < 1_100
    alarms.now = lambda: 1
    async with asyncio.timeout(5):
        while not rung:
            await asyncio.sleep(0.001)
    alarms.close()
    assert rung == ["stays"]
