"""Who may do what: every root field, every field of every node and every mutation, for everybody.

What is added to the schema without a line here fails. Subscriptions are in tests/studio/live.
"""

from typing import Any, Final

import pytest
from django.db import transaction
from django.test import Client
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from studio.api.nodes import global_id, node_types, split_id
from studio.api.schema import OPEN_FIELDS, schema
from studio.teams.models import Team
from tests.studio.api.world import MEMBERS, PEOPLE, World, world
from tests.studio.cast import ask, counting_graph

__all__ = ["world"]

SCHEMA: Final = schema.graphql_schema

# Root fields: a document, and what members and outsiders get: data, null or empty.
QUERIES: Final = {
    "viewer": ("viewer { email }", "data", "data"),
    "node": ('node(id: "<id:graph>") { id }', "data", "null"),
    "team": ('team(slug: "text") { id }', "data", "null"),
    "health": ("health { version }", "data", "data"),
    "modules": ("modules { edges { node { id } } }", "data", "empty"),
    "module": ('module(name: "text/word-count") { id }', "data", "null"),
    "moduleVersion": ('moduleVersion(name: "text/word-count", version: "1.2.0") { id }', "data", "null"),
    "catalogFacets": ("catalogFacets { owners { value } }", "data", "empty"),
    "reviews": ("reviews { edges { node { id } } }", "data", "empty"),
    "review": ('review(id: "<id:review>") { id }', "data", "null"),
    "graphs": ("graphs { edges { node { id } } }", "data", "empty"),
    "graph": ('graph(id: "<id:graph>") { id }', "data", "null"),
    "runs": ("runs { edges { node { id } } }", "data", "empty"),
    "run": ('run(id: "<id:run>") { id }', "data", "null"),
    "previewRun": (
        'previewRun(input: {graph: "<id:graph>"}) { problems { code } nodes { node } }',
        "data",
        "data",
    ),
    "environments": ("environments { id }", "data", "data"),
    "audit": ("audit { edges { node { id } } }", "data", "empty"),
    "compareGraphs": ("compareGraphs(old: {}, new: {}) { problems { code } }", "data", "data"),
    "checkGraph": ("checkGraph(document: {}) { problems { code } }", "data", "data"),
    "judgeConnection": (
        'judgeConnection(document: {}, source: "a", output: "b", target: "c", input: "d") { answer }',
        "data",
        "data",
    ),
}


def test_every_root_field_has_a_line() -> None:
    assert SCHEMA.query_type is not None
    assert SCHEMA.query_type.fields.keys() == QUERIES.keys()


def outcome(value: Any) -> str:
    """null, empty (nothing but empty lists inside), or data."""
    if value is None:
        return "null"
    parts = value.values() if isinstance(value, dict) else [value]
    lists = [part for part in parts if isinstance(part, list)]
    return "empty" if lists and not any(lists) else "data"


def is_unauthenticated(answer: dict[str, Any]) -> bool:
    return "data" not in answer and answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("who", PEOPLE)
def test_root_fields(world: World, who: str, subtests: Any) -> None:
    client = world.client(who)
    for field, (text, member, outsider) in QUERIES.items():
        with subtests.test(field=field):
            answer = ask(client, f"{{ {world.filled(text)} }}")
            if who == "anonymous" and field not in OPEN_FIELDS:
                assert is_unauthenticated(answer)
            elif who == "anonymous":
                assert answer == {"data": {field: None}}
            else:
                assert "errors" not in answer, answer
                assert outcome(answer["data"][field]) == (member if who in MEMBERS else outsider)


# Node types: whose id to ask for, and whether everybody who is signed in sees it.
NODES: Final = {
    "Team": ("team", False),
    "User": ("user", False),
    "Module": ("module", False),
    "ModuleVersion": ("draft", False),
    "Review": ("review", False),
    "ReviewComment": ("comment", False),
    "Graph": ("graph", False),
    "Revision": ("revision", False),
    "Run": ("run", False),
    "Environment": ("environment", True),
}
ARGUMENTS: Final = {
    "ModuleVersion.file": '(path: "run.py")',
    "Graph.revision": "(number: 1)",
    "Run.feed": "(after: 0)",
    "Run.invocations": '(node: "ok")',
}


def test_every_node_type_has_a_line() -> None:
    assert node_types() == NODES.keys()


