"""A plan that was written can be read again, whatever was left out when it was made."""

from contracts.plan import Plan, parse_plan, plan_document


def test_a_plan_without_layers_and_parameters_can_be_read_back():
    digest = "sha256:" + "0" * 64
    plan = Plan(
        format="lamina/plan@1",
        graph=digest,
        lock=digest,
        environment="test",
        deadline_seconds=60,
        versions={},
        nodes=(),
    )
    document = plan_document(plan)
    assert plan_document(parse_plan(document)) == document
    assert document["parameters"] == {"type": "object", "additionalProperties": False}
