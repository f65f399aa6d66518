"""Makes one HTML page of a title, texts, a table and charts; everything in it is escaped."""

import base64
import html
import json
from dataclasses import dataclass, field
from typing import Annotated, Any

from lamina import Binary, Context, ModuleError, Port, Schema, module

STYLE = """
:root { color-scheme: light dark; --ink: #18202b; --soft: #586474; --line: #d8dee6; }
:root { --page: #ffffff; --band: #f6f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e8ef; --soft: #94a1b3; --line: #323c4a; --page: #0f141b; --band: #1a212b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
.lead { color: var(--soft); font-size: 1.1rem; margin: 0 0 2rem; }
p { white-space: pre-wrap; }
img { display: block; max-width: 100%; height: auto; margin: 1.5rem 0; border-radius: 8px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: left; }
th { background: var(--band); font-size: .85rem; }
.number { text-align: right; }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
"""


@dataclass(frozen=True, kw_only=True)
class Section:
    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Inputs:
    text: Annotated[str | None, Port(max_bytes=1 << 20, doc="A text below the title.")] = None
    sections: Annotated[list[Section] | None, Port(max_bytes=4 << 20, doc="Headed texts.")] = None
    rows: Annotated[list[dict[str, Any]] | None, Port(max_bytes=16 << 20, doc="The rows of the table.")] = (
        None
    )
    chart: Annotated[Binary | None, Port(type="image/svg+xml", max_bytes=4 << 20, doc="Above the table.")] = (
        None
    )
    second_chart: Annotated[
        Binary | None, Port(type="image/svg+xml", max_bytes=4 << 20, doc="Below the first one.")
    ] = None


@dataclass(frozen=True, kw_only=True)
class Config:
    title: Annotated[str, Schema(minLength=1, maxLength=200, description="The heading of the page.")]
    lead: Annotated[str, Schema(maxLength=1000, description="One sentence below the title.")] = ""
    columns: Annotated[list[str], Schema(description="Columns of the table in order; all by default.")] = (
        field(default_factory=list)
    )
    max_rows: Annotated[
        int, Schema(minimum=1, maximum=10_000, description="The page says what it leaves out.")
    ] = 200
    footer: Annotated[str, Schema(maxLength=500, description="A line at the end of the page.")] = ""


@dataclass(frozen=True, kw_only=True)
class Outputs:
    page: Annotated[bytes, Port(type="text/html", doc="The page, complete in itself.")]


class NothingToShow(ModuleError):
    """No input is wired."""

    message = "the report has no content: wire text, sections, rows or a chart"


@module(errors=[NothingToShow])
def run(inputs: Inputs, context: Context[Config]) -> Outputs:
    config = context.config
    charts = [chart for chart in (inputs.chart, inputs.second_chart) if chart is not None]
    if inputs.text is None and inputs.sections is None and inputs.rows is None and not charts:
        raise NothingToShow()
    parts = [
        f"<h1>{html.escape(config.title)}</h1>",
        f'<p class="lead">{html.escape(config.lead)}</p>' if config.lead else "",
        f"<p>{html.escape(inputs.text)}</p>" if inputs.text else "",
        *(_image(chart, number) for number, chart in enumerate(charts, start=1)),
        *(
            f"<h2>{html.escape(part.heading)}</h2><p>{html.escape(part.text)}</p>"
            for part in inputs.sections or ()
        ),
        _table(inputs.rows, config) if inputs.rows else "",
        f"<footer>{html.escape(config.footer)}</footer>" if config.footer else "",
    ]
    return Outputs(page=_page(config.title, [part for part in parts if part]).encode())


def _page(title: str, parts: list[str]) -> str:
    head = (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
    )
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}<title>{html.escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _image(chart: Binary, number: int) -> str:
    """As an image, an SVG can neither run scripts nor load anything."""
    data = base64.b64encode(chart.buffer).decode()
    return f'<img alt="Chart {number}" src="data:image/svg+xml;base64,{data}">'


def _table(rows: list[dict[str, Any]], config: Config) -> str:
    columns = config.columns or list(dict.fromkeys(name for row in rows for name in row))
    numeric = {name for name in columns if all(_is_number(row.get(name)) for row in rows)}
    head = "".join(f"<th{_mark(name in numeric)}>{html.escape(name)}</th>" for name in columns)
    body = "\n".join(
        "<tr>"
        + "".join(f"<td{_mark(name in numeric)}>{_cell(row.get(name))}</td>" for name in columns)
        + "</tr>"
        for row in rows[: config.max_rows]
    )
    left_out = len(rows) - config.max_rows
    note = f"<p>Not shown: {left_out:,} more.</p>" if left_out > 0 else ""
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="scroll">{table}</div>{note}'


def _mark(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return html.escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
