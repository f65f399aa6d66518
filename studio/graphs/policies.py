"""Who may do what with graphs: authors of the team edit, every member looks."""

from uuid import UUID

from studio.graphs.models import Graph
from studio.refusals import ALLOWED, Decision, denied
from studio.teams.viewer import Viewer


def may_create_graph(actor: Viewer, team: UUID) -> Decision:
    if actor.has("author", team):
        return ALLOWED
    return denied("role", "Creating a graph needs the role author in the team.")


def may_edit_graph(actor: Viewer, graph: Graph) -> Decision:
    if actor.has("author", graph.team_id):
        return ALLOWED
    return denied("role", "Changing a graph needs the role author in its team.")


def may_delete_graph(actor: Viewer, graph: Graph) -> Decision:
    """Who made it, and maintainers: revisions go with it."""
    made_it = actor.user is not None and actor.user.pk == graph.created_by_id
    if (made_it and actor.has("author", graph.team_id)) or actor.has("maintainer", graph.team_id):
        return ALLOWED
    return denied("role", "A graph is deleted by who created it or by a maintainer of its team.")
