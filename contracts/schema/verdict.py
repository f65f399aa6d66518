"""What the checker answers.

Owns:      `Verdict`, the answer to "is every value of A accepted by B?", and the default bound on work.
Promises:  a `no` carries a witness that two independent validators confirmed; a `yes` carries its proof.
Never:     guesses: what cannot be decided is `unknown`, with a reason and a pointer.
"""

from dataclasses import dataclass
from typing import Final, Literal

from contracts.canonical import JSON

Answer = Literal["yes", "no", "unknown"]

DEFAULT_FUEL: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to A ⊑ B.

    `witness` (only when `has_witness`) is valid under A; it, or for an edge its adapted form, is invalid
    under B. `pointer_a` and `pointer_b` point into the two schemas: for a `no` at what allows and what
    refuses the value, for an `unknown` at what could not be decided. `keyword` is the deciding keyword,
    `reason` one sentence, `proof` the trace of a `yes`: one line for each case that was found empty.
    """

    answer: Answer
    witness: JSON = None
    has_witness: bool = False
    pointer_a: str = ""
    pointer_b: str = ""
    keyword: str = ""
    reason: str = ""
    proof: tuple[str, ...] = ()
