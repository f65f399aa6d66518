"""Numbers: is a term of the number kind empty, and if not, which number is in it?

Owns:      bounds, points and multiples, as exact decimals.
Promises:  decides every term; a number that no int64 or double shows exactly is `stuck`, never rounded.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from math import gcd, lcm
from typing import Final

from contracts.canonical import JSON
from contracts.schema.exact import Exact, as_json_number, simplified
from contracts.schema.outcome import EMPTY, Fuel, Outcome, better, found, maybe, stuck
from contracts.schema.terms import Term, literals, truth

MAX_MULTIPLES = 8
_LATTICE_TRIES = 400
_HIDDEN: Final = stuck("the only numbers left have no int64 or double form")


def find_number(term: Term, fuel: Fuel) -> Outcome:
    """A number in the term, a small one where there is a choice."""
    atoms = literals(term)
    fuel.spend(1 + len(atoms))
    bounds = sorted({atom.args[0] for atom in atoms if atom.op in ("at_least", "below", "above", "at_most")})
    points = {point for atom in atoms if atom.op in ("in", "out") for point in atom.args[0]}
    best = EMPTY
    for candidate in _nice(bounds, points):
        fuel.spend(1)
        value = holds_number(term, candidate)
        if value is not False:
            best = better(best, _told(candidate, is_sure=value is True))
            if best.is_found:
                return best
    return better(best, _between(term, atoms, bounds, points, fuel))


def holds_number(term: Term, value: Exact) -> bool | None:
    """Whether the number is in the term; None where a literal is opaque."""
    return truth(term, lambda literal: _literal_holds(literal, value))


def is_multiple(value: Exact, of: Exact) -> bool:
    return (value % of) == 0


def _literal_holds(literal: Term, value: Exact) -> bool | None:
    bound = literal.args[0]
    match literal.op:
        case "at_least":
            return bool(value >= bound)
        case "below":
            return bool(value < bound)
        case "above":
            return bool(value > bound)
        case "at_most":
            return bool(value <= bound)
        case "multiple":
            return is_multiple(value, bound)
        case "not_multiple":
            return not is_multiple(value, bound)
        case "in":
            return value in bound
        case "out":
            return value not in bound
    return None


def _told(value: Exact, *, is_sure: bool) -> Outcome:
    number: JSON = as_json_number(value)
    if number is None:
        return _HIDDEN
    return found(number) if is_sure else maybe(number, "a rule that is not modelled")


def _nice(bounds: list[Exact], points: Iterable[Exact]) -> Iterator[Exact]:
    """Small numbers first, then the bounds and what is next to them: most terms are settled here."""
    yield from (0, 1)
    for bound in (*bounds, *sorted(points)):
        yield bound
    yield from (-1, Fraction(1, 2), 2)
    for bound in bounds:
        whole = bound.__floor__()
        yield from (whole, whole + 1, whole - 1)
        yield simplified(bound + Fraction(1, 2))
        yield simplified(bound - Fraction(1, 2))


def _between(term: Term, atoms: set[Term], bounds: list[Exact], points: set[Exact], fuel: Fuel) -> Outcome:
    """The open intervals between the bounds; the bounds and points themselves were tried before."""
    multiples = sorted({atom.args[0] for atom in atoms if atom.op in ("multiple", "not_multiple")})
    if len(multiples) > MAX_MULTIPLES:
        return stuck("more than eight different multipleOf at once")
    best = EMPTY
    edges: list[Exact | None] = [None, *bounds, None]
    for low, high in pairwise(edges):
        for signs in product((True, False), repeat=len(multiples)):
            fuel.spend(2)
            chosen = dict(zip(multiples, signs, strict=True))
            value = truth(term, partial(_inside, low=low, high=high, chosen=chosen))
            if value is False:
                continue
            number = _pick(low, high, chosen, points, fuel)
            if isinstance(number, Outcome):
                best = better(best, number)
            else:
                best = better(best, _told(number, is_sure=value is True))
            if best.is_found:
                return best
    return best


def _inside(atom: Term, low: Exact | None, high: Exact | None, chosen: dict[Exact, bool]) -> bool | None:
    """The literal for a number strictly between two neighbouring bounds, away from all points."""
    match atom.op:
        case "at_least" | "above":
            return low is not None and low >= atom.args[0]
        case "below" | "at_most":
            return high is not None and high <= atom.args[0]
        case "multiple":
            return chosen[atom.args[0]]
        case "not_multiple":
            return not chosen[atom.args[0]]
        case "in":
            return False
        case "out":
            return True
    return None


def _pick(
    low: Exact | None, high: Exact | None, chosen: dict[Exact, bool], points: set[Exact], fuel: Fuel
) -> Exact | Outcome:
    """A number in the open interval that is a multiple of just the chosen ones."""
    wanted = [Fraction(of) for of, is_wanted in chosen.items() if is_wanted]
    barred = [Fraction(of) for of, is_wanted in chosen.items() if not is_wanted]
    if not wanted:
        return _dense(low, high, barred, points, fuel)
    step = wanted[0]
    for other in wanted[1:]:
        step = _common(step, other)
    periods = [(_common(step, other) / step).numerator for other in barred]
    if 1 in periods:
        return EMPTY
    first, last = _lattice_bounds(low, high, step)
    period = lcm(*periods) if periods else 1
    return _on_lattice(first, last, step, periods, period, points, fuel)


def _common(left: Fraction, right: Fraction) -> Fraction:
    """The smallest number that is a multiple of both."""
    return Fraction(lcm(left.numerator, right.numerator), gcd(left.denominator, right.denominator))


def _lattice_bounds(low: Exact | None, high: Exact | None, step: Fraction) -> tuple[int | None, int | None]:
    first = None if low is None else int((Fraction(low) / step).__floor__()) + 1
    last = None if high is None else int((Fraction(high) / step).__ceil__()) - 1
    return first, last


def _on_lattice(
    first: int | None,
    last: int | None,
    step: Fraction,
    periods: list[int],
    period: int,
    points: set[Exact],
    fuel: Fuel,
) -> Exact | Outcome:
    """k * step for a k between first and last that no period divides: within one period or there is none."""
    if first is not None and last is not None and first > last:
        return EMPTY
    near = first if first is not None else last if last is not None else 0
    direction = 1 if first is not None or last is None else -1
    span = period * (len(points) + 2)
    is_hidden = False
    for tries in range(span):
        index = near + direction * tries
        if direction == 1 and last is not None and index > last:
            return _HIDDEN if is_hidden else EMPTY
        if tries > _LATTICE_TRIES and tries > 2 * len(points):
            return stuck("no short way through this many multipleOf")
        fuel.spend(1)
        value = simplified(index * step)
        if all(index % item for item in periods) and value not in points:
            if as_json_number(value) is not None:
                return value
            is_hidden = True
    return _HIDDEN


def _dense(
    low: Exact | None, high: Exact | None, barred: list[Fraction], points: set[Exact], fuel: Fuel
) -> Exact | Outcome:
    """Not a multiple of any of these: every interval holds such numbers, unless no double lies in it."""
    bottom, top = _span(low, high)
    for denominator in (2, 3, 5, 7, 11, 16, 64, 1000, 1009, 10**6, 10**9 + 7):
        for numerator in range(1, min(denominator, 12)):
            fuel.spend(1)
            value = _rounded(bottom + (top - bottom) * Fraction(numerator, denominator))
            is_between = (low is None or value > low) and (high is None or value < high)
            if is_between and value not in points and all(value % of for of in barred):
                return simplified(value)
    return stuck("no double lies in what is left")


def _span(low: Exact | None, high: Exact | None) -> tuple[Fraction, Fraction]:
    bottom = Fraction(low) if low is not None else Fraction(high) - 1 if high is not None else Fraction(0)
    return bottom, Fraction(high) if high is not None else bottom + 1


def _rounded(value: Fraction) -> Fraction:
    """The shortest decimal form of the nearest double."""
    try:
        return Fraction(repr(float(value)))
    except OverflowError:
        return value
