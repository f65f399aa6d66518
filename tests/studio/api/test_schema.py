"""The schema as a whole: committed, described, and with a policy behind every mutation."""

import inspect
import sys

import graphene
import pytest
from django.core.management import CommandError, call_command

from studio.api.management.commands import export_schema
from studio.api.problems import Mutation
from studio.api.schema import AREAS, schema
from studio.refusals import ALLOWED

MUTATIONS = [mutation for area in AREAS for mutation in getattr(area, "MUTATIONS", ())]


def test_the_committed_schema_is_current():
    call_command("export_schema", check=True)


def test_a_schema_that_is_out_of_date_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(export_schema, "PATH", tmp_path / "schema.graphql")
    with pytest.raises(CommandError):
        call_command("export_schema", check=True)
    call_command("export_schema")
    call_command("export_schema", check=True)


def test_a_mutation_without_a_policy_does_not_import():
    with pytest.raises(TypeError, match="names no policy"):

        class PaintShed(Mutation):
            """Paint the shed."""


def test_a_mutation_with_a_policy_does():
    class PaintShed(Mutation, policy=lambda: ALLOWED):
        """Paint the shed."""

        class Input:
            colour = graphene.String(required=True)

    assert PaintShed.field_name == "paintShed"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_policy_of_a_mutation_is_the_one_that_its_action_enforces(mutation):
    area = sys.modules[mutation.__module__]
    source = inspect.getsource(mutation.perform)
    actions = [
        value
        for name, value in vars(area).items()
        if inspect.isfunction(value) and ".actions." in value.__module__ and f"{name}(" in source
    ]
    assert len(actions) == 1, f"{mutation.__name__} calls {len(actions)} actions"
    assert mutation.policy.__name__ in inspect.getsource(sys.modules[actions[0].__module__])


def test_every_type_and_mutation_is_described():
    described = schema.graphql_schema.type_map
    missing = [
        name
        for name, type_ in described.items()
        if not name.startswith("__")
        and not name.endswith(("Input", "Result", "Done", "Edge", "Connection"))
        and name not in ("Query", "Mutation", "Subscription")
        and not (type_.description or "").strip()
    ]
    assert missing == []
