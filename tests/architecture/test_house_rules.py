"""The house keeps its own rules: names, sizes, and one verb = one action = one mutation = one test file."""

import ast
import json
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from graphql import build_schema

ROOT = Path(__file__).parent.parent.parent
EMPTY_NAMES = {"utils", "helpers", "common", "core", "base", "manager", "managers", "service", "services"}
EMPTY_NAMES |= {"types", "constants", "misc"}
NAMED_FOR_A_REASON = {
    "tools/services.py": "PostgreSQL, Redis and RabbitMQ are services",
    "studio/sqlite/base.py": "Django asks for this name in a database backend",
}
# What the system does by itself, or what a door other than GraphQL does: an action without a mutation.
WITHOUT_MUTATION = {
    "install_library": "manage.py up",
    "append_entry": "every action that is audited",
    "use_sign_in_link": "the sign-in page",
    "use_ticket": "the socket",
    "store_bundle": "POST /bundles",
    "import_graph": "POST /graphs",
    "store_artifact": "POST /artifacts",
    "create_ticket": "POST /tickets",
}
# Larger than agreed, each with its reason. The list may only shrink.
LARGE: dict[str, str] = {}


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def actions() -> list[Path]:
    return [
        path
        for path in sorted((ROOT / "studio").glob("*/actions/*.py"))
        if path.stem != "__init__" and not path.stem.startswith("_")
    ]


def mutations() -> set[str]:
    """The verbs of the committed schema, written as actions are."""
    schema = build_schema((ROOT / "studio" / "api" / "schema.graphql").read_text("utf-8"))
    assert schema.mutation_type is not None
    return {re.sub(r"([A-Z])", r"_\1", name).lower() for name in schema.mutation_type.fields}


def is_asked_by_a_viewer(action: Path) -> bool:
    """What a secret opens and what the system does for itself is not asked for by anybody's roles."""
    functions = {
        node.name: node.args.args
        for node in ast.parse(action.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    first = functions[action.stem][:1]
    return bool(first) and isinstance(first[0].annotation, ast.Name) and first[0].annotation.id == "Viewer"


def agreed_lines(name: str) -> int:
    if name.startswith("tests/") or ".test." in name:
        return 600
    return 250 if name.endswith(".tsx") else 400


def test_no_file_is_larger_than_agreed():
    names = tracked("*.py", "*.ts", "*.tsx")
    names = [name for name in names if not re.search(r"/migrations/|generated|/vectors/", name)]
    sizes = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in names}
    too_large = {name for name, lines in sizes.items() if lines > agreed_lines(name)}
    assert too_large == set(LARGE), "split them, or strike them off the list"


def test_no_file_has_a_name_that_says_nothing():
    names = tracked("*.py", "*.ts", "*.tsx")
    odd = [name for name in names if Path(name).stem.split(".")[0] in EMPTY_NAMES or "_new." in name]
    assert sorted(odd) == sorted(NAMED_FOR_A_REASON)


@pytest.mark.parametrize("action", actions(), ids=lambda path: path.stem)
def test_an_action_has_its_mutation_and_its_test(action: Path):
    app, verb = action.parent.parent.name, action.stem
    tests = ROOT / "tests" / "studio" / app / f"test_{verb}.py"
    assert tests.exists(), "write its test file"
    if is_asked_by_a_viewer(action):
        assert re.search(r"def test_the_outsider_may_", tests.read_text("utf-8")), (
            "test what the outsider may not"
        )
    if verb in WITHOUT_MUTATION:
        return
    assert verb in mutations(), "write its mutation, or say above why it has none"


@pytest.mark.parametrize("action", actions(), ids=lambda path: path.stem)
def test_an_action_stays_small(action: Path):
    assert len(action.read_text("utf-8").splitlines()) <= 120


def test_every_mutation_has_its_action():
    assert mutations() - {action.stem for action in actions()} == set()


def test_what_has_no_mutation_is_an_action_that_has_none():
    verbs = {action.stem for action in actions()}
    assert WITHOUT_MUTATION.keys() <= verbs
    assert WITHOUT_MUTATION.keys() & mutations() == set()


def test_nothing_names_a_place_outside_the_project():
    found = []
    for name in tracked():
        if name.endswith((".png", ".woff2", ".ico", ".wasm")) or name == "LICENSE":
            continue
        text = (ROOT / name).read_text("utf-8", errors="replace")
        if (
            re.search(r"/root/|/work/(?!\.)|\.pyenv", text)
            and name != "tests/architecture/test_house_rules.py"
        ):
            found.append(name)
    assert found == []


def test_the_makefile_has_at_most_twelve_targets():
    text = (ROOT / "Makefile").read_text("utf-8")
    assert len(re.findall(r"^[a-z]+:", text, re.MULTILINE)) <= 12


def test_whoever_silences_a_check_says_why():
    silent = re.compile(
        r"# (noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])[\s#-]*$|# noqa\s*$|# type: ignore\s*(#|$)"
    )
    found = []
    for name in tracked("contracts/*.py", "executors/*.py", "lamina/*.py", "studio/*.py", "tools/*.py"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        found += [f"{name}:{number}" for number, line in enumerate(lines, start=1) if silent.search(line)]
    assert found == []


# Wanted without being imported, each with its reason.
NOT_IMPORTED = {
    "graphene-django": "named in the settings",
    "channels-redis": "named in the settings",
    "psycopg": "named in the settings, through Django",
    "httptools": "named where uvicorn is started",
    "uv": "a command that the environments of modules are made with",
    "wasmtime": "loaded by its path inside the sandbox",
    "tzdata": "read by zoneinfo",
    "celery": "the queues of the cluster form",
}


def test_every_dependency_is_used():
    imported = set()
    for name in tracked(
        "contracts/*.py", "executors/*.py", "lamina/*.py", "modules_catalog/*.py", "studio/*.py"
    ):
        text = (ROOT / name).read_text("utf-8")
        imported |= set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))
    owners = packages_distributions()
    used = {owner.lower().replace("_", "-") for package in imported for owner in owners.get(package, ())}
    lines = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    wanted = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in lines if line and not line.startswith("#")}
    assert wanted - used - NOT_IMPORTED.keys() == set()
    assert NOT_IMPORTED.keys() <= wanted


def test_the_front_end_is_built_from_what_make_run_installs() -> None:
    """`make run` leaves out what only tests and checks need."""
    frontend = ROOT / "frontend"
    installed = json.loads((frontend / "package.json").read_text("utf-8"))["dependencies"].keys()
    imported = re.compile(
        r"""^(?:import|export) (?!type )(?:[^;'"]*? from )?["']([^.@"'][^"']*|@[^/"']+/[^"']+)["']""", re.M
    )
    missing = {
        (name, package)
        for name in tracked("frontend/vite.config.ts", "frontend/src/*.ts", "frontend/src/*.tsx")
        for package in imported.findall((ROOT / name).read_text("utf-8"))
        if not package.startswith(("@/", "node:")) and package_name(package) not in installed
    }
    assert missing == set()


def package_name(imported: str) -> str:
    return "/".join(imported.split("/")[: 2 if imported.startswith("@") else 1])
