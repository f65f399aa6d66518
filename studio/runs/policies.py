"""Who may start, steer and look into runs."""

from uuid import UUID

from contracts.graph.document import Approvers
from studio.refusals import ALLOWED, Decision, denied
from studio.runs.models import Run
from studio.teams.models import Team
from studio.teams.viewer import Viewer


def may_start_run(viewer: Viewer, team: UUID) -> Decision:
    if viewer.has("author", team) or viewer.has("operator", team):
        return ALLOWED
    return denied("role", "Starting a run needs the role author or operator in the team of the graph.")


def may_cancel_run(viewer: Viewer, run: Run) -> Decision:
    """Operators, and whoever started it: a person, or the token that did."""
    return _may_steer(viewer, run, "Cancelling")


def may_pause_run(viewer: Viewer, run: Run) -> Decision:
    return _may_steer(viewer, run, "Pausing")


def may_continue_run(viewer: Viewer, run: Run) -> Decision:
    return _may_steer(viewer, run, "Continuing")


def _may_steer(viewer: Viewer, run: Run, doing: str) -> Decision:
    if viewer.has("operator", run.team_id) or run.actor == viewer.actor:
        return ALLOWED
    return denied("role", f"{doing} a run needs the role operator, or to have started it.")


def may_resolve_invocation(viewer: Viewer, run: Run) -> Decision:
    if viewer.has("operator", run.team_id):
        return ALLOWED
    return denied("role", "Saying what became of an effect needs the role operator in the team of the run.")


def may_resume_run(viewer: Viewer, run: Run) -> Decision:
    return may_start_run(viewer, run.team_id)


def may_send_signal(viewer: Viewer, run: Run) -> Decision:
    if may_start_run(viewer, run.team_id).is_allowed:
        return ALLOWED
    return denied("role", "Sending a signal needs the role author or operator in the team of the run.")


def may_decide_wait(viewer: Viewer, run: Run, who: Approvers) -> Decision:
    """A person, in one of the teams and with one of the roles that the graph names.

    Without teams the run's own, without roles any role. Tokens decide nothing: an approval is a person's.
    """
    if viewer.token is not None or viewer.user is None:
        return denied("person_needed", "Only a person decides. Sign in and decide it yourself.")
    teams = [run.team_id]
    if who.teams:
        teams = list(Team.objects.filter(slug__in=who.teams).values_list("pk", flat=True))
    for team in teams:
        if any(viewer.has(role, team) for role in who.roles or ("viewer",)):
            return ALLOWED
    return denied("not_asked", f"Only {_described(who)} may decide this. Ask one of them.")


def _described(who: Approvers) -> str:
    teams = f"the teams {', '.join(who.teams)}" if who.teams else "the run's team"
    role = f" with the role {' or '.join(who.roles)}" if who.roles else ""
    return f"members of {teams}{role}"


def may_try_module(viewer: Viewer, team: UUID) -> Decision:
    return may_start_run(viewer, team)


def may_store_artifact(viewer: Viewer, team: UUID) -> Decision:
    return may_start_run(viewer, team)
