"""Reading labelled texts from Rasa's YAML, CSV and JSON lines, each with its line."""

import csv
import json
import time
from pathlib import Path

import pytest

from lam.types import Example, Span
from lam.understanding.corpus.reader import DataError, Place, parse_entities, read_examples, read_located

ROOT = Path(__file__).parents[2]

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


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def error(path: Path) -> str:
    with pytest.raises(DataError) as raised:
        read_located(path)
    return str(raised.value)


JSON_LINES = [
    {"text": "hi", "intent": "greet"},
    {"text": "pay Anna", "intent": "pay", "entities": [{"start": 4, "end": 8, "entity": "payee"}]},
    {"text": "to her", "intent": "pay", "context": "To whom?", "entities": [
        {"start": 3, "end": 6, "entity": "payee", "value": "Anna", "extra": 1},
    ]},
    {"text": "yes", "intent": "affirm", "context": None, "entities": None, "more": True},
]  # fmt: skip


def test_json_lines_are_read_with_contexts_and_entities(tmp_path: Path) -> None:
    lines = [json.dumps(one) for one in JSON_LINES]
    path = write(tmp_path / "a.jsonl", "\r\n\n".join(lines) + "\n")
    assert read_located(path) == [
        (Example("hi", "greet"), Place("a.jsonl", 1)),
        (Example("pay Anna", "pay", (Span(4, 8, "payee", "Anna"),)), Place("a.jsonl", 3)),
        (Example("to her", "pay", (Span(3, 6, "payee", "Anna"),), "To whom?"), Place("a.jsonl", 5)),
        (Example("yes", "affirm"), Place("a.jsonl", 7)),
    ]


def test_a_line_separator_within_json_ends_no_line(tmp_path: Path) -> None:
    content = '{"text": "a\u2028b", "intent": "x"}\n'
    assert read_examples(write(tmp_path / "a.jsonl", content)) == [Example("a\u2028b", "x")]


def test_rows_of_csv_have_the_line_where_they_begin(tmp_path: Path) -> None:
    content = (
        b"\xef\xbb\xbfid,intent, text,context\r\n\r\n1,a,one,\r\n"
        b'2,b,"two\r\nlines",before\r\n,,,\r\n3,c,three,\r\n'
    )
    assert read_located(write(tmp_path / "a.CSV", content)) == [
        (Example("one", "a"), Place("a.CSV", 3)),
        (Example("two\r\nlines", "b", context="before"), Place("a.CSV", 4)),
        (Example("three", "c"), Place("a.CSV", 7)),
    ]


YAML = """\
# a comment
nlu:
- intent: a
  examples: |  # here, too

    - first: a
      # - out
    - second

    -third
- intent: yes
  examples:
    - text: in the list
    - metadata: {x: 1}
      text: |

        - in a block

    - {text: "in\\nquotes"}
- intent: c
  examples: >
    - folded
    over two

    - alone

    - folded over two
- intent: d
  examples: |-
      - indented


      - [Anna](payee)
- lookup: x
  examples: "- q\\n- r"
- intent: e
  examples: "- q\\n- r"
contexts:
- bot: [One?, "Two?"]
  intent: a
  examples: &same
    |
    - both
- {bot: Three?, intent: a, examples: "- alone"}
"""


def test_texts_of_yaml_have_their_lines(tmp_path: Path) -> None:
    expected = [
        ("first: a", "a", 6), ("second", "a", 8), ("third", "a", 10),
        ("in the list", "yes", 13), ("in a block", "yes", 17), ("in\nquotes", "yes", 19),
        ("folded over two", "c", 22), ("alone", "c", 25), ("folded over two", "c", 27),
        ("indented", "d", 30), ("Anna", "d", 33), ("q", "e", 37), ("r", "e", 37),
        ("both", "a", 43), ("both", "a", 43), ("alone", "a", 44),
    ]  # fmt: skip
    for content in (YAML, YAML.replace("\n", "\r\n"), YAML.replace("\n", "\r"), f"\ufeff{YAML}"):
        found = read_located(write(tmp_path / "a.yaml", content))
        assert [(one.text, one.intent, place.line) for one, place in found] == expected
        assert [one.context for one, _ in found[-4:]] == ["", "One?", "Two?", "Three?"]


def test_every_text_of_the_project_stands_in_its_line() -> None:
    for folder in ("data/nlu", "data/contexts", "tests/nlu"):
        lines = {path.name: path.read_text().split("\n") for path in (ROOT / folder).glob("*.yml")}
        for example, place in read_located(ROOT / folder):
            line = lines[place.file][place.line - 1].strip().removeprefix("- ")
            assert parse_entities(line).text == example.text, place


