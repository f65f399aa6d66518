from studio.audit.models import AuditEntry
from studio.teams.models import Membership
from tests.studio.cast import Person, gid


def test_a_removed_member_sees_the_team_no_more(owner: Person, author: Person) -> None:
    done = owner.do(
        "removeMember",
        "team { members { user { name } } }",
        team=gid(owner.team),
        user=gid(author.user),
    )
    assert [m["user"]["name"] for m in done["team"]["members"]] == ["Owner"]
    assert author.ask('{ team(slug: "text") { id } }')["data"]["team"] is None
    assert AuditEntry.objects.get(action="remove_member").before == {"roles": ["author"]}


def test_the_last_admin_is_not_removed(owner: Person) -> None:
    done = owner.do("removeMember", team=gid(owner.team), user=gid(owner.user))
    assert done["__typename"] == "Conflict"


def test_an_author_removes_nobody(author: Person, reviewer: Person) -> None:
    done = author.do("removeMember", team=gid(author.team), user=gid(reviewer.user))
    assert done["__typename"] == "Forbidden"


def test_the_outsider_may_not_remove_members(author: Person, outsider: Person) -> None:
    done = outsider.do("removeMember", team=gid(author.team), user=gid(author.user))
    assert done["__typename"] == "NotFound"
    assert Membership.objects.filter(user=author.user).exists()