def fields_of(name: str) -> dict[str, str]:
    """How each field of a type is asked for: arguments that it requires and something inside."""
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    found = {}
    for field, definition in type_.fields.items():
        needed = any(is_required_argument(argument) for argument in definition.args.values())
        assert not needed or f"{name}.{field}" in ARGUMENTS, f"say in ARGUMENTS how to ask for {name}.{field}"
        inside = "" if is_leaf_type(get_named_type(definition.type)) else " { __typename }"
        found[field] = f"{field}{ARGUMENTS.get(f'{name}.{field}', '')}{inside}"
    return found


@pytest.mark.parametrize("who", PEOPLE)
def test_every_field_of_a_node_answers_its_members_and_nobody_else(
    world: World, who: str, subtests: Any
) -> None:
    client = world.client(who)
    for name, (key, is_open) in NODES.items():
        fields = fields_of(name)
        with subtests.test(type=name):
            inside = " ".join(fields.values())
            answer = ask(client, f'{{ node(id: "{world.ids[key]}") {{ ... on {name} {{ {inside} }} }} }}')
            if who == "anonymous":
                assert is_unauthenticated(answer)
            elif who in MEMBERS or is_open:
                assert "errors" not in answer, answer
                assert answer["data"]["node"].keys() == fields.keys()
            else:
                assert answer == {"data": {"node": None}}


def test_an_id_of_another_type_finds_nothing(world: World) -> None:
    client = world.client("admin")
    for name, (key, _) in NODES.items():
        found = split_id(world.ids[key])
        assert found is not None
        for other in NODES.keys() - {name}:
            answer = ask(client, f'{{ node(id: "{global_id(other, found[1])}") {{ id }} }}')
            assert answer["data"]["node"] is None, (name, other)


def test_what_is_personal_is_shown_to_that_person_alone(world: World) -> None:
    query = '{ node(id: "<id:user>") { ... on User { tokens { id } teams { team { slug } } } } }'
    for who in MEMBERS:
        tokens = ask(world.client(who), world.filled(query))["data"]["node"]["tokens"]
        assert bool(tokens) == (who == "read token"), who


def test_no_list_of_a_shared_module_shows_the_outsider_anything_of_the_team(
    world: World, released: Any
) -> None:
    released.module.is_shared = True
    released.module.save()
    query = """{ module(name: "text/word-count") { dependants { id } owner { members { user { email } } }
      versions { version review { id } dependants { id } publishedBy { email } } } }"""
    module = ask(world.client("outsider"), query)["data"]["module"]
    assert module["dependants"] == []
    assert module["owner"]["members"] == []
    assert [(row["version"], row["review"], row["dependants"]) for row in module["versions"]] == [
        ("1.2.0", None, [])
    ]
    assert Team.objects.count() == 2


