"""Sign-in links of the cast."""

from django.test import Client

from tests.studio.cast import Person, ask, gid


def new_link(owner: Person, person: Person) -> str:
    url: str = owner.do("createSignInLink", "url", user=gid(person.user))["url"]
    return url


def who(client: Client) -> str | None:
    viewer = ask(client, "{ viewer { email } }")["data"]["viewer"]
    return viewer and viewer["email"]
