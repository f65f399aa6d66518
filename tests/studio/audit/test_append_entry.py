"""Writing an entry of the audit."""

from typing import Any

import pytest
from django.db import transaction

from studio.audit.actions.append_entry import append_entry
from studio.audit.chain import GENESIS, check_chain, entry_hash
from studio.audit.models import AuditEntry
from studio.teams.models import Team
from studio.teams.viewer import Viewer
from tests.studio.cast import Person

SYSTEM = Viewer(system="controller")


def written(actor: Viewer, **given: Any) -> AuditEntry:
    with transaction.atomic():
        return append_entry(actor, "paint_shed", object="Shed", object_id="7", team=None, **given)


def test_an_entry_names_who_did_what(author: Person) -> None:
    written(author.viewer, before={"colour": "red"}, after={"colour": "blue"}, reason="Faded")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.address) == (author.user.actor, "Author", "192.0.2.1")
    assert (entry.action, entry.object, entry.object_id) == ("paint_shed", "Shed", "7")
    assert (entry.before, entry.after, entry.reason) == ({"colour": "red"}, {"colour": "blue"}, "Faded")


def test_what_the_system_does_bears_its_name(db: None) -> None:
    entry = written(SYSTEM)
    assert (entry.actor, entry.actor_name) == ("system:controller", "controller")


def test_entries_are_numbered_and_chained_from_the_first(db: None) -> None:
    first, second = written(SYSTEM), written(SYSTEM)
    assert (first.seq, second.seq) == (1, 2)
    assert (first.previous, second.previous) == (GENESIS, first.hash)
    assert list(check_chain(AuditEntry.objects.order_by("seq"))) == []


def test_the_hash_is_that_of_what_the_table_gives_back(db: None) -> None:
    written(SYSTEM, after={"number": 1.5, "text": "é\u2028", "list": [None, True]})
    entry = AuditEntry.objects.get()
    assert entry.hash == entry_hash(entry)


def test_an_entry_goes_with_the_transaction_of_its_action(team: Team) -> None:
    with transaction.atomic():
        append_entry(SYSTEM, "paint_shed", object="Shed", object_id="7", team=team.pk)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    assert written(SYSTEM).seq == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(AssertionError, match="in the transaction of its action"):
        append_entry(SYSTEM, "paint_shed", object="Shed", object_id="7", team=None)
