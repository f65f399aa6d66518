"""Install the demo: a team with its people, and the graphs of `studio/web/demo/graphs/`, each once.

Promises:  a graph that people changed or deleted is not brought back; one that comes with a new version of
           the product is added.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from contracts.canonical import digest_of_bytes, parse_json
from contracts.problems import ProblemsError
from studio.graphs.actions.create_graph import create_graph
from studio.graphs.actions.save_revision import save_revision
from studio.refusals import Refused
from studio.teams.models import Membership, Team, User
from studio.teams.viewer import Viewer, viewer_for
from studio.web.models import Installed
from studio.writing import writing

FOLDER: Final = Path(__file__).parent / "demo" / "graphs"
TEAM: Final = "demo"
OWNER: Final = "owner@lamina.local"
PEOPLE: Final = (
    (OWNER, "Ada Owner", "admin"),
    ("reviewer@lamina.local", "Ruth Reviewer", "reviewer"),
    ("author@lamina.local", "Alan Author", "author"),
)


def install_demo(folder: Path = FOLDER) -> Iterator[str]:
    """A sentence for each thing that was installed; nothing when all of it was before.

    A file is a `lamina/graph@1` document; its name without `.json` is what is remembered.
    """
    if not Team.objects.filter(slug=TEAM).exists():
        _create_people()
        yield "Created the team demo with an owner, a reviewer and an author."
    owner = User.objects.filter(email=OWNER, memberships__team__slug=TEAM).first()
    known = set(Installed.objects.values_list("name", flat=True))
    new = [path for path in sorted(folder.glob("*.json")) if _name(path) not in known]
    if owner is None or not new:
        return
    for path in new:
        try:
            yield f"Added the demo graph {_import(viewer_for(owner), path)}."
        except (Refused, ProblemsError) as error:
            yield f"Left out the demo graph {path.name}: {error}"


def _name(path: Path) -> str:
    return f"demo/{path.stem}"


def _create_people() -> None:
    with writing():
        team = Team.objects.create(slug=TEAM, title="Demo")
        for email, name, role in PEOPLE:
            user, _ = User.objects.get_or_create(email=email, defaults={"name": name})
            Membership.objects.create(user=user, team=team, roles=[role])


def _import(viewer: Viewer, path: Path) -> str:
    """The title. Raises `ProblemsError` or `Invalid` for a file that is no graph that could run."""
    data = path.read_bytes()
    document: Any = parse_json(data)
    with writing():
        graph = create_graph(viewer, team=TEAM, title=document["title"], document=document).graph
        save_revision(viewer, graph.pk, message="Came with the product")
        Installed.objects.create(name=_name(path), digest=digest_of_bytes(data))
    return graph.title
