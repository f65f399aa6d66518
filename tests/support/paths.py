"""Where the tests keep their files."""

from pathlib import Path
from typing import Final

VECTORS: Final = Path(__file__).parent.parent / "vectors"
