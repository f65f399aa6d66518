"""Is every value of A accepted by B? Answered with a proof, a confirmed counter-example, or an honest
"unknown".

Owns:      `contains` (plain A ⊑ B) and `judge_edge` (what an edge really does: adapter(A) ⊑ B).
Promises:  the same answer for the same documents everywhere; never raises on a JSON document; work is
           bounded by fuel. `no` only with a witness that both validators confirmed on the original schemas.
"""

from collections.abc import Callable, Iterable

from contracts.canonical import JSON
from contracts.schema.candidates import candidate_values
from contracts.schema.documents import Document, Unresolved
from contracts.schema.evaluate import Evaluator
from contracts.schema.exact import is_equal, oversize
from contracts.schema.explain import allowing, refusal_of
from contracts.schema.finite import finite_values, without_twins
from contracts.schema.normalise import Normaliser
from contracts.schema.outcome import Fuel, Outcome, OutOfFuel, stuck
from contracts.schema.projection import Unknown, compile_adapter
from contracts.schema.reading import NotASchema
from contracts.schema.referee import Referee, malformed
from contracts.schema.scalar_terms import value_cells
from contracts.schema.solve import Search
from contracts.schema.strings import Strings
from contracts.schema.terms import Cells, Deferred, Space
from contracts.schema.verdict import DEFAULT_FUEL, Verdict


def contains(a: JSON, b: JSON, *, fuel: int = DEFAULT_FUEL) -> Verdict:
    """Whether every value that schema `a` accepts is accepted by schema `b`."""
    return _guarded(lambda: _Judgement(a, b, None, fuel).verdict(), a, b)


def judge_edge(a: JSON, b: JSON, *, unknown: Unknown = "strip", fuel: int = DEFAULT_FUEL) -> Verdict:
    """Whether every value of `a` is accepted by `b` once the edge has stripped it and filled its defaults."""
    return _guarded(lambda: _Judgement(a, b, unknown, fuel).verdict(), a, b)


def _guarded(judge: Callable[[], Verdict], a: JSON, b: JSON) -> Verdict:
    for name, schema in (("A", a), ("B", b)):
        reason = oversize(schema)
        if reason is not None:
            return Verdict(answer="unknown", reason=f"{name} {reason}.")
    try:
        return judge()
    except OutOfFuel:
        return Verdict(answer="unknown", reason="The question is too wide: no fuel is left.")
    except RecursionError:
        return Verdict(answer="unknown", reason="The schemas lead too deep.")
    except Exception as error:  # noqa: BLE001  a checker that fails must not take its caller with it
        return Verdict(answer="unknown", reason=f"The checker failed: {type(error).__name__}: {error}")


class _Judgement:
    """One question; everything it learns is dropped with it."""

    def __init__(self, a: JSON, b: JSON, unknown: Unknown | None, fuel: int) -> None:
        self.a, self.b = a, b
        self.unknown = unknown
        self.fuel = Fuel(fuel)
        self.referee_a, self.referee_b = Referee(a), Referee(b)
        self.space = Space()
        strings = Strings(self.space, self.fuel)
        self.evaluator = Evaluator(self.space, strings, self.fuel)
        self.search = Search(self.space, strings, self.evaluator, self.fuel)
        self.tried: list[JSON] = []

    def verdict(self) -> Verdict:
        for side, schema in (("A", self.a), ("B", self.b)):
            problem = malformed(schema)
            if problem is not None:
                return Verdict(answer="unknown", reason=f"{side} is not a schema: {problem}")
        if self.unknown is None and is_equal(self.a, self.b):
            return Verdict(answer="yes", proof=("/: the schemas are equal",))
        self.adapter = compile_adapter(self.b, self.unknown) if self.unknown is not None else _unchanged
        self.document_a, self.document_b = Document(self.a), Document(self.b)
        values = finite_values(self.a, self.document_a, self.document_a.start)
        if values is not None:
            verdict = self._of_values(without_twins(values))
            if verdict is not None:
                return verdict
        return self._of_cells()

    def _of_values(self, values: list[JSON]) -> Verdict | None:
        """Each value is asked of both validators; None when they do not agree about one."""
        for value in values:
            if self._refutes(value):
                return self._no(value)
            if self.referee_a.accepts(value) is not False and not self.referee_b.accepts(self.adapter(value)):
                return None
        count = len(values)
        return Verdict(answer="yes", proof=(f"/: both validators accept each of the {count} values of A",))

    def _refutes(self, value: JSON) -> bool:
        if not self.referee_a.confirms(value, is_accepted=True):
            return False
        return self.referee_b.confirms(self.adapter(value), is_accepted=False)

    def _of_cells(self) -> Verdict:
        try:
            outcome = self._searched()
        except NotASchema as error:
            return self._misread(error)
        except Unresolved as error:
            outcome = stuck(str(error))
        except OutOfFuel:
            outcome = stuck("the question is too wide: no fuel is left")
        if outcome.is_empty:
            return Verdict(
                answer="yes", proof=tuple(self.search.proof) or ("/: nothing is in A and outside of B",)
            )
        own = [outcome.value] if outcome.has_value else []
        for value in (*own, *self.search.candidates, *self._guesses()):
            if self._refutes(value):
                return self._no(value)
        return self._unknown(outcome)

    def _searched(self) -> Outcome:
        shared: dict[bytes, Deferred] = {}
        self.reader_a = Normaliser(self.document_a, self.evaluator, self.fuel, shared)
        self.reader_b = Normaliser(self.document_b, self.evaluator, self.fuel, shared)
        self.search.exactly = self._exactly
        left = self.reader_a.root()
        right = self.reader_b.root() if self.unknown is None else self.reader_b.adapted_root(self.unknown)
        return self.search.inhabit([left, self.space.opposite(right)], "")

    def _exactly(self, value: JSON) -> Cells:
        return value_cells(self.reader_a, [value], self.document_a.start, None)

    def _guesses(self) -> Iterable[JSON]:
        return candidate_values(self.a, self.b)

    def _misread(self, error: NotASchema) -> Verdict:
        return Verdict(
            answer="unknown",
            pointer_a=self.document_a.pointer_of(error.schema),
            pointer_b=self.document_b.pointer_of(error.schema),
            keyword=error.keyword,
            reason=f"{error}.",
        )

    def _no(self, value: JSON) -> Verdict:
        refusal = refusal_of(self.referee_b, self.adapter(value))
        where = "/".join(map(str, refusal.at))
        return Verdict(
            answer="no",
            witness=value,
            has_witness=True,
            pointer_a=allowing(self.document_a, refusal.at),
            pointer_b=refusal.pointer,
            keyword=refusal.keyword,
            reason=f"At /{where}: {refusal.message}" if where else refusal.message,
        )

    def _unknown(self, outcome: Outcome) -> Verdict:
        reason = outcome.reason
        if outcome.is_found:
            reason = "The two validators do not confirm the counter-example that was found"
        doubts_a, doubts_b = self.reader_a.doubts[:1], self.reader_b.doubts[:1]
        for doubt in (*doubts_b, *doubts_a):
            reason = doubt.reason
        return Verdict(
            answer="unknown",
            pointer_a="".join(self.document_a.pointer_of(doubt.schema) for doubt in doubts_a),
            pointer_b="".join(self.document_b.pointer_of(doubt.schema) for doubt in doubts_b),
            keyword=next((doubt.keyword for doubt in (*doubts_b, *doubts_a)), ""),
            reason=f"{reason[:1].upper()}{reason[1:]}.",
        )


def _unchanged(value: JSON) -> JSON:
    return value
