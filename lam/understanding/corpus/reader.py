"""Reads labelled texts: Rasa's NLU YAML, CSV, JSON lines, and folders of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

from lam.places import DataError, Located, Place
from lam.types import Example
from lam.understanding.corpus.annotations import parse_entities
from lam.understanding.corpus.files import YAML, read_files
from lam.understanding.corpus.nlu_yaml import read_yaml
from lam.understanding.corpus.rows import read_csv, read_json_lines

__all__ = ["DataError", "Place", "parse_entities", "read_examples", "read_located"]

_READERS: dict[str, Callable[[str, str], Iterator[Located]]] = {
    **dict.fromkeys(YAML, read_yaml),
    ".csv": read_csv,
    ".jsonl": read_json_lines,
}


def read_examples(*paths: Path) -> list[Example]:
    """Return the examples of files and folders, in the order of their names.

    Args:
        paths: `.yml`, `.yaml` in Rasa's NLU format (synonyms, lookups, regexes are passed over), `.csv` with
            a header and the columns `text` and `intent`, `.jsonl` with objects that have these keys, or
            folders of such files. A folder's other files don't count, nor do its hidden ones.

    Raises:
        DataError: a file is missing, or is not what its ending says.
    """
    return [example for example, _ in read_located(*paths)]


def read_located(*paths: Path) -> list[tuple[Example, Place]]:
    """Return the examples of files and folders as `read_examples` does, each with the line where it stands.

    Raises:
        DataError: a file is missing, or is not what its ending says.
    """
    files = read_files(paths, _READERS)
    return [one for ending, name, text in files for one in _READERS[ending](text, name)]
