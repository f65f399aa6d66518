from studio.audit.models import AuditEntry
from studio.teams.models import SignInLink
from tests.studio.cast import Person, gid
from tests.studio.teams.links import new_link


def test_an_admin_makes_a_link_whose_secret_is_not_kept(owner: Person, author: Person) -> None:
    secret = new_link(owner, author).rpartition("/")[2]
    assert SignInLink.objects.get().secret_hash != secret
    assert AuditEntry.objects.get(action="create_sign_in_link").object == author.user.email


def test_only_an_admin_of_all_their_teams_makes_a_link(
    owner: Person, author: Person, outsider: Person, reviewer: Person
) -> None:
    target = gid(author.user)
    assert reviewer.do("createSignInLink", user=target)["__typename"] == "Forbidden"
    assert outsider.do("createSignInLink", user=target)["__typename"] == "NotFound"
    team = gid(outsider.team)
    outsider.do("addMember", team=team, email=author.user.email, roles=["VIEWER"])
    assert owner.do("createSignInLink", user=target)["__typename"] == "Forbidden"
    assert not SignInLink.objects.exists()