# Mutations: an input, and what each gets of it: D done, F forbidden, N not found, C conflict.
# Read the letters as: viewer author reviewer operator maintainer admin, read token write token, outsider.
MUTATIONS: Final[dict[str, tuple[dict[str, Any] | None, str]]] = {
    "createTeam": ({"slug": "fresh", "title": "Fresh"}, "DDDDDD FF D"),
    "addMember": ({"team": "<id:team>", "email": "n@example.org", "roles": ["VIEWER"]}, "FFFFFD FF N"),
    "setRoles": ({"team": "<id:team>", "user": "<id:user>", "roles": ["VIEWER"]}, "FFFFFD FF N"),
    "removeMember": ({"team": "<id:team>", "user": "<id:user>"}, "FFFFFD FF N"),
    "createSignInLink": ({"user": "<id:user>"}, "FFFFFD FF N"),
    "createToken": ({"title": "T", "scopes": ["viewer"], "days": 1}, "DDDDDD FF D"),
    "revokeToken": ({"token": "<id:token>"}, "NNNNND NF N"),
    "signOut": (None, "DDDDDD CC D"),
    "publishVersion": ({"digest": "<bundle:fresh>"}, "FDFFDD FD N"),
    "deprecateVersion": ({"version": "<id:released>", "reason": "x"}, "FFFFDD FF N"),
    "yankVersion": ({"version": "<id:released>", "reason": "x"}, "FFFFDD FF N"),
    "submitVersion": ({"version": "<id:draft>"}, "FDFFDD FD N"),
    "approveVersion": ({"review": "<id:review>", "expectedBundle": "<bundle:candidate>"}, "FFDFDD FF N"),
    "requestChanges": (
        {"review": "<id:review>", "expectedBundle": "<bundle:candidate>", "message": "x"},
        "FFDFDD FF N",
    ),
    "withdrawReview": ({"review": "<id:review>"}, "FDFFDD FF N"),
    "commentReview": ({"review": "<id:review>", "body": "x"}, "FDDFDD FD N"),
    "resolveComment": ({"comment": "<id:comment>"}, "FDDFDD FD N"),
    "releaseVersion": ({"version": "<id:approved>", "expectedBundle": "<bundle:approved>"}, "FFFFDD FF N"),
    "createGraph": ({"team": "text", "title": "T"}, "FDFFDD FD N"),
    "saveDraft": ({"graph": "<id:graph>", "document": counting_graph(title="New")}, "FDFFDD FD N"),
    "saveRevision": (
        {"graph": "<id:graph>", "message": "x", "document": counting_graph(title="New")},
        "FDFFDD FD N",
    ),
    "restoreRevision": ({"graph": "<id:graph>", "number": 1}, "FDFFDD FD N"),
    "renameGraph": ({"graph": "<id:graph>", "title": "New"}, "FDFFDD FD N"),
    "deleteGraph": ({"graph": "<id:graph>"}, "FDFFDD FF N"),
    "startRun": ({"graph": "<id:graph>", "inputs": {"text": "a"}}, "FDFDDD FD N"),
    "startRuns": ({"graph": "<id:graph>", "each": [{"text": "a"}]}, "FDFDDD FD N"),
    "resumeRun": ({"run": "<id:failed>"}, "FDFDDD FD N"),
    "tryModule": ({"version": "<id:released>", "inputs": {"text": "a"}}, "FDFDDD FD N"),
    "sendSignal": ({"run": "<id:run>", "name": "go", "value": 1}, "FDFDDD FD N"),
    "cancelRun": ({"run": "<id:run>"}, "FDFDDD FF N"),
    "pauseRun": ({"run": "<id:run>"}, "FDFDDD FF N"),
    # A queued run goes on by itself, and nothing of it is uncertain: the conflict comes after the policy.
    "continueRun": ({"run": "<id:run>"}, "FCFCCC FF N"),
    "resolveInvocation": (
        {"run": "<id:run>", "node": "ok", "decision": "FAIL", "reason": "x"},
        "FFFCCC FF N",
    ),
    # Nothing waits yet in a queued run: the conflict comes after the policy.
    "decideWait": ({"run": "<id:run>", "node": "ok", "verdict": "REFUSED"}, "FFCFCC FF N"),
}
LETTERS: Final = {"F": "Forbidden", "N": "NotFound", "C": "Conflict"}


def test_every_mutation_has_a_line() -> None:
    assert SCHEMA.mutation_type is not None
    assert SCHEMA.mutation_type.fields.keys() == MUTATIONS.keys()


def mutation(name: str, given: dict[str, Any] | None) -> str:
    kind = name[0].upper() + name[1:]
    asked = "{ __typename ... on Refusal { problems { code message } } }"
    if given is None:
        return f"mutation {{ {name} {asked} }}"
    return f"mutation($input: {kind}Input!) {{ {name}(input: $input) {asked} }}"


@pytest.mark.parametrize(("place", "who"), list(enumerate((*MEMBERS, "outsider"))))
def test_mutations(world: World, place: int, who: str, subtests: Any) -> None:
    for name, (given, letters) in MUTATIONS.items():
        letter = letters.replace(" ", "")[place]
        wanted = LETTERS.get(letter, f"{name[0].upper()}{name[1:]}Done")
        with subtests.test(mutation=name), transaction.atomic():
            answer = ask(world.client(who), mutation(name, given), input=world.filled(given))
            transaction.set_rollback(True)
            assert answer.get("data", {}).get(name, {}).get("__typename") == wanted, answer


def test_nobody_signed_in_changes_nothing(world: World, subtests: Any) -> None:
    for name, (given, _) in MUTATIONS.items():
        with subtests.test(mutation=name):
            assert is_unauthenticated(ask(Client(), mutation(name, given), input=world.filled(given)))
