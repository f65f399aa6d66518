"""A candidate version: a bundle whose documents have been read and found to fit each other.

Owns:      `Candidate`, and the order in which the files of a bundle are looked at.
Promises:  all problems at once, as `file#pointer`; nothing of the bundle is run, imported or compiled.
"""

from dataclasses import dataclass
from typing import Final

from contracts.canonical import JSON, Digest, digest_of_bytes
from contracts.graph import GraphDocument, graph_digest, parse_graph
from contracts.lock import Lock, parse_lock
from contracts.module import ModuleContract, contract_digest, contract_document, join_contract, parse_contract
from contracts.problems import Problem, ProblemsError
from modules_catalog.bundle import Bundle
from modules_catalog.bundle_documents import in_file, missing, read_document
from modules_catalog.contract_file import check_contract_file
from modules_catalog.dependencies import check_dependency_lock
from modules_catalog.entry import check_entry
from modules_catalog.examples import Example, read_examples
from modules_catalog.manifest import Manifest, parse_manifest
from modules_catalog.migrations import Migration, read_migrations

MAX_README_BYTES: Final = 256 << 10
MAX_PROBLEMS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A bundle that may become a version.

    `sources` are the files that are text, for people to read; `graph` and `lock` belong to a sub-graph.
    """

    bundle: Bundle
    manifest: Manifest
    contract: ModuleContract
    contract_document: JSON
    contract_digest: Digest
    examples: tuple[Example, ...]
    migrations: tuple[Migration, ...]
    dependencies: Digest | None
    readme: str
    sources: tuple[str, ...]
    graph: GraphDocument | None = None
    lock: Lock | None = None


def read_candidate(bundle: Bundle) -> Candidate:
    """Read every document of a bundle. Raises `ProblemsError` with every problem, at most 100."""
    problems = _missing_files(bundle)
    manifest = _manifest(bundle, problems)
    contract = _contract(bundle, manifest, problems)
    readme = _readme(bundle, problems)
    graph, lock = _graph(bundle, manifest, problems)
    if manifest is not None:
        problems.extend(check_entry(bundle, manifest))
    if manifest is None or contract is None:
        raise ProblemsError(problems[:MAX_PROBLEMS])
    problems.extend(_check_together(manifest, contract))
    dependencies = _dependencies(bundle, manifest, problems)
    examples, found = read_examples(bundle, contract)
    migrations, also_found = read_migrations(bundle, contract)
    if problems := [*problems, *found, *also_found]:
        raise ProblemsError(problems[:MAX_PROBLEMS])
    return Candidate(
        bundle=bundle,
        manifest=manifest,
        contract=contract,
        contract_document=contract_document(contract),
        contract_digest=contract_digest(contract),
        examples=tuple(examples),
        migrations=tuple(migrations),
        dependencies=dependencies,
        readme=readme,
        sources=tuple(name for name, data in bundle.files.items() if _is_text(data)),
        graph=graph,
        lock=lock,
    )


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _missing_files(bundle: Bundle) -> list[Problem]:
    hint = ""
    nested = [name for name in bundle.files if name.endswith("/module.toml")]
    if "module.toml" not in bundle.files and nested:
        hint = f" It stands in {nested[0].rpartition('/')[0]}: pack what is inside that folder."
    return [
        missing(name, f"A bundle needs {name} at its top.{hint or ' Add it.'}")
        for name in ("module.toml", "contract.json", "README.md")
        if name not in bundle.files
    ]


def _manifest(bundle: Bundle, problems: list[Problem]) -> Manifest | None:
    if "module.toml" not in bundle.files:
        return None
    try:
        return parse_manifest(bundle.files["module.toml"])
    except ProblemsError as error:
        problems.extend(in_file("module.toml", error.problems))
        return None


def _contract(bundle: Bundle, manifest: Manifest | None, problems: list[Problem]) -> ModuleContract | None:
    if "contract.json" not in bundle.files:
        return None
    document, found = read_document(bundle, "contract.json", "contract_file")
    if document is not None:
        found = in_file(
            "contract.json", check_contract_file(document, size=len(bundle.files["contract.json"]))
        )
    problems.extend(found)
    if found or manifest is None:
        return None
    return parse_contract(join_contract(document, manifest.document))


def _readme(bundle: Bundle, problems: list[Problem]) -> str:
    data = bundle.files.get("README.md", b"")
    if len(data) > MAX_README_BYTES:
        message = f"Larger than {MAX_README_BYTES >> 10} KiB. Shorten it."
        problems.append(Problem(code="too_large", path="README.md", message=message))
        return ""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is not UTF-8. Save it as UTF-8."
        problems.append(Problem(code="not_utf8", path="README.md", message=message))
        return ""


def _graph(
    bundle: Bundle, manifest: Manifest | None, problems: list[Problem]
) -> tuple[GraphDocument | None, Lock | None]:
    """The graph of a published sub-graph and the lock beside it."""
    if manifest is None or manifest.runtime != "graph" or manifest.entry not in bundle.files:
        return None, None
    folder = manifest.entry.rpartition("/")[0]
    lock_name = f"{folder}/lock.json" if folder else "lock.json"
    if lock_name not in bundle.files:
        problems.append(
            missing(lock_name, "A sub-graph is published with its lock. Add it beside the graph.")
        )
        return None, None
    graph_file, found = read_document(bundle, manifest.entry, "graph")
    lock_file, also_found = read_document(bundle, lock_name, "lock")
    problems.extend([*found, *also_found])
    if graph_file is None or lock_file is None:
        return None, None
    graph, lock = parse_graph(graph_file), parse_lock(lock_file)
    if lock.graph != graph_digest(graph):
        message = (
            f"The lock of another graph. {manifest.entry} has the digest {graph_digest(graph)}. Lock it anew."
        )
        problems.append(Problem(code="other_graph", path=f"{lock_name}#/graph", message=message))
    return graph, lock


def _check_together(manifest: Manifest, contract: ModuleContract) -> list[Problem]:
    """What module.toml and contract.json must agree on."""
    problems = []
    key = manifest.effects.key
    if isinstance(key, str) and key.startswith("/inputs/") and key.split("/")[2] not in contract.ports.inputs:
        message = f"There is no input {key.split('/')[2]}. Point at one of the ports or at /config."
        problems.append(Problem(code="key", path="module.toml#/effects/key", message=message))
    if manifest.runtime in ("wasm", "http"):
        sides = {"in": contract.ports.inputs, "out": contract.ports.outputs}
        for side, ports in sides.items():
            for name, port in ports.items():
                if port.media != "json":
                    message = (
                        f"A {manifest.runtime} module takes json ports only. Send it as text or use python."
                    )
                    path = f"contract.json#/ports/{side}/{name}/media"
                    problems.append(Problem(code="media", path=path, message=message))
    return problems


def _dependencies(bundle: Bundle, manifest: Manifest, problems: list[Problem]) -> Digest | None:
    name = manifest.dependencies
    if name is None:
        if "requirements.lock" in bundle.files:
            message = 'Not used: module.toml does not name it. Add dependencies = "requirements.lock".'
            problems.append(Problem(code="unused_lock", path="requirements.lock", message=message))
        return None
    if name not in bundle.files:
        problems.append(
            missing(name, "module.toml names it as the lock, but it is not in the bundle. Add it.")
        )
        return None
    problems.extend(check_dependency_lock(name, bundle.files[name]))
    return digest_of_bytes(bundle.files[name])
