"""The port language: JSON Schema 2020-12 in three tiers, decided with proof, witness or an honest unknown."""

from contracts.schema.contain import contains, judge_edge
from contracts.schema.projection import adapt, compile_adapter
from contracts.schema.verdict import DEFAULT_FUEL, Verdict

__all__ = ["DEFAULT_FUEL", "Verdict", "adapt", "compile_adapter", "contains", "judge_edge"]
