"""The plan of a run, parsed; plans never change, so the last few are kept."""

from functools import lru_cache

from contracts.canonical import Digest
from contracts.plan import Plan, parse_plan
from studio.runs.models import Document, Run


def plan_of(run: Run) -> Plan:
    return _plan(run.plan_id)


@lru_cache(maxsize=64)
def _plan(digest: Digest) -> Plan:
    return parse_plan(Document.objects.get(pk=digest).data)
