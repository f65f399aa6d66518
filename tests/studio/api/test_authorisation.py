"""Who may do what, over every root field, node type and mutation of the areas that are listed here.

A field, type or mutation that is added to one of these areas without a line here fails.
"""

from dataclasses import dataclass
from typing import Any

import graphene
import pytest
from django.db import transaction
from django.test import Client
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from studio.api import audit, catalog, environments, graphs, reviews
from studio.api.nodes import global_id, node_types, split_id
from studio.api.schema import schema
from studio.catalog.actions.store_bundle import store_bundle
from studio.environments.models import Environment
from studio.graphs.actions.save_revision import save_revision
from studio.graphs.models import Graph
from studio.reviews.actions.comment_review import comment_review
from studio.reviews.actions.submit_version import submit_version
from studio.teams.models import Team
from tests.studio.cast import Person, ask, counting_graph, gid, word_count

AREAS = (catalog, reviews, graphs, environments, audit)
MEMBERS = ("watcher", "author", "reviewer")
PEOPLE = (*MEMBERS, "outsider")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One of each thing, all of team text, and the cast."""

    people: dict[str, Person]
    ids: dict[str, str]
    bundles: dict[str, str]


@pytest.fixture
def world(watcher, author, reviewer, outsider, counting, released, publish) -> World:
    save_revision(author.viewer, counting.pk, message="First")
    draft, candidate, approved = publish("1.2.1"), publish("1.2.2"), publish("1.2.3")
    review = submit_version(author.viewer, candidate.pk)
    comment = comment_review(author.viewer, review.pk, body="Why?")
    other_review = submit_version(author.viewer, approved.pk)
    reviewer.do("approveVersion", review=gid(other_review), expectedBundle=approved.bundle_id)
    fresh = store_bundle(author.viewer, word_count("1.2.4")).candidate.bundle.digest
    graph = Graph.objects.get(pk=counting.pk)
    rows = {
        "module": released.module,
        "released": released,
        "draft": draft,
        "approved": approved,
        "review": review,
        "comment": comment,
        "graph": graph,
        "revision": graph.head,
        "environment": Environment.objects.first(),
    }
    return World(
        people={"watcher": watcher, "author": author, "reviewer": reviewer, "outsider": outsider},
        ids={name: gid(row) for name, row in rows.items()},
        bundles={
            "released": released.bundle_id,
            "candidate": candidate.bundle_id,
            "approved": approved.bundle_id,
            "fresh": fresh,
        },
    )


# Root fields: a document, and what a member and an outsider get: data, null or empty.
QUERIES = {
    "modules": ("modules { edges { node { id } } }", "data", "empty"),
    "module": ('module(name: "text/word-count") { id }', "data", "null"),
    "moduleVersion": ('moduleVersion(name: "text/word-count", version: "1.2.0") { id }', "data", "null"),
    "catalogFacets": ("catalogFacets { owners { value } }", "data", "empty"),
    "reviews": ("reviews { edges { node { id } } }", "data", "empty"),
    "review": ('review(id: "{review}") { id }', "data", "null"),
    "graphs": ("graphs { edges { node { id } } }", "data", "empty"),
    "graph": ('graph(id: "{graph}") { id }', "data", "null"),
    "environments": ("environments { id }", "data", "data"),
    "audit": ("audit { edges { node { id } } }", "data", "empty"),
    "checkGraph": ("checkGraph(document: {}) { problems { code } }", "data", "data"),
    "judgeConnection": (
        'judgeConnection(document: {}, source: "a", output: "b", target: "c", input: "d") { answer }',
        "data",
        "data",
    ),
}


def root_fields() -> set[str]:
    names = [name for area in AREAS for name in vars(area.Query) if not name.startswith(("_", "resolve_"))]
    camel = {
        name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]) for name in names
    }
    return set(camel.values())


def test_every_root_field_has_a_line():
    assert root_fields() == QUERIES.keys()


def filled(document: str, world: World) -> str:
    for name, id in world.ids.items():
        document = document.replace(f"{{{name}}}", id)
    return document


def outcome(value: Any) -> str:
    """null, empty (nothing but empty lists inside), or data."""
    if value is None:
        return "null"
    lists = [
        item for item in (value.values() if isinstance(value, dict) else [value]) if isinstance(item, list)
    ]
    return "empty" if lists and not any(lists) else "data"


def test_root_fields(world, subtests):
    for field, (text, member, outsider) in QUERIES.items():
        document = f"{{ {filled(text, world)} }}"
        for name in PEOPLE:
            with subtests.test(field=field, person=name):
                answer = world.people[name].ask(document)
                assert "errors" not in answer
                assert outcome(answer["data"][field]) == (outsider if name == "outsider" else member)
        with subtests.test(field=field, person="anonymous"):
            assert refused_to_anonymous(document)


def refused_to_anonymous(document: str, **variables: Any) -> bool:
    answer = ask(Client(), document, **variables)
    return "data" not in answer and answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


# Node types: whose id to ask for, and whether everybody who is signed in sees it.
NODES = {
    "Module": ("module", False),
    "ModuleVersion": ("draft", False),
    "Review": ("review", False),
    "ReviewComment": ("comment", False),
    "Graph": ("graph", False),
    "Revision": ("revision", False),
    "Environment": ("environment", True),
}
ARGUMENTS = {"file": '(path: "run.py")', "revision": "(number: 1)"}


def types_of_areas() -> list[GraphQLObjectType]:
    names = {
        value.__name__
        for area in AREAS
        for value in vars(area).values()
        if isinstance(value, type)
        and issubclass(value, graphene.ObjectType)
        and value.__module__ == area.__name__
    }
    types = [schema.graphql_schema.type_map[name] for name in sorted(names)]
    return [type_ for type_ in types if isinstance(type_, GraphQLObjectType)]


def test_every_node_type_has_a_line():
    with_ids = {type_.name for type_ in types_of_areas() if type_.name in node_types()}
    assert with_ids == NODES.keys()


def test_every_field_of_a_node_answers_its_members_and_nobody_else(world, subtests):
    for name, (key, is_open) in NODES.items():
        for field, definition in schema.graphql_schema.type_map[name].fields.items():
            inside = "" if is_leaf_type(get_named_type(definition.type)) else " { __typename }"
            text = f"{field}{ARGUMENTS.get(field, '')}{inside}"
            document = f'{{ node(id: "{world.ids[key]}") {{ ... on {name} {{ {text} }} }} }}'
            for person in PEOPLE:
                with subtests.test(type=name, field=field, person=person):
                    answer = world.people[person].ask(document)
                    if person == "outsider" and not is_open:
                        assert answer == {"data": {"node": None}}
                    else:
                        assert "errors" not in answer
                        assert field in answer["data"]["node"]
            with subtests.test(type=name, field=field, person="anonymous"):
                assert refused_to_anonymous(document)


def test_an_id_of_another_type_finds_nothing(world, author):
    for name, (key, _) in NODES.items():
        raw = gid_key(world.ids[key])
        for other in NODES.keys() - {name}:
            answer = author.ask("query($id: ID!) { node(id: $id) { id } }", id=global_id(other, raw))
            assert answer["data"]["node"] is None, (name, other)


def gid_key(id: str) -> str:
    found = split_id(id)
    assert found is not None
    return str(found[1])


# Mutations: input, and what watcher, author and reviewer get. Outsiders get NotFound.
DONE, NO = "Done", "Forbidden"
MUTATIONS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "publishVersion": ({"digest": "bundle:fresh"}, NO, DONE, NO),
    "deprecateVersion": ({"version": "id:released", "reason": "x"}, NO, NO, NO),
    "yankVersion": ({"version": "id:released", "reason": "x"}, NO, NO, NO),
    "submitVersion": ({"version": "id:draft"}, NO, DONE, NO),
    "approveVersion": ({"review": "id:review", "expectedBundle": "bundle:candidate"}, NO, NO, DONE),
    "requestChanges": (
        {"review": "id:review", "expectedBundle": "bundle:candidate", "message": "x"},
        NO,
        NO,
        DONE,
    ),
    "withdrawReview": ({"review": "id:review"}, NO, DONE, NO),
    "commentReview": ({"review": "id:review", "body": "x"}, NO, DONE, DONE),
    "resolveComment": ({"comment": "id:comment"}, NO, DONE, DONE),
    "releaseVersion": ({"version": "id:approved", "expectedBundle": "bundle:approved"}, NO, NO, NO),
    "createGraph": ({"team": "text", "title": "T"}, NO, DONE, NO),
    "saveDraft": ({"graph": "id:graph", "document": counting_graph(title="New")}, NO, DONE, NO),
    "saveRevision": (
        {"graph": "id:graph", "message": "x", "document": counting_graph(title="New")},
        NO,
        DONE,
        NO,
    ),
    "restoreRevision": ({"graph": "id:graph", "number": 1}, NO, DONE, NO),
    "renameGraph": ({"graph": "id:graph", "title": "New"}, NO, DONE, NO),
    "deleteGraph": ({"graph": "id:graph"}, NO, DONE, NO),
}


def test_every_mutation_has_a_line():
    names = {mutation.field_name for area in AREAS for mutation in getattr(area, "MUTATIONS", ())}
    assert names == MUTATIONS.keys()


def resolved(value: Any, world: World) -> Any:
    if isinstance(value, str) and value.startswith("id:"):
        return world.ids[value.removeprefix("id:")]
    if isinstance(value, str) and value.startswith("bundle:"):
        return world.bundles[value.removeprefix("bundle:")]
    return value


def test_mutations(world, subtests):
    for mutation, (given, *expected) in MUTATIONS.items():
        input = {key: resolved(value, world) for key, value in given.items()}
        kind = mutation[0].upper() + mutation[1:]
        for name, wanted in [*zip(MEMBERS, expected, strict=True), ("outsider", "NotFound")]:
            with subtests.test(mutation=mutation, person=name):
                with transaction.atomic():
                    answer = world.people[name].do(mutation, **input)
                    transaction.set_rollback(True)
                assert answer["__typename"].removeprefix(kind) == wanted
        with subtests.test(mutation=mutation, person="anonymous"):
            document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ __typename }} }}"
            assert refused_to_anonymous(document, input=input)


def test_no_list_of_a_shared_module_shows_the_outsider_anything_of_the_team(world, released):
    released.module.is_shared = True
    released.module.save()
    query = """{ module(name: "text/word-count") { dependants { id } owner { members { user { email } } }
      versions { version review { id } dependants { id } publishedBy { email } } } }"""
    module = world.people["outsider"].ask(query)["data"]["module"]
    assert module["dependants"] == []
    assert module["owner"]["members"] == []
    assert [(row["version"], row["review"], row["dependants"]) for row in module["versions"]] == [
        ("1.2.0", None, [])
    ]
    assert Team.objects.count() == 2
