"""What the commands share: an error of one line, and output that suits a terminal, a pipe and a file."""

from rich.console import Console, RenderableType

_WIDTH = 100


class CommandError(ValueError):
    """A command can't do what it was asked for; the message says what was expected, found and what to do."""


def show(renderable: RenderableType) -> None:
    """Print what rich renders: as wide as the terminal, and 100 columns where there is none."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH
    console.print(renderable)


def printable(text: str) -> str:
    """Return a text that does nothing to a terminal but stand there."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
