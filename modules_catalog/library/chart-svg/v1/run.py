"""Draws rows as a bar or line chart: an SVG with axes, labels and a legend, for light and dark pages."""

import html
import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

from lamina import Context, ModuleError, Port, Schema, module

# Okabe and Ito: told apart by colour-blind people, visible on light and dark.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c7a00", "#7f7f7f")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
MAX_BARS, MAX_POINTS = 400, 20_000
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#586474}.title{font-size:16px;font-weight:600;fill:#18202b}"
    ".grid{stroke:#d8dee6}.axis{stroke:#586474}.page{fill:#ffffff}"
    "@media(prefers-color-scheme:dark){text{fill:#94a1b3}.title{fill:#e3e8ef}.grid{stroke:#323c4a}"
    ".axis{stroke:#94a1b3}.page{fill:#1a212b}}"
)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    rows: Annotated[
        list[dict[str, Any]],
        Port(max_bytes=16 << 20, doc="What is drawn: an object for each place along the bottom."),
    ]


@dataclass(frozen=True, kw_only=True)
class Config:
    kind: Annotated[
        Literal["bar", "line"], Schema(description="Bars side by side, or a line for each series.")
    ] = "bar"
    x: Annotated[str, Schema(description="The column along the bottom; numbers make a scale for lines.")]
    y: Annotated[
        list[str],
        Schema(minItems=1, maxItems=8, uniqueItems=True, description="Columns of numbers, a series each."),
    ]
    title: Annotated[str, Schema(maxLength=200, description="Above the chart.")] = ""
    x_label: Annotated[str, Schema(maxLength=100, description="Below the chart.")] = ""
    y_label: Annotated[str, Schema(maxLength=100, description="Beside the chart.")] = ""
    width: Annotated[int, Schema(minimum=200, maximum=4000, description="In pixels.")] = 800
    height: Annotated[int, Schema(minimum=150, maximum=4000, description="In pixels.")] = 450


@dataclass(frozen=True, kw_only=True)
class Outputs:
    chart: Annotated[bytes, Port(type="image/svg+xml", doc="The picture.")]


class NothingToDraw(ModuleError):
    """There are no rows, or none of them holds a number."""

    message = "there is nothing to draw"


class NotANumber(ModuleError):
    """A value of a series is no number (null leaves a gap)."""

    message = "row {row}: {column} is no number"
    row: Annotated[int, Schema(minimum=0)]
    column: str


class TooManyRows(ModuleError):
    """More rows than a reader could tell apart."""

    message = "{rows} rows, at most {max_rows} can be drawn: group or limit them"
    rows: int
    max_rows: int


class Scale(NamedTuple):
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


