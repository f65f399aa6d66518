"""`python -m contracts.schema`: judges pairs of schemas, one JSON object a line in and out.

In: {"id", "a", "b"}. Out: {"id", "answer", "witness", "pointer_a", "pointer_b", "keyword", "reason", "ms"}.
Plain containment, without an adapter. A line that cannot be read gets the answer "unknown".
"""

import json
import sys
import time

from contracts.canonical import JSON
from contracts.schema.contain import contains
from contracts.schema.verdict import Verdict


def main() -> None:
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(json.dumps(_answer(line)) + "\n")
            sys.stdout.flush()


def _answer(line: bytes) -> dict[str, JSON]:
    started = time.perf_counter()
    identifier: JSON = None
    try:
        request = json.loads(line)
        identifier = request["id"]
        verdict = contains(request["a"], request["b"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        verdict = Verdict(
            answer="unknown", reason=f"The line cannot be read: {type(error).__name__}: {error}"
        )
    return {
        "id": identifier,
        "answer": verdict.answer,
        "witness": verdict.witness,
        "pointer_a": verdict.pointer_a,
        "pointer_b": verdict.pointer_b,
        "keyword": verdict.keyword,
        "reason": verdict.reason,
        "ms": round((time.perf_counter() - started) * 1000, 3),
    }


if __name__ == "__main__":
    main()
