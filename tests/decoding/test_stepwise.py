"""Searches against slow ones that look at everything."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from hmer_suite import validate
from hmer_suite.decoding.search import FLOOR, LOOP_TOKENS, loops, score
from hmer_suite.decoding.stepwise import StepwiseRecogniser, search, teacher_forced
from hmer_suite.errors import PluginError, UsageError
from hmer_suite.latex.automaton import is_valid
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import BEGIN, END, PAD, Vocabulary
from tests.decoding.exhaustive import (
    TableModel,
    closed_in_time,
    every_sequence,
    exact,
    free,
    images,
    plain_beam,
    same,
)

LETTERS = Vocabulary(("a", "b", "c"))
SMALL = Vocabulary(("^", "x", r"\frac", "{", "}"))
CROHME = Vocabulary(
    tuple(
        r"""0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z A B C E F G H I L M N P R S T V X
        Y + - = ( ) [ ] { } | / , . ! ' < > ^ _ \frac \sqrt \sum \int \lim \limits \sin \cos \tan \log \alpha
        \beta \gamma \theta \phi \pi \mu \sigma \lambda \Delta \infty \rightarrow \leq \geq \neq \lt \gt \pm \times
        \div \cdot \cdots \ldots \prime \in \forall \exists \{ \}""".split()
    )
)
RICH = Vocabulary(
    CROHME.symbols
    + tuple(
        r"""\left \right \middle \begin{matrix} \end{matrix} \begin{array} \end{array} & \\ \hline \text $ \mathrm
        \overset \operatorname \hspace * \hat \over \quad \foo \kern3pt \big""".split()
    )
)


def greedy(max_length: int, **changes) -> Decoding:
    return Decoding(max_length=max_length, **changes)


# --- against everything there is ---------------------------------------------------------------------


@pytest.mark.parametrize("length_penalty", [0.0, 0.5, 1.0, 2.0, -1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_as_wide_as_everything_finds_the_exact_best(seed: int, length_penalty: float):
    model = TableModel(LETTERS, seed)
    how = Decoding(beam=500, nbest=12, max_length=5, length_penalty=length_penalty)
    sequences = every_sequence(LETTERS, 5)
    for image, found in zip((1, 2), search(model, images(1, 2), how), strict=True):
        assert same(found, exact(model, image, sequences, how))


@pytest.mark.parametrize("max_length", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_so_it_does_within_the_grammar(seed: int, max_length: int):
    model = TableModel(SMALL, seed)
    how = Decoding(beam=4000, nbest=12, max_length=max_length, constrained=True)
    valid = [s for s in every_sequence(SMALL, max_length) if is_valid(SMALL.decode(s))]
    (found,) = search(model, images(seed), how)
    assert same(found, exact(model, seed, closed_in_time(model, seed, valid), how))


@pytest.mark.parametrize("length_penalty", [0.0, 1.0, 3.0, -0.5])
@pytest.mark.parametrize(("beam", "nbest"), [(1, 1), (2, 1), (3, 3), (4, 2), (7, 7)])
def test_the_beam_is_the_beam_of_the_textbook_and_stopping_early_changes_nothing(
    beam: int, nbest: int, length_penalty: float
):
    how = Decoding(beam=beam, nbest=nbest, max_length=9, length_penalty=length_penalty)
    for seed in range(12):
        model = TableModel(LETTERS, seed, favours={"<end>": seed % 4 - 2.0})
        for image, found in enumerate(search(model, images(0, 1, 2), how)):
            assert same(found, plain_beam(model, image, how, free(LETTERS)))


def test_a_search_that_can_find_nothing_better_stops():
    model = TableModel(LETTERS, 0, spread=0.1, favours={"<end>": 9.0})
    search(model, images(0, 1), Decoding(beam=5, nbest=1))
    assert len(model.sizes) == 1
    search(model, images(0, 1), Decoding(beam=5, nbest=5))
    assert 1 < len(model.sizes) < 5


def test_and_within_the_grammar():
    def allowed(prefix: tuple[int, ...], remaining: int) -> list[int]:
        valid = [s for s in closed if s[: len(prefix)] == prefix and len(s) <= len(prefix) + remaining]
        return sorted({s[len(prefix)] if len(s) > len(prefix) else END for s in valid})

    sequences = [s for s in every_sequence(SMALL, 5) if is_valid(SMALL.decode(s))]
    shorter = 0
    for beam in (1, 2, 5):
        how = Decoding(beam=beam, nbest=beam, max_length=5, constrained=True)
        for seed in range(6):
            model = TableModel(SMALL, seed, favours={r"\frac": 2.0, "<end>": seed % 3 - 2.0})
            (found,) = search(model, images(seed), how)
            closed = closed_in_time(model, seed, sequences)
            shorter += len(closed) < len(sequences)
            assert same(found, plain_beam(model, seed, how, allowed))
    assert shorter, "some of the models would end too early"


@pytest.mark.parametrize("seed", range(10))
def test_greedy_takes_the_likeliest_token_each_time(seed: int):
    model = TableModel(CROHME, seed)
    (found,) = search(model, images(seed), greedy(40))
    prefix: tuple[int, ...] = ()
    while len(prefix) < 40:
        scores = model.behind(seed, prefix)
        scores[PAD] = scores[BEGIN] = -math.inf
        token = scores.index(max(scores))
        if token == END:
            break
        prefix += (token,)
    assert found[0].tokens == CROHME.decode(prefix)
    assert found[0].logprob == pytest.approx(model.logprob(seed, prefix), abs=1e-9)


# --- batches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("beam", [1, 4])
def test_company_and_order_in_a_batch_change_nothing(beam: int, constrained: bool):
    model = TableModel(CROHME, 3, favours={"<end>": 3.0})
    how = Decoding(beam=beam, nbest=beam, constrained=constrained, max_length=25)
    alone = {image: search(model, images(image), how)[0] for image in range(9)}
    assert (
        len({len(hypotheses[0].tokens) for hypotheses in alone.values()}) > 3
    )  # they end at different steps
    for order in (range(9), [8, 2, 5, 0], [4, 4, 1]):
        assert search(model, images(*order), how) == [alone[image] for image in order]


def test_no_images_no_readings():
    assert search(TableModel(LETTERS), images(), greedy(5)) == []


def test_finished_images_leave_the_batch_when_that_saves_work():
    """Rows worked on in vain never cost more than the rows that are left would cost to move."""
    model = TableModel(LETTERS, 0, favours={"<end>": -4.0})
    lengths = [len(h.tokens) for (h,) in search(model, images(*range(64)), greedy(100))]
    needed = [sum(length >= step for length in lengths) for step in range(len(model.sizes))]
    assert len(model.sizes) == max(lengths) + 1
    assert all(size >= need for size, need in zip(model.sizes, needed, strict=True))
    assert sum(model.sizes) < 2 * sum(needed) < 64 * len(needed)


def test_the_state_is_moved_only_where_something_changes():
    class Counting(TableModel):
        def step(self, memory, state, tokens):
            self.states.append(state["place"])
            found, following = super().step(memory, state, tokens)
            self.made.append(following["place"])
            return found, following

    model = Counting(LETTERS, 0, favours={"<end>": -50.0})
    model.states, model.made = [], []
    search(model, images(1, 2, 3), greedy(6))
    assert all(before is after for before, after in zip(model.made, model.states[1:], strict=False))


def test_what_all_rows_share_is_not_copied():
    class Sharing(TableModel):
        def start(self, batch):
            memory, state = super().start(batch)
            return memory | {"weights": torch.arange(3.0).expand(len(batch), 3)}, state

        def step(self, memory, state, tokens):
            assert memory["weights"].shape == (len(tokens), 3) and memory["weights"].stride(0) == 0
            return super().step(memory, state, tokens)

    for beam in (1, 3):
        how = Decoding(beam=beam, max_length=20)
        assert search(Sharing(LETTERS), images(0, 1, 2), how) == search(
            TableModel(LETTERS), images(0, 1, 2), how
        )


def test_images_look_once():
    model = TableModel(LETTERS, 0)
    search(model, images(1, 2), Decoding(beam=3, nbest=3, max_length=6))
    assert model.begun == 1


# --- what comes back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_n_best_are_distinct_sorted_and_as_many_as_asked(seed: int, constrained: bool):
    model = TableModel(CROHME, seed)
    how = Decoding(beam=8, nbest=5, constrained=constrained, max_length=12)
    (found,) = search(model, images(seed), how)
    assert len(found) == 5
    assert len({h.tokens for h in found}) == 5
    ranks = [h.score for h in found]
    assert ranks == [score(h.logprob, len(h.tokens), how.length_penalty) for h in found]
    assert ranks == sorted(ranks, reverse=True)


def test_no_more_hypotheses_than_places_in_the_beam():
    (found,) = search(TableModel(LETTERS), images(0), Decoding(beam=2, nbest=9, max_length=4))
    assert len(found) == 2


def test_fewer_where_there_are_fewer():
    how = Decoding(beam=9, nbest=9, max_length=1, constrained=True)
    (found,) = search(TableModel(Vocabulary(("x", "{"))), images(0), how)
    assert {h.latex for h in found} == {"", "x"}


@pytest.mark.parametrize("beam", [1, 2, 3])
def test_equal_scores_are_settled_by_the_order_of_the_vocabulary(beam: int):
    class Flat(TableModel):
        def step(self, memory, state, tokens):
            found, state = super().step(memory, state, tokens)
            return torch.full_like(found, -math.log(found.shape[1])), state

    (found,) = search(
        Flat(CROHME), images(0), Decoding(beam=beam, nbest=beam, max_length=3, length_penalty=0.0)
    )
    assert [h.latex for h in found] == ["", "0", "0 0"][:beam]


def test_at_most_so_many_tokens():
    model = TableModel(LETTERS, 0, favours={"<end>": -100.0})
    for beam in (1, 3):
        for max_length in (0, 1, 4):
            (found,) = search(model, images(0), Decoding(beam=beam, max_length=max_length))
            assert len(found[0].tokens) == max_length
            numbers = tuple(LETTERS.encode(found[0].latex))
            assert found[0].logprob == pytest.approx(model.logprob(0, numbers))


def test_padding_and_begin_are_never_written():
    class Special(TableModel):
        def step(self, memory, state, tokens):
            found, state = super().step(memory, state, tokens)
            found = found.clone()
            found[:, [PAD, BEGIN]] = 0.0
            assert not (tokens == PAD).any()
            return found, state

    for beam in (1, 3):
        for constrained in (False, True):
            how = Decoding(beam=beam, nbest=beam, max_length=6, constrained=constrained)
            (found,) = search(Special(LETTERS, 1), images(0), how)
            for h in found:
                numbers = tuple(LETTERS.encode(h.latex))  # what was scored is what is told
                assert h.logprob == pytest.approx(TableModel(LETTERS, 1).logprob(0, numbers))


@pytest.mark.parametrize("bad", [math.nan, -math.inf, math.inf])
@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("beam", [1, 3])
def test_sums_stay_finite_whatever_the_model_says(bad: float, constrained: bool, beam: int):
    class Broken(TableModel):
        def step(self, memory, state, tokens):
            found, state = super().step(memory, state, tokens)
            return torch.full_like(found, bad), state

    (found,) = search(Broken(CROHME), images(0), Decoding(beam=beam, constrained=constrained, max_length=7))
    assert found[0].tokens == () and FLOOR <= found[0].logprob <= 0


# --- the grammar -------------------------------------------------------------------------------------

ADVERSARIES = {
    "random": {},
    "never ends": {"<end>": -1e9},
    "opens groups": {"{": 30.0, "<end>": -1e9},
    "fractions": {r"\frac": 30.0, "<end>": -1e9},
    "roots": {r"\sqrt": 30.0, "[": 29.0, "<end>": -1e9},
    "scripts": {"^": 30.0, "_": 30.0, "<end>": -1e9},
    "limits": {r"\limits": 30.0, r"\sum": 28.0},
    "closes": {"}": 30.0, ")": 5.0},
    "primes": {"'": 30.0, "^": 28.0, "<end>": -1e9},
    "fences": {r"\left": 30.0, "{": 28.0, "<end>": -1e9},
    "environments": {r"\begin{array}": 30.0, r"\begin{matrix}": 30.0, "&": 20.0, "<end>": -1e9},
    "text": {r"\text": 30.0, "{": 29.0, "$": 29.0, "<end>": -1e9},
    "stars": {r"\operatorname": 20.0, "*": 25.0},
}


@pytest.mark.parametrize("max_length", [1, 2, 3, 7, 30])
@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_constrained_output_is_valid_whatever_the_model(adversary: str, max_length: int):
    vocabulary = RICH
    favours = ADVERSARIES[adversary]
    for seed in range(2):
        model = TableModel(vocabulary, seed, favours=favours)
        for beam in (1, 3):
            how = Decoding(beam=beam, nbest=beam, constrained=True, max_length=max_length)
            for hypotheses in search(model, images(0, 1, 2), how):
                for hypothesis in hypotheses:
                    assert len(hypothesis.tokens) <= max_length
                    assert not validate(hypothesis.latex).problems, hypothesis.latex


def test_deep_nesting_stays_valid():
    model = TableModel(RICH, favours={"{": 30.0, "<end>": -1e9})
    (found,) = search(model, images(0), greedy(300, constrained=True))
    # Braces are opened until that is a loop, and then all are closed.
    opened = found[0].tokens.count("{")
    assert opened >= LOOP_TOKENS and len(found[0].tokens) >= 2 * opened
    assert not validate(found[0].latex).problems


# --- loops and given texts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1 " * 48, True),
        ("1 " * 47, False),
        ("x + " * 24, True),
        (r"\lim _ { x \rightarrow \infty } " * 8, True),
        (r"\lim _ { x \rightarrow \infty } " * 7, False),
        ("3 . " + "3 " * 17, False),
        ("a b " * 30 + "c", False),
    ],
)
def test_loops_are_what_nobody_writes(text: str, expected: bool):
    assert loops(text.split()) is expected


@pytest.mark.parametrize("constrained", [False, True])
def test_a_loop_is_left(constrained: bool):
    model = TableModel(RICH, favours={"x": 30.0, "<end>": -1e9})
    (found,) = search(model, images(0), Decoding(constrained=constrained, max_length=200))
    assert len(found[0].tokens) == LOOP_TOKENS


def test_likelihoods_of_what_was_read_are_those_of_the_search():
    model = TableModel(CROHME, 4)
    found = search(model, images(0, 1, 2), Decoding(beam=6, nbest=6, max_length=12))
    texts = [[CROHME.encode(hypothesis.latex) for hypothesis in hypotheses] for hypotheses in found]
    said = teacher_forced(model, images(0, 1, 2), texts)
    for hypotheses, likelihoods in zip(found, said, strict=True):
        for hypothesis, likelihood in zip(hypotheses, likelihoods, strict=True):
            assert likelihood.logprob == pytest.approx(hypothesis.logprob, abs=1e-4)
            assert len(likelihood.tokens) == len(hypothesis.tokens) + 1
            assert sum(likelihood.tokens) == pytest.approx(likelihood.logprob)


def test_likelihoods_of_no_text_and_of_the_empty_one():
    model = TableModel(CROHME, 4)
    none, empty = teacher_forced(model, images(0, 1), [[], [()]])
    assert none == [] and len(empty) == 1 and len(empty[0].tokens) == 1


@pytest.mark.parametrize("max_length", [3, 8, 60])
def test_greedy_within_the_grammar_is_free_greedy_wherever_that_is_valid(max_length: int):
    how = greedy(max_length)
    valid = 0
    for seed in range(20):
        model = TableModel(SMALL, seed, favours={"<end>": 1.0, "x": 2.0})
        batch = images(*range(4))
        both = zip(
            search(model, batch, how), search(model, batch, replace(how, constrained=True)), strict=True
        )
        for free_found, constrained in both:
            if is_valid(free_found[0].tokens):
                valid += len(free_found[0].tokens) > 1
                assert constrained == free_found
            else:
                assert constrained != free_found and is_valid(constrained[0].tokens)
    assert valid > 8


class Recited(StepwiseRecogniser):
    """Says the tokens of one text and its end, come what may; behind the end, if it must go on, `x` for ever."""

    def __init__(self, text: str, second: str):
        super().__init__(SMALL)
        self.said, self.second = [*SMALL.encode(text), END], SMALL.encode(second)[0]

    def forward(self, batch, label_smoothing=0.0):
        raise NotImplementedError

    def start(self, batch):
        return {}, {"place": torch.zeros(len(batch), dtype=torch.long)}

    def step(self, memory, state, tokens):
        scores = torch.full((len(tokens), len(SMALL)), -20.0)
        for row, place in enumerate(state["place"].tolist()):
            scores[row, SMALL.encode("x")[0]] = -5.0
            scores[row, self.second] = -4.0
            scores[row, self.said[min(place, len(self.said) - 1)]] = -0.1
        return scores, {"place": state["place"] + 1}


@pytest.mark.parametrize(
    ("said", "second", "written"),
    [
        ("{ x", "x", "{ x }"),
        ("{ { x", "{", "{ { x } }"),
        (r"\frac { x", "x", r"\frac { x } x"),
        (r"\frac { x }", "{", r"\frac { x } x"),
        ("x ^", r"\frac", "x ^ x"),
        ("x", "x", "x"),
    ],
)
def test_what_the_model_leaves_open_is_closed_in_as_few_tokens_as_can_be(said, second, written):
    """Of the shortest ways it takes the likeliest; driven on past its end, this model would write x to the limit."""
    ((found,),) = search(Recited(said, second), images(0), greedy(40, constrained=True))
    assert found.latex == written


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"beam": 0}, "beam must be at least 1, not 0"),
        ({"nbest": 0}, "nbest must be at least 1, not 0"),
        ({"max_length": -1}, "max_length must be at least 0, not -1"),
        ({"constrained": True, "grammar": "klingon"}, "klingon"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict, message: str):
    with pytest.raises(UsageError, match=message):
        search(TableModel(LETTERS), images(0), replace(Decoding(), **changes))


def test_a_model_of_another_shape_is_named():
    class Narrow(TableModel):
        def step(self, memory, state, tokens):
            found, state = super().step(memory, state, tokens)
            return found[:, 1:], state

    with pytest.raises(PluginError, match=r"step of Narrow returned \(2, 5\), not \(2, 6\)"):
        search(Narrow(LETTERS), images(0, 1), greedy(3))


# --- a given beginning ---------------------------------------------------------------------


@pytest.mark.parametrize("beam", [1, 2, 100])
@pytest.mark.parametrize("constrained", [False, True])
def test_hypotheses_begin_with_the_prefix_and_are_the_best_of_those_that_do(beam, constrained):
    model = TableModel(SMALL, seed=5)
    how = Decoding(beam=beam, nbest=beam, constrained=constrained, max_length=4, prefix=("x", "^"))
    (found,) = search(model, images(1), how)
    assert found and all(one.tokens[:2] == ("x", "^") for one in found)
    if constrained:
        assert all(validate(one.latex).valid for one in found)
    if beam == 100:
        whole = replace(how, prefix=(), beam=2000, nbest=2000)
        (every,) = search(model, images(1), whole)
        begun = [one for one in every if one.tokens[:2] == ("x", "^")]
        if not constrained:
            assert found[0].tokens == begun[0].tokens


def test_prefix_of_the_best_reading_changes_nothing():
    model = TableModel(LETTERS, seed=2)
    (found,) = search(model, images(1), greedy(6))
    (again,) = search(model, images(1), greedy(6, prefix=found[0].tokens[:2]))
    assert again == found and math.isclose(again[0].logprob, found[0].logprob, abs_tol=1e-5)


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        (("q",), "does not write q"),
        (("x", "}"), "no valid formula begins like this: x } (at })"),
        (("x",) * 5, "5 tokens, where a formula has at most 4"),
    ],
)
def test_prefix_that_cannot_be_kept_is_refused(prefix, said):
    with pytest.raises(UsageError) as refused:
        search(TableModel(SMALL), images(1), Decoding(constrained=True, max_length=4, prefix=prefix))
    assert said in str(refused.value)
