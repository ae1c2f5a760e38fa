"""The report of a training in Rasa, on the texts that it held back."""

from collections.abc import Sequence
from pathlib import Path

from rasa.shared.utils.cli import print_info
from rasa.shared.utils.io import raise_warning

from lam.reports.writer import ReportError, write_report
from lam.types import Example
from lam.understanding import IntentClassifier, Recipe
from lam.understanding.training.split import hold_back, unseen


def report_held_back(
    classifier: IntentClassifier, examples: Sequence[Example], recipe: Recipe, folder: Path
) -> None:
    """Write how well the texts are read that were not trained on.

    They vote once the model is served; here none counts for itself. What hinders a report is told, and no
    more than that: the training has taken longer.

    Args:
        classifier: has been trained on the examples.
        examples: all of them.
        recipe: says which were held back.
        folder: of the report.
    """
    kept, held = hold_back(examples, recipe.validation, recipe.seed)
    texts = unseen([examples[place] for place in held], [examples[place] for place in kept])
    if not texts:
        raise_warning(
            f"report: expected texts held back of {len(examples)}, found none. "
            "Set validation to a larger share, or leave report out."
        )
        return
    try:
        readings = classifier.read_held_back(texts)
        page = write_report(folder, texts, readings, "How well texts held back are read")
    except ReportError as error:
        raise_warning(f"report: {error}")
    else:
        print_info(f"How well texts held back are read: {page}")
