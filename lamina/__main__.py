"""`python -m lamina FOLDER [--check]`: writes contract.json from the code of a module, or compares it."""

import argparse
import json
import sys
import tomllib
from pathlib import Path

from lamina.calling import load_entry
from lamina.derive import NotDerivable, contract_text, derive_contract


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lamina", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds module.toml")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when contract.json differs")
    chosen = parser.parse_args(arguments)
    folder, path = chosen.folder, chosen.folder / "contract.json"
    try:
        entry = tomllib.loads((folder / "module.toml").read_text("utf-8"))["entry"]
        sys.path.insert(0, str(folder.resolve()))
        document = derive_contract(load_entry(folder, entry))
    except (OSError, tomllib.TOMLDecodeError, KeyError, ImportError, NotDerivable) as error:
        print(f"{folder}: {error}", file=sys.stderr)
        return 1
    if not chosen.check:
        path.write_text(contract_text(document), "utf-8")
        print(f"{path} written")
        return 0
    if not path.is_file() or json.loads(path.read_text("utf-8")) != document:
        print(f"{path} is not what the code says. Run `python -m lamina {folder}`.", file=sys.stderr)
        return 1
    print(f"{path} is what the code says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
