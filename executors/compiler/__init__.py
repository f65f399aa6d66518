"""From a locked graph to a plan: pure."""

from executors.compiler.compiling import compile_plan

__all__ = ["compile_plan"]
