"""The bar: no false answer on the public corpus, and nearly everything decided."""

import pytest

from contracts.schema import is_in_subset
from tests.contracts.schema.corpus import Judged, corpus_path, dispute, disputed, judged_corpus


@pytest.fixture(scope="module")
def corpus() -> list[Judged]:
    if not corpus_path().exists():
        pytest.skip(f"{corpus_path()} is missing; set LAMINA_CORPORA to the folder that holds it")
    return judged_corpus()


def test_no_answer_is_false(corpus: list[Judged]):
    known = disputed()
    assert [item for item in corpus if item.outcome.startswith("false") and item.name not in known] == []


def test_a_disputed_label_is_contradicted_by_both_validators(corpus: list[Judged]):
    found = {item.name: dispute(item) for item in corpus if item.outcome.startswith("false")}
    assert found == disputed()


def test_nearly_everything_is_decided(corpus: list[Judged]):
    inside = [item for item in corpus if is_in_subset(item.a) and is_in_subset(item.b)]
    assert len(inside) > 500
    assert sum(item.outcome == "undecided" for item in inside) <= 0.01 * len(inside)
    assert sum(item.outcome == "undecided" for item in corpus) <= 0.15 * len(corpus)


def test_the_checker_never_fails(corpus: list[Judged]):
    assert [item for item in corpus if "The checker failed" in item.verdict.reason] == []
