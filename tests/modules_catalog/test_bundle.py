"""A bundle keeps its bytes and its digest, whichever way it travels."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from contracts.problems import ProblemsError
from modules_catalog.bundle import bundle_of, read_bundle, read_folder, write_bundle

VECTORS = Path(__file__).parent.parent / "vectors"
GOLDEN = "sha256:8588560771eab6825d0f2b5ff52caf8616aac67d6e10491ccb17e154c69fcf9f"


def test_the_golden_bundle_keeps_its_digest_and_its_table():
    bundle = read_folder(VECTORS / "word-count")
    assert bundle.digest == GOLDEN
    assert bundle.table == json.loads((VECTORS / "bundle.json").read_text("utf-8"))


def test_folder_and_zip_are_the_same_bundle():
    folder = read_folder(VECTORS / "word-count")
    data = write_bundle(folder.files)
    assert read_bundle(data) == folder
    assert write_bundle(dict(reversed(folder.files.items()))) == data


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zips_of_other_programs_are_read(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.mkdir("examples")
        for name, data in read_folder(VECTORS / "word-count").files.items():
            archive.writestr(name, data)
        archive.comment = b"made elsewhere"
    assert read_bundle(stream.getvalue()).digest == GOLDEN


def test_a_zip_that_was_streamed_is_read():
    parts = []

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            parts.append(bytes(data))
            return len(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in read_folder(VECTORS / "word-count").files.items():
            archive.writestr(name, data)
    assert read_bundle(b"".join(parts)).digest == GOLDEN


def test_what_is_written_can_be_read_however_well_it_packs():
    files = {"zeros.bin": bytes(5 << 20), "noise.bin": os.urandom(1 << 20), "empty.txt": b""}
    assert read_bundle(write_bundle(files)).files == files


def test_a_bundle_cannot_be_changed():
    bundle = read_folder(VECTORS / "word-count")
    with pytest.raises(TypeError):
        bundle.files["run.py"] = b""


def test_a_folder_leaves_out_what_tools_leave_behind(tmp_path):
    for name in ("run.py", "__pycache__/run.pyc", "stale.pyc", ".git/config", ".DS_Store", "sub/.DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(read_folder(tmp_path).files) == ["run.py"]


def _link(folder):
    (folder / "passwd").symlink_to("/etc/passwd")


def _linked_folder(folder):
    (folder / "etc").symlink_to("/etc")


def _pipe(folder):
    os.mkfifo(folder / "pipe")


def _large(folder):
    with (folder / "large.bin").open("wb") as file:
        file.truncate((16 << 20) + 1)


def _many(folder):
    for index in range(2001):
        (folder / f"f{index}").touch()


def _clash(folder):
    (folder / "Run.py").touch()
    (folder / "run.py").touch()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_link, "not_a_file"),
        (_linked_folder, "not_a_file"),
        (_pipe, "not_a_file"),
        (_large, "file_too_large"),
        (_many, "too_many_files"),
        (_clash, "duplicate_name"),
        (lambda folder: (folder / "a b.txt").touch(), "file_name"),
        (lambda folder: folder.rmdir(), "no_folder"),
    ],
)
def test_a_folder_is_held_to_the_same_rules(tmp_path, make, code):
    folder = tmp_path / "bundle"
    folder.mkdir()
    make(folder)
    with pytest.raises(ProblemsError) as caught:
        read_folder(folder)
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    ("name", "code"),
    [("../a", "file_name"), ("a/../b", "file_name"), ("", "file_name"), ("a" * 241, "file_name")],
)
def test_a_name_that_breaks_the_rules_is_not_written(name, code):
    with pytest.raises(ProblemsError) as caught:
        write_bundle({name: b""})
    assert caught.value.problems[0].code == code


def test_files_in_memory_are_counted_too():
    with pytest.raises(ProblemsError, match="64 MiB"):
        bundle_of({f"{index}.bin": bytes(13 << 20) for index in range(5)})
