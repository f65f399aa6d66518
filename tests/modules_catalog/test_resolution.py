"""A graph and a catalog give one lock, or every reason why not."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec import UNSET

from contracts.graph import graph_digest, parse_graph
from contracts.lock import Lock, lock_document, parse_lock
from contracts.versions import Version
from modules_catalog.resolution import KnownLayer, KnownVersion, resolve

VECTORS = Path(__file__).parent.parent / "vectors"


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def known(version: str, state="released", letter="a", **fields) -> KnownVersion:
    fields = {"bundle": digest(letter), "contract": digest("c"), **fields}
    return KnownVersion(version=Version.parse(version), state=state, **fields)


@dataclass
class Catalog:
    modules: dict[str, list[KnownVersion]] = field(default_factory=dict)
    layers: dict[str, KnownLayer] = field(default_factory=dict)

    def versions_of(self, module):
        return self.modules.get(module, [])

    def layer(self, name):
        return self.layers.get(name)


def graph_of(**nodes):
    document = {"format": "lamina/graph@1", "title": "T", "nodes": nodes, "edges": {}}
    return parse_graph(document)


def module(pin, name="t/m", **more):
    return {"kind": "module", "module": name, "pin": pin, **more}


def copy_of(**nodes):
    return {"kind": "graph", "body": {"nodes": nodes, "edges": {}}}


def link(pin, name="t/g", **more):
    return {"kind": "graph", "module": name, "pin": pin, **more}


def problems(catalog, **nodes) -> list[tuple[str, str]]:
    found = resolve(graph_of(**nodes), catalog)
    assert isinstance(found, list)
    return [(problem.code, problem.path) for problem in found]


def lock_of(catalog, **nodes) -> Lock:
    found = resolve(graph_of(**nodes), catalog)
    assert isinstance(found, Lock), found
    return found


def test_the_golden_graph_gives_the_golden_lock():
    golden = json.loads((VECTORS / "lock.json").read_text("utf-8"))
    version = golden["versions"]["text/word-count@1.2.0"]
    catalog = Catalog(
        {
            "text/word-count": [
                known("1.2.0", **version),
                known("1.1.9", letter="b"),
                known("2.0.0", letter="d"),
            ]
        },
        {"text/rank@1": KnownLayer(**golden["layers"]["text/rank@1"])},
    )
    lock = resolve(parse_graph(json.loads((VECTORS / "graph.json").read_text("utf-8"))), catalog)
    assert isinstance(lock, Lock)
    assert lock_document(lock) == golden
    assert parse_lock(lock_document(lock)) == lock


VERSIONS = [known("1.0.0"), known("1.2.0"), known("1.3.0-beta.1"), known("2.0.0"), known("2.1.0-rc.1")]
VERSIONS += [known("1.9.0", "candidate", "b"), known("1.8.0", "yanked"), known("1.7.0", "deprecated")]


@pytest.mark.parametrize(
    ("pin", "version"),
    [
        ("1.0.0", "1.0.0"),
        ("^1.0.0", "1.2.0"),
        ("~1.0.0", "1.0.0"),
        ("stable", "2.0.0"),
        ("next", "2.1.0-rc.1"),
        ("^1.3.0-beta.0", "1.3.0-beta.1"),
        ("~1.7.0", "1.7.0"),
        ("1.7.0", "1.7.0"),
    ],
)
def test_a_pin_chooses_the_highest_released_version(pin, version):
    lock = lock_of(Catalog({"t/m": VERSIONS}), n=module(pin))
    assert lock.nodes == {"n": f"t/m@{version}"}


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        (module("^3.0.0"), ("no_version", "/nodes/n/pin")),
        (module("~1.9.0"), ("no_version", "/nodes/n/pin")),
        (module("~1.8.0"), ("no_version", "/nodes/n/pin")),
        (module("4.0.0"), ("no_version", "/nodes/n/pin")),
        (module("1.8.0"), ("yanked", "/nodes/n/pin")),
        (module("1.9.0"), ("bundle_required", "/nodes/n/pin")),
        (module("1.9.0", bundle=digest("f")), ("other_digest", "/nodes/n/bundle")),
        (module("1.0.0", bundle=digest("f")), ("other_digest", "/nodes/n/bundle")),
        (module("stable", name="t/none"), ("unknown_module", "/nodes/n/module")),
        (link("1.0.0", name="t/m"), ("other_kind", "/nodes/n/module")),
        ({"kind": "layer", "layer": "t/none@1"}, ("unknown_layer", "/nodes/n/layer")),
    ],
)
def test_a_pin_that_leads_nowhere_is_told(node, problem):
    assert problems(Catalog({"t/m": VERSIONS}), n=node) == [problem]


def test_a_candidate_is_taken_by_its_digest():
    lock = lock_of(Catalog({"t/m": VERSIONS}), n=module("1.9.0", bundle=digest("b")))
    assert lock.versions["t/m@1.9.0"].bundle == digest("b")


def test_two_versions_of_a_module_live_in_one_graph():
    lock = lock_of(
        Catalog({"t/m": VERSIONS}), a=module("1.0.0"), b=module("2.0.0"), inner=copy_of(c=module("^1.0.0"))
    )
    assert lock.nodes == {"a": "t/m@1.0.0", "b": "t/m@2.0.0", "inner/c": "t/m@1.2.0"}
    assert sorted(lock.versions) == ["t/m@1.0.0", "t/m@1.2.0", "t/m@2.0.0"]


def test_problems_inside_a_copy_have_their_full_place():
    nodes = {"a": module("9.0.0"), "g": copy_of(h=copy_of(n=module("8.0.0")))}
    assert problems(Catalog({"t/m": VERSIONS}), **nodes) == [
        ("no_version", "/nodes/a/pin"),
        ("no_version", "/nodes/g/body/nodes/h/body/nodes/n/pin"),
    ]


def sub_graph(catalog, version="1.0.0", **nodes) -> KnownVersion:
    graph = graph_of(**nodes)
    lock = resolve(graph, catalog)
    assert isinstance(lock, Lock)
    return known(version, letter="e", graph=graph, lock=lock)


def test_a_linked_graph_brings_its_own_lock_under_its_path():
    catalog = Catalog(
        {"t/m": [known("1.0.0", dependencies=digest("d"))]}, {"t/l@1": KnownLayer(contract=digest("9"))}
    )
    catalog.modules["t/g"] = [sub_graph(catalog, x=module("^1.0.0"), y={"kind": "layer", "layer": "t/l@1"})]
    catalog.modules["t/m"].append(known("1.5.0", letter="f"))
    catalog.modules["t/h"] = [sub_graph(catalog, g=link("^1.0.0"))]
    lock = lock_of(catalog, outer=link("^1.0.0", name="t/h"), n=module("^1.0.0"))
    assert lock.nodes == {
        "n": "t/m@1.5.0",
        "outer": "t/h@1.0.0",
        "outer/g": "t/g@1.0.0",
        "outer/g/x": "t/m@1.0.0",
        "outer/g/y": "t/l@1",
    }
    assert lock.versions["t/m@1.0.0"].dependencies == digest("d")
    assert lock.versions["t/m@1.5.0"].dependencies is UNSET
    assert lock.layers["t/l@1"].contract == digest("9")


def test_secrets_are_named_as_the_environment_knows_them():
    catalog = Catalog({"t/m": [known("1.0.0", secrets=("token", "key"))]})
    catalog.layers["t/l@1"] = KnownLayer(contract=digest("9"), secrets=("password",))
    catalog.modules["t/g"] = [sub_graph(catalog, x=module("1.0.0", secrets={"token": "api"}))]
    lock = lock_of(
        catalog,
        a=module("1.0.0", secrets={"token": "github"}),
        g=link("1.0.0", secrets={"api": "shop"}),
        c={**copy_of(l={"kind": "layer", "layer": "t/l@1"}), "secrets": {"password": "vault"}},
    )
    assert lock.secrets == ("github", "key", "shop", "vault")


def test_graphs_inside_graphs_end_somewhere():
    catalog = Catalog({"t/m": [known("1.0.0")]})
    nested = module("1.0.0")
    for _ in range(8):
        nested = copy_of(n=nested)
    assert lock_of(catalog, n=nested).nodes
    assert [code for code, _ in problems(catalog, n=copy_of(n=nested))] == ["too_deep"]
    previous = module("1.0.0")
    for level in range(8):
        catalog.modules[f"t/g{level}"] = [sub_graph(catalog, n=previous)]
        previous = link("1.0.0", name=f"t/g{level}")
    assert lock_of(catalog, n=previous).nodes
    assert [code for code, _ in problems(catalog, n=copy_of(n=previous))] == ["too_deep"]


def test_a_graph_that_contains_itself_is_refused():
    graph = graph_of(n=link("1.0.0"))
    lock = Lock(format="lamina/lock@1", graph=graph_digest(graph), nodes={"n": "t/g@1.0.0"}, versions={})
    catalog = Catalog({"t/g": [known("1.0.0", graph=graph, lock=lock)]})
    assert problems(catalog, n=link("1.0.0")) == [("cycle", "/nodes/n")]


def test_a_lock_that_does_not_fit_its_graph_is_refused():
    catalog = Catalog({"t/m": [known("1.0.0")]})
    sound = sub_graph(catalog, x=module("1.0.0"))
    assert sound.lock is not None
    other = known("1.0.0", graph=graph_of(y=module("1.0.0")), lock=sound.lock)
    catalog.modules["t/g"] = [other]
    assert problems(catalog, n=link("1.0.0")) == [("stale_lock", "/nodes/n")]


def test_two_digests_under_one_number_do_not_meet():
    catalog = Catalog({"t/m": [known("1.0.0", "candidate", "a")]})
    catalog.modules["t/g"] = [sub_graph(catalog, x=module("1.0.0", bundle=digest("a")))]
    catalog.modules["t/m"].append(known("1.0.0", "candidate", "b"))
    assert problems(catalog, n=module("1.0.0", bundle=digest("b")), g=link("1.0.0")) == [
        ("two_digests", "/nodes/g")
    ]


def test_a_module_is_no_graph_and_a_graph_is_no_module():
    catalog = Catalog({"t/m": [known("1.0.0")]})
    catalog.modules["t/g"] = [sub_graph(catalog, x=module("1.0.0"))]
    assert problems(catalog, n=module("1.0.0", name="t/g")) == [("other_kind", "/nodes/n/module")]


def test_a_lock_lists_everything_in_one_order():
    catalog = Catalog({"t/m": VERSIONS})
    nodes = {"b": module("1.0.0"), "a": module("2.0.0"), "c": copy_of(z=module("1.0.0"), y=module("2.0.0"))}
    one, other = lock_of(catalog, **nodes), lock_of(catalog, **dict(reversed(nodes.items())))
    assert lock_document(one) == lock_document(other)
