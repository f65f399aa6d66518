"""Entries that wait for their artifacts: in order, without holding up other runs, and lost with them."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from executors.coordination.aside import Aside
from executors.coordination.entries import Entry
from executors.engine.facts import Fact
from executors.journal import Standing
from executors.protocol import Value

FULL = OSError(28, "No space left on device")


@dataclass
class Ground:
    """Artifacts under way by name, and how often the writer was told to look again."""

    unsettled: dict[str, "Future[None]"] = field(default_factory=dict)
    rings: int = 0

    def __post_init__(self) -> None:
        self.aside = Aside(self.unsettled, self.ring)

    def ring(self) -> None:
        self.rings += 1

    def begin(self, *names: str) -> None:
        self.unsettled.update((name, Future()) for name in names)

    def settle(self, name: str) -> None:
        self.unsettled.pop(name).set_result(None)

    def fail(self, name: str) -> None:
        self.unsettled[name].set_exception(FULL)


def entry(run: str, *artifacts: str, epoch: int = 1, port: str = "outputs") -> Entry:
    values = {name: Value(media="binary", size=1, artifact=name) for name in artifacts}
    return Entry(
        run=run,
        owner="",
        epoch=epoch,
        last_seq=0,
        facts=[Fact("invocation_completed", 0, {"node": "n", port: values})],
        standing=Standing(status="running", counters=None),
        when_over=lambda entry, holds: None,
    )


def test_nothing_waits_where_nothing_is_under_way() -> None:
    entries = [entry("r", "a")]
    assert Ground().aside.sorted(entries) == (entries, [])


def test_a_run_waits_from_the_first_unsettled_artifact_on_and_others_go_on() -> None:
    ground = Ground()
    ground.begin("a")
    first, second, third, other = entry("r"), entry("r", "a"), entry("r"), entry("s", "kept")
    assert ground.aside.sorted([first, second, third, other]) == ([first, other], [])
    later, another = entry("r"), entry("s")
    assert ground.aside.sorted([later, another]) == ([another], [])
    assert ground.aside
    assert ground.rings == 0

    ground.settle("a")
    assert ground.rings == 1
    last = entry("r")
    assert ground.aside.sorted([last]) == ([second, third, later, last], [])
    assert not ground.aside


def test_an_entry_waits_for_all_that_it_names() -> None:
    ground = Ground()
    ground.begin("a", "b")
    one, two = entry("r", "a", "b"), entry("r", "b", port="inputs")
    ground.aside.sorted([one, two])
    ground.settle("a")
    assert ground.aside.sorted([]) == ([], [])
    ground.settle("b")
    assert ground.rings == 2
    assert ground.aside.sorted([]) == ([one, two], [])


def test_what_follows_a_lost_entry_is_lost_with_it() -> None:
    ground = Ground()
    ground.begin("a")
    before, one, two, other = entry("r"), entry("r", "a"), entry("r"), entry("s")
    ground.aside.sorted([one])
    ground.fail("a")
    assert ground.rings == 1
    assert ground.aside.sorted([two, other]) == ([other], [one, two])
    assert ground.aside.sorted([before, one, two]) == ([before], [one, two]), (
        "it stays lost until it is durable"
    )
    del ground.unsettled["a"]
    assert ground.aside.sorted([one]) == ([one], [])


def test_what_was_decided_under_another_claim_does_not_wait_for_it() -> None:
    ground = Ground()
    ground.begin("a")
    old, new = entry("r", "a"), entry("r", epoch=2)
    assert ground.aside.sorted([old, new]) == ([new], [])
