"""Where the tests keep their files."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
VECTORS: Final = ROOT / "tests" / "vectors"