@pytest.mark.parametrize("ending", ["yml", "csv", "jsonl", "list.yml"])
def test_twenty_thousand_examples_take_no_three_seconds(tmp_path: Path, ending: str) -> None:
    texts = [f"please pay [Anna {n}](payee) at once" for n in range(20_000)]
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        with path.open("w") as file:
            csv.writer(file).writerows([("text", "intent"), *((text, "pay") for text in texts)])
    elif ending == "jsonl":
        entities = [{"start": 11, "end": 15, "entity": "payee"}]
        lines = [json.dumps({"text": text, "intent": "pay", "entities": entities}) for text in texts]
        path.write_text("\n".join(lines))
    else:
        dash, block = ("- text: please ", "") if ending == "list.yml" else ("- ", "|")
        lines = [f"    {dash}{text}" for text in texts]
        path.write_text("\n".join(["nlu:", "- intent: pay", f"  examples: {block}", *lines]))
    begun = time.process_time()  # what else runs on the machine doesn't count
    assert len(read_located(path)) == 20_000
    assert time.process_time() - begun < 3


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("x/nlu/a.csv", "y/nlu/a.csv", "y/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, "text,intent\nhi,greet\n")
    found = read_located(tmp_path / "x", tmp_path / "y", tmp_path / "y" / "b.csv")
    assert [str(place) for _, place in found] == [
        "x/nlu/a.csv:2", "b.csv:2", "y/nlu/a.csv:2", "b.csv:2",
    ]  # fmt: skip


def test_a_folder_holds_all_kinds_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / "deep.yml").mkdir()
    write(tmp_path / ".cache" / "a.csv", "broken")
    write(tmp_path / "._a.yml", b"\x00\xff")
    write(tmp_path / "a.csv", "text,intent\none,a\n")
    write(tmp_path / "deep.yml" / "b.jsonl", '{"text": "two", "intent": "b"}')
    write(tmp_path / "deep.yml" / "c.yaml", "nlu: [{intent: c, examples: '- three'}]")
    write(tmp_path / "notes.json", "{}")
    assert [one.text for one in read_examples(tmp_path)] == ["one", "two", "three"]


def test_files_and_folders_without_examples_have_none(tmp_path: Path) -> None:
    for name, content in (
        ("a.jsonl", ""),
        ("b.jsonl", "\n \n"),
        ("c.csv", "text,intent\n"),
        ("d.yml", "nlu:\n"),
    ):
        assert read_located(write(tmp_path / name, content)) == []
    (tmp_path / "empty").mkdir()
    assert read_located(tmp_path / "empty") == read_located() == []


