"""A small hypothesis strategy: values grown from a schema, the third way to look for a counter-example."""

from typing import Any

from hypothesis import strategies as st

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-5, 12)
    | st.sampled_from([0.5, 1.5, 2.5, -0.5])
    | st.text(alphabet="ab01xz_", max_size=6)
)
ANYTHING = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
)


def values_of(schema: Any, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that lean towards the schema; whether they fulfil it, a validator says."""
    if not isinstance(schema, dict) or depth == 0:
        return ANYTHING
    if "const" in schema:
        return st.just(schema["const"]) | ANYTHING
    if schema.get("enum"):
        return st.sampled_from(schema["enum"]) | ANYTHING
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in schema:
            return st.one_of([values_of(part, depth - 1) for part in schema[keyword]])
    kinds = schema.get("type", ["object", "array", "string", "number"])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return st.one_of([_of_kind(kind, schema, depth) for kind in kinds])


def _of_kind(kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            low, high = int(schema.get("minimum", -5)), int(schema.get("maximum", 12))
            whole = st.integers(min(low, high) - 1, max(low, high) + 1)
            return whole if kind == "integer" else whole | whole.map(lambda value: value + 0.5)
        case "string":
            most = min(schema.get("maxLength", 6) + 1, 12)
            least = min(schema.get("minLength", 0), most)
            return st.text(alphabet="ab01xz_", min_size=least, max_size=most) | st.sampled_from(["red", "12"])
        case "array":
            least = min(schema.get("minItems", 0), 4)
            return st.lists(
                values_of(schema.get("items", True), depth - 1), min_size=least, max_size=least + 2
            )
    return _objects(schema, depth)


def _objects(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    fields = {name: values_of(item, depth - 1) for name, item in schema.get("properties", {}).items()}
    needed = {name: fields.pop(name, PLAIN) for name in schema.get("required", [])}
    if schema.get("additionalProperties") is not False:
        fields.setdefault("zz", PLAIN)
    return st.fixed_dictionaries(needed, optional=fields)
