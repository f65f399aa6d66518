"""A worker notices that it hears nothing; work and an absent broker are no reason to go."""

import threading

from studio.runs.remote.canary import MISSED_ALLOWED, Canary

QUICK = 0.01


class Line:
    """A broker as a canary sees it."""

    def __init__(self, *, delivers: bool = True, answers: bool = True, is_at_work: bool = False) -> None:
        self.delivers, self.answers, self.is_at_work = delivers, answers, is_at_work
        self.sent = 0
        self.has_given_up = threading.Event()
        self.enough = threading.Event()
        self.begun = 0
        self.canary = Canary(
            send=self._send,
            is_at_work=self._asked,
            give_up=self.has_given_up.set,
            begins=self._begin,
            seconds=QUICK,
        )
        self._ticks = 0

    def _begin(self) -> None:
        self.begun += 1

    def _asked(self) -> bool:
        self._ticks += 1
        if self._ticks > 5 * MISSED_ALLOWED:
            self.enough.set()
        return self.is_at_work

    def _send(self) -> None:
        if not self.answers:
            raise ConnectionRefusedError
        self.sent += 1
        if self.delivers:
            self.canary.heard()


def test_a_worker_that_hears_its_own_messages_stays() -> None:
    line = Line()
    line.canary.start()
    assert line.enough.wait(10)
    line.canary.stop()
    assert not line.has_given_up.is_set()
    assert line.sent > MISSED_ALLOWED
    assert line.begun == 1


def test_a_worker_that_misses_three_gives_up() -> None:
    line = Line(delivers=False)
    line.canary.heard()
    line.canary.start()
    assert line.has_given_up.wait(10)
    line.canary.stop()
    assert line.sent == MISSED_ALLOWED


def test_a_broker_that_never_answers_a_message_is_as_bad() -> None:
    forever, has_given_up = threading.Event(), threading.Event()

    def send() -> None:
        forever.wait()

    canary = Canary(
        send=send, is_at_work=lambda: False, give_up=has_given_up.set, begins=lambda: None, seconds=QUICK
    )
    canary.heard()
    canary.start()
    assert has_given_up.wait(10)
    canary.stop()
    forever.set()


def test_a_worker_at_work_and_an_absent_broker_are_waited_for() -> None:
    for line in (Line(delivers=False, is_at_work=True), Line(answers=False)):
        line.canary.heard()
        line.canary.start()
        assert line.enough.wait(10)
        line.canary.stop()
        assert not line.has_given_up.is_set()


def test_a_worker_that_is_still_connecting_is_waited_for() -> None:
    line = Line(delivers=False)
    line.canary.start()
    assert line.enough.wait(10)
    line.canary.stop()
    assert not line.has_given_up.is_set()
