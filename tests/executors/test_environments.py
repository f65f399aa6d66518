import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from executors.environments import check_lock
from executors.protocol import Failed
from tests.executors.workshop import Workshop, given, module

SOURCE = """
def run(inputs, context):
    import tiny
    return {"y": [tiny.VERSION, tiny.__file__]}
"""


def wheel(folder: Path, version: str) -> str:
    """Write a wheel of one file and return its locked requirement."""
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text)}\n"
        for name, text in files.items()
    )
    path = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return f"tiny=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


async def test_two_versions_of_a_package_serve_two_modules_at_once(tmp_path: Path, index: Path) -> None:
    options = {"index_options": ("--no-index", "--find-links", str(index))}
    workshop = Workshop(tmp_path / "work", options=options)
    try:
        for version in ("1.0", "2.0"):
            lock = wheel(index, version).encode()
            packed = module(SOURCE, files={"requirements.lock": lock}, dependencies="requirements.lock")
            imported, file = given(await workshop.run(packed, {"x": 1}))
            assert imported == version
            assert "environments" in file
    finally:
        await workshop.close()


async def test_a_package_with_another_hash_is_refused(tmp_path: Path, index: Path) -> None:
    requirement = wheel(index, "1.0")
    altered = requirement[:-4] + ("0000" if requirement[-4:] != "0000" else "1111")
    options = {"index_options": ("--no-index", "--find-links", str(index))}
    workshop = Workshop(tmp_path / "work", options=options)
    packed = module(SOURCE, files={"requirements.lock": altered.encode()}, dependencies="requirements.lock")
    try:
        outcome = await workshop.run(packed, {"x": 1})
    finally:
        await workshop.close()

    assert isinstance(outcome, Failed)
    assert outcome.error.name == "system.unavailable"
    assert "hash" in outcome.error.message.lower()


@pytest.mark.parametrize(
    "line",
    [
        "tiny",
        "tiny==1.0",
        "tiny>=1.0 --hash=sha256:" + "0" * 64,
        "--index-url https://example.org",
        "-r /etc/passwd",
        "-e .",
        "tiny @ file:///tmp/tiny.whl",
        "./tiny.whl --hash=sha256:" + "0" * 64,
        "tiny==1.0 --hash=sha256:" + "0" * 64 + " --index-url=https://example.org",
        "tiny==1.0 --hash=md5:" + "0" * 32,
    ],
)
def test_a_lock_is_nothing_but_hashed_requirements(line: str) -> None:
    assert check_lock(line.encode())


def test_a_compiled_lock_passes() -> None:
    hashes = [f"    --hash=sha256:{digit * 64}" for digit in "01"]
    lines = ["# made by a tool", "tiny==1.0 ; python_version >= '3.11' \\", hashes[0] + " \\", hashes[1]]
    compiled = "\n".join([*lines, "    # via other", ""])
    assert check_lock(compiled.encode()) == []
