"""Adding a member; who is new to the installation is created."""

import pytest

from studio.audit.models import AuditEntry
from studio.teams.models import Membership, User
from tests.studio.cast import Person, gid


def test_an_admin_adds_a_new_person(owner: Person) -> None:
    done = owner.do(
        "addMember",
        "membership { roles user { email name } }",
        team=gid(owner.team),
        email="New@Example.org ",
        name="Nora New",
        roles=["REVIEWER", "AUTHOR"],
    )
    assert done["membership"] == {
        "roles": ["AUTHOR", "REVIEWER"],
        "user": {"email": "new@example.org", "name": "Nora New"},
    }
    entry = AuditEntry.objects.get(action="add_member")
    assert (entry.actor, entry.object, entry.team) == (owner.user.actor, "new@example.org", owner.team.pk)
    assert entry.after == {"roles": ["author", "reviewer"]}


def test_a_known_person_keeps_their_name(owner: Person, outsider: Person) -> None:
    owner.do("addMember", team=gid(owner.team), email=outsider.user.email, name="Renamed", roles=["VIEWER"])
    outsider.user.refresh_from_db()
    assert outsider.user.name == "Outsider"


def test_a_member_is_not_added_twice(owner: Person, author: Person) -> None:
    done = owner.do("addMember", team=gid(owner.team), email=author.user.email, roles=["VIEWER"])
    assert done["__typename"] == "Conflict"
    assert Membership.objects.get(user=author.user).roles == ["author"]


@pytest.mark.parametrize(
    ("email", "roles", "path"), [("nobody", ["VIEWER"], "/email"), ("a@example.org", [], "/roles")]
)
def test_wrong_input_is_invalid(owner: Person, email: str, roles: list[str], path: str) -> None:
    done = owner.do("addMember", team=gid(owner.team), email=email, roles=roles)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not User.objects.filter(email=email).exists()


def test_a_member_who_is_no_admin_adds_nobody(author: Person) -> None:
    done = author.do("addMember", team=gid(author.team), email="a@example.org", roles=["VIEWER"])
    assert done["__typename"] == "Forbidden"
    assert not User.objects.filter(email="a@example.org").exists()


def test_the_outsider_may_not(team: object, outsider: Person) -> None:
    done = outsider.do("addMember", team=gid(team), email=outsider.user.email, roles=["ADMIN"])
    assert done["__typename"] == "NotFound"
    assert not Membership.objects.filter(team=team).exists()
