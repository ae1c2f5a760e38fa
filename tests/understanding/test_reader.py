"""Reading labelled texts from Rasa's YAML and from CSV."""

from pathlib import Path

import pytest

from lam.types import Example, Span
from lam.understanding.reader import DataError, parse_entities, read_examples

NLU = """
version: "3.1"
nlu:
- intent: pay
  examples: |
    - send money to [Anna](payee)
    - pay [the flat]{"entity": "payee", "value": "landlord"} now
- intent: hi
  examples:
    - text: |
        - hello
- synonym: landlord
  examples: |
    - flat
- lookup: payee
  examples: |
    - Anna
"""


def test_rasa_files_are_read_with_their_entities(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(NLU)
    assert read_examples(tmp_path) == [
        Example("send money to Anna", "pay", (Span(14, 18, "payee", "Anna"),)),
        Example("pay the flat now", "pay", (Span(4, 12, "payee", "landlord"),)),
        Example("hello", "hi"),
    ]


def test_csv_is_read(tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text('text,intent\n"send, please",pay\nhallo,hi\n')
    assert read_examples(tmp_path / "more.csv") == [Example("send, please", "pay"), Example("hallo", "hi")]


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(f"text,intent\n{name},x\n")
    (tmp_path / "notes.txt").write_text("no data")
    assert [one.text for one in read_examples(tmp_path)] == ["a.csv", "b.csv"]


def test_a_yaml_file_without_nlu_holds_no_examples(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text("rules: []\n")
    (tmp_path / "empty.yml").write_text("")
    assert read_examples(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "words,label\nhi,greet\n", "columns text and intent"),
        ("a.yml", "nlu: [intent: x", "Rasa's NLU YAML"),
        ("a.yml", "- a list", "Rasa's NLU YAML"),
        ("a.yml", "nlu:\n- intent: x\n", "Rasa's NLU YAML"),
        ("a.yml", 'nlu:\n- intent: x\n  examples: |\n    - [a]{"enti}\n', "Intent 'x', example 1"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: str, expected: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=expected):
        read_examples(tmp_path / name)


def test_a_role_after_the_label_is_passed_over() -> None:
    assert parse_entities("to [Ben](payee:Benjamin)").spans == (Span(3, 6, "payee", "Ben"),)
