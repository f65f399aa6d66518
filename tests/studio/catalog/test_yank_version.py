"""Taking a released version out of use."""

import pytest

from studio.catalog.actions.deprecate_version import deprecate_version
from studio.catalog.actions.yank_version import yank_version
from studio.catalog.library import CatalogLibrary
from studio.refusals import Conflict, Forbidden, Invalid
from tests.studio.cast import gid


def test_a_yanked_version_is_no_longer_selected_by_a_range(owner, released, team):
    assert CatalogLibrary([team.pk]).select("text/word-count", "^1.0.0", None) is not None
    answer = owner.do("yankVersion", "version { state }", version=gid(released), reason="Wrong sums")
    assert answer["version"] == {"state": "YANKED"}
    assert CatalogLibrary([team.pk]).select("text/word-count", "^1.0.0", None) is None
    assert CatalogLibrary([team.pk]).select("text/word-count", "1.2.0", None).state == "yanked"


def test_a_deprecated_version_can_be_yanked_once(owner, released):
    deprecate_version(owner.viewer, released.pk, reason="Slow")
    yank_version(owner.viewer, released.pk, reason="Wrong")
    with pytest.raises(Conflict):
        yank_version(owner.viewer, released.pk, reason="Wrong")


def test_a_reason_is_asked_for(owner, released):
    with pytest.raises(Invalid):
        yank_version(owner.viewer, released.pk, reason=" ")


def test_an_author_may_not(author, released):
    with pytest.raises(Forbidden):
        yank_version(author.viewer, released.pk, reason="x")


def test_the_outsider_may_not(outsider, released):
    assert outsider.do("yankVersion", version=gid(released), reason="x")["__typename"] == "NotFound"
