"""Say where the server is and who we are there."""

from argparse import Namespace
from getpass import getpass

from lamina.cli.client import Client
from lamina.cli.credentials import Login, checked_url, keep_login
from lamina.cli.failure import DONE


def login(options: Namespace) -> int:
    """`lamina login --url URL [--token TOKEN]`; without --token it is asked for, and not shown."""
    found = Login(url=checked_url(options.url), token=options.token or getpass("Token: "))
    viewer = Client(found).ask("{ viewer { name email } }")["viewer"]
    keep_login(found)
    print(f"Signed in to {found.url} as {viewer['name']} ({viewer['email']}).")
    return DONE
