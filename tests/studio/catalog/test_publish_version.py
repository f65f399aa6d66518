"""Publishing: a stored bundle becomes a candidate of the version that its manifest names."""

import pytest

from studio.audit.models import AuditEntry
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.models import Module, ModuleVersion
from studio.refusals import Conflict, Forbidden, Invalid, NotFound
from studio.reviews.models import Review
from tests.studio.cast import WORD_COUNT, word_count, word_count_contract


def stored(person, **changes) -> str:
    return store_bundle(person.viewer, word_count(**changes)).candidate.bundle.digest


def test_a_stored_bundle_becomes_a_draft_version(author):
    answer = author.do(
        "publishVersion",
        "version { version state module { name owner { slug } summary tags latest { version } } "
        "checks { name result } bump { level } examples { name } readme strategies } problems { code }",
        digest=stored(author),
    )
    version = answer["version"]
    assert answer["__typename"] == "PublishVersionDone"
    assert (version["version"], version["state"], version["bump"]) == ("1.2.0", "DRAFT", None)
    assert version["module"]["name"] == "text/word-count"
    assert version["module"]["latest"] == {"version": "1.2.0"}
    assert version["checks"] == [{"name": name, "result": "passed"} for name in ("C1", "C2", "C8")]
    assert version["examples"] == [{"name": "examples/short.json"}]
    assert answer["problems"] == []
    entry = AuditEntry.objects.get(action="publish_version")
    assert (entry.object, entry.actor, entry.address) == (
        "text/word-count@1.2.0",
        author.user.actor,
        "127.0.0.1",
    )


def test_the_same_bundle_again_changes_nothing(author, draft):
    again = publish_version(author.viewer, digest=draft.bundle_id)
    assert again.version.pk == draft.pk
    assert AuditEntry.objects.filter(action="publish_version").count() == 1


def test_a_new_bundle_replaces_a_candidate(author, publish):
    first = publish()
    second = publish(README__md="# Counts words\n")
    assert (second.pk, second.state) == (first.pk, "draft")
    assert second.bundle_id != first.bundle_id
    assert second.readme == "# Counts words\n"


def test_a_new_bundle_drops_the_approval(approved, publish):
    version = publish(README__md="# Counts words\n")
    review = Review.objects.get(version=version)
    assert (version.state, review.state, review.bundle) == ("in_review", "open", version.bundle_id)


def test_a_released_number_never_changes(released, author):
    with pytest.raises(Conflict) as caught:
        publish_version(author.viewer, digest=stored(author, README__md="# Other\n"))
    assert caught.value.current == released.bundle_id
    assert ModuleVersion.objects.get(pk=released.pk).bundle_id == released.bundle_id


def without_output():
    contract = word_count_contract()
    del contract["ports"]["out"]["mean_length"]
    return {**contract, "comparators": {}}


EXAMPLE = '{"format": "lamina/example@1", "inputs": {"text": "a"}, "outputs": {"counts": {"a": 1}}}'


def test_a_number_that_claims_too_little_is_refused_with_the_reasons(released, author):
    digest = stored(author, version="1.3.0", contract=without_output(), **{"examples/short__json": EXAMPLE})
    answer = author.do("publishVersion", digest=digest)
    assert answer["__typename"] == "Invalid"
    assert [p["code"] for p in answer["problems"]] == ["bump", "bump"]
    assert answer["problems"][1]["path"] == "contract.json#/ports/out/mean_length"
    assert ModuleVersion.objects.count() == 1


def test_a_number_that_claims_enough_is_taken_and_shows_its_reasons(released, author):
    files = {"examples/short__json": EXAMPLE, "migrations/0__json": None}
    digest = stored(author, version="2.0.0", contract=without_output(), **files)
    done = "version { bump { level previous needsAttestation reasons { level path message verdict } } }"
    bump = author.do("publishVersion", done, digest=digest)["version"]["bump"]
    assert (bump["level"], bump["previous"], bump["needsAttestation"]) == ("major", "1.2.0", False)
    assert bump["reasons"][0]["path"] == "/ports/out/mean_length"


def test_a_version_without_examples_is_remarked_upon(author):
    digest = stored(author, **{"examples/short__json": None})
    answer = author.do("publishVersion", "problems { code }", digest=digest)
    assert answer["problems"] == [{"code": "no_examples"}]


def test_a_new_module_is_called_after_its_team(author):
    manifest = (word_count_manifest()).replace("text/word-count", "elsewhere/word-count")
    with pytest.raises(Invalid) as caught:
        publish_version(author.viewer, digest=stored(author, module__toml=manifest))
    assert caught.value.problems[0].path == "module.toml#/name"
    assert not Module.objects.exists()


def test_the_team_of_the_request_must_be_the_owner_of_the_bundle(author):
    with pytest.raises(Invalid):
        publish_version(author.viewer, digest=stored(author), team="elsewhere")


def test_build_metadata_is_refused(author):
    with pytest.raises(Invalid):
        publish_version(author.viewer, digest=stored(author, version="1.2.0+a"))


def test_an_unknown_digest_is_not_found(author):
    with pytest.raises(NotFound):
        publish_version(author.viewer, digest="sha256:" + "0" * 64)


def test_a_watcher_may_not(author, watcher):
    digest = stored(author)
    with pytest.raises(Forbidden):
        publish_version(watcher.viewer, digest=digest)


def test_the_outsider_may_not(author, outsider):
    digest = stored(author)
    assert outsider.do("publishVersion", digest=digest)["__typename"] == "NotFound"
    assert not ModuleVersion.objects.exists()


def word_count_manifest() -> str:
    return (WORD_COUNT / "module.toml").read_text()
