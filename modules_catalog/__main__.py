"""`python -m modules_catalog PATH [--pack FILE]`: checks a module's folder or zip, and packs it."""

import argparse
import sys
from pathlib import Path

from contracts.problems import ProblemsError
from modules_catalog.bundle import Bundle, read_bundle, read_folder, write_bundle
from modules_catalog.candidate import read_candidate


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m modules_catalog", description=__doc__)
    parser.add_argument("path", type=Path, help="the folder that holds module.toml, or a zip of its files")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="write the zip that can be published")
    chosen = parser.parse_args(arguments)
    try:
        bundle = _read(chosen.path)
        manifest = read_candidate(bundle).manifest
    except ProblemsError as error:
        for problem in error.problems:
            print(f"{problem.path or chosen.path}: {problem.message} [{problem.code}]", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{chosen.path}: {error.strerror}.", file=sys.stderr)
        return 1
    if chosen.pack is not None:
        chosen.pack.write_bytes(write_bundle(bundle.files))
    print(f"{manifest.name} {manifest.version} {bundle.digest}")
    return 0


def _read(path: Path) -> Bundle:
    return read_bundle(path.read_bytes()) if path.is_file() else read_folder(path)


if __name__ == "__main__":
    sys.exit(main())
