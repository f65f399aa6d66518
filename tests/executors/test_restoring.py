"""The programs of plans in use."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from contracts.canonical import canonical_bytes, digest_of
from contracts.plan import plan_document
from executors.artifacts import FolderArtifacts
from executors.coordination.restoring import Restorer
from executors.memory_journal import MemoryJournal
from tests.support.plans import PlanMaker


def plan(name: str, *outputs: str) -> tuple[PlanMaker, str, str]:
    maker = PlanMaker()
    maker.module(name, outputs=("value", *outputs))
    maker.input("number")
    maker.call("a", name, {"value": "number:value"})
    maker.output("out", "a:value")
    document = plan_document(maker.plan())
    return maker, digest_of(document), canonical_bytes(document).decode()


def test_nobody_waits_for_the_program_of_another_plan(tmp_path: Path) -> None:
    quick, known, known_text = plan("quick")
    slow, new, new_text = plan("slow", "more")
    begun, goes_on = threading.Event(), threading.Event()

    def read_contract(digest: str) -> bytes:
        if digest in quick.contracts:
            return quick.read_contract(digest)
        begun.set()
        assert goes_on.wait(10)
        return slow.read_contract(digest)

    restorer = Restorer(MemoryJournal(lambda: 0), read_contract, FolderArtifacts(tmp_path))
    first = restorer.program(known, known_text)
    with ThreadPoolExecutor(2) as others:
        building = others.submit(restorer.program, new, new_text)
        assert begun.wait(10)
        again = others.submit(restorer.program, known, known_text)
        try:
            assert again.result(5) is first
        finally:
            goes_on.set()
        assert restorer.program(new, new_text) is building.result(10)
