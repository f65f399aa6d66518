"""What is read of reviews."""

from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.submit_version import submit_version
from tests.studio.cast import gid, query_count

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


LIST = """query($state: ReviewState, $mine: Boolean) { reviews(state: $state, mine: $mine) {
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


def test_a_list_takes_the_same_number_of_queries_however_long(author, reviewer, released, publish):
    submit_version(author.viewer, publish("1.2.1").pk)
    before = query_count(reviewer, LIST)
    for number in range(2, 5):
        submit_version(author.viewer, publish(f"1.2.{number}").pk)
    assert query_count(reviewer, LIST) == before
    assert len(numbers(reviewer.ask(LIST))) == 5
