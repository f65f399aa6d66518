"""API tokens of the cast."""

from django.test import Client

from tests.studio.cast import Person


def made(person: Person, **changes: object) -> str:
    given = {"title": "CI", "scopes": ["viewer"], "days": 7} | changes
    return person.do("createToken", "secret token { id scopes }", **given)["secret"]


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})
