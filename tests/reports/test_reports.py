"""Reports: figures counted by hand, a page without anything from elsewhere, and nothing half-written."""

import base64
import io
import json
import os
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from lam.reports import pictures, writer
from lam.reports.facts import gather
from lam.reports.pictures import calibration_picture, confusion_picture
from lam.reports.writer import ReportError, write_report
from lam.types import Example, Reading, Span
from lam.understanding import evaluate

ALL = {"report.html", "report.json", "confusions.png", "calibration.png"}
PNG = b"\x89PNG\r\n\x1a\n"
EXAMPLES = [
    Example("my card is gone", "lost", (Span(3, 7, "product", "card"),)),
    Example("stolen", "lost"),
    Example("where is it", "lost", context="Your card <b>is</b> on its way."),
    Example("where's my card", "lost"),
    Example("hello from Anna", "greet", (Span(11, 15, "payee", "Anna"),)),
    Example("", "greet"),
]
READINGS = [
    Reading((("lost", 0.9), ("greet", 0.1)), (Span(3, 7, "product", "card"),)),
    Reading((("delivery", 0.4),)),
    Reading((("delivery", 0.8),), outside=True),
    Reading((("delivery", 0.6),)),
    Reading((("greet", 0.7),), (Span(6, 10, "payee", "from"), Span(11, 15, "product", "Anna"))),
    Reading(()),
]


class Page(HTMLParser):
    """The texts of a page, and what its attributes refer to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [
            value or "" for name, value in attributes if name in ("src", "href", "srcset", "action")
        ]
        if tag not in ("meta", "img", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report."""
    folder = tmp_path_factory.mktemp("reports") / "deep" / "report"
    assert write_report(folder, EXAMPLES, READINGS, "Cards & <greetings>") == folder / "report.html"
    return folder


def test_the_figures_are_those_counted_by_hand(folder: Path) -> None:
    figures = json.loads((folder / "report.json").read_text())
    assert (figures["title"], figures["texts"]) == ("Cards & <greetings>", 6)
    assert figures["evaluation"]["accuracy"] == 2 / 6
    assert figures["evaluation"]["intents"]["lost"] == {
        "precision": 1,
        "recall": 0.25,
        "f1": 0.4,
        "support": 4,
    }
    assert figures["macro_f1"] == pytest.approx((0.4 + 2 / 3) / 2)
    assert figures["outside"] == 1 / 6
    # Six bins of one text: 0.9 and 0.7 are right, 0.4, 0.8, 0.6 and 0 are wrong.
    assert figures["calibration_error"] == pytest.approx((0.1 + 0.3 + 0.4 + 0.8 + 0.6 + 0) / 6)
    assert len(figures["reliability"]) == 6
    assert {label: score["f1"] for label, score in figures["entities"].items()} == {
        "payee": 0, "product": 2 / 3,
    }  # fmt: skip
    assert figures["all_entities"] == {"precision": 1 / 3, "recall": 0.5, "f1": 0.4, "support": 2}


def test_the_worst_confusions_have_their_surest_texts(folder: Path) -> None:
    first, second = json.loads((folder / "report.json").read_text())["worst"]
    assert (first["meant"], first["read"], first["times"]) == ("lost", "delivery", 3)
    assert first["texts"] == [
        ["where is it", "Your card <b>is</b> on its way.", 0.8],
        ["where's my card", "", 0.6],
        ["stolen", "", 0.4],
    ]
    assert second == {"meant": "greet", "read": "", "times": 1, "texts": [["", "", 0.0]]}


def test_of_many_confusions_the_report_shows_twenty_with_three_texts() -> None:
    examples = [Example(f"{n} {k}", f"i{n}") for n in range(25) for k in range(30 - n)]
    found = gather(examples, [Reading((("other", 0.5),)) for _ in examples], "").worst
    assert [one.times for one in found] == [*range(30, 10, -1)]
    assert {len(one.texts) for one in found} == {3}


def test_the_page_is_whole_and_needs_nothing_else(folder: Path) -> None:
    assert {one.name for one in folder.iterdir()} == ALL
    source = (folder / "report.html").read_text()
    page = Page(source)
    assert not page.open and "script" not in page.tags and "link" not in page.tags
    assert (
        "<b>" not in source and "@import" not in source and "url(" not in source and "http://" not in source
    )
    assert "Cards & <greetings>" in page.words and "Your card <b>is</b> on its way." in page.words
    assert {"lost", "delivery", "(none)", "payee", "33.3%", "0.533"} <= {*page.words}
    assert 'name="viewport"' in source and "default-src 'none'" in source
    inlined = [base64.b64decode(link.removeprefix("data:image/png;base64,")) for link in page.links]
    assert inlined == [(folder / name).read_bytes() for name in ("confusions.png", "calibration.png")]


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    name = "$x_{$ <script>alert(1)</script> \u202e \x00 日本 \ud800 'q' \"" + "long" * 30
    examples = [Example(name, name, (Span(0, 1, name, name),), name), Example("b", "b")]
    readings = [Reading((("b", 0.5),)), Reading(((name, 1.0),))]
    source = write_report(tmp_path, examples, readings, name).read_text()
    page = Page(source)
    assert "script" not in page.tags and "<script" not in source
    assert json.loads((tmp_path / "report.json").read_text())["worst"][0]["read"] == "b"


