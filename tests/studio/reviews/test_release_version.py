"""Releasing: from here on a version is immutable."""

import pytest

from studio.audit.models import AuditEntry
from studio.catalog.models import ModuleVersion
from studio.refusals import Conflict, Forbidden, Invalid
from studio.reviews.actions.approve_version import approve_version
from studio.reviews.actions.release_version import release_version
from studio.reviews.actions.submit_version import submit_version
from tests.studio.cast import gid, word_count_contract


def test_an_approved_version_becomes_released(owner, author, reviewer, approved):
    answer = owner.do(
        "releaseVersion",
        "version { state releasedAt module { latest { version } } }",
        version=gid(approved),
        expectedBundle=approved.bundle_id,
        reason="Ready",
    )
    assert answer["version"]["state"] == "RELEASED"
    assert answer["version"]["module"]["latest"] == {"version": "1.2.0"}
    entry = AuditEntry.objects.get(action="release_version")
    assert (entry.actor, entry.requester, entry.approver, entry.reason) == (
        owner.user.actor,
        author.user.actor,
        reviewer.user.actor,
        "Ready",
    )


@pytest.mark.parametrize("state", ["draft", "in_review", "released", "yanked"])
def test_no_other_state_leads_to_release(owner, released, state):
    fixed = state in ("released", "yanked")
    ModuleVersion.objects.update(state=state, released_at=released.released_at if fixed else None)
    with pytest.raises(Conflict):
        release_version(owner.viewer, released.pk, expected_bundle=released.bundle_id)


def test_another_bundle_than_expected_is_not_released(owner, approved):
    with pytest.raises(Conflict) as caught:
        release_version(owner.viewer, approved.pk, expected_bundle="sha256:" + "0" * 64)
    assert caught.value.current == approved.bundle_id


def test_a_state_without_an_approval_behind_it_is_not_believed(owner, draft):
    ModuleVersion.objects.update(state="approved")
    with pytest.raises(Conflict) as caught:
        release_version(owner.viewer, draft.pk, expected_bundle=draft.bundle_id)
    assert caught.value.problems[0].code == "not_approved"


def test_a_release_in_the_meantime_can_make_the_number_too_small(owner, author, reviewer, released, publish):
    ports = word_count_contract()["ports"]
    ports["out"]["longest"] = {"media": "json", "schema": {"type": "string"}}
    files = {"examples/short__json": None}
    candidates = [
        publish("1.2.1"),
        publish("1.3.0", contract=word_count_contract(ports=ports), **files),
        publish("1.3.1"),
    ]
    assert candidates[2].checks.get(name="C2").evidence["previous"] == "1.2.0"
    for candidate in candidates[1:]:
        review = submit_version(author.viewer, candidate.pk)
        approve_version(reviewer.viewer, review.pk, expected_bundle=candidate.bundle_id)
    release_version(owner.viewer, candidates[1].pk, expected_bundle=candidates[1].bundle_id)
    with pytest.raises(Invalid) as caught:
        release_version(owner.viewer, candidates[2].pk, expected_bundle=candidates[2].bundle_id)
    assert caught.value.problems[1].path == "contract.json#/ports/out/longest"


def test_an_author_or_reviewer_may_not(author, reviewer, approved):
    for person in (author, reviewer):
        with pytest.raises(Forbidden):
            release_version(person.viewer, approved.pk, expected_bundle=approved.bundle_id)


def test_the_outsider_may_not(outsider, approved):
    bundle = approved.bundle_id
    answer = outsider.do("releaseVersion", version=gid(approved), expectedBundle=bundle)
    assert answer["__typename"] == "NotFound"
