"""Validation during a run: greedy readings, shared among processes, and the selection of the best checkpoint."""

from __future__ import annotations

from accelerate.utils import gather_object

from hmer_suite.data.subsets import pick
from hmer_suite.scores.rates import Rates
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import BEST
from hmer_suite.train.evaluate import rate, read
from hmer_suite.train.in_batches import Readings
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.training_run import TrainingRun, save_best


def validation_due(run: TrainingRun) -> bool:
    """Whether to validate after the step that was just made; always after the one that ends planned minutes."""
    every = run.config.validate_every
    if run.config.minutes and run.is_complete():
        return True
    return run.counters.step % every == 0 if every else run.counters.batch == 0


def validate(run: TrainingRun, report: Reporter) -> None:
    """Rate the selected network on the validation samples; keep it if it is the best so far.

    Counts validations without improvement, for early stopping and the schedule ``plateau``.
    """
    samples = run.data.validation
    if run.config.validation_limit:
        samples = pick(samples, range(min(len(samples), run.config.validation_limit)))
    predictions = _predictions(run, samples)
    rates = rate(predictions, samples.labels)
    if _improved(run, rates):
        save_best(run, rates)
        report.checkpoint(run.counters, run.out / BEST)
    report.validation(run.counters, rates, samples, predictions)


def _improved(run: TrainingRun, rates: Rates) -> bool:
    counters, config = run.counters, run.config
    if (rates.exprate, -rates.wer) > (counters.best, -counters.best_wer):
        counters.best, counters.best_wer, counters.stale = rates.exprate, rates.wer, 0
        return True
    counters.stale += 1
    if config.schedule == "plateau" and counters.stale % max(1, config.plateau_patience) == 0:
        counters.lowered += 1
    return False


def _predictions(run: TrainingRun, samples: SampleSet) -> list[str]:
    """Greedy readings in the order of the set; each process reads every n-th batch."""
    rank, world = run.accelerator.process_index, run.accelerator.num_processes
    longest = max((len(label.split()) for label in samples.labels), default=0)
    how = Decoding(max_length=max(50, longest + longest // 2))
    read_here: Readings = {}
    batch_size = max(8, run.config.batch_size)
    for found in read(
        run.selected_model, samples, how, batch_size=batch_size, batches=slice(rank, None, world)
    ):
        read_here |= found
    merged = {place: text for part in gather_object([_texts(read_here)]) for place, text in part.items()}
    return [merged[place] for place in range(len(samples))]


def _texts(readings: Readings) -> dict[int, str]:
    return {place: hypotheses[0].latex if hypotheses else "" for place, hypotheses in readings.items()}
