"""Install the demo: a team with its people, and the graphs of `studio/web/demo/graphs/`, each once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from studio.teams.models import Membership, Team, User
from studio.writing import writing

FOLDER: Final = Path(__file__).parent / "demo" / "graphs"
TEAM: Final = "demo"
PEOPLE: Final = (
    ("owner@lamina.local", "Ada Owner", "admin"),
    ("reviewer@lamina.local", "Ruth Reviewer", "reviewer"),
    ("author@lamina.local", "Alan Author", "author"),
)


def install_demo() -> Iterator[str]:
    """A sentence for what was installed; nothing when all of it was before."""
    if not Team.objects.filter(slug=TEAM).exists():
        _create_people()
        yield "Created the team demo with an owner, a reviewer and an author."


def _create_people() -> None:
    with writing():
        team = Team.objects.create(slug=TEAM, title="Demo")
        for email, name, role in PEOPLE:
            user, _ = User.objects.get_or_create(email=email, defaults={"name": name})
            Membership.objects.create(user=user, team=team, roles=[role])
