"""Making a link that signs a person in once."""

from studio.audit.models import AuditEntry
from studio.teams.models import SignInLink
from tests.studio.cast import Person, gid


def test_an_admin_makes_a_link_and_only_its_hash_is_kept(owner: Person, author: Person) -> None:
    url = owner.do("createSignInLink", "url", user=gid(author.user))["url"]
    link = SignInLink.objects.get()
    assert url.startswith("/sign-in/")
    assert url.removeprefix("/sign-in/") not in link.secret_hash
    assert (link.user, link.used_at) == (author.user, None)
    entry = AuditEntry.objects.get(action="create_sign_in_link")
    assert (entry.actor, entry.object) == (owner.user.actor, author.user.email)


def test_who_is_in_another_team_too_needs_an_admin_of_both(
    owner: Person, author: Person, outsider: Person
) -> None:
    outsider.do("addMember", team=gid(outsider.team), email=author.user.email, roles=["VIEWER"])
    assert owner.do("createSignInLink", user=gid(author.user))["__typename"] == "Forbidden"
    assert not SignInLink.objects.exists()


def test_a_member_who_is_no_admin_may_not(reviewer: Person, author: Person) -> None:
    assert reviewer.do("createSignInLink", user=gid(author.user))["__typename"] == "Forbidden"
    assert not SignInLink.objects.exists()


def test_the_outsider_may_not(author: Person, outsider: Person) -> None:
    assert outsider.do("createSignInLink", user=gid(author.user))["__typename"] == "NotFound"
    assert not SignInLink.objects.exists()
