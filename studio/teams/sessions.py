"""Sessions in the database, written like everything else: one writer at a time."""

from django.contrib.sessions.backends import db

from studio.writing import writing


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        with writing():
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        with writing():
            super().delete(session_key)
