"""BIO tags and the CRF over them: against brute force, and for any scores."""

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lam.encoder.tokens import Word
from lam.types import Span
from lam.understanding.tagging import Scheme, best_path
from lam.understanding.training.crf import LinearChainCrf

SCHEME = Scheme(["payee", "account", "payee"])
TEXT = "pay Anna Weber from savings"
WORDS = [Word(0, 3, 1), Word(4, 8, 2), Word(9, 14, 4), Word(15, 19, 5), Word(20, 27, 6)]


def random_crf(seed: int) -> LinearChainCrf:
    crf = LinearChainCrf(SCHEME)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for one in crf.parameters():
            one.copy_(torch.randn(one.shape, generator=generator))
    return crf


def legal_paths(length: int) -> list[tuple[int, ...]]:
    starts, steps = SCHEME.legal_starts(), SCHEME.legal_steps()
    return [
        path
        for path in product(range(len(SCHEME.tags)), repeat=length)
        if starts[path[0]] and all(steps[a, b] for a, b in pairwise(path))
    ]


def score(crf: LinearChainCrf, scores: torch.Tensor, path: tuple[int, ...]) -> float:
    emitted = sum(scores[place, tag] for place, tag in enumerate(path))
    stepped = sum(crf.step[a, b] for a, b in pairwise(path))
    return (crf.start[path[0]] + emitted + stepped + crf.end[path[-1]]).item()


def test_the_tags_are_those_of_the_labels() -> None:
    assert SCHEME.tags == ("O", "B-account", "I-account", "B-payee", "I-payee")


def test_an_inside_follows_only_its_own_label() -> None:
    legal = {
        (before, after)
        for (a, before), (b, after) in product(enumerate(SCHEME.tags), repeat=2)
        if SCHEME.legal_steps()[a, b] and after.startswith("I-")
    }
    assert legal == {
        ("B-account", "I-account"), ("I-account", "I-account"),
        ("B-payee", "I-payee"), ("I-payee", "I-payee"),
    }  # fmt: skip
    assert SCHEME.legal_starts().tolist() == [True, True, False, True, False]


def test_spans_become_tags_and_come_back() -> None:
    spans = (Span(4, 14, "payee", "Anna Weber"), Span(20, 27, "account", "savings"))
    tags = SCHEME.encode(WORDS, spans)
    assert [SCHEME.tags[tag] for tag in tags] == ["O", "B-payee", "I-payee", "O", "B-account"]
    assert SCHEME.decode(TEXT, WORDS, tags) == spans


def test_a_word_that_a_span_cuts_belongs_to_it() -> None:
    tags = SCHEME.encode(WORDS, [Span(6, 8, "payee", "na")])
    assert SCHEME.decode(TEXT, WORDS, tags) == (Span(4, 8, "payee", "Anna"),)


def test_two_entities_side_by_side_stay_two() -> None:
    spans = (Span(4, 8, "payee", "Anna"), Span(9, 14, "payee", "Weber"))
    assert SCHEME.decode(TEXT, WORDS, SCHEME.encode(WORDS, spans)) == spans


@pytest.mark.parametrize("length", [1, 2, 4])
def test_the_partition_is_the_sum_over_all_legal_paths(length: int) -> None:
    crf = random_crf(length)
    scores = torch.randn((length, len(SCHEME.tags)), generator=torch.Generator().manual_seed(5))
    brute = torch.logsumexp(torch.tensor([score(crf, scores, path) for path in legal_paths(length)]), 0)
    found = crf.log_partition(scores[None], torch.ones((1, length), dtype=torch.bool))
    assert found.item() == pytest.approx(brute.item(), abs=1e-4)


def test_the_probabilities_of_all_legal_paths_sum_to_one() -> None:
    crf, length = random_crf(1), 3
    paths = torch.tensor(legal_paths(length))
    scores = torch.randn((length, len(SCHEME.tags)), generator=torch.Generator().manual_seed(6))
    mask = torch.ones(paths.shape, dtype=torch.bool)
    likelihoods = crf.log_likelihood(scores.expand(len(paths), -1, -1), paths, mask)
    assert likelihoods.exp().sum().item() == pytest.approx(1, abs=1e-4)


def test_padding_changes_no_likelihood() -> None:
    crf = random_crf(2)
    scores = torch.randn((1, 5, len(SCHEME.tags)), generator=torch.Generator().manual_seed(7))
    tags = torch.tensor([[3, 4, 0, 0, 0]])
    mask = torch.tensor([[True, True, True, False, False]])
    short = crf.log_likelihood(scores[:, :3], tags[:, :3], mask[:, :3])
    assert crf.log_likelihood(scores, tags, mask).item() == pytest.approx(short.item(), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_path_is_the_best_of_all(seed: int) -> None:
    crf, length = random_crf(seed), 4
    scores = torch.randn((length, len(SCHEME.tags)), generator=torch.Generator().manual_seed(seed))
    best = max(legal_paths(length), key=lambda path: score(crf, scores, path))
    starts, steps, ends = (one.detach().numpy() for one in crf.legal())
    assert best_path(scores.numpy(), starts, steps, ends) == list(best)


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(0, 12), st.floats(0.1, 50))
def test_any_scores_decode_to_legal_tags_and_spans_inside_the_text(
    seed: int, length: int, size: float
) -> None:
    dice = np.random.default_rng(seed)
    scores = (dice.normal(size=(length, len(SCHEME.tags))) * size).astype(np.float32)
    starts, steps, ends = (one.detach().numpy() for one in random_crf(seed).legal())
    tags = best_path(scores, starts, steps, ends)
    assert len(tags) == length
    assert not length or SCHEME.legal_starts()[tags[0]]
    assert all(SCHEME.legal_steps()[a, b] for a, b in pairwise(tags))
    words = [Word(3 * place, 3 * place + 2, place) for place in range(length)]
    spans = SCHEME.decode("ab " * length, words, tags)
    assert all(0 <= one.start < one.end <= 3 * length for one in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_learning_raises_the_likelihood_of_what_is_shown() -> None:
    torch.manual_seed(0)
    crf = LinearChainCrf(SCHEME)
    tags, mask = torch.tensor([[0, 3, 4, 0, 1]]), torch.ones((1, 5), dtype=torch.bool)
    scores = torch.zeros((1, 5, len(SCHEME.tags)), requires_grad=True)
    optimizer = torch.optim.SGD([*crf.parameters(), scores], lr=0.5)
    before = crf.log_likelihood(scores, tags, mask).item()
    for _ in range(50):
        optimizer.zero_grad()
        (-crf.log_likelihood(scores, tags, mask).sum()).backward()
        optimizer.step()
    assert crf.log_likelihood(scores, tags, mask).item() > before + 3
    assert torch.isfinite(crf.step).all()