class Frame(NamedTuple):
    """Where the plot lies, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


@module(errors=[NothingToDraw, NotANumber, TooManyRows])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config, rows = context.config, inputs.rows
    limit = MAX_BARS if config.kind == "bar" else MAX_POINTS
    if len(rows) > limit:
        raise TooManyRows(rows=len(rows), max_rows=limit)
    series = {column: [_number(row, column, at) for at, row in enumerate(rows)] for column in config.y}
    values = [value for numbers in series.values() for value in numbers if value is not None]
    if not values:
        raise NothingToDraw()
    ticks = _ticks(*_range(values, is_bar=config.kind == "bar"))
    frame = _frame(config, ticks)
    vertical = Scale(ticks[0], ticks[-1], frame.bottom, frame.top)
    places, labels = _places(rows, config, frame)
    draw = _bars if config.kind == "bar" else _lines
    parts = [
        *_grid(ticks, vertical, frame),
        *draw(series, places, vertical, frame),
        *_bottom(labels, frame),
        *_titles(config, frame),
    ]
    return Outputs(chart=_svg(config, parts).encode())


def _number(row: dict[str, Any], column: str, at: int) -> float | None:
    value = row.get(column)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotANumber(row=at, column=column)
    return float(value)


def _range(values: list[float], *, is_bar: bool) -> tuple[float, float]:
    """Bars stand on zero; lines only where zero is near."""
    low, high = min(values), max(values)
    if is_bar or 0 < low < (high - low) or 0 > high > (low - high):
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if low < high else (low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2)


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers that enclose the range."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _frame(config: Config, ticks: list[float]) -> Frame:
    widest = max(len(_shown(tick)) for tick in ticks)
    left = 20 + 7 * widest + (20 if config.y_label else 0)
    top = 24 + (24 if config.title else 0) + (22 if len(config.y) > 1 else 0)
    return Frame(left, top, config.width - 20, config.height - 36 - (20 if config.x_label else 0))


def _places(
    rows: list[dict[str, Any]], config: Config, frame: Frame
) -> tuple[list[float], list[tuple[float, str]]]:
    """Where each row stands, and the labels below."""
    values = [row.get(config.x) for row in rows]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if config.kind == "line" and len(numbers) == len(rows) and min(numbers) < max(numbers):
        scale = Scale(min(numbers), max(numbers), frame.left, frame.right)
        inside = [tick for tick in _ticks(scale.low, scale.high) if scale.low <= tick <= scale.high]
        return [scale.at(number) for number in numbers], [(scale.at(tick), _shown(tick)) for tick in inside]
    slot = (frame.right - frame.left) / len(rows)
    places = [frame.left + slot * (index + 0.5) for index in range(len(rows))]
    texts = [
        _shown(value) if isinstance(value, float) else "" if value is None else str(value) for value in values
    ]
    widest = max(len(text[:16]) for text in texts)
    every = max(1, math.ceil((7 * widest + 8) / slot))
    return places, [(places[index], texts[index]) for index in range(0, len(rows), every)]


def _grid(ticks: list[float], scale: Scale, frame: Frame) -> list[str]:
    parts = []
    for tick in ticks:
        y = _px(scale.at(tick))
        kind = "axis" if tick == 0 else "grid"
        parts.append(
            f'<line class="{kind}" x1="{_px(frame.left)}" x2="{_px(frame.right)}" y1="{y}" y2="{y}"/>'
        )
        parts.append(
            f'<text x="{_px(frame.left - 8)}" y="{y}" dy="4" text-anchor="end">{_shown(tick)}</text>'
        )
    return parts


def _bars(
    series: dict[str, list[float | None]], places: list[float], scale: Scale, frame: Frame
) -> list[str]:
    slot = (frame.right - frame.left) / len(places)
    width = min(slot * 0.8 / len(series), 80)
    zero = scale.at(0)
    parts = []
    for index, (name, values) in enumerate(series.items()):
        offset = (index - len(series) / 2) * width
        for place, value in zip(places, values, strict=True):
            if value is None:
                continue
            top = min(scale.at(value), zero)
            box = f'x="{_px(place + offset)}" y="{_px(top)}" width="{_px(max(width - 1, 0.5))}"'
            height = f'height="{_px(abs(scale.at(value) - zero))}"'
            title = f"<title>{_escaped(name)}: {_shown(value)}</title>"
            parts.append(f'<rect {box} {height} rx="2" fill="{COLOURS[index]}">{title}</rect>')
    return parts


def _lines(
    series: dict[str, list[float | None]], places: list[float], scale: Scale, frame: Frame
) -> list[str]:
    parts = []
    for index, (name, values) in enumerate(series.items()):
        points = [(x, scale.at(y)) if y is not None else None for x, y in zip(places, values, strict=True)]
        path, pen_is_down = [], False
        for point in points:
            if point is not None:
                path.append(f"{'L' if pen_is_down else 'M'}{_px(point[0])} {_px(point[1])}")
            pen_is_down = point is not None
        style = f'fill="none" stroke="{COLOURS[index]}" stroke-width="2" stroke-linejoin="round"'
        parts.append(f'<path d="{"".join(path)}" {style}><title>{_escaped(name)}</title></path>')
        if len(points) <= 60:
            dots = [f'<circle cx="{_px(p[0])}" cy="{_px(p[1])}" r="3"/>' for p in points if p is not None]
            parts.append(f'<g fill="{COLOURS[index]}">{"".join(dots)}</g>')
    return parts


def _bottom(labels: list[tuple[float, str]], frame: Frame) -> list[str]:
    y = _px(frame.bottom + 18)
    texts = [
        f'<text x="{_px(x)}" y="{y}" text-anchor="middle">{_escaped(_cut(text, 16))}</text>'
        for x, text in labels
    ]
    line = _px(frame.bottom)
    return [
        f'<line class="axis" x1="{_px(frame.left)}" x2="{_px(frame.right)}" y1="{line}" y2="{line}"/>',
        *texts,
    ]


def _titles(config: Config, frame: Frame) -> list[str]:
    middle = _px((frame.left + frame.right) / 2)
    parts = []
    if config.title:
        parts.append(f'<text class="title" x="20" y="28">{_escaped(config.title)}</text>')
    if config.x_label:
        label = _escaped(config.x_label)
        parts.append(f'<text x="{middle}" y="{_px(config.height - 12)}" text-anchor="middle">{label}</text>')
    if config.y_label:
        y = _px((frame.top + frame.bottom) / 2)
        label = _escaped(config.y_label)
        parts.append(f'<text transform="translate(18 {y}) rotate(-90)" text-anchor="middle">{label}</text>')
    return parts + (_legend(config, frame) if len(config.y) > 1 else [])


def _legend(config: Config, frame: Frame) -> list[str]:
    parts, x = [], frame.left
    y = frame.top - 18
    for index, name in enumerate(config.y):
        text = _cut(name, 24)
        parts.append(
            f'<rect x="{_px(x)}" y="{_px(y - 9)}" width="10" height="10" rx="2" fill="{COLOURS[index]}"/>'
        )
        parts.append(f'<text x="{_px(x + 15)}" y="{_px(y)}">{_escaped(text)}</text>')
        x += 32 + 7 * len(text)
    return parts


def _svg(config: Config, parts: list[str]) -> str:
    name = _escaped(config.title or f"{', '.join(config.y)} by {config.x}")
    style = f"<style>{STYLE}</style>"
    size = f'width="{config.width}" height="{config.height}" viewBox="0 0 {config.width} {config.height}"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">\n{style}\n'
        f'<rect class="page" width="100%" height="100%" rx="8"/>\n{body}\n</svg>\n'
    )


def _escaped(text: str) -> str:
    """XML has no form for control characters."""
    return html.escape(CONTROL.sub("", text))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _px(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _shown(number: float) -> str:
    size = abs(number)
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if size >= limit:
            return f"{number / limit:.4g}{unit}"
    return f"{number:,.6g}" if size >= 1e-4 or size == 0 else f"{number:.3g}"
