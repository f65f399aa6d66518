"""No two parts of a package import each other, by whatever way round; `.importlinter` says the rest."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("contracts", "modules_catalog", "executors", "lamina", "studio")


def test_the_parts_of_every_package_stand_above_one_another(imports: grimp.ImportGraph) -> None:
    for package in sorted({name.rpartition(".")[0] for name in imports.modules} - {""}):
        parts: dict[str, set[str]] = {}
        for importer in imports.find_descendants(package):
            part = importer.removeprefix(f"{package}.").partition(".")[0]
            for imported in imports.find_modules_directly_imported_by(importer):
                other = imported.removeprefix(f"{package}.").partition(".")[0]
                if imported.startswith(f"{package}.") and other != part:
                    parts.setdefault(part, set()).add(other)
        try:
            TopologicalSorter(parts).prepare()
        except CycleError as circle:
            pytest.fail(f"in {package}: {' → '.join(circle.args[1])}")
