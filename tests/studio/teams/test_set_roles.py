from studio.audit.models import AuditEntry
from studio.teams.models import Membership
from tests.studio.cast import Person, gid


def test_an_admin_sets_roles(owner: Person, author: Person) -> None:
    done = owner.do(
        "setRoles", "membership { roles }", team=gid(owner.team), user=gid(author.user), roles=["OPERATOR"]
    )
    assert done["membership"]["roles"] == ["OPERATOR"]
    entry = AuditEntry.objects.get(action="set_roles")
    assert (entry.before, entry.after) == ({"roles": ["author"]}, {"roles": ["operator"]})


def test_a_reviewer_sets_no_roles(reviewer: Person, author: Person) -> None:
    done = reviewer.do("setRoles", team=gid(author.team), user=gid(author.user), roles=["ADMIN"])
    assert done["__typename"] == "Forbidden"


def test_the_last_admin_stays_admin(owner: Person) -> None:
    done = owner.do("setRoles", team=gid(owner.team), user=gid(owner.user), roles=["VIEWER"])
    assert done["__typename"] == "Conflict"
    assert Membership.objects.get(user=owner.user).roles == ["admin"]


def test_the_outsider_may_not_set_roles(owner: Person, author: Person, outsider: Person) -> None:
    done = outsider.do("setRoles", team=gid(owner.team), user=gid(author.user), roles=["ADMIN"])
    assert done["__typename"] == "NotFound"
    assert Membership.objects.get(user=author.user).roles == ["author"]
