"""What the tests of links, sessions and tokens share."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.studio.cast import Person, ask, gid

NewLink = Callable[[Person, Person], str]


@pytest.fixture
def new_link() -> NewLink:
    """new_link(admin, person): the path of a link that signs `person` in."""

    def new_link(admin: Person, person: Person) -> str:
        url: str = admin.do("createSignInLink", "url", user=gid(person.user))["url"]
        return url

    return new_link


def who(client: Client) -> str | None:
    """The address of whoever a browser is signed in as."""
    viewer = ask(client, "{ viewer { email } }")["data"]["viewer"]
    return viewer and viewer["email"]
