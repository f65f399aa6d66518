"""Nothing reaches a strategy but through the choke point."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_nothing_but_the_choke_point_reaches_a_strategy() -> None:
    callers = set()
    for folder in ("executors", "studio", "lamina", "modules_catalog"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            reaches = (
                r"\.carry_out\(|(Inline|Process|Wasm|Http)Strategy\(|from executors\.(workers|sandbox\.child)"
            )
            if re.search(reaches, text):
                callers.add(path.relative_to(ROOT).as_posix())
    inside = {name for name in callers if name.startswith(("executors/workers/", "executors/sandbox/"))}
    assert callers - inside == {
        "executors/execution.py",
        "executors/strategies/process.py",
        "executors/strategies/wasm.py",
    }
