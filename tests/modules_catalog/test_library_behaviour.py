"""What the shipped modules promise beyond their examples."""

import base64
import contextlib
import json
import re
from xml.etree import ElementTree

import pytest

from lamina import CapabilityRefused, HttpResponse, ModuleError, Unavailable
from lamina.calling import load_entry
from lamina.testing import LocalHost, call
from modules_catalog.library import shipped_folders

FOLDERS = {folder.parent.name: folder for folder in shipped_folders()}
FUNCTIONS = {
    name: load_entry(folder, "run.py:run") for name, folder in FOLDERS.items() if (folder / "run.py").exists()
}


def run(name, inputs=None, config=None, host=None):
    return call(FUNCTIONS[name], inputs, config, host=host)


def error_of(name, inputs=None, config=None, host=None):
    with pytest.raises(ModuleError) as caught:
        run(name, inputs, config, host)
    return caught.value.document()["name"], caught.value.document()["data"]


def test_csv_keeps_quotes_line_ends_and_delimiters_inside_cells():
    text = '\ufeffa;b\r\n"x;""y""\nz";1\r\n\r\n"";2\r\n'
    assert run("csv-read", {"text": text})["rows"] == [{"a": 'x;"y"\nz', "b": 1}, {"a": None, "b": 2}]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], "integer"),
        (["1", "2.5"], "number"),
        (["1", "-.5e3"], "number"),
        (["01", "2"], "text"),
        (["9007199254740993"], "text"),
        (["true", "FALSE"], "boolean"),
        (["1", "true"], "text"),
        (["nan"], "text"),
        (["1e999"], "text"),
        (["", ""], "text"),
    ],
)
def test_csv_finds_the_type_of_a_column(cells, kind):
    text = "x,y\n" + "".join(f"{cell},-\n" for cell in cells)
    assert run("csv-read", {"text": text})["columns"][0]["type"] == kind


def test_csv_of_nothing_is_no_rows():
    assert run("csv-read", {"text": ""}) == {"rows": [], "columns": []}
    assert error_of("csv-read", {"text": "a,a\n1,2\n"})[0] == "malformed"
    assert error_of("csv-read", {"text": 'a\n"x'})[1]["line"] == 2


@pytest.mark.parametrize("text", ["[NaN]", "[1e999]", '{"a":1,"a":2}', "[" * 100_000, "", "1 2"])
def test_json_that_is_none_is_an_error(text):
    assert error_of("json-read", {"text": text})[0] == "malformed"


def answering(status=200, body=b"ok", **headers):
    asked = []

    def answer(*request):
        asked.append(request)
        return HttpResponse(status=status, headers=headers, body=body)

    return LocalHost(answer=answer), asked


def test_fetching_decodes_by_the_charset_of_the_answer():
    host, asked = answering(body="ä".encode("latin-1"), **{"content-type": "text/plain; charset=ISO-8859-1"})
    outputs = run("http-fetch", {"url": "https://example.com/a"}, {"headers": {"Accept": "text/plain"}}, host)
    assert (outputs["text"], outputs["status"]) == ("ä", 200)
    assert asked == [("GET", "https://example.com/a", {"Accept": "text/plain"}, b"")]


@pytest.mark.parametrize(
    ("status", "error"), [(429, "busy"), (503, "busy"), (404, "bad_status"), (302, "bad_status")]
)
def test_a_status_that_is_no_success_is_an_error_or_an_answer(status, error):
    url = {"url": "https://example.com/"}
    assert error_of("http-fetch", url, host=answering(status)[0]) == (error, {**url, "status": status})
    assert run("http-fetch", url, {"accept": "any"}, answering(status)[0])["status"] == status


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (Unavailable(url="u", reason="timeout"), "unreachable"),
        (CapabilityRefused(asked="u", reason="undeclared"), "refused"),
    ],
)
def test_a_request_that_fails_is_a_declared_error(raised, error):
    def answer(*request):
        raise raised

    assert error_of("http-fetch", {"url": "https://example.com/"}, host=LocalHost(answer=answer))[0] == error


