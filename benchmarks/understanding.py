"""What the Large Action Model understands, how fast, and how soon it has learned it: beside its peers.

    LAM_BENCH_DATA=… python benchmarks/understanding.py [--quick] [--diet] [--set KEY=VALUE …] [ROW …]

Without names all rows but `ablation` run. Test splits are read once, at the end of each training; models are
trained with the defaults of `Recipe` but for what RECIPES says, which was chosen on validation data. Minutes
on 2 idle cores without bf16, where BANKING77 trains in 8:

| row       | what                                                                        | full | --quick |
| --------- | --------------------------------------------------------------------------- | ---- | ------- |
| banking77 | all of BANKING77 and plain cross-entropy (3 seeds); SetFit (1)              | 65   | 6       |
| fewshot   | ten examples an intent and plain cross-entropy (5 seeds); SetFit (3)        | 45   | 6       |
| clinc150  | intents, and texts outside of all of them (3 seeds)                         | 30   | 3       |
| snips     | slots and intents (3 seeds); Rasa's CRFEntityExtractor                      | 40   | 4       |
| noise     | typos, homophones, chatter and a guided attack, with and without defences   | 20   | 4       |
| context   | pairs that the bot's turn decides, with and without contexts                | 12   | 3       |
| speed     | one message on one core: component and parse, in turn with Rasa's default   | 6    | 4       |
| footprint | memory, disk and imports where it serves                                    | 1    | 1       |
| agreement | int8 against the torch model                                                | 3    | 1       |
| pace      | how long until a training is as good as it gets, in turn with DIET          | 30   | 10      |
| ablation  | one part of the training left out at a time                                 | 85   | 17      |

What several rows train is trained once. A row that runs alone takes as much longer: noise and footprint 8
minutes, agreement 18, ablation 16; speed 10 and footprint 8 where the assistant's model is not trained.
`--quick` takes a fifth of each set and one seed. `--diet` adds the trainings that take hours: DIET in
banking77 (90 minutes) and snips (150), and pace with four fifths of the rows in place of one (90).
`--set` changes all recipes of ours, `--set encoder=FOLDER` for one. SetFit's packages go into an environment
of their own, .tools/setfit: a minute and 1.3 GB, once.

Full figures are kept in benchmarks/kept, a file each, with the date, the CPU and the versions; they are read
back while code, recipe and data stay the same (comments don't count). Delete a file to measure it anew.
Others, and trained models, are kept in results/, of which all may be deleted.
"""

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.agreement import agreement
from benchmarks.attacked import noise
from benchmarks.context import context
from benchmarks.figures import Run
from benchmarks.footprint import footprint
from benchmarks.intents import ablation, banking77, fewshot
from benchmarks.outside import clinc150
from benchmarks.pace import pace
from benchmarks.sheet import Sheet
from benchmarks.slots import snips
from benchmarks.speed import speed
from lam.workbench.command_recipe import read_recipe
from lam.workbench.terminal import CommandError

_MEASURES: tuple[Callable[[Run], list[Sheet]], ...] = (
    banking77, fewshot, clinc150, snips, noise, context, speed, footprint, agreement, pace, ablation,
)  # fmt: skip
ROWS = {measure.__name__: measure for measure in _MEASURES}
_ON_DEMAND = ("ablation",)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*ROWS, []])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--diet", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args(arguments)
    try:
        run = Run(asked.quick, asked.diet, _changes(asked.set))
    except CommandError as error:
        parser.error(str(error))
    for name in asked.rows or [one for one in ROWS if one not in _ON_DEMAND]:
        for sheet in ROWS[name](run):
            dataclasses.replace(sheet, title=sheet.title + (" (quick)" if run.quick else "")).show()


def _changes(settings: Sequence[str]) -> dict[str, Any]:
    """Return the keys of a recipe that settings name, with their values checked."""
    recipe = dataclasses.asdict(read_recipe(settings=settings))
    return {key: recipe[key] for key in (one.partition("=")[0].strip() for one in settings)}


if __name__ == "__main__":
    main()
