"""A lock of packages names exact versions and their hashes, or it is refused."""

import pytest

from modules_catalog.dependencies import check_dependency_lock

HASH = "--hash=sha256:" + "0" * 64


def codes(text: str | bytes) -> list[tuple[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [
        (problem.code, problem.path.partition("#")[2]) for problem in check_dependency_lock("r.lock", data)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing needed\n",
        f"numpy==2.1.0 {HASH}\n",
        f"numpy==2.1.0 \\\n    {HASH} \\\n    {HASH}\n    # via pandas\n",
        f'a[b,c]==1.0.post1 ; python_version < "3.12" \\\n    {HASH}\n',
        f'a==1 ; sys_platform == "linux" {HASH}\na==2 ; sys_platform == "darwin" {HASH}\n',
    ],
)
def test_a_lock_with_hashes_is_fine(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy==2.1.0\n", [("dependency_hash", "/1")]),
        ("numpy==2.1.0 --hash=md5:00\n", [("dependency_hash", "/1")]),
        (f"numpy>=2 {HASH}\n", [("dependency", "/1")]),
        (f"\n\nnumpy @ https://example.org/numpy.whl {HASH}\n", [("dependency", "/3")]),
        ("-r other.txt\n", [("dependency", "/1")]),
        ("--index-url https://example.org/\n", [("dependency", "/1")]),
        ("-e .\n", [("dependency", "/1")]),
        ("git+https://example.org/a\n", [("dependency", "/1")]),
        (f"numpy==2.* {HASH}\n", [("dependency", "/1")]),
        (f"a.b==1 {HASH}\nA-B==2 {HASH}\n", [("dependency", "/2")]),
        (f"numpy==1 {HASH} --no-binary :all:\n", [("dependency", "/1")]),
        (b"\xff", [("not_utf8", "/1")]),
        (b"#" * (2 << 20), [("too_large", "/1")]),
    ],
)
def test_what_a_lock_may_not_say_is_told_with_its_line(text, expected):
    assert codes(text) == expected
