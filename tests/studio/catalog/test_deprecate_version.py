"""Telling users of a released version to move on."""

import pytest

from studio.audit.models import AuditEntry
from studio.catalog.actions.deprecate_version import deprecate_version
from studio.refusals import Conflict, Forbidden, Invalid
from tests.studio.cast import gid


def test_a_released_version_becomes_deprecated_with_its_successor(owner, released):
    answer = owner.do(
        "deprecateVersion",
        "version { state successor stateReason }",
        version=gid(released),
        reason="Slow",
        successor="text/word-count",
    )
    assert answer["version"] == {"state": "DEPRECATED", "successor": "text/word-count", "stateReason": "Slow"}
    assert AuditEntry.objects.get(action="deprecate_version").reason == "Slow"


def test_only_what_is_released_can_be(owner, draft):
    with pytest.raises(Conflict):
        deprecate_version(owner.viewer, draft.pk, reason="Slow")


@pytest.mark.parametrize(("reason", "successor"), [("", None), ("Slow", "text/nothing"), ("Slow", "no name")])
def test_a_reason_and_a_real_successor_are_asked_for(owner, released, reason, successor):
    with pytest.raises(Invalid):
        deprecate_version(owner.viewer, released.pk, reason=reason, successor=successor)


def test_an_author_may_not(author, released):
    with pytest.raises(Forbidden):
        deprecate_version(author.viewer, released.pk, reason="Slow")


def test_the_outsider_may_not(outsider, released):
    assert outsider.do("deprecateVersion", version=gid(released), reason="x")["__typename"] == "NotFound"
