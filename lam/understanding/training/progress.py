"""A training's progress on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lam.understanding.training.trainer import Progress


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[["Progress"], None]]:
    """Show a bar with loss, accuracy and time left; yields what a training calls after each step."""
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}"), bars.BarColumn(), bars.MofNCompleteColumn(),
        bars.TextColumn("loss {task.fields[loss]:.3f}  accuracy {task.fields[accuracy]:.1%}"),
        bars.TimeRemainingColumn(),
    )  # fmt: skip
    with bars.Progress(*columns) as display:
        task = display.add_task(title, total=None, loss=0.0, accuracy=0.0)

        def show(state: "Progress") -> None:
            display.update(
                task, completed=state.step, total=state.steps, loss=state.loss, accuracy=state.accuracy
            )

        yield show
