"""Reads the keywords of arrays, through a lens where the edge rewrites the value."""

from contracts.canonical import JSON
from contracts.schema.documents import Place
from contracts.schema.reading import Lens, NotASchema, Reading, counted, listing
from contracts.schema.terms import Term

_READ = frozenset({"prefixItems", "items", "minItems", "maxItems", "uniqueItems", "contains"})


def array_term(reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Term:
    if _READ.isdisjoint(schema):
        return reading.space.true
    space = reading.space
    terms = _items(reading, schema, place, lens)
    least, most = counted(schema, "minItems"), counted(schema, "maxItems")
    if least is not None:
        terms.append(space.literal("more", least))
    if most is not None:
        terms.append(space.literal("fewer", most))
    unique = schema.get("uniqueItems", False)
    if not isinstance(unique, bool):
        raise NotASchema(schema, "uniqueItems", "uniqueItems must be true or false")
    if unique:
        terms.append(_unique(reading, schema, place, lens))
    if "contains" in schema:
        terms.append(_contains(reading, schema, place, lens))
    return space.all_of(terms)


def _items(reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> list[Term]:
    """prefixItems and items."""
    first = listing(schema, "prefixItems") if "prefixItems" in schema else []
    terms: list[Term] = []
    for index, item in enumerate(first):
        terms.extend(_spread(reading, index, index + 1, item, place, lens))
    if "items" in schema:
        terms.extend(_spread(reading, len(first), None, schema["items"], place, lens))
    return terms


def _spread(
    reading: Reading, low: int, high: int | None, schema: JSON, place: Place, lens: Lens | None
) -> list[Term]:
    """Every item from `low` up to before `high` is in the schema, cut where the lens changes."""
    terms = []
    for start, end, part in _views(lens):
        begin, stop = max(low, start), _least(high, end)
        if stop is None or begin < stop:
            handle = reading.handle(schema, place, part)
            terms.append(reading.space.literal("items", begin, stop, handle))
    return terms


def _views(lens: Lens | None) -> list[tuple[int, int | None, Lens | None]]:
    """The ranges of items that the lens shows in one way."""
    if lens is None:
        return [(0, None, None)]
    first = lens.rewriting.first
    views: list[tuple[int, int | None, Lens | None]] = [
        (index, index + 1, lens.of(target)) for index, target in enumerate(first)
    ]
    return [*views, (len(first), None, lens.of(lens.rewriting.rest))]


def _least(left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return right if left is None else left
    return min(left, right)


def _unique(reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Term:
    if any(part is not None for _, _, part in _views(lens)):
        return reading.opaque(schema, "uniqueItems", place, lens, "items that are rewritten may become equal")
    return reading.space.literal("unique")


def _contains(reading: Reading, schema: dict[str, JSON], place: Place, lens: Lens | None) -> Term:
    """contains, minContains, maxContains."""
    space = reading.space
    least, most = counted(schema, "minContains"), counted(schema, "maxContains")
    views = {part for _, _, part in _views(lens)}
    if len(views) > 1:
        return reading.opaque(schema, "contains", place, lens, "the items are rewritten in several ways")
    handle = reading.handle(schema["contains"], place, views.pop())
    terms = [space.literal("having", 1 if least is None else least, handle)]
    if most is not None:
        terms.append(space.literal("lacking", most, handle))
    return space.all_of(terms)
