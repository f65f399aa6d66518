"""A followed run on the screen: a tree of nodes that changes in place, or a line of JSON for each event.

Never:     trusts text of a run: whatever a module says is shown without its control characters.
"""

import json
import sys
from types import TracebackType
from typing import Any, Protocol, Self

from msgspec import UNSET
from rich.console import Console
from rich.live import Live
from rich.text import Text
from rich.tree import Tree as RichTree

from contracts.values import Envelope, parse_envelopes
from lamina.cli.progress import NodeProgress, Progress

# Icon, word and colour together: none of them alone says the state.
_LOOKS = {
    "succeeded": ("✓", "green"),
    "reused": ("↺", "green"),
    "failed": ("✗", "red"),
    "running": ("▸", "cyan"),
    "retrying": ("↻", "yellow"),
    "waiting": ("…", "magenta"),
    "uncertain": ("?", "red"),
    "skipped": ("–", "bright_black"),
    "cancelled": ("■", "bright_black"),
}
MAX_VALUE = 400
_LEVELS = {"warning": "yellow", "error": "red", "debug": "bright_black"}


class Shown(Protocol):
    """Where a followed run is shown."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def take_view(self, view: dict[str, Any]) -> None: ...

    def take_events(self, events: list[dict[str, Any]]) -> None: ...

    def take_lines(self, lines: list[dict[str, Any]]) -> None: ...

    def say(self, text: str) -> None: ...

    def end(self, run: dict[str, Any]) -> None:
        """The run as it ended: {status, outputs, error}."""
        ...


class JSONLines:
    """For machines: {view} {event} {log} {run}, one a line."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def take_view(self, view: dict[str, Any]) -> None:
        _print_json({"view": view})

    def take_events(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            _print_json({"event": event})

    def take_lines(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            _print_json({"log": line})

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)

    def end(self, run: dict[str, Any]) -> None:
        _print_json({"run": run})


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)


class Tree:
    """For people: nodes with states and durations below, log lines scrolling above."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._progress = Progress()
        self._console = Console()
        self._live = Live(console=self._console, get_renderable=self._render, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)
        if not self._console.is_terminal:
            # The library ends the last line on terminals alone.
            self._console.line()

    def take_view(self, view: dict[str, Any]) -> None:
        self._progress.take_view(view)

    def take_events(self, events: list[dict[str, Any]]) -> None:
        self._progress.take_events(events)

    def take_lines(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            fields = " ".join(f"{name}={value}" for name, value in line["fields"].items())
            said = plain(f"{line['message']} {fields}".strip())
            style = _LEVELS.get(line["level"], "")
            self._console.print(Text.assemble((f"{line['node']}  ", "bright_black"), (said, style)))

    def say(self, text: str) -> None:
        self._console.print(Text(text, style="yellow"))

    def end(self, run: dict[str, Any]) -> None:
        status = run["status"].lower()
        icon, colour = _LOOKS.get(status, ("■", "red"))
        self._console.print(Text(f"{icon} {status.replace('_', ' ')}", style=f"bold {colour}"))
        if run["error"]:
            self._console.print(Text(plain(_explained(run["error"], self._progress.failed_at)), style="red"))
        for name, envelope in parse_envelopes(run["outputs"] or {}).items():
            self._console.print(Text(plain(f"{name} = {shown_value(envelope)}")), soft_wrap=True)

    def _render(self) -> RichTree:
        tree = RichTree(Text(f"{self._title}  {self._progress.status.replace('_', ' ')}", style="bold"))
        branches = {"": tree}
        for path, node in sorted(self._progress.nodes.items()):
            parent = next(scope for scope in _scopes(path) if scope in branches)
            branches[path] = branches[parent].add(_line(path.removeprefix(parent).lstrip("/"), node))
        return tree


def shown_value(envelope: Envelope) -> str:
    """On one line: a short value itself, of any other what it is."""
    kind = f"{envelope.type or envelope.media}, {envelope.bytes:,} bytes"
    if envelope.withheld:
        return f"{kind}, withheld"
    if envelope.value is UNSET:
        return f"{kind}, {envelope.artifact}"
    text = json.dumps(envelope.value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}… ({len(text)} characters)"


def _explained(error: dict[str, Any], place: str) -> str:
    """Where, which error, what it says, and its data."""
    data = f" {json.dumps(error['data'], ensure_ascii=False)}" if error.get("data") else ""
    said = "" if error["message"] == error["name"] else f": {error['message']}"
    return f"{place + ' ' if place else ''}ended with {error['name']}{said}{data}"


def _scopes(path: str) -> list[str]:
    """The enclosing paths, innermost first, "" last."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def _line(name: str, node: NodeProgress) -> Text:
    icon, colour = _LOOKS.get(node.state, ("·", ""))
    text = Text.assemble((f"{icon} {node.state:9} ", colour), name)
    if node.total is not None:
        text.append(f"  {node.done}/{node.total}")
        if node.failed:
            text.append(f", {node.failed} failed", "red")
    if node.seconds is not None:
        text.append(f"  {node.seconds:.2f} s", "bright_black")
    if node.note:
        text.append(f"  {plain(node.note)}", "red" if node.state == "failed" else "yellow")
    return text


def plain(text: str) -> str:
    """Without what could move the cursor or change the screen."""
    return "".join(character if character.isprintable() else " " for character in text)
