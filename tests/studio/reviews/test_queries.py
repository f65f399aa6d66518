"""What is read of reviews."""

from contracts.canonical import digest_of_bytes
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.request_changes import request_changes
from studio.reviews.actions.submit_version import submit_version
from tests.studio.cast import gid, query_count, word_count_contract

REVIEW = """query($id: ID!) { review(id: $id) { state viewerMay
  version { version bundle review { id } } base { version } bump { level }
  contractDiff { level path } checks { name } impact { title }
  files { path change before after } comments { body author { name } }
  verdicts { verdict } history { action actorName } } }"""


def test_a_review_shows_what_changed_against_the_release_before(
    author, reviewer, counting, released, publish
):
    version = publish("1.2.1", README__md="# Counts words\n", LICENSE="Apache-2.0\n")
    review = submit_version(author.viewer, version.pk)
    comment_review(reviewer.viewer, review.pk, body="Why?")
    shown = reviewer.ask(REVIEW, id=gid(review))["data"]["review"]
    files = {file["path"]: file for file in shown["files"]}
    assert files["README.md"]["change"] == "changed"
    assert (files["README.md"]["before"], files["README.md"]["after"]) == (
        "# Word count\n",
        "# Counts words\n",
    )
    assert (files["LICENSE"]["change"], files["LICENSE"]["before"]) == ("added", None)
    assert files["run.py"]["change"] == "equal"
    assert shown["base"] == {"version": "1.2.0"}
    assert shown["bump"] == {"level": "patch"}
    assert shown["impact"] == [{"title": "Count"}]
    assert shown["comments"] == [{"body": "Why?", "author": {"name": "Reviewer"}}]
    assert [entry["action"] for entry in shown["history"]] == [
        "publish_version",
        "submit_version",
        "comment_review",
    ]
    assert shown["version"]["review"] == {"id": gid(review)}


DIFF = """query($id: ID!) { review(id: $id) {
  contractDiff { level path verdict witness hasWitness } } }"""


def test_a_breaking_change_comes_with_the_value_that_shows_it(author, reviewer, released, publish):
    contract = word_count_contract()
    contract["ports"]["in"]["text"]["schema"]["minLength"] = 1
    version = publish("2.0.0", contract=contract)
    review = submit_version(author.viewer, version.pk)
    [reason] = reviewer.ask(DIFF, id=gid(review))["data"]["review"]["contractDiff"]
    assert reason == {
        "level": "major",
        "path": "/ports/in/text/schema",
        "verdict": "no",
        "witness": "",
        "hasWitness": True,
    }


def may(person, review):
    return set(person.ask(REVIEW, id=gid(review))["data"]["review"]["viewerMay"])


def test_what_the_viewer_may_follows_roles_and_states(author, reviewer, owner, watcher, review):
    assert may(author, review) == {"comment", "withdraw"}
    assert may(reviewer, review) == {"approve", "request_changes", "comment"}
    assert may(owner, review) == {"approve", "request_changes", "comment", "withdraw"}
    assert may(watcher, review) == set()
    bundle = review.version.bundle_id
    reviewer.do("approveVersion", review=gid(review), expectedBundle=bundle)
    assert may(owner, review) == {"request_changes", "comment", "withdraw", "release"}
    owner.do("requestChanges", review=gid(review), expectedBundle=bundle, message="Shorter.")
    assert may(author, review) == {"comment", "withdraw", "submit"}
    assert may(reviewer, review) == {"comment"}


LIST = """query($state: ReviewState, $mine: Boolean, $waiting: Boolean) {
  reviews(state: $state, mine: $mine, waiting: $waiting) {
  edges { node { state version { version module { name } } author { name } comments { body }
  verdicts { verdict } checks { name } bump { level } viewerMay } } } }"""


def numbers(answer):
    return [edge["node"]["version"]["version"] for edge in answer["data"]["reviews"]["edges"]]


