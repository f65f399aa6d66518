"""Changing what a member may do."""

from studio.audit.models import AuditEntry
from studio.teams.models import Membership
from tests.studio.cast import Person, gid


def test_an_admin_sets_roles(owner: Person, author: Person) -> None:
    place = {"team": gid(owner.team), "user": gid(author.user)}
    done = owner.do("setRoles", "membership { roles }", **place, roles=["OPERATOR"])
    assert done["membership"]["roles"] == ["OPERATOR"]
    entry = AuditEntry.objects.get(action="set_roles")
    assert (entry.before, entry.after) == ({"roles": ["author"]}, {"roles": ["operator"]})


def test_new_roles_count_at_once(owner: Person, author: Person) -> None:
    owner.do("setRoles", team=gid(owner.team), user=gid(author.user), roles=["VIEWER"])
    assert author.do("createGraph", team="text", title="T")["__typename"] == "Forbidden"


def test_the_last_admin_stays_admin(owner: Person) -> None:
    done = owner.do("setRoles", team=gid(owner.team), user=gid(owner.user), roles=["VIEWER"])
    assert (done["__typename"], done["problems"][0]["code"]) == ("Conflict", "last_admin")
    assert Membership.objects.get(user=owner.user).roles == ["admin"]


def test_a_member_needs_a_role(owner: Person, author: Person) -> None:
    done = owner.do("setRoles", team=gid(owner.team), user=gid(author.user), roles=[])
    assert (done["__typename"], done["problems"][0]["path"]) == ("Invalid", "/roles")


def test_who_is_no_member_is_not_found(owner: Person, outsider: Person) -> None:
    done = owner.do("setRoles", team=gid(owner.team), user=gid(outsider.user), roles=["VIEWER"])
    assert done["__typename"] == "NotFound"


def test_a_member_who_is_no_admin_may_not(reviewer: Person) -> None:
    done = reviewer.do("setRoles", team=gid(reviewer.team), user=gid(reviewer.user), roles=["ADMIN"])
    assert done["__typename"] == "Forbidden"
    assert Membership.objects.get(user=reviewer.user).roles == ["reviewer"]


def test_the_outsider_may_not(author: Person, outsider: Person) -> None:
    done = outsider.do("setRoles", team=gid(author.team), user=gid(author.user), roles=["ADMIN"])
    assert done["__typename"] == "NotFound"
    assert Membership.objects.get(user=author.user).roles == ["author"]
