"""What looks wrong in labelled texts is found, at its place."""

from pathlib import Path

import pytest

from lam.types import Example, Span
from lam.understanding.corpus.reader import Place, read_located
from lam.workbench.checks import Finding, check

ROOT = Path(__file__).parents[2]
FINE = [
    (Example("hello", "greet"), Place("a.yml", 1)),
    (Example("hi", "greet"), Place("a.yml", 2)),
]


def found(*examples: Example) -> list[tuple[str, str, bool]]:
    """Return what is wrong with examples that stand in the lines 11, 12 and so on, and have company."""
    located = [(one, Place("b.yml", line)) for line, one in enumerate(examples, start=11)]
    company = [(Example(f"company of {one.intent}", one.intent), Place("c.yml", 1)) for one in examples]
    return [(str(one.place), one.message, one.fatal) for one in check([*FINE, *located, *company])]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert check([]) == check(FINE) == []
    texts = ["pay Anna's bill", "Zoë\tand\nyou 👩‍👩‍👧", "don't"]
    spans = [(Span(4, 8, "payee", "Anna"),), (Span(0, 3, "payee", "Zoë"), Span(4, 7, "x", "and")), ()]
    assert found(*(Example(text, "pay", own) for text, own in zip(texts, spans, strict=True))) == []


def test_the_data_of_the_reference_assistant_is_fine() -> None:
    assert check(read_located(ROOT / "data" / "nlu", ROOT / "data" / "contexts")) == []


def test_an_intent_with_a_single_example_is_found() -> None:
    place = Place("b.yml", 3)
    example = Example("Bye", "leave")
    twice = [(example, place), (Example("bye ", "leave", context="Anything else?"), Place("b.yml", 4))]
    for located in ([(example, place)], twice):
        (finding,) = check([*FINE, *located])
        assert finding == Finding(place, "the intent 'leave' has a single example. Add some.")


def test_a_text_with_two_intents_names_both_lines() -> None:
    assert found(Example("Yes  please", "affirm"), Example("yes PLEASE ", "order")) == [
        ("b.yml:12", "'yes PLEASE ' is 'order' here, and 'affirm' in b.yml:11. Keep one.", False)
    ]


def test_a_text_may_have_another_intent_after_another_turn() -> None:
    one, other = Example("yes", "affirm"), Example("yes", "order", context="A card?")
    assert found(one, other) == []
    again = Example("yes", "affirm", context="a  CARD?")
    assert [place for place, _, _ in found(one, other, again)] == ["b.yml:13"]


def test_a_text_after_several_turns_is_found_once(tmp_path: Path) -> None:
    item = "- bot: [A?, B?]\n  intent: {}\n  examples: |\n    - yes\n    - {}\n"
    (tmp_path / "a.yml").write_text("contexts:\n" + item.format("x", "xx") + item.format("y", "yy"))
    assert [str(one.place) for one in check(read_located(tmp_path))] == ["a.yml:10"]


@pytest.mark.parametrize(
    ("start", "end", "sides"),
    [(4, 7, "ends"), (5, 8, "begins"), (5, 7, "begins and ends"), (0, 5, "ends"), (3, 8, "")],
)
def test_an_entity_that_cuts_a_word_is_found(start: int, end: int, sides: str) -> None:
    text = "pay Anna"
    findings = found(Example(text, "pay", (Span(start, end, "payee", "Anna"),)))
    expected = f"the payee {text[start:end]!r} {sides} within a word. Mark whole words."
    assert findings == ([("b.yml:11", expected, False)] if sides else [])


def test_entities_that_overlap_are_fatal() -> None:
    spans = (Span(9, 12, "c", "two"), Span(0, 16, "a", "one and two more"), Span(0, 3, "b", "one"))
    findings = found(
        Example("one and  two more", "x", spans[:1]), Example("one and two more", "x", spans[1:])
    )
    assert findings == [
        ("b.yml:12", "the b 'one' and the a 'one and two more' overlap. Keep one of them.", True)
    ]
    far = (Span(0, 16, "a", ""), Span(0, 3, "b", ""), Span(8, 11, "c", ""))
    assert [fatal for _, _, fatal in found(Example("one and two more", "x", far))] == [True, True]


@pytest.mark.parametrize(
    ("sign", "name"), [("\x00", "U+0000"), ("\x1b", "U+001B"), ("\x9f", "U+009F"), ("\ufffd", "U+FFFD")]
)
def test_a_character_that_nobody_types_is_found(sign: str, name: str) -> None:
    ((place, message, fatal),) = found(Example(f"a{sign}b{sign}", "x"))
    assert place == "b.yml:11" and message.endswith(f"holds {name}. Was it saved as something else?")
    assert message.isprintable() and not fatal


def test_a_text_that_will_be_cut_is_found() -> None:
    assert found(Example("a" * 10_000, "x")) == []
    ((_, message, fatal),) = found(Example("a" * 10_001, "x"))
    assert message.endswith("has 10001 characters: it will be cut.") and len(message) < 120 and not fatal


@pytest.mark.parametrize("text", ["", " \t\n", "\u3000"])
def test_a_blank_text_is_fatal(text: str) -> None:
    assert found(Example(text, "x")) == [
        ("b.yml:11", "an example of 'x' is blank. Write it, or remove it.", True)
    ]


def test_findings_are_sorted_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("text,intent\n" + "hi,greet\nhello,greet\n" * 5 + "bye,leave\n")
    (tmp_path / "a.csv").write_text("text,intent\nhow,ask\n" + "hi,greet\n" * 8 + "\x07,last\n")
    places = [str(one.place) for one in check(read_located(tmp_path / "b.csv", tmp_path / "a.csv"))]
    assert places == ["a.csv:2", "a.csv:11", "a.csv:11", "b.csv:12"]
