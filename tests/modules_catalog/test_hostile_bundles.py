"""Nobody's zip does harm: each is refused with its reason, and nothing of it is run or written."""

import struct

import pytest

from contracts.problems import ProblemsError
from modules_catalog.bundle import read_bundle
from tests.modules_catalog.hostile import Part, deflated, nothing_happens, zip_of

MIB = 1 << 20
ZEROS = bytes(1 * MIB)

HOSTILE = {
    "zip_bomb": (zip_of(Part(data=ZEROS)), "ratio"),
    "bomb_that_claims_little": (zip_of(Part(data=ZEROS, size=100, crc=0)), "size_mismatch"),
    "bomb_with_a_zero_size": (zip_of(Part(data=ZEROS, size=0)), "size_mismatch"),
    "many_large_files": (
        zip_of(*(Part(name=f"{n}", packed=b"0" * MIB, size=15 * MIB) for n in range(5))),
        "bundle_too_large",
    ),
    "large_file": (zip_of(Part(packed=b"0" * MIB, size=17 * MIB)), "file_too_large"),
    "hundred_megabyte_manifest": (
        zip_of(Part(name="module.toml", packed=b"0" * MIB, size=100 * MIB)),
        "file_too_large",
    ),
    "overlap_of_one_body": (
        zip_of(Part(name="a"), Part(name="a", offset=0, writes_body=False)),
        "duplicate_name",
    ),
    "overlap_into_the_next": (
        zip_of(Part(name="a", packed=b"x" * 200, size=200, method=0), Part(name="b", offset=40)),
        "damaged_zip",
    ),
    "overlap_of_two_headers": (
        zip_of(
            Part(name="a", method=0, data=zip_of(Part(name="b"))[:40]),
            Part(name="b", offset=31, writes_body=False),
        ),
        "overlap",
    ),
    "overlap_with_the_directory": (zip_of(Part(packed_size=90, method=0, size=90)), "overlap"),
    "sixty_five_thousand_entries": (
        zip_of(*(Part(name=f"f{n}", data=b"") for n in range(65_000))),
        "too_many_files",
    ),
    "more_entries_than_said": (zip_of(*(Part(name=f"f{n}") for n in range(3)), count=2), "damaged_zip"),
    "fewer_entries_than_said": (zip_of(Part(), count=3), "damaged_zip"),
    "zip64": (zip_of(Part(), offset=0xFFFFFFFF), "too_many_files"),
    "zip64_size_of_a_file": (
        zip_of(Part(extra=struct.pack("<2HQ", 1, 8, 5))),
        "ambiguous_zip",
    ),
    "second_name_in_an_extra_field": (
        zip_of(Part(extra=struct.pack("<2HBI", 0x7075, 10, 1, 0) + b"b.txt")),
        "ambiguous_zip",
    ),
    "traversal": (zip_of(Part(name="../../etc/cron.d/x")), "file_name"),
    "traversal_inside": (zip_of(Part(name="a/../../x")), "file_name"),
    "traversal_by_a_folder": (zip_of(Part(name="../", data=b"", method=0)), "file_name"),
    "absolute": (zip_of(Part(name="/etc/passwd")), "file_name"),
    "drive_letter": (zip_of(Part(name="C:/x")), "file_name"),
    "backslashes": (zip_of(Part(name="..\\x")), "file_name"),
    "nul": (zip_of(Part(name="run.py\0.txt")), "file_name"),
    "line_end": (zip_of(Part(name="run.py\n")), "file_name"),
    "decomposed_name": (zip_of(Part(name="cafe\u0301.txt"), Part(name="caf\u00e9.txt")), "file_name"),
    "not_utf_8": (zip_of(Part(name=b"\xff\xfe")), "file_name"),
    "empty_name": (zip_of(Part(name="")), "file_name"),
    "endless_name": (zip_of(Part(name="a/" * 30_000 + "a")), "file_name"),
    "case_folded_twins": (zip_of(Part(name="run.py"), Part(name="RUN.py")), "duplicate_name"),
    "case_folded_folders": (zip_of(Part(name="a/x"), Part(name="A/y")), "duplicate_name"),
    "file_that_is_a_folder": (zip_of(Part(name="a"), Part(name="a/b")), "duplicate_name"),
    "two_manifests": (zip_of(Part(name="module.toml"), Part(name="module.toml")), "duplicate_name"),
    "symbolic_link": (zip_of(Part(data=b"/etc/passwd", mode=0o120777)), "not_a_file"),
    "device": (zip_of(Part(mode=0o020666)), "not_a_file"),
    "named_pipe": (zip_of(Part(mode=0o010666)), "not_a_file"),
    "folder_in_disguise": (zip_of(Part(mode=0o040755)), "not_a_file"),
    "folder_with_bytes": (zip_of(Part(name="a/", mode=0o040755)), "size_mismatch"),
    "encrypted": (zip_of(Part(flags=1)), "encrypted"),
    "strongly_encrypted": (zip_of(Part(flags=0x41)), "encrypted"),
    "other_compression": (zip_of(Part(method=12, packed=b"BZh9")), "compression"),
    "wrong_checksum": (zip_of(Part(crc=1)), "checksum"),
    "longer_than_said": (zip_of(Part(size=3)), "size_mismatch"),
    "shorter_than_said": (zip_of(Part(size=30)), "size_mismatch"),
    "stored_with_two_sizes": (zip_of(Part(method=0, size=6)), "size_mismatch"),
    "headers_with_two_names": (zip_of(Part(local={"name": b"b.txt"})), "ambiguous_zip"),
    "headers_with_two_sizes": (zip_of(Part(local={"size": 4})), "size_mismatch"),
    "headers_with_two_methods": (zip_of(Part(local={"method": 0})), "ambiguous_zip"),
    "bytes_after_the_stream": (zip_of(Part(packed=deflated(b"hello") + b"more")), "size_mismatch"),
    "stream_without_an_end": (zip_of(Part(packed=deflated(b"hello")[:-1])), "damaged_zip"),
    "stream_of_noise": (zip_of(Part(packed=b"\xff" * 50)), "damaged_zip"),
    "two_directories": (zip_of(Part(name="b"), comment=zip_of(Part(name="a"))), "ambiguous_zip"),
    "something_in_front": (zip_of(Part(), prefix=b"#!/bin/sh\n", offset=40), "not_a_zip"),
    "several_disks": (zip_of(Part(), disk=1), "not_a_zip"),
    "cut_short": (zip_of(Part())[:-5], "not_a_zip"),
    "no_zip_at_all": (b"#!/bin/sh\nrm -rf /\n", "not_a_zip"),
    "nothing": (b"", "not_a_zip"),
    "too_long_to_look_at": (bytes(70 * MIB), "bundle_too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_bundle_is_refused_with_its_reason(name):
    data, code = HOSTILE[name]
    with pytest.raises(ProblemsError) as caught, nothing_happens():
        read_bundle(data)
    assert {problem.code for problem in caught.value.problems} == {code}
    for problem in caught.value.problems:
        assert problem.message.endswith(".")
        assert problem.path.isprintable()
        assert len(problem.path) <= 300


def test_a_zip_in_a_zip_stays_a_file():
    inner = zip_of(Part(data=ZEROS))
    assert read_bundle(zip_of(Part(name="inner.zip", data=inner))).files == {"inner.zip": inner}


def test_flipping_any_byte_is_noticed_or_harmless():
    sound = zip_of(Part(name="a.txt", data=b"hello hello hello"), Part(name="b.txt", data=b"x" * 50))
    expected = read_bundle(sound).files
    for at in range(len(sound)):
        for flip in (1, 0x80, 0xFF):
            broken = bytearray(sound)
            broken[at] ^= flip
            try:
                files = read_bundle(bytes(broken)).files
            except ProblemsError:
                continue
            assert sorted(files.values()) == sorted(expected.values())


def test_the_watch_sees_what_it_watches():
    with pytest.raises(AssertionError), nothing_happens():
        eval("1")
