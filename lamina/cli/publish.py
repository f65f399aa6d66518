"""`lamina publish FOLDER|ZIP`: derive the contract, check everything here, then upload and publish."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from contracts.problems import ProblemsError
from lamina.calling import load_entry
from lamina.cli.client import Client
from lamina.cli.credentials import read_login
from lamina.cli.failure import DONE, Failure, bad_input, print_notes
from lamina.cli.modules import checked_module, read_module
from lamina.declare import declaration_of
from lamina.derive import NotDerivable, contract_text, derive_contract
from modules_catalog.bundle import write_bundle
from modules_catalog.manifest import Manifest, parse_manifest


def publish(options: Namespace) -> int:
    path = Path(options.path)
    if path.is_dir() and write_contract(path):
        print("Wrote contract.json from the type hints of the entry function.")
    bundle = read_module(path)
    candidate = checked_module(bundle, path)
    client = Client(read_login())
    packed = write_bundle(bundle.files)
    stored = json.loads(client.send("POST", "/bundles", body=packed, content_type="application/zip"))
    done = client.do(
        "publishVersion",
        "version { version state } problems { code path message }",
        digest=stored["bundle"],
        team=candidate.manifest.owner,
    )
    state = done["version"]["state"].lower().replace("_", " ")
    version = f"{candidate.manifest.name}@{done['version']['version']}"
    print(f"Published {version} ({state}).")
    print(f"  {bundle.digest}")
    if state == "draft":
        print(f"Next: lamina submit {version}")
    print_notes(done["problems"])
    return DONE


def write_contract(folder: Path) -> bool:
    """Bring contract.json to what a decorated entry function says. Returns whether it had to be written.

    The author's own code is run for this, on the author's own machine.
    """
    manifest = _manifest(folder)
    if manifest.runtime != "python":
        return False
    sys.path.insert(0, str(folder))
    try:
        entry = load_entry(folder, manifest.entry)
        if declaration_of(entry) is None:
            return False
        text = contract_text(derive_contract(entry))
    except NotDerivable as error:
        raise bad_input(f"{manifest.entry}: {error}") from None
    except Exception as error:
        raise bad_input(f"{manifest.entry} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(folder))
    contract = folder / "contract.json"
    if contract.exists() and json.loads(contract.read_bytes()) == json.loads(text):
        return False
    contract.write_text(text, "utf-8")
    return True


def _manifest(folder: Path) -> Manifest:
    path = folder / "module.toml"
    if not path.exists():
        raise Failure(f"{folder} has no module.toml. Make a module with: lamina new {folder}", exit_code=2)
    try:
        return parse_manifest(path.read_bytes())
    except ProblemsError as error:
        found = [problem.within("module.toml#") for problem in error.problems]
        raise bad_input(f"{path} has {len(found)} problem(s).", found) from None
