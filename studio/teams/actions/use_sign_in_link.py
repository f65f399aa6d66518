"""Use a sign-in link: it works once, and not after its time."""

from django.utils import timezone

from studio.audit.actions.append_entry import append_entry
from studio.refusals import conflict, not_found
from studio.teams.models import SignInLink, User
from studio.teams.secrets import hash_of
from studio.teams.viewer import viewer_for
from studio.writing import writing


def use_sign_in_link(secret: str) -> User:
    """The person whom the link signs in. Raises `NotFound` or `Conflict` (used, expired, not active)."""
    with writing():
        link = find_sign_in_link(secret)
        SignInLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
        append_entry(
            viewer_for(link.user), "sign_in", object=link.user.email, object_id=link.user.pk, team=None
        )
    return link.user


def find_sign_in_link(secret: str) -> SignInLink:
    """A link that can still be used, locked until the transaction ends. Raises like `use_sign_in_link`."""
    links = SignInLink.objects.select_for_update(of=("self",)).select_related("user")
    link = links.filter(secret_hash=hash_of(secret)).first()
    if link is None:
        raise not_found("sign-in link")
    if link.used_at is not None:
        raise conflict("used", "This link was used before. Each link signs in once.")
    if link.expires_at <= timezone.now():
        raise conflict("expired", "This link is older than a day.")
    if not link.user.is_active:
        raise conflict("not_active", "This account is not active.")
    return link
