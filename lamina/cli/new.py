"""`lamina new FOLDER`: a module that works, to be changed from there."""

import re
import shlex
import shutil
from argparse import Namespace
from pathlib import Path
from typing import Final

from contracts.names import MODULE
from lamina.cli.failure import DONE, bad_input
from lamina.cli.publish import write_contract

SKELETON: Final = Path(__file__).parent / "skeleton"


def new(options: Namespace) -> int:
    folder = Path(options.folder)
    slug = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    name = options.name or f"demo/{slug}"
    if not MODULE.match(name):
        raise bad_input(f"{name!r} is no name of a module. Write --name team/name: a to z, 0 to 9 and -.")
    if folder.exists() and any(folder.iterdir()):
        raise bad_input(f"{folder} is not empty.")
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / "module.toml", folder / "README.md"):
        text = path.read_text("utf-8").replace("demo/skeleton", name)
        path.write_text(text.replace('owner = "demo"', f'owner = "{name.partition("/")[0]}"'), "utf-8")
    write_contract(folder)
    print(f"Made {name} in {folder}. Change run.py, then: lamina publish {shlex.quote(str(folder))}")
    return DONE
