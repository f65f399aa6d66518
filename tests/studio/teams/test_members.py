"""Adding, changing and removing members."""

import pytest

from studio.api.nodes import global_id
from studio.audit.models import AuditEntry
from studio.teams.models import Membership, Team, User
from tests.studio.cast import Person


def team_id(team: Team) -> str:
    return global_id("Team", team.pk)


def user_id(person: Person) -> str:
    return global_id("User", person.user.pk)


def test_an_admin_adds_a_new_person(owner: Person) -> None:
    done = owner.do(
        "addMember",
        "membership { roles user { email name } }",
        team=team_id(owner.team),
        email="New@Example.org ",
        name="Nora New",
        roles=["REVIEWER", "AUTHOR"],
    )
    assert done["membership"] == {
        "roles": ["AUTHOR", "REVIEWER"],
        "user": {"email": "new@example.org", "name": "Nora New"},
    }
    assert AuditEntry.objects.get(action="add_member").after == {"roles": ["author", "reviewer"]}


def test_a_known_person_keeps_their_name(owner: Person, outsider: Person) -> None:
    owner.do(
        "addMember", team=team_id(owner.team), email=outsider.user.email, name="Renamed", roles=["VIEWER"]
    )
    outsider.user.refresh_from_db()
    assert outsider.user.name == "Outsider"


def test_a_member_is_not_added_twice(owner: Person, author: Person) -> None:
    done = owner.do("addMember", team=team_id(owner.team), email=author.user.email, roles=["VIEWER"])
    assert done["__typename"] == "Conflict"


@pytest.mark.parametrize(
    ("email", "roles", "path"), [("nobody", ["VIEWER"], "/email"), ("a@example.org", [], "/roles")]
)
def test_wrong_input_is_invalid(owner: Person, email: str, roles: list[str], path: str) -> None:
    done = owner.do("addMember", team=team_id(owner.team), email=email, roles=roles)
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", path)
    assert not User.objects.filter(email=email).exists()


def test_an_author_adds_nobody(author: Person) -> None:
    done = author.do("addMember", team=team_id(author.team), email="a@example.org", roles=["VIEWER"])
    assert done["__typename"] == "Forbidden"
    assert not User.objects.filter(email="a@example.org").exists()


def test_the_outsider_may_not_touch_members(owner: Person, author: Person, outsider: Person) -> None:
    place = {"team": team_id(owner.team), "user": user_id(author)}
    assert (
        outsider.do("addMember", team=place["team"], email="a@example.org", roles=["ADMIN"])["__typename"]
        == "NotFound"
    )
    assert outsider.do("setRoles", **place, roles=["ADMIN"])["__typename"] == "NotFound"
    assert outsider.do("removeMember", **place)["__typename"] == "NotFound"
    assert Membership.objects.get(user=author.user).roles == ["author"]


def test_an_admin_sets_roles(owner: Person, author: Person) -> None:
    done = owner.do(
        "setRoles", "membership { roles }", team=team_id(owner.team), user=user_id(author), roles=["OPERATOR"]
    )
    assert done["membership"]["roles"] == ["OPERATOR"]
    entry = AuditEntry.objects.get(action="set_roles")
    assert (entry.before, entry.after) == ({"roles": ["author"]}, {"roles": ["operator"]})


def test_a_reviewer_sets_no_roles(reviewer: Person, author: Person) -> None:
    done = reviewer.do("setRoles", team=team_id(author.team), user=user_id(author), roles=["ADMIN"])
    assert done["__typename"] == "Forbidden"


def test_the_last_admin_stays(owner: Person) -> None:
    place = {"team": team_id(owner.team), "user": user_id(owner)}
    assert owner.do("setRoles", **place, roles=["VIEWER"])["__typename"] == "Conflict"
    assert owner.do("removeMember", **place)["__typename"] == "Conflict"
    assert Membership.objects.get(user=owner.user).roles == ["admin"]


def test_a_removed_member_sees_the_team_no_more(owner: Person, author: Person) -> None:
    done = owner.do(
        "removeMember",
        "team { members { user { name } } }",
        team=team_id(owner.team),
        user=user_id(author),
    )
    assert [m["user"]["name"] for m in done["team"]["members"]] == ["Owner"]
    assert author.ask('{ team(slug: "text") { id } }')["data"]["team"] is None
    assert AuditEntry.objects.get(action="remove_member").before == {"roles": ["author"]}
