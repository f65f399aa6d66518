"""A module that says that it was called, sleeps, and gives what it got."""

from typing import Any

from modules_catalog.bundle import write_bundle
from tests.executors.workshop import module

SOURCE = """
import time
def run(inputs, context):
    context.log("called")
    time.sleep({seconds})
    return {{"y": inputs["x"]}}
"""


def sleeper(effect: str, seconds: float) -> bytes:
    """The zip of demo/sleep-<effect>@1.0.0."""
    packed = module(
        SOURCE.format(seconds=seconds),
        name=f"demo/sleep-{effect}",
        owner="demo",
        effects={"kind": effect},
        strategies=["process"],
    )
    return write_bundle(dict(packed.files))


def sleeping_graph(effect: str, bundle: str) -> dict[str, Any]:
    """A constant through the module, placed with the workers."""
    return {
        "format": "lamina/graph@1",
        "title": f"Sleep {effect}",
        "nodes": {
            "x": {"kind": "constant", "value": "a value"},
            "sleep": {
                "kind": "module",
                "module": f"demo/sleep-{effect}",
                "pin": "1.0.0",
                "bundle": bundle,
                "placement": {"queue": "shared"},
            },
            "out": {"kind": "output", "name": "y"},
        },
        "edges": {"x:value>sleep:x": {}, "sleep:y>out:value": {}},
    }
