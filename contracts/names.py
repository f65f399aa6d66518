"""The grammar of names: who may be called what (formats.md §0)."""

import re
from typing import Final

_SLUG: Final = r"[a-z][a-z0-9-]{0,62}"
_WORD: Final = r"[a-z][a-z0-9_]{0,62}"

TEAM: Final = re.compile(rf"{_SLUG}\Z")
MODULE: Final = re.compile(rf"{_SLUG}/{_SLUG}\Z")
PORT: Final = re.compile(rf"{_WORD}\Z")
EDGE: Final = re.compile(rf"([A-Za-z0-9_-]{{1,36}}):({_WORD})>([A-Za-z0-9_-]{{1,36}}):({_WORD})\Z")
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}\Z")
