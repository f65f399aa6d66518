"""Signing in by link: the page asks first, the link works once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from studio.audit.models import AuditEntry
from studio.teams.models import SignInLink, User
from tests.studio.cast import Person
from tests.studio.teams.conftest import NewLink, who


def test_a_link_asks_first_and_signs_in_once(owner: Person, author: Person, new_link: NewLink) -> None:
    url = new_link(owner, author)
    browser = Client()
    page = browser.get(url)
    assert (page.status_code, who(browser)) == (200, None)
    assert "Author" in page.content.decode()
    before = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    done = browser.post(url)
    assert (done.status_code, done["Location"], who(browser)) == (302, "/", author.user.email)
    assert browser.cookies[settings.SESSION_COOKIE_NAME] != before
    again = Client().post(url)
    assert again.status_code == 410
    assert "used before" in again.content.decode()
    assert AuditEntry.objects.get(action="sign_in").actor == author.user.actor


def test_the_forms_token_is_needed(owner: Person, author: Person, new_link: NewLink) -> None:
    forged = Client(enforce_csrf_checks=True)
    assert forged.post(new_link(owner, author)).status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_a_session_of_another_person_is_not_continued(
    owner: Person, author: Person, reviewer: Person, new_link: NewLink
) -> None:
    browser = reviewer.client
    key = browser.session.session_key
    browser.post(new_link(owner, author))
    assert who(browser) == author.user.email
    assert browser.session.session_key != key


def test_an_old_or_unknown_link_says_so(owner: Person, author: Person, new_link: NewLink) -> None:
    url = new_link(owner, author)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = Client().get(url)
    assert (page.status_code, "older than a day" in page.content.decode()) == (410, True)
    assert Client().post(url).status_code == 410
    assert Client().get("/sign-in/nothing").status_code == 410


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_inactive_account_is_not_signed_in(
    owner: Person, author: Person, new_link: NewLink, method: str
) -> None:
    url = new_link(owner, author)
    User.objects.filter(pk=author.user.pk).update(is_active=False)
    assert getattr(Client(), method)(url).status_code == 410