def test_what_is_missing_or_of_another_kind_is_told(tmp_path: Path) -> None:
    for name in ("gone.csv", "gone"):
        assert f"{name}: expected a file or a folder, found nothing there." in error(tmp_path / name)
    assert error(write(tmp_path / "a.json", "{}")).startswith("a.json: expected a name that ends in .yml, ")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "", "a.csv:1: expected a header with the columns text and intent"),
        ("a.csv", "text;intent\na;b\n", "a.csv:1: .*separated by commas, found text;intent"),
        ("a.csv", "text,intent\na,b\n\nc\n", "a.csv:4: expected 2 values, found 1"),
        ("a.csv", "text,intent\na, b,c\n", "a.csv:2: expected 2 values, found 3. Put quotes"),
        ("a.csv", 'text,intent\na,b\n"c,d\ne,f\n', "a.csv:3: expected CSV; unexpected end of data"),
        ("a.csv", "text,intent\na, \n", "a.csv:2: expected an intent, found ' '"),
        ("a.csv", b"text,intent\na,b\n\xe4,c\n", "a.csv:3: expected UTF-8, found the byte 0xe4"),
        ("a.csv", "\ufefftext\n", "a.csv:1: .*found text"),
        ("a.jsonl", '{"text": "a", "intent": "b"}\n{"text": \n', "a.jsonl:2: .*found Expecting value at"),
        ("a.jsonl", "[1]", "a.jsonl:1: expected a JSON object like"),
        ("a.jsonl", "[" * 100_000, "a.jsonl:1: expected a JSON object like"),
        ("a.jsonl", '\n{"text": "a"}', "a.jsonl:2: .*found no key 'intent'"),
        ("a.jsonl", '{"text": 3, "intent": "b"}', "a.jsonl:1: expected 'text' in quotes, found 3"),
        ("a.jsonl", '{"text": "a", "intent": ""}', "a.jsonl:1: expected an intent"),
        ("a.jsonl", '{"text": "\\ud800", "intent": "b"}', "a.jsonl:1: .*surrogates not allowed"),
        ("a.jsonl", '{"text": "a", "intent": "b", "context": 1}', "a.jsonl:1: expected 'context' in quotes"),
        ("a.jsonl", '{"text": "a", "intent": "b", "entities": {"c": 1}}', "a.jsonl:1: .*a list of entities"),
        ("a.jsonl", '{"text": "a", "intent": "b", "entities": [{"start": 0}]}', "a.jsonl:1: .*and entity"),
        ("a.yml", "nlu: [intent: x", "a.yml:1: expected Rasa's NLU YAML; .*begun in line 1"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n    - a\n   b\n", "a.yml:5: expected Rasa's NLU YAML; "),
        ("a.yml", "\nnlu: 3\n", "a.yml:2: .*: a list of items"),
        ("a.yml", "nlu:\n- a\n", "a.yml:2: .*: a mapping"),
        ("a.yml", "nlu:\n- intnet: a\n", "a.yml:2: .*found intnet"),
        ("a.yml", "nlu: []\nnlu: []\n", "a.yml:2: .*each key once, found 'nlu' again"),
        ("a.yml", "nlu:\n- intent:\n  examples: '- a'\n", "a.yml:2: .*words for the key 'intent'"),
        ("a.yml", "nlu:\n\n- intent: x\n", "a.yml:3: .*examples of the intent 'x'; found none"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n", "a.yml:2: .*examples of the intent 'x'; found none"),
        ("a.yml", "nlu:\n- intent: x\n  examples: []\n", "a.yml:2: .*examples of the intent 'x'; found none"),
        ("a.yml", "nlu:\n- intent: x\n  examples: {a: b}\n", "a.yml:3: .*a block of lines"),
        ("a.yml", "nlu:\n- intent: x\n  examples:\n  - text: a\n  - metadata: b\n", "a.yml:5: .*key 'text'"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n    - a\n      b\n", "a.yml:5: .*a dash .*found 'b'"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n    - a\n    - b\u2028c\n", r"a.yml:5: .*U\+2028"),
        ("a.yml", "nlu:\n- intent: x\n  examples: |\n    - a\x07\n", r"a.yml:4: .*U\+0007"),
        ("a.yml", "contexts:\n- intent: x\n  examples: '- a'\n", "a.yml:2: .*the key 'bot'"),
        ("a.yml", "contexts:\n- bot: []\n  intent: x\n  examples: '- a'\n", "a.yml:2: .*missing or empty"),
        ("a.yml", "contexts:\n- bot: a\n  examples: '- a'\n", "a.yml:2: .*missing or empty"),
        ("a.yml", "a: 1\n---\nb: 1\n", "a.yml:2: .*another document"),
    ],
)  # fmt: skip
def test_what_is_broken_is_told_with_its_line(
    tmp_path: Path, name: str, content: str | bytes, expected: str
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(DataError, match=f"^{expected}"):
        read_located(path)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (0, 0), (1, 0), (0, 5), (True, 2), ("0", 1), (0, 1.0)])
def test_an_entity_outside_of_its_text_is_told(tmp_path: Path, start: object, end: object) -> None:
    entity = {"start": start, "end": end, "entity": "payee"}
    line = json.dumps({"text": "Anna", "intent": "pay", "entities": [entity]})
    assert error(write(tmp_path / "a.jsonl", line)).startswith(
        "a.jsonl:1: expected an entity within the text's 4 "
    )


@pytest.mark.parametrize(
    "text",
    [
        "pay [Anna", "[Anna](payee", "Anna](payee)", "[Anna]{payee", "[](payee)", "[[Anna](payee)", "[a]( )",
        "[a]{}", '[a]{"entity": 1}', '[a]{"value": "b"}', '[a][{"entity": "b"}', "[a][{1}]", "[a]{1}",
    ],
)  # fmt: skip
def test_an_annotation_that_is_broken_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    block = f"nlu:\n- intent: pay\n  examples: |\n    - fine\n    - {text}\n"
    assert error(write(tmp_path / "a.yml", block)).startswith("a.yml:5: Intent 'pay', example 2: expected ")


def test_brackets_that_mark_nothing_stay() -> None:
    assert parse_entities("what is [this] (here)").text == "what is [this] (here)"
    assert parse_entities("a) [b](c) and ] or [d] too") == Example(
        "a) b and ] or [d] too", "", (Span(3, 4, "c", "b"),)
    )


def test_the_same_words_may_be_several_entities() -> None:
    text = 'to [LA][{"entity": "city", "role": "to"}, {"entity": "place", "value": 3}] now'
    assert parse_entities(text) == Example(
        "to LA now", "", (Span(3, 5, "city", "LA"), Span(3, 5, "place", "3"))
    )
