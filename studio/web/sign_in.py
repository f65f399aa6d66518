"""The link that an operator signs in with, from the command line."""

from contracts.problems import Problem
from studio.refusals import Invalid
from studio.teams.actions.create_sign_in_link import create_sign_in_link
from studio.teams.models import User
from studio.teams.viewer import Viewer

OPERATOR = Viewer(system="operator")


def sign_in_path(who: str) -> tuple[str, str]:
    """The name of a person and the path of a new link for them. Raises `Invalid` for nobody.

    `who`: owner, reviewer or author of the demo team, or an e-mail address.
    """
    email = who if "@" in who else f"{who}@lamina.local"
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None:
        known = ", ".join(User.objects.order_by("created_at").values_list("email", flat=True)[:10])
        message = f"There is nobody with the address {email}. Known: {known or 'nobody yet'}."
        raise Invalid([Problem(code="no_such_user", path="/as", message=message)])
    return user.name, f"/sign-in/{create_sign_in_link(OPERATOR, user=user.pk)}"
