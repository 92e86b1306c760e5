"""Reading of frames, against all alignments written out."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, product
from math import exp, log

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from hmer_suite.decoding.ctc import best_path, read_frames  # noqa: E402
from hmer_suite.decoding.language import Language  # noqa: E402
from hmer_suite.errors import UsageError  # noqa: E402
from hmer_suite.latex.automaton import is_valid  # noqa: E402
from hmer_suite.nn.ctc import BLANK, NEGLIGIBLE, choices, frames_needed, losses, occupancy, out_of_reach  # noqa: E402
from hmer_suite.specs.recogniser import Decoding  # noqa: E402
from hmer_suite.specs.vocabulary import Vocabulary  # noqa: E402

DIGITS = Vocabulary(("6", "7", "8"))
FORMULAS = Vocabulary(("2", "\\frac", "^", "x", "{", "}"))


def said(alignment) -> tuple[int, ...]:
    """What an alignment says, slowly: runs made one, then blanks taken out."""
    runs = [choice for place, choice in enumerate(alignment) if not place or alignment[place - 1] != choice]
    return tuple(choice for choice in runs if choice != BLANK)


def by_force(frames) -> dict[tuple[int, ...], float]:
    """Log-probability of every label that frames (T, S) can say: the sum over all S**T alignments."""
    sums: dict[tuple[int, ...], float] = defaultdict(float)
    for alignment in product(range(frames.shape[1]), repeat=len(frames)):
        sums[said(alignment)] += exp(sum(float(frames[t, choice]) for t, choice in enumerate(alignment)))
    return {label: log(value) for label, value in sums.items()}


def random_frames(seed: int, count: int, vocabulary: Vocabulary, sharpness: float = 1.0):
    generator = torch.Generator().manual_seed(seed)
    scores = sharpness * torch.randn(count, len(vocabulary.symbols) + 1, generator=generator)
    return scores.log_softmax(1)


def read(frames, vocabulary, how):
    return read_frames(frames[None], torch.tensor([len(frames)]), vocabulary, how)[0]


def spelt(*choices_, vocabulary=DIGITS, sure=0.9):
    """Frames that are nearly sure of their choices, given as tokens or "" for the blank."""
    size = len(vocabulary.symbols) + 1
    frames = torch.full((len(choices_), size), (1 - sure) / (size - 1)).log()
    for t, token in enumerate(choices_):
        frames[t, vocabulary.symbols.index(token) + 1 if token else BLANK] = log(sure)
    return frames


@given(seed=st.integers(0, 10_000), count=st.integers(1, 5))
def test_a_wide_beam_finds_the_most_probable_labels(seed, count):
    frames = random_frames(seed, count, DIGITS)
    all_labels = by_force(frames)
    found = read(frames, DIGITS, Decoding(beam=400, nbest=5, length_penalty=0.0))
    best = sorted(all_labels.values(), reverse=True)[: len(found)]
    assert len(found) == min(5, len(all_labels))
    assert [hypothesis.logprob for hypothesis in found] == pytest.approx(best, abs=1e-4)
    for hypothesis in found:
        label = tuple(DIGITS.symbols.index(token) + 1 for token in hypothesis.tokens)
        assert hypothesis.logprob == pytest.approx(all_labels[label], abs=1e-4)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 5))
def test_a_narrow_beam_never_promises_too_much(seed, count):
    frames = random_frames(seed, count, DIGITS, sharpness=4.0)
    all_labels = by_force(frames)
    for hypothesis in read(frames, DIGITS, Decoding(beam=3, nbest=3)):
        label = tuple(DIGITS.symbols.index(token) + 1 for token in hypothesis.tokens)
        assert hypothesis.logprob == pytest.approx(all_labels[label], abs=1e-4)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_constrained_readings_are_valid_and_the_best_of_those(seed, count):
    frames = random_frames(seed, count, FORMULAS)
    how = Decoding(beam=3000, nbest=3, constrained=True, max_length=6)
    found = read(frames, FORMULAS, how)
    valid = {
        label: value
        for label, value in by_force(frames).items()
        if is_valid([FORMULAS.symbols[number - 1] for number in label])
    }
    assert all(is_valid(hypothesis.tokens) for hypothesis in found)
    assert found[0].logprob <= max(valid.values()) + 1e-4
    # Formulas without groups can end anywhere; those with some may lack room for a blank before each token of the end.
    flat = [value for label, value in valid.items() if set(label) <= {1, 4}]
    assert found[0].logprob >= max(flat) - 1e-4


@given(seed=st.integers(0, 10_000), count=st.integers(0, 9), beam=st.integers(1, 4))
def test_constrained_readings_are_valid_however_narrow_the_beam(seed, count, beam):
    frames = random_frames(seed, count, FORMULAS, sharpness=5.0)
    for hypothesis in read(frames, FORMULAS, Decoding(beam=beam, nbest=beam, constrained=True, max_length=7)):
        assert is_valid(hypothesis.tokens), hypothesis.latex
        assert len(hypothesis.tokens) <= 7


@pytest.mark.parametrize("beam", [1, 4])
def test_a_formula_is_ended_in_the_last_frames_however_unlikely_its_end(beam):
    """The closing brace is less likely than `NEGLIGIBLE` everywhere, and yet the cheapest way to a formula."""
    frames = spelt("x", "^", "{", "2", "", "", vocabulary=FORMULAS, sure=1 - 1e-6)
    frames[4:, FORMULAS.symbols.index("}") + 1] = -9.0
    assert frames[4, FORMULAS.symbols.index("}") + 1] < NEGLIGIBLE
    (found, *_) = read(frames, FORMULAS, Decoding(beam=beam, constrained=True))
    assert found.latex == "x ^ { 2 }" and found.logprob == pytest.approx(log(2 * exp(-9.0)), abs=0.5)


def test_greedy_reading_keeps_what_the_grammar_takes():
    frames = spelt("x", "", "^", "{", "2", "}", vocabulary=FORMULAS)
    free, held = (read(frames, FORMULAS, Decoding(constrained=kind))[0] for kind in (False, True))
    assert free == held and free.latex == "x ^ { 2 }"
    broken = spelt("x", "^", "{", "2", "", "", vocabulary=FORMULAS)
    assert read(broken, FORMULAS, Decoding())[0].latex == "x ^ { 2"
    assert is_valid(read(broken, FORMULAS, Decoding(constrained=True))[0].tokens)


@pytest.mark.parametrize("beam", [1, 4])
@pytest.mark.parametrize("constrained", [False, True])
def test_doubles_survive(beam, constrained):
    """The seven stands there twice, with a blank between; a run of frames is one token."""
    frames = spelt("6", "6", "", "7", "", "7", "7", "8")
    assert read(frames, DIGITS, Decoding(beam=beam, constrained=constrained))[0].latex == "6 7 7 8"


def test_a_token_is_never_mistaken_for_silence():
    """Published decoders had a silence token of their own, the bar; ours is none of the vocabulary."""
    bars = Vocabulary(("x", "|"))
    frames = spelt("|", "", "x", "", "|", vocabulary=bars)
    assert read(frames, bars, Decoding(beam=5))[0].latex == "| x |"
    assert read(spelt("", "", "x", "", "", vocabulary=bars), bars, Decoding(beam=5))[0].latex == "x"


def test_padding_behind_a_row_is_not_read():
    frames = torch.stack([spelt("6", "", "7", "8", "8"), spelt("7", "", "7", "", "8")])
    found = read_frames(frames, torch.tensor([3, 5]), DIGITS, Decoding(beam=2))
    assert [hypotheses[0].latex for hypotheses in found] == ["6 7", "7 7 8"]


def test_no_frames_say_nothing():
    frames = torch.zeros(2, 0, 4)
    found = read_frames(frames, torch.tensor([0, 0]), DIGITS, Decoding(beam=2, constrained=True))
    assert [hypotheses[0].tokens for hypotheses in found] == [(), ()]
    assert read_frames(frames[:0], torch.zeros(0, dtype=torch.long), DIGITS, Decoding()) == []


def test_the_language_model_settles_what_the_frames_leave_open():
    """Is it ^ or }? Behind `x` and before a group the script is far more usual."""
    words = Vocabulary(("2", "^", "x", "{", "}"))
    frames = spelt("x", "^", "{", "2", "}", vocabulary=words)
    frames[1] = torch.tensor([0.02, 0.02, 0.46, 0.02, 0.01, 0.47]).log()
    assert read(frames, words, Decoding(beam=5))[0].latex == "x } { 2 }"
    assert read(frames, words, Decoding(beam=5, lm_weight=0.5))[0].latex == "x ^ { 2 }"


def test_language_adds_up_along_a_prefix():
    def gains(weight: float) -> list[float]:
        model, found = Language(FORMULAS, weight), []
        context = model.start()
        for token in "x ^ { 2 }".split():
            number = FORMULAS.symbols.index(token) + 1
            found.append(model.gain(context, number))
            context = model.after(context, number)
        return [*found, model.end(context)]

    whole, halves = gains(1.0), gains(0.5)
    assert halves == pytest.approx([gain / 2 for gain in whole])
    assert whole[2] > 0  # a brace behind ^ is no surprise


def test_what_makes_no_sense_is_refused():
    with pytest.raises(UsageError, match="beam must be at least 1"):
        read(spelt("6"), DIGITS, Decoding(beam=0))


def test_frames_that_a_label_needs():
    assert frames_needed(()) == 0
    assert frames_needed("6 7 7 8".split()) == 5
    assert frames_needed("1 1 1".split()) == 5


def test_choices_are_symbols_behind_the_blank():
    tokens = torch.tensor([[3, 4, 2, 0], [5, 2, 0, 0]])
    assert choices(tokens).tolist() == [[1, 2, 0, 0], [3, 0, 0, 0]]


def test_labels_out_of_reach_cost_nothing_and_teach_nothing():
    frames = random_frames(0, 3, DIGITS)[None].repeat(2, 1, 1).requires_grad_()
    labels, counts, lengths = torch.tensor([[1, 1, 0], [1, 1, 1]]), torch.tensor([2, 3]), torch.tensor([3, 3])
    assert out_of_reach(labels, counts, lengths).tolist() == [False, True]
    values = losses(frames, lengths, labels, counts)
    assert float(values[0].detach()) == pytest.approx(-by_force(frames[0].detach())[1, 1], abs=1e-5)
    assert float(values[1].detach()) == 0.0
    values.sum().backward()
    assert frames.grad[0].any() and not frames.grad[1].any()


@given(seed=st.integers(0, 10_000), count=st.integers(1, 6), label=st.lists(st.integers(1, 3), max_size=4))
def test_occupancy_is_that_of_all_alignments(seed, count, label):
    frames = random_frames(seed, count, DIGITS)
    if frames_needed(label) > count:
        with pytest.raises(ValueError, match="no alignment"):
            occupancy(frames, label)
        return
    held, total = torch.zeros(len(label), count), 0.0
    for alignment in product(range(4), repeat=count):
        if said(alignment) == tuple(label):
            value = exp(sum(float(frames[t, choice]) for t, choice in enumerate(alignment)))
            total += value
            place = -1
            for t, (before, now) in enumerate(pairwise((BLANK, *alignment))):
                place += now != BLANK and now != before
                if now != BLANK:
                    held[place, t] += value
    assert torch.allclose(occupancy(frames, label), held / total, atol=1e-5)


def test_best_path():
    assert best_path(spelt("6", "6", "", "6").numpy()) == (1, 1)
    assert best_path(spelt().numpy()) == ()
