"""What is read of the catalog, and by whom."""

import pytest

from studio.catalog.models import Module
from tests.studio.cast import gid, query_count

LIST = """query($search: String, $owner: String, $runtime: String, $state: VersionState, $tag: String,
  $gives: String, $takes: String) {
  modules(search: $search, owner: $owner, runtime: $runtime, state: $state, tag: $tag, gives: $gives,
  takes: $takes) { edges { node { name summary runtime tags owner { slug }
  latest { version state strategies bump { level } publishedBy { name } } versions { version }
  dependants { title } } } } }"""
VERSION = """query($name: String!, $version: SemVer!) { moduleVersion(name: $name, version: $version) {
  id version state bundle contractDigest contract manifest readme runtime strategies publishedBy { name }
  files { path bytes digest } readme: file(path: "README.md") examples { name document } review { state }
  checks { name result detail at } successor } }"""


def names(answer):
    return [edge["node"]["name"] for edge in answer["data"]["modules"]["edges"]]


@pytest.mark.parametrize(
    ("facets", "is_found"),
    [
        ({}, True),
        ({"search": "WORD"}, True),
        ({"search": "counts text"}, True),
        ({"search": "images"}, False),
        ({"owner": "text"}, True),
        ({"owner": "elsewhere"}, False),
        ({"runtime": "python"}, True),
        ({"runtime": "wasm"}, False),
        ({"state": "RELEASED"}, True),
        ({"state": "DRAFT"}, False),
        ({"tag": "words"}, False),
        ({"takes": "string"}, True),
        ({"takes": "table"}, False),
        ({"gives": "number"}, True),
        ({"gives": "object"}, True),
        ({"gives": "string"}, False),
    ],
)
def test_modules_are_found_by_words_and_facets(author, released, facets, is_found):
    assert names(author.ask(LIST, **facets)) == (["text/word-count"] if is_found else [])


def test_a_search_gives_names_that_begin_with_it_first(author, released):
    found = {
        "text/aardvark": "Puts a count at the end.",
        "text/word-count": released.module.summary,
        "text/recount": "Does it again.",
        "text/counter": "Steps.",
        "text/count-words": "Steps too.",
    }
    for name, summary in found.items():
        Module.objects.get_or_create(name=name, defaults={"owner": author.team, "summary": summary})
    in_order = ["count-words", "counter", "recount", "word-count", "aardvark"]
    assert names(author.ask(LIST, search="count")) == [f"text/{name}" for name in in_order]
    page = """query($after: String) { modules(search: "count", first: 2, after: $after) {
      edges { node { name } } pageInfo { endCursor } } }"""
    pages, after = [], None
    for _ in range(3):
        answer = author.ask(page, after=after)
        pages += names(answer)
        after = answer["data"]["modules"]["pageInfo"]["endCursor"]
    assert pages == [f"text/{name}" for name in in_order]


def test_facets_count_the_visible_modules(author, outsider, released):
    query = "{ catalogFacets { owners { value count } runtimes { value } states { value count } } }"
    facets = author.ask(query)["data"]["catalogFacets"]
    assert facets["owners"] == [{"value": "text", "count": 1}]
    assert facets["states"] == [{"value": "released", "count": 1}]
    assert outsider.ask(query)["data"]["catalogFacets"]["owners"] == []


def test_a_version_shows_all_of_its_bundle(author, released):
    query = VERSION.replace("readme: file", "text: file")
    version = author.ask(query, name="text/word-count", version="1.2.0")["data"]["moduleVersion"]
    assert version["id"] == gid(released)
    assert version["contract"]["format"] == "lamina/contract@1"
    assert version["text"] == version["readme"] == "# Word count\n"
    assert {file["path"] for file in version["files"]} >= {"module.toml", "run.py", "contract.json"}
    assert version["examples"][0]["document"]["inputs"] == {"text": "to be to"}
    assert version["review"] == {"state": "APPROVED"}


def test_what_is_shared_is_seen_by_everybody_once_it_is_released(outsider, released, publish):
    Module.objects.update(is_shared=True)
    publish("1.3.0-rc.1")
    query = '{ module(name: "text/word-count") { latest { version } versions { version } } }'
    shown = outsider.ask(query)["data"]["module"]
    assert shown == {"latest": {"version": "1.2.0"}, "versions": [{"version": "1.2.0"}]}
    hidden = outsider.ask(
        VERSION.replace("readme: file", "text: file"), name="text/word-count", version="1.3.0-rc.1"
    )
    assert hidden["data"]["moduleVersion"] is None


def test_versions_come_highest_first(author, publish):
    for number in ("1.2.0", "1.10.0", "1.9.0", "2.0.0-rc.1"):
        publish(number)
    query = '{ module(name: "text/word-count") { latest { version } versions { version } } }'
    module = author.ask(query)["data"]["module"]
    assert [row["version"] for row in module["versions"]] == ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.2.0"]
    assert module["latest"] == {"version": "2.0.0-rc.1"}


def test_a_list_takes_the_same_number_of_queries_however_long(author, released, counting, team):
    before = query_count(author, LIST)
    for number in range(4):
        Module.objects.create(name=f"text/other-{number}", owner=team, latest=released)
    assert query_count(author, LIST) == before
    assert len(names(author.ask(LIST))) == 5


@pytest.mark.parametrize("version", ["1.2", "nonsense", ""])
def test_a_version_that_is_none_is_a_bad_request(author, version):
    answer = author.ask('query($v: SemVer!) { moduleVersion(name: "a/b", version: $v) { id } }', v=version)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
