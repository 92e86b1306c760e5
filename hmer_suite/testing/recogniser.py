"""The contract of a recogniser."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hmer_suite.errors import UsageError
from hmer_suite.latex.automaton import is_valid
from hmer_suite.settings.resolve import Settings, resolve
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Preprocessing, RecogniserSpec
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.testing.common import Contract
from hmer_suite.testing.pictures import INKS, PICTURES, inks, pictures

if TYPE_CHECKING:
    from torch import Tensor

    from hmer_suite.nn.batch import Batch
    from hmer_suite.nn.recogniser import Recogniser


class RecogniserContract(Contract):
    """The contract of a recogniser.

    `spec` is its `RecogniserSpec`. `quick` are settings that make its network small enough for the tests that train,
    such as ``{"preset": "small"}``; `learning_rate` and `max_steps` are those of the overfitting test. `drawn` are four
    labels with their pictures, for a recogniser that cannot write those of `PICTURES`; `written` are four with their
    strokes, for a recogniser of ink that cannot write those of `INKS`.
    """

    kind = "recogniser"
    spec: RecogniserSpec
    quick: ClassVar[Mapping[str, object]] = {}
    drawn: ClassVar[Mapping[str, str]] = PICTURES
    written: ClassVar[Mapping[str, str]] = INKS
    learning_rate = 3e-3
    max_steps = 400

    def test_it_builds_from_every_preset(self) -> None:
        from hmer_suite.nn.recogniser import build

        for preset in self.spec.presets:
            settings = self._settings(preset=preset)
            model = build(self.spec, settings.options, self._vocabulary())
            assert any(p.requires_grad for p in model.parameters()), f"preset {preset} has nothing to train"
            found = self.spec.preprocessing(settings.options)
            assert isinstance(found, Preprocessing), f"preprocessing returned {found!r}"

    def test_losses_are_one_a_sample_and_have_gradients(self) -> None:
        model, batch = self._model(), self._batch()
        for smoothing in (0.0, 0.1):
            model.zero_grad()
            losses = model(batch, label_smoothing=smoothing)
            assert losses.shape == (len(batch),), (
                f"losses have shape {tuple(losses.shape)}, not ({len(batch)},)"
            )
            assert losses.isfinite().all(), f"losses are {losses.tolist()}"
            losses.sum().backward()
            gradients = [p.grad for p in model.parameters() if p.grad is not None]
            assert gradients and all(g.isfinite().all() for g in gradients), (
                "gradients are missing or not finite"
            )
            assert any(g.abs().sum() > 0 for g in gradients), "all gradients are 0"

    def test_it_overfits_four_samples(self) -> None:
        """Within `max_steps` it reads the four formulas, at a twentieth of its initial losses."""
        import torch

        model, batch = self._model(), self._batch()
        optimiser = torch.optim.AdamW(model.parameters(), self.learning_rate, weight_decay=0.0)
        goal = self._losses(model.eval(), batch).mean() / 20
        for step in range(1, self.max_steps + 1):
            optimiser.zero_grad()
            model.train()(batch).mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            if step % 20 == 0:
                loss, read = self._losses(model.eval(), batch).mean(), self._reads(model, batch)
                if loss < goal and read == list(self._formulas()):
                    return
        raise AssertionError(
            f"after {step} steps the loss is {loss:.3f}, wanted below {goal:.3f}; it reads {read}"
        )

    def test_greedy_reading(self) -> None:
        model, batch = self._model().eval(), self._batch()
        found = model.decode(batch, Decoding(max_length=7))
        self._check(found, len(batch), nbest=1, max_length=7)
        assert found == model.decode(batch, Decoding(max_length=7)), "a second reading differs"

    def test_beam_and_n_best(self) -> None:
        model, batch = self._model().eval(), self._batch()
        how = Decoding(beam=4, nbest=3, max_length=7, length_penalty=0.0)
        found = model.decode(batch, how)
        self._check(found, len(batch), nbest=3, max_length=7)
        for hypotheses in found:
            logprobs = [hypothesis.logprob for hypothesis in hypotheses]
            assert logprobs == sorted(logprobs, reverse=True), f"not the best first: {logprobs}"

    def test_likelihoods_are_those_of_the_search(self) -> None:
        """The likelihood of a text is the log-probability of the hypothesis that reads it.

        A recogniser without likelihoods raises `UsageError`; its readings cannot be joined with others'.
        """
        model, batch = self._model().eval(), self._batch()
        found = model.decode(batch, Decoding(beam=4, nbest=3, max_length=7))
        numbers = [[self._vocabulary().encode(one.latex) for one in hypotheses] for hypotheses in found]
        try:
            said = model.likelihoods(batch, numbers)
        except UsageError:
            return
        for hypotheses, likelihoods in zip(found, said, strict=True):
            assert len(likelihoods) == len(hypotheses), "not as many likelihoods as texts"
            for hypothesis, likelihood in zip(hypotheses, likelihoods, strict=True):
                difference = abs(likelihood.logprob - hypothesis.logprob)
                assert difference <= 1e-3 * max(1.0, abs(hypothesis.logprob)), (
                    f"{hypothesis.latex}: read with {hypothesis.logprob}, likelihood {likelihood.logprob}"
                )

    def test_constrained_reading_is_valid(self) -> None:
        model, batch = self._model().eval(), self._batch()
        for how in (Decoding(constrained=True, max_length=9), Decoding(3, 3, constrained=True, max_length=9)):
            found = model.decode(batch, how)
            self._check(found, len(batch), nbest=how.nbest, max_length=9)
            for hypothesis in (hypothesis for hypotheses in found for hypothesis in hypotheses):
                assert is_valid(hypothesis.tokens), f"constrained, but not valid: {hypothesis.latex}"

    def test_neither_padding_nor_company_changes_anything(self) -> None:
        """In evaluation mode a sample has the same loss alone, in a batch, and with more padding."""
        model, batch = self._model().eval(), self._batch()
        together = self._losses(model, batch)
        for place in range(len(batch)):
            alone = self._losses(model, self._batch([place]))
            _assert_close(alone, together[place : place + 1], f"{batch.ids[place]} alone and in a batch")
        _assert_close(self._losses(model, _padded(batch)), together, "with more padding")

    def test_reading_does_not_look_at_what_it_is_to_find(self) -> None:
        """Labels and marks of symbols are targets of training: without them it reads the same."""
        model = self._model().eval()
        how = Decoding(max_length=7)
        assert model.decode(self._batch(), how) == model.decode(self._batch(labelled=False), how), (
            "a sample is read differently with its label or marks"
        )

    def test_attention_is_over_the_samples_own_places(self) -> None:
        """`attention`, if it has one, is a map over the image, or a number per stroke, for each token."""
        import torch

        model, batch = self._model().eval(), self._batch()
        attend = getattr(model, "attention", None)
        if attend is None:
            return
        vocabulary = self._vocabulary()
        rows = [vocabulary.encode(label) for label in self._formulas()]
        with torch.no_grad():
            found = attend(batch, rows)
        assert len(found) == len(batch), f"attention of {len(found)} samples of {len(batch)}"
        for place, look in enumerate(found):
            strokes = batch.strokes
            own = tuple(batch.sizes[place].tolist()) if strokes is None else (int(strokes.mask[place].sum()),)
            wanted = (len(rows[place]), *own)
            assert tuple(look.shape) == wanted, f"{batch.ids[place]}: {tuple(look.shape)}, not {wanted}"
            assert look.isfinite().all() and (look >= -1e-6).all(), (
                f"{batch.ids[place]}: negative, or no number"
            )

    def test_the_same_seed_gives_the_same_weights(self) -> None:
        first, second = self._model(seed=3).state_dict(), self._model(seed=3).state_dict()
        for name, tensor in first.items():
            assert tensor.equal(second[name]), f"{name} differs between two networks of one seed"

    def test_weights_survive_safetensors(self) -> None:
        from safetensors.torch import load, save

        model, other = self._model(seed=0).eval(), self._model(seed=1).eval()
        weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
        other.load_state_dict(load(save(weights)))
        batch = self._batch()
        assert self._losses(model, batch).equal(self._losses(other, batch)), (
            "the network depends on more than its state_dict"
        )

    def test_it_trains_in_the_harness(self, tmp_path: Path) -> None:
        """Two steps, a checkpoint that can be read back, then two more steps."""
        from hmer_suite.train.checkpoint import LAST, read_checkpoint
        from hmer_suite.train.datasets import TrainingData
        from hmer_suite.train.loop import train
        from hmer_suite.train.state import Limits

        given = {
            "epochs": 1,
            "batch_size": 1,
            "workers": 0,
            "device": "cpu",
            "warmup_steps": 0,
            "validate_every": 9,
        }
        settings = self._settings(**given)
        samples = self._samples()
        data = TrainingData("formulas", samples, replace(samples, split="validation"))
        outcome = train(self.spec, settings, data, tmp_path / "run", limits=Limits(max_steps=2))
        assert outcome.step == 2 and not outcome.complete
        checkpoint = read_checkpoint(tmp_path / "run" / LAST)
        assert checkpoint.options(self.spec) == settings.options, "options do not survive JSON"
        self._check(checkpoint.build(self.spec).decode(self._batch(), Decoding(max_length=5)), 4, 1, 5)
        outcome = train(self.spec, settings, data, tmp_path / "run", resume=True)
        assert outcome.step == 4 and outcome.complete

    def _settings(self, **given: object) -> Settings:
        return resolve(self.spec, given={**self.quick, **given})

    def _model(self, seed: int = 0) -> Recogniser:
        import torch

        from hmer_suite.nn.recogniser import build

        torch.manual_seed(seed)
        return build(self.spec, self._settings().options, self._vocabulary())

    def _formulas(self) -> Mapping[str, str]:
        """Labels, with their pictures or strokes."""
        return self.written if self.spec.input == "ink" else self.drawn

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._formulas())

    def _check(
        self, found: Sequence[Sequence[Hypothesis]], samples: int, nbest: int, max_length: int
    ) -> None:
        assert len(found) == samples, f"{len(found)} readings of {samples} samples"
        for hypotheses in found:
            _check_hypotheses(hypotheses, nbest, max_length, self._vocabulary())

    def _samples(self) -> SampleSet:
        wanted = self.spec.expects(self._settings().options)
        if wanted.input == "ink":
            return inks(wanted.points, self.written)
        return pictures(wanted.symbol_height, self.drawn)

    def _batch(self, places: Sequence[int] = range(4), labelled: bool = True) -> Batch:
        from hmer_suite.train.loader import batch_of

        return batch_of(self._samples(), places, self._vocabulary(), labelled)

    def _losses(self, model: Recogniser, batch: Batch) -> Tensor:
        import torch

        with torch.no_grad():
            return model(batch)

    def _reads(self, model: Recogniser, batch: Batch) -> list[str]:
        return [hypotheses[0].latex for hypotheses in model.eval().decode(batch, Decoding(max_length=20))]


def _check_hypotheses(
    hypotheses: Sequence[Hypothesis], nbest: int, max_length: int, vocabulary: Vocabulary
) -> None:
    """At least one reading and at most `nbest`, all different, no longer than allowed."""
    assert 1 <= len(hypotheses) <= nbest, f"{len(hypotheses)} hypotheses, asked for {nbest}"
    assert len({hypothesis.tokens for hypothesis in hypotheses}) == len(hypotheses), "a hypothesis twice"
    for hypothesis in hypotheses:
        tokens, logprob = hypothesis.tokens, hypothesis.logprob
        assert len(tokens) <= max_length, f"longer than {max_length} tokens: {hypothesis.latex}"
        assert math.isfinite(logprob) and logprob <= 0, f"logprob {logprob}"
        assert all(token in vocabulary for token in tokens), f"not tokens: {tokens}"


def _padded(batch: Batch) -> Batch:
    """The batch with more padding: of images at the right and the bottom, of strokes, and of labels."""
    from torch.nn.functional import pad

    tokens = pad(batch.tokens, (0, 3))
    if batch.strokes is None:
        return replace(batch, images=pad(batch.images, (0, 24, 0, 40)), tokens=tokens)
    classes, links = batch.strokes.classes, batch.strokes.links
    strokes = replace(
        batch.strokes,
        points=pad(batch.strokes.points, (0, 0, 0, 0, 0, 5)),
        mask=pad(batch.strokes.mask, (0, 5)),
        classes=None if classes is None else pad(classes, (0, 5)),
        links=None if links is None else pad(links, (0, 5, 0, 3)),
    )
    return replace(batch, strokes=strokes, tokens=tokens)


def _assert_close(found: Tensor, expected: Tensor, what: str) -> None:
    difference = float((found - expected).abs().max())
    assert difference <= 1e-3 * max(1.0, float(expected.abs().max())), (
        f"{what}: losses differ by {difference:.2g}"
    )
