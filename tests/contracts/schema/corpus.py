"""The public containment corpus, judged: `python -m tests.contracts.schema.corpus [--write]`.

Prints the table of results; `--write` puts it into docs/reference/contracts.md and the disputed labels with their
reasons into disputed.json. The corpus is read where it is present: `LAMINA_CORPORA`, or `shared/corpora` beside the
repository.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

from contracts.schema import Verdict, contains, is_in_subset
from tests.contracts.schema.generators import edited, realistic_schema, small_schema
from tests.contracts.schema.small_world import small_values, world_pair
from tests.contracts.schema.values import suspects

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "contracts.md"
DISPUTED = HERE / "disputed.json"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"


def corpus_path() -> Path:
    folder = os.environ.get("LAMINA_CORPORA")
    return (Path(folder) if folder else ROOT.parent / "shared" / "corpora") / "containment-dev.jsonl"


def disputed() -> dict[str, str]:
    """Labels that two validators contradict, each with the reason."""
    return dict(json.loads(DISPUTED.read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One pair with the answer that is expected, if anybody knows it, and the answer that was given."""

    name: str
    a: Any
    b: Any
    expected: str | None
    verdict: Verdict
    milliseconds: float

    @property
    def outcome(self) -> str:
        if self.verdict.answer == "unknown":
            return "undecided"
        return "right" if self.expected in (None, self.verdict.answer) else f"false {self.verdict.answer}"


def judged(name: str, a: Any, b: Any, expected: str | None) -> Judged:
    started = time.thread_time()
    verdict = contains(a, b)
    spent = (time.thread_time() - started) * 1000
    return Judged(name=name, a=a, b=b, expected=expected, verdict=verdict, milliseconds=spent)


def judged_corpus() -> list[Judged]:
    lines = corpus_path().read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [judged(row["id"], row["a"], row["b"], "yes" if row["expect"] else "no") for row in rows]


def dispute(item: Judged) -> str | None:
    """Why both validators contradict a label, or None when they do not."""
    witness = item.verdict.witness
    if item.outcome == "false no":
        is_confirmed = _both_say(item.a, witness, is_valid=True) and _both_say(
            item.b, witness, is_valid=False
        )
        return f"both validators confirm the counter-example {json.dumps(witness)}" if is_confirmed else None
    if (
        item.outcome == "false yes"
        and "const" in item.a
        and _both_say(item.b, item.a["const"], is_valid=True)
    ):
        return "both validators accept the value: the label asserts format, which only describes"
    return None


def _both_say(schema: Any, value: Any, *, is_valid: bool) -> bool:
    fast = jsonschema_rs.Draft202012Validator(schema, validate_formats=False).is_valid(value)
    return fast is is_valid and Draft202012Validator(schema).is_valid(value) is is_valid


def judged_edits(count: int) -> Iterator[Judged]:
    for seed in range(count):
        random = Random(seed)
        a = realistic_schema(random, 2)
        b = edited(random, a)
        a, b = (b, a) if seed % 3 == 0 else (a, b)
        yield _tried(f"edit {seed}", a, b, list(suspects(random, a, b, 20)))


def judged_small(count: int) -> Iterator[Judged]:
    for seed in range(count):
        random = Random(seed)
        a, b = small_schema(random, 2), small_schema(random, 2)
        yield _tried(f"small {seed}", a, b, list(suspects(random, a, b, 20)))


def judged_world(count: int) -> Iterator[Judged]:
    for seed in range(count):
        a, b = world_pair(Random(seed))
        yield _tried(f"world {seed}", a, b, list(small_values()))


def _tried(name: str, a: Any, b: Any, values: list[Any]) -> Judged:
    """A pair without a label: a yes that some value refutes is false; a no always has its witness."""
    in_a, in_b = jsonschema_rs.Draft202012Validator(a), jsonschema_rs.Draft202012Validator(b)
    is_refuted = any(in_a.is_valid(value) and not in_b.is_valid(value) for value in values)
    return judged(name, a, b, "no" if is_refuted else None)


HEAD = """| pairs | number | right | false yes | false no | undecided | median / p95 ms of CPU |
|---|---|---|---|---|---|---|
"""


def line(title: str, items: list[Judged], known: dict[str, str]) -> str:
    counts = Counter("right" if item.name in known else item.outcome for item in items)
    spent = sorted(item.milliseconds for item in items)
    share = 100 * counts["right"] / len(items)
    speed = f"{spent[len(spent) // 2]:.2f} / {spent[int(len(spent) * 0.95)]:.2f}"
    cells = [title, f"{len(items):,}", f"{share:.1f} %", counts["false yes"], counts["false no"]]
    return "| " + " | ".join(map(str, [*cells, counts["undecided"], speed])) + " |\n"


def table(corpus: list[Judged], known: dict[str, str]) -> str:
    inside = [item for item in corpus if is_in_subset(item.a) and is_in_subset(item.b)]
    sets: list[tuple[str, Callable[[], list[Judged]]]] = [
        ("containment suite, development half", lambda: corpus),
        ("its part inside the subset", lambda: inside),
        ("edits of realistic schemas", lambda: list(judged_edits(1500))),
        ("two odd schemas", lambda: list(judged_small(1500))),
        ("a world small enough to try every value", lambda: list(judged_world(3000))),
    ]
    return HEAD + "".join(line(title, make(), known) for title, make in sets)


def main() -> None:
    if not corpus_path().exists():
        sys.exit(f"{corpus_path()} is missing. Set LAMINA_CORPORA to the folder that holds it.")
    corpus = judged_corpus()
    known = {item.name: reason for item in corpus if (reason := dispute(item))}
    text = table(corpus, known) + f"\n{len(known)} labels of the suite are disputed and counted as right.\n"
    sys.stdout.write(text)
    for item in corpus:
        if item.outcome != "right" and item.name not in known:
            sys.stdout.write(f"{item.outcome}: {item.name}: {item.verdict.reason}\n")
    if "--write" in sys.argv:
        DISPUTED.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
        page = PAGE.read_text("utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(before + BEGIN + text + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
