"""Expressions: CEL over JSON, for `when`, `repeat`, `select`, settings and migrations.

Owns:      parsing, evaluation and the edit-time type check against port schemas.
Promises:  typed, terminating, bounded by fuel; a fault says where and why.
Never:     reads a clock, calls out, or changes a value. docs/adr/expressions.md says why we evaluate.
"""

from contracts.expressions.expression import Expression, ExpressionError, compile_expression
from contracts.expressions.judgement import Wanted, check_expression, type_of_expression

__all__ = [
    "Expression",
    "ExpressionError",
    "Wanted",
    "check_expression",
    "compile_expression",
    "type_of_expression",
]
