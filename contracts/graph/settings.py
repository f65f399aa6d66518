"""The settings of a node: constants and `{"$cel": …}` holes over the parameters.

Owns:      the edit-time check.
Promises:  a setting that is not declared is refused, never dropped.
"""

from collections.abc import Mapping

from contracts.canonical import JSON
from contracts.expressions.judgement import judge_expression
from contracts.graph.findings import Place
from contracts.graph.judging import explained, judge_result
from contracts.graph.ports import record_schema
from contracts.problems import Problem
from contracts.schema import compile_adapter, compile_guard


def hole_of(value: JSON) -> str | None:
    """The expression of a setting that is computed; only whole settings can be."""
    if isinstance(value, dict) and value.keys() == {"$cel"} and isinstance(value["$cel"], str):
        return value["$cel"]
    return None


def _holds_hole(value: JSON) -> bool:
    if hole_of(value) is not None:
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_holds_hole(part) for part in parts)


def accepted(value: JSON, schema: JSON) -> tuple[JSON, list[Problem]]:
    """A value with its defaults filled, and what the schema refuses about it; undeclared fields stay."""
    filled = compile_adapter(schema, "reject")(value)
    return filled, compile_guard(schema).problems(filled)


def check_settings(config: Mapping[str, JSON], schema: JSON, parameters: JSON, place: Place) -> None:
    """`schema` and `parameters` are self-contained."""
    for name, value in sorted(config.items()):
        if hole_of(value) is None and _holds_hole(value):
            message = (
                'An expression stands for a whole setting. Write the setting itself as {"$cel": …}, '
                "with the rest of its value inside the expression."
            )
            place.at(name).problem("inner_expression", message)
    holes = {name: hole for name, value in sorted(config.items()) if (hole := hole_of(value)) is not None}
    if not holes:
        _, problems = accepted(dict(config), schema)
        for problem in problems:
            place.take([Problem(code="config", path=problem.path, message=problem.message)])
        return
    types: dict[str, JSON] = {name: {"const": value} for name, value in config.items() if name not in holes}
    is_sound = is_exact = True
    for name, hole in holes.items():
        judgement = judge_expression(hole, {"parameters": parameters})
        types[name] = judgement.schema
        place.at(name).take(judgement.problems)
        is_sound = is_sound and not judgement.problems
        is_exact = is_exact and judgement.is_exact
    if is_sound:
        _judge(types, schema, place, is_exact=is_exact)


def _judge(types: Mapping[str, JSON], schema: JSON, place: Place, *, is_exact: bool) -> None:
    written = {**record_schema(types), **({"required": sorted(types)} if types else {})}
    verdict = judge_result(written, schema, "reject", is_exact=is_exact)
    if verdict.answer == "no":
        message = (
            f"These settings can be refused. {explained(verdict)} Change the settings or the parameters."
        )
        place.problem("config", message)
    elif verdict.answer == "unknown":
        place.warn(
            "config_unproven", f"Not decided: {explained(verdict)} The settings are checked at each call."
        )