def test_the_matrix_has_a_row_for_what_was_meant_and_a_column_for_what_was_read() -> None:
    # 2 meant by 4 read: wider than high, and whiter than it would be without its confusions.
    evaluation = evaluate(["a", "a", "b", "b"], ["a", "c", "b", None])
    picture = confusion_picture(evaluation)
    assert picture and picture.startswith(PNG)
    pixels = imread(io.BytesIO(picture))[..., :3]
    reddish = (pixels[..., 0] > pixels[..., 1] + 0.4) & (pixels[..., 0] > pixels[..., 2] + 0.3)
    assert reddish.sum() > 20  # the numbers of the confusions
    right = imread(io.BytesIO(confusion_picture(evaluate(["a", "b"], ["a", "b"])) or b""))[..., :3]
    assert not (right[..., 0] > right[..., 1] + 0.4).any()


def _width(picture: bytes | None) -> int:
    assert picture
    return int(imread(io.BytesIO(picture)).shape[1])


def test_of_many_intents_the_matrix_shows_those_that_are_confused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MANY", 10)
    monkeypatch.setattr(pictures, "_MOST", 15)
    names = [f"intent_{n:03}" for n in range(20)]
    few = evaluate(names, [*names[1:3], *names[2:]])
    some = evaluate(names[:10], [names[1], *names[1:10]])
    many = evaluate(names, [*names[1:], names[0]])
    assert _width(confusion_picture(few)) < _width(confusion_picture(some)) < _width(confusion_picture(many))
    assert _width(confusion_picture(many)) < 800  # fifteen of them, not twenty
    assert confusion_picture(evaluate(names, names)) is None


def test_a_picture_that_is_no_longer_there_is_taken_away(tmp_path: Path) -> None:
    # Of more than forty intents without a confusion there is no matrix.
    names = [f"i{n}" for n in range(41)]
    examples = [Example("x", name) for name in names]
    (tmp_path / "mine.txt").write_text("stays")
    write_report(tmp_path, examples, [Reading(((name, 0.9),)) for name in [*names[1:], "i0"]])
    assert {one.name for one in tmp_path.iterdir()} == ALL | {"mine.txt"}
    page = write_report(tmp_path, examples, [Reading(((name, 0.9),)) for name in names])
    assert {one.name for one in tmp_path.iterdir()} == ALL - {"confusions.png"} | {"mine.txt"}
    assert "No intent was read as another one." in page.read_text()


def test_the_diagram_shows_confidence_against_accuracy() -> None:
    picture = calibration_picture([(0.25, 0.2, 0.0), (0.75, 1.0, 1.0)], 0.05)
    assert picture.startswith(PNG)
    assert np.ptp(imread(io.BytesIO(picture))[..., :3]) > 0.5
    assert calibration_picture([(1.0, 0.5, 0.5)], 0.0).startswith(PNG)


def test_without_entities_there_is_nothing_about_them(tmp_path: Path) -> None:
    readings = [Reading((("greet", 0.9),), (Span(0, 2, "payee", "hi"),))]
    source = write_report(tmp_path, [Example("hi", "greet")], readings).read_text()
    assert "Entities" not in source and "entities" not in source
    assert json.loads((tmp_path / "report.json").read_text())["all_entities"] is None


def test_what_cannot_be_compared_writes_nothing(tmp_path: Path) -> None:
    for examples, readings in (([], []), (EXAMPLES, READINGS[1:])):
        with pytest.raises(ValueError, match="as many readings as texts"):
            write_report(tmp_path / "report", examples, readings)
    assert not list(tmp_path.iterdir())


def test_a_report_that_fails_leaves_the_old_one(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(tmp_path, EXAMPLES, READINGS, "old")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "report.html":
            raise OSError(28, os.strerror(28))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ReportError, match=r"No space left on device. Name another folder."):
        write_report(tmp_path, EXAMPLES[:5], READINGS[:5], "new")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    for path in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(ReportError, match="Expected to write the report into"):
            write_report(path, EXAMPLES, READINGS)
    assert (tmp_path / "file").read_text() == "text"


def test_without_matplotlib_there_are_figures_but_no_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "find_spec", lambda name: None)
    page = write_report(tmp_path, EXAMPLES, READINGS)
    assert {one.name for one in tmp_path.iterdir()} == {"report.html", "report.json"}
    assert "<img" not in page.read_text()
    assert "matplotlib" in page.read_text()
