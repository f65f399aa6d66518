"""The audit: one chain of hashes, and what is read of it."""

import pytest
from django.core.management import CommandError, call_command

from studio.audit.models import AuditEntry
from studio.graphs.actions.create_graph import create_graph


@pytest.fixture
def three(author):
    for title in ("One", "Two", "Three"):
        create_graph(author.viewer, team="text", title=title)
    return list(AuditEntry.objects.order_by("seq"))


def test_entries_form_a_chain(three, capsys):
    assert [entry.seq for entry in three] == [1, 2, 3]
    assert [entry.previous for entry in three[1:]] == [entry.hash for entry in three[:-1]]
    call_command("audit_verify")
    assert three[-1].hash in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: AuditEntry.objects.filter(seq=2).update(actor_name="Somebody"), "Entry 2: It was changed"),
        (lambda: AuditEntry.objects.filter(seq=2).delete(), "Entry 3: Entry 2 is missing"),
        (lambda: AuditEntry.objects.filter(seq=3).update(previous="x"), "Entry 3: It does not follow"),
    ],
)
def test_a_change_is_found(three, change, words, capsys):
    change()
    with pytest.raises(CommandError):
        call_command("audit_verify")
    assert words in capsys.readouterr().err


def test_what_did_not_happen_is_not_in_the_audit(author, graph):
    count = AuditEntry.objects.count()
    author.do("renameGraph", graph="nonsense", title="x")
    author.do("saveRevision", graph="nonsense", message="x")
    assert AuditEntry.objects.count() == count


def test_a_team_reads_its_own_audit(author, outsider, three):
    query = (
        "{ audit(first: 2) { edges { node { id action object actorName hash } } pageInfo { hasNextPage } } }"
    )
    audit = author.ask(query)["data"]["audit"]
    assert [edge["node"]["object"] for edge in audit["edges"]] == ["Three", "Two"]
    assert audit["pageInfo"]["hasNextPage"]
    assert outsider.ask(query)["data"]["audit"]["edges"] == []