def test_reviews_are_listed_by_state_and_by_whose_they_are(author, reviewer, outsider, released, publish):
    review = submit_version(author.viewer, publish("1.2.1").pk)
    assert numbers(reviewer.ask(LIST)) == ["1.2.1", "1.2.0"]
    assert numbers(reviewer.ask(LIST, state="OPEN")) == ["1.2.1"]
    assert numbers(reviewer.ask(LIST, mine=True)) == ["1.2.0"]
    comment_review(reviewer.viewer, review.pk, body="Why?")
    assert numbers(reviewer.ask(LIST, mine=True)) == ["1.2.1", "1.2.0"]
    assert numbers(outsider.ask(LIST)) == []


def waiting(person):
    return numbers(person.ask(LIST, waiting=True))


def test_a_review_waits_for_those_who_have_its_next_step(author, reviewer, owner, watcher, review):
    everybody = (author, reviewer, owner, watcher)
    bundle = review.version.bundle_id
    number = review.version.number
    assert [waiting(person) for person in everybody] == [[], [number], [number], []]
    reviewer.do("requestChanges", review=gid(review), expectedBundle=bundle, message="Shorter.")
    assert [waiting(person) for person in everybody] == [[number], [], [], []]
    submit_version(author.viewer, review.version_id)
    reviewer.do("approveVersion", review=gid(review), expectedBundle=bundle)
    assert [waiting(person) for person in everybody] == [[], [], [number], []]
    owner.do("releaseVersion", version=gid(review.version), expectedBundle=bundle)
    assert [waiting(person) for person in everybody] == [[], [], [], []]


def test_nobody_waits_for_a_verdict_on_their_own_version(owner, reviewer, publish):
    version = publish("1.2.0", by=owner)
    submit_version(owner.viewer, version.pk)
    assert (waiting(owner), waiting(reviewer)) == ([], ["1.2.0"])


FILES = """query($id: ID!, $path: String) { review(id: $id) {
  files(path: $path) { path change bytes digest after } } }"""


def test_one_file_of_a_review_can_be_read_alone(author, reviewer, released, publish):
    version = publish("1.2.1", README__md="# Counts words\n")
    review = submit_version(author.viewer, version.pk)
    [file] = reviewer.ask(FILES, id=gid(review), path="README.md")["data"]["review"]["files"]
    assert (file["path"], file["bytes"], file["after"]) == ("README.md", 15, "# Counts words\n")
    assert file["digest"] == digest_of_bytes(b"# Counts words\n")
    assert len(reviewer.ask(FILES, id=gid(review))["data"]["review"]["files"]) > 1


SINCE = """query($id: ID!, $since: Digest) { review(id: $id) {
  files(since: $since) { path change before } } }"""


def test_what_changed_since_a_round_is_told_where_no_release_was_before(author, reviewer, review, publish):
    first = review.version.bundle_id
    request_changes(reviewer.viewer, review.pk, expected_bundle=first, message="Explain")
    submit_version(author.viewer, publish(README__md="# Explained\n").pk)

    def changes(since):
        files = reviewer.ask(SINCE, id=gid(review), since=since)["data"]["review"]["files"]
        return {file["path"]: file["change"] for file in files}

    assert set(changes(None).values()) == {"added"}
    assert {path for path, change in changes(first).items() if change != "equal"} == {"README.md"}


def test_no_other_bundle_is_looked_into_than_those_that_were_judged(reviewer, review, publish):
    other = publish("1.3.0").bundle_id
    [error] = reviewer.ask(SINCE, id=gid(review), since=other)["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


def test_a_list_takes_the_same_number_of_queries_however_long(author, reviewer, released, publish):
    submit_version(author.viewer, publish("1.2.1").pk)
    before = query_count(reviewer, LIST)
    for number in range(2, 5):
        submit_version(author.viewer, publish(f"1.2.{number}").pk)
    assert query_count(reviewer, LIST) == before
    assert len(numbers(reviewer.ask(LIST))) == 5
