"""The pages that the server makes itself, and the front end's files."""

from pathlib import Path

import pytest
from django.test import Client, override_settings

from studio.web.listener import NoFreePort, bind_port
from studio.web.middleware import POLICY


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Lamina</title>")
    (tmp_path / "static" / "index-BdZx81kQ.js").write_text("let a = 1;")
    return tmp_path


def served(built: Path) -> override_settings:
    return override_settings(FRONTEND_DIST=built, STATIC_ROOT=built / "static")


@pytest.mark.parametrize("path", ["/", "/graphs", "/graphs/abc", "/catalog/text/word-count/1.2.0", "/runs/x"])
def test_every_page_is_the_front_ends_shell(db: None, built: Path, path: str) -> None:
    with served(built):
        answer = Client().get(path, headers={"accept": "text/html"})
    assert (answer.status_code, b"<title>Lamina" in answer.content) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "csrftoken" in answer.cookies


def test_whoever_takes_anything_gets_the_page(db: None, built: Path) -> None:
    with served(built):
        assert b"<title>Lamina" in Client().get("/", headers={"accept": "*/*"}).content


def test_a_file_that_is_not_there_is_no_page(db: None, built: Path) -> None:
    with served(built):
        assert Client().get("/favicon.ico", headers={"accept": "image/*"}).status_code == 404
        assert Client().get("/static/gone.js", headers={"accept": "*/*"}).status_code == 404


def test_the_front_ends_files_are_kept_for_long(db: None, built: Path) -> None:
    with served(built):
        answer = Client().get("/static/index-BdZx81kQ.js")
    assert (answer.status_code, answer.content) == (200, b"let a = 1;")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_front_end_that_is_not_built_says_how(db: None, tmp_path: Path) -> None:
    with override_settings(FRONTEND_DIST=tmp_path / "none", STATIC_ROOT=None):
        answer = Client().get("/", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert b"npm run build" in answer.content


def test_every_answer_is_walled_in(db: None, built: Path) -> None:
    with served(built):
        answer = Client().get("/")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "unsafe-eval" not in POLICY
    assert "script-src 'self'" in POLICY


def test_without_an_engine_it_lives_and_is_not_ready(db: None) -> None:
    assert Client().get("/healthz").status_code == 200
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_ports_are_tried_in_order_and_run_out() -> None:
    held = [bind_port("127.0.0.1", 8167) for _ in range(2)]
    try:
        first, second = (bound.getsockname()[1] for bound in held)
        assert first < second
    finally:
        for bound in held:
            bound.close()
    top = bind_port("127.0.0.1", 65_535)
    try:
        with pytest.raises(NoFreePort, match="LAMINA_PORT"):
            bind_port("127.0.0.1", 65_535)
    finally:
        top.close()
