"""Taking a member out of a team."""

from studio.audit.models import AuditEntry
from studio.teams.models import Membership, User
from tests.studio.cast import Person, gid


def test_a_removed_member_sees_the_team_no_more(owner: Person, author: Person) -> None:
    done = owner.do(
        "removeMember",
        "team { members { user { name } } }",
        team=gid(owner.team),
        user=gid(author.user),
    )
    assert [member["user"]["name"] for member in done["team"]["members"]] == ["Owner"]
    assert author.ask('{ team(slug: "text") { id } }')["data"]["team"] is None
    assert AuditEntry.objects.get(action="remove_member").before == {"roles": ["author"]}
    assert User.objects.filter(pk=author.user.pk).exists()


def test_the_last_admin_stays(owner: Person) -> None:
    done = owner.do("removeMember", team=gid(owner.team), user=gid(owner.user))
    assert (done["__typename"], done["problems"][0]["code"]) == ("Conflict", "last_admin")
    assert Membership.objects.filter(user=owner.user).exists()


def test_who_is_no_member_is_not_found(owner: Person, outsider: Person) -> None:
    done = owner.do("removeMember", team=gid(owner.team), user=gid(outsider.user))
    assert done["__typename"] == "NotFound"
    assert Membership.objects.filter(user=outsider.user).exists()


def test_a_member_who_is_no_admin_may_not(author: Person, reviewer: Person) -> None:
    done = author.do("removeMember", team=gid(author.team), user=gid(reviewer.user))
    assert done["__typename"] == "Forbidden"
    assert Membership.objects.filter(user=reviewer.user).exists()


def test_the_outsider_may_not(author: Person, outsider: Person) -> None:
    done = outsider.do("removeMember", team=gid(author.team), user=gid(author.user))
    assert done["__typename"] == "NotFound"
    assert Membership.objects.filter(user=author.user).exists()
