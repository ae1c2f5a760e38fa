"""Where an example stands, and what is said when something is wrong there."""

from dataclasses import dataclass

from lam.types import Example


@dataclass(frozen=True, order=True)
class Place:
    """A line of a data file, counted from 1; the name is short, with folders only to tell files apart."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Located = tuple[Example, Place]


class DataError(ValueError):
    """A data file can't be read; the message names the file and the line."""