def test_a_password_in_an_address_is_not_repeated_in_the_error():
    _, data = error_of("http-fetch", {"url": "https://me:s3cret@example.com/"})
    assert "s3cret" not in json.dumps(data)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*",
        "((a+)b)+",
        "(a|aa)+$",
        "(?:a?){50}",
        "(?P<x>(?:b|c)*)*",
        "(a{1,})+",
        "(.*)(.*)+",
        r"(\w+\s?)*$",
        r"(a)\1",
        "(?=a)b",
        "(?<!a)b",
        "(?P<x>a)(?P=x)",
        "(a)(?(1)b|c)",
        ".*" * 21,
    ],
)
def test_a_pattern_that_could_take_forever_is_refused(pattern):
    assert error_of("regex-extract", {"text": ""}, {"pattern": pattern})[0] == "bad_pattern"


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<k>\w+)=(?P<v>[^;)]+);?",
        "(?:ab)+",
        "(a|b)c*",
        r"[)(|+*]+\(",
        "(?i)abc{2,3}?",
        "(ab{2})+",
        r"(\d{4})?-",
    ],
)
def test_an_ordinary_pattern_is_searched(pattern):
    assert "matches" in run("regex-extract", {"text": "k=v;"}, {"pattern": pattern})


def test_matches_have_the_line_they_begin_on():
    config = {"pattern": r"b\n?c", "per": "text"}
    assert [one["line"] for one in run("regex-extract", {"text": "a\nb\nc\nbc"}, config)["matches"]] == [2, 4]
    assert error_of("regex-extract", {"text": "a" * 10_001}, {"pattern": "a"})[0] == "line_too_long"
    assert (
        error_of("regex-extract", {"text": "aaa"}, {"pattern": "a", "max_matches": 2})[0]
        == "too_many_matches"
    )


def test_a_template_looks_names_up_from_the_inside_out():
    data = {"title": "T", "items": [{"name": "a", "parts": [1, 2]}, {"title": "own", "parts": []}]}
    template = "{{#items}}{{title}}:{{#parts}}{{.}},{{/parts}}{{^parts}}none{{/parts}} {{/items}}"
    assert run("template-text", {"data": data}, {"template": template})["text"] == "T:1,2, own:none "


@pytest.mark.parametrize(
    "template", ["{{}}", "{{a b}}", "{{/a}}", "{{#a}}{{/b}}", "{{{a}}", "{{a}}}", "{{a..b}}"]
)
def test_a_template_that_cannot_be_read_is_an_error(template):
    outcome = error_of("template-text", {"data": {"a": 1}}, {"template": template})
    assert outcome[0] == "bad_template"


@pytest.mark.parametrize("name", ["__class__", "a.__class__", "a.__class__.__mro__", "items.0.x"])
def test_a_template_reaches_data_only(name):
    assert (
        error_of("template-text", {"data": {"a": "x"}}, {"template": f"{{{{{name}}}}}"})[0] == "missing_name"
    )


def test_a_template_cannot_grow_without_end():
    template = "{{#a}}" * 4 + "x" * 100 + "{{/a}}" * 4
    assert error_of("template-text", {"data": {"a": [0] * 60}}, {"template": template})[0] == "too_long"


HOSTILE_TEXT = '<script>alert("1")</script>\u0000 & ]]>'


def test_a_chart_is_well_formed_whatever_the_rows_say():
    rows = [{HOSTILE_TEXT: HOSTILE_TEXT, "v": 1e300, "w": None}, {HOSTILE_TEXT: None, "v": -1, "w": 2}]
    for kind in ("bar", "line"):
        config = {
            "kind": kind,
            "x": HOSTILE_TEXT,
            "y": ["v", "w"],
            "title": HOSTILE_TEXT,
            "y_label": HOSTILE_TEXT,
        }
        root = ElementTree.fromstring(run("chart-svg", {"rows": rows}, config)["chart"])
        assert not [node for node in root.iter() if node.tag.endswith("script")]


@pytest.mark.parametrize(
    "values", [[0], [5, 5], [0.1, 0.2, 0.3], [-3, -7], [1e-9, 2e-9], [1e12, 3e12], [10**9] * 3]
)
@pytest.mark.parametrize("kind", ["bar", "line"])
def test_everything_drawn_lies_inside_the_chart(values, kind):
    rows = [{"x": at, "y": value} for at, value in enumerate(values)]
    chart = run("chart-svg", {"rows": rows}, {"kind": kind, "x": "x", "y": ["y"]})["chart"].decode()
    ys = [float(y) for y in re.findall(r' (?:y|y1|y2|cy)="(-?[0-9.]+)"', chart)]
    assert ys
    assert all(0 <= y <= 450 for y in ys)
    assert "nan" not in chart


