"""WebAssembly is compiled before its version is published, where the engine shares the process."""

import time

import pytest

from contracts.problems import Problem
from modules_catalog.bundle import write_bundle
from studio.catalog.actions.publish_version import publish_version
from studio.catalog.actions.store_bundle import store_bundle
from studio.catalog.candidates import Published
from studio.catalog.compiling import judges
from studio.catalog.models import ModuleVersion
from studio.deployment import deployment
from studio.refusals import Invalid
from tests.conformance.subject import wasm_module, wasm_subject
from tests.studio.cast import Person
from tests.support.studio import running_engine

WITHOUT_ALLOCATION = """(module (memory (export "memory") 1)
  (func (export "run") (param i32 i32) (result i32) unreachable))"""


def published(author: Person, packed_files: dict[str, bytes]) -> Published:
    manifest = packed_files["module.toml"].replace(b"test/subject", b"text/subject")
    manifest = manifest.replace(b'owner = "test"', b'owner = "text"')
    stored = store_bundle(author.viewer, write_bundle({**packed_files, "module.toml": manifest}))
    return publish_version(author.viewer, digest=stored.candidate.bundle.digest)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_compiled_is_refused_to_its_publisher(author: Person) -> None:
    with running_engine():
        wait_for_engine()
        with pytest.raises(Invalid) as refused:
            published(author, dict(wasm_module(WITHOUT_ALLOCATION).files))
        [problem] = refused.value.problems
        assert isinstance(problem, Problem)
        assert (problem.code, problem.path) == ("not_compiled", "run.wasm")
        assert "It exports no cabi_realloc" in problem.message
        assert not ModuleVersion.objects.exists()

        version = published(author, dict(wasm_subject().files)).version

    assert version.state == "draft"
    kept = deployment().data / "sandbox" / "compiled"
    assert [path.name for path in kept.iterdir() if path.is_file()] != []


@pytest.mark.django_db
def test_without_an_engine_the_first_run_tells(author: Person) -> None:
    version = published(author, dict(wasm_module(WITHOUT_ALLOCATION).files)).version

    assert version.state == "draft"


def wait_for_engine() -> None:
    until = time.monotonic() + 30
    while not judges and time.monotonic() < until:
        time.sleep(0.01)
    assert judges
