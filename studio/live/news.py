"""From the announcements of the domain apps to the doorbell."""

from uuid import UUID

from studio import announcements
from studio.live.doorbell import doorbell
from studio.runs import announcements as run_announcements
from studio.runs import logs
from studio.teams import announcements as user_announcements

_statuses: dict[str, str] = {}
MAX_STATUSES = 10_000


def listen_to_news() -> None:
    """Called once, when the apps are ready."""
    announcements.listeners.append(_changed)
    run_announcements.listen(_run_went_on)
    logs.listeners.append(_more_was_said)
    user_announcements.listeners.append(_user_changed)


def _changed(kind: str, id: UUID | None, team: UUID | None) -> None:
    doorbell.ring(f"change.{kind}.{id or ''}.{team or ''}")


def _run_went_on(run: str, seq: int, status: str) -> None:
    """Viewers of the run hear every commit, viewers of lists only when its status changed."""
    doorbell.ring(f"run.{run}")
    if _statuses.get(run) != status:
        if len(_statuses) >= MAX_STATUSES:
            _statuses.clear()
        _statuses[run] = status
        doorbell.ring(f"change.run.{run}.")


def _more_was_said(run: str) -> None:
    doorbell.ring(f"run.{run}")


def _user_changed(user: UUID) -> None:
    doorbell.ring(f"user.{user}")
