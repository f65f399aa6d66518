"""The port language: JSON Schema 2020-12 in three tiers, decided with proof, witness or an honest unknown."""

from contracts.schema.contain import contains, judge_edge
from contracts.schema.guard import Guard, compile_guard
from contracts.schema.infer import infer
from contracts.schema.localise import localise
from contracts.schema.projection import adapt, compile_adapter, rewrites
from contracts.schema.refused import check_port_schema, is_in_subset
from contracts.schema.tables import join_columns, judge_columns, judge_media_type
from contracts.schema.variables import (
    bind_columns,
    bind_variables,
    join_schemas,
    substitute,
    substitute_columns,
)
from contracts.schema.verdict import DEFAULT_FUEL, Verdict

__all__ = [
    "DEFAULT_FUEL",
    "Guard",
    "Verdict",
    "adapt",
    "bind_columns",
    "bind_variables",
    "check_port_schema",
    "compile_adapter",
    "compile_guard",
    "contains",
    "infer",
    "is_in_subset",
    "join_columns",
    "join_schemas",
    "judge_columns",
    "judge_edge",
    "judge_media_type",
    "localise",
    "rewrites",
    "substitute",
    "substitute_columns",
]