def test_a_report_escapes_everything_and_runs_nothing():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    inputs = {
        "text": HOSTILE_TEXT,
        "sections": [{"heading": HOSTILE_TEXT, "text": HOSTILE_TEXT}],
        "rows": [{HOSTILE_TEXT: HOSTILE_TEXT, "n": 1234.5}],
        "chart": svg,
    }
    page = run("render-report", inputs, {"title": HOSTILE_TEXT, "lead": HOSTILE_TEXT})["page"].decode()
    assert "<script" not in page
    assert base64.b64encode(svg).decode() in page
    assert "1,234.5" in page


@pytest.mark.parametrize("name", ["../a", "a/b", "a\\b", ".hidden", "a\0b", "", " a", "x" * 121])
def test_a_file_name_never_means_a_folder(name):
    assert error_of("write-file", {"text": ""}, {"name": name})[0] == "bad_name"


def test_written_csv_can_be_read_again():
    rows = [{"a": 'x,"y"\n', "b": 1.5, "c": True}, {"a": None, "b": 2, "c": False}]
    file = run("write-file", {"rows": rows}, {"name": "a.csv", "format": "csv"})["file"]
    assert run("csv-read", {"text": file.decode()})["rows"] == [{**rows[0], "b": 1.5}, {**rows[1], "b": 2.0}]


def test_rows_are_joined_by_value_and_never_by_null():
    left = [{"k": 1}, {"k": None}, {"k": True}, {"k": "1"}]
    joined = run(
        "join-rows",
        {"left": left, "right": [{"k": 1.0, "v": "x"}, {"k": None, "v": "y"}]},
        {"on": [{"left": "k"}]},
    )
    assert joined["rows"] == [{"k": 1, "v": "x"}]
    assert joined["unmatched"] == left[1:]


def test_sums_are_exact_where_floats_would_drift():
    rows = [{"a": 0.1}] * 10
    config = {"aggregates": [{"function": "sum", "column": "a"}, {"function": "sum", "column": "b"}]}
    assert run("group-aggregate", {"rows": rows}, config)["rows"] == [{"sum_a": 1.0, "sum_b": 0}]


def test_a_filter_splits_and_loses_nothing():
    rows = [{"a": value} for value in (1, 1.0, True, "1", None)]
    outputs = run(
        "filter-rows", {"rows": rows}, {"conditions": [{"column": "a", "operator": "equals", "value": 1}]}
    )
    assert (outputs["rows"], outputs["others"]) == (rows[:2], rows[2:])
    assert run("filter-rows", {"rows": rows})["rows"] == rows


@pytest.mark.parametrize(
    ("value", "to", "result"),
    [
        ("1,234.5", "number", 1234.5),
        (True, "integer", 1),
        (3.0, "integer", 3),
        (" 42 ", "integer", 42),
        ("off", "boolean", False),
        (1, "text", "1"),
        (False, "text", "false"),
        ("2026-01-31", "date", "2026-01-31"),
        ("2026-01-31T09:00:00Z", "timestamp", "2026-01-31T09:00:00+00:00"),
    ],
)
def test_a_value_becomes_another_type(value, to, result):
    outputs = run("convert-values", {"rows": [{"x": value}]}, {"conversions": [{"column": "x", "to": to}]})
    assert outputs["rows"] == [{"x": result}]


@pytest.mark.parametrize(
    ("value", "to"),
    [
        ("1.5", "integer"),
        ("inf", "number"),
        ("maybe", "boolean"),
        ([1], "text"),
        ("31/01", "date"),
        (2**60, "integer"),
    ],
)
def test_a_value_that_cannot_become_the_type_is_an_error(value, to):
    config = {"conversions": [{"column": "x", "to": to}]}
    assert error_of("convert-values", {"rows": [{"x": value}]}, config)[0] == "bad_value"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_module_changes_none_of_its_inputs(name):
    for path in (FOLDERS[name] / "examples").glob("*.json"):
        example = json.loads(path.read_text("utf-8"))
        inputs = {key: value for key, value in example["inputs"].items() if "$file" not in value}
        before = json.dumps(inputs)
        with contextlib.suppress(ModuleError):
            run(name, inputs, example.get("config"))
        assert json.dumps(inputs) == before
