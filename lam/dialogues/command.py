"""`lam test conversations [FILES]`: a table of dialogues, and the transcript of each that failed."""

import asyncio
import importlib.util
import tempfile
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from lam.dialogues.play import Played, World, play, read_dialogues
from lam.dialogues.stack import started
from lam.supervisor.model import train

FOLDER = Path("tests/conversations")


def main(arguments: list[str]) -> int:
    """Play the dialogues of the files, or all; return 1 when one fails."""
    console = Console()
    files = [Path(one) for one in arguments] or sorted(FOLDER.glob("*.yml"))
    world = read_world(FOLDER / "world.py")
    model = asyncio.run(train(Path.cwd(), console.print))
    with tempfile.TemporaryDirectory() as home, started(Path.cwd(), Path(home), model) as running:
        played = [play(running.settings, one, world) for one in read_dialogues(*files)]
    _show(console, played)
    return int(any(one.failure for one in played))


def read_world(file: Path) -> World:
    """Load the project's view of its world.

    Raises:
        ValueError: there is no such file.
    """
    spec = importlib.util.spec_from_file_location("dialogue_world", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file}: expected a Python file with WATCHED, snapshot and code.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(World, module)


def _show(console: Console, played: list[Played]) -> None:
    table = Table("dialogue", "result", "seconds")
    for one in played:
        table.add_row(one.dialogue.name, "failed" if one.failure else "passed", f"{one.seconds:.1f}")
    console.print(table)
    for one in played:
        if one.failure:
            console.print(f"\n{one.dialogue.name}", *one.transcript, one.failure, sep="\n", markup=False)
