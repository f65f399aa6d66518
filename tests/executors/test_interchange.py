"""The one byte form of values between nodes."""

import pytest

from executors.interchange import NotInterchangeable, decode, encode


def nested(depth: int, *, text: str = "") -> object:
    value: object = text
    for _ in range(depth):
        value = [value] if depth % 2 else {"a": value}
    return value


@pytest.mark.parametrize("depth", [1, 63, 64])
def test_a_value_of_64_levels_travels(depth: int) -> None:
    assert decode(encode(nested(depth, text='[[{"\\'))) == nested(depth, text='[[{"\\')
    assert encode([nested(depth - 1)] * 40)
    assert encode(["[" * 200, '\\"[' * 100, {"]": "\\"}])


@pytest.mark.parametrize("depth", [65, 66, 200])
def test_a_deeper_value_does_not(depth: int) -> None:
    with pytest.raises(NotInterchangeable, match="64"):
        encode([1, nested(depth, text="x")])


@pytest.mark.parametrize(
    "value",
    [float("nan"), [1, {"a": float("inf")}], 2**53, "\ud800", {1: 2}, object(), {"a": {1, 2}}, "a\0b"],
)
def test_what_is_no_interchangeable_json_does_not(value: object) -> None:
    with pytest.raises(NotInterchangeable):
        encode(value)


def test_a_backslash_before_u0000_is_only_text() -> None:
    assert decode(encode("\\u0000")) == "\\u0000"
    assert encode({"b": None, "a": 1.5}) == b'{"a":1.5,"b":null}'
