"""Our components inside Rasa: trained, loaded and asked by Rasa's own code."""

import asyncio
import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from lam.components import fingerprint
from lam.components.bert_intent_classifier import BertIntentClassifier
from lam.components.blank_spacy_tokenizer import BlankSpacyTokenizer
from lam.understanding.archive import NoSuchModel, load_classifier
from lam.workbench.command_recipe import ADAPTER_KEYS, KEYS
from tests.understanding.examples import EXAMPLES


@pytest.fixture(scope="module")
def agent(archive: Path) -> Any:
    from rasa.core.agent import load_agent

    return asyncio.run(load_agent(model_path=str(archive)))


async def test_rasa_reads_what_it_trained(agent: Any) -> None:
    parsed = [await agent.parse_message(one.text) for one in EXAMPLES]
    assert [one["intent"]["name"] for one in parsed] == [one.intent for one in EXAMPLES]
    assert all(len(one["intent_ranking"]) == 2 for one in parsed)
    assert all(one["intent_ranking"][0] == one["intent"] for one in parsed)


async def test_a_message_says_on_demand_why_it_is_read_as_it_is(agent: Any, archive: Path) -> None:
    text = "my card is stolen"
    parsed = await agent.parse_message(text)
    assert "explanation" not in parsed
    classifier = load_classifier(agent.model_id, archive.parent)
    config = {**BertIntentClassifier.get_default_config(), "explain": True}
    component = BertIntentClassifier(config, None, Resource("x"), classifier)
    message, blank = component.process([Message(data={TEXT: text}), Message(data={TEXT: ""})])
    explanation = json.loads(json.dumps(message.as_dict(only_output_properties=True)))["explanation"]
    assert (explanation["intent"], explanation["confidence"]) == (
        "lost",
        pytest.approx(parsed["intent"]["confidence"], abs=1e-6),
    )
    assert [one["word"] for one in explanation["words"]] == text.split()
    assert blank.get("explanation")["words"] == ()


def test_the_adapters_own_keys_are_told_from_a_recipes() -> None:
    assert {*BertIntentClassifier.get_default_config()} == {*KEYS, *ADAPTER_KEYS} - {"name"}


async def test_rules_find_entities_in_the_same_message(agent: Any) -> None:
    parsed = await agent.parse_message("send 20 euros to DE89 3704 0044 0532 0130 00 in Lisbon")
    found = {one["entity"]: one["value"] for one in parsed["entities"]}
    assert found == {"amount": "20.00", "iban": "DE89370400440532013000", "city": "Lisbon"}
    assert {one["extractor"] for one in parsed["entities"]} == {"SpacyRuleExtractor"}


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀" * 500, "x" * 10_000])
async def test_any_message_is_parsed(agent: Any, text: str) -> None:
    parsed = await agent.parse_message(text)
    assert parsed["text"] == text.strip()  # as Rasa itself does


def test_the_archive_gives_the_classifier_back(archive: Path, agent: Any) -> None:
    classifier = load_classifier(agent.model_id, archive.parent)
    assert [one.intent for one in classifier.predict([one.text for one in EXAMPLES])] == [
        one.intent for one in EXAMPLES
    ]


def test_a_model_that_no_archive_holds_is_named(archive: Path) -> None:
    with pytest.raises(NoSuchModel, match="0123456789abcdef"):
        load_classifier("0123456789abcdef", archive.parent)


def test_an_archive_without_our_component_says_so(tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text(json.dumps({"model_id": "other"}))
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as file:
        file.add(tmp_path / "metadata.json", "metadata.json")
    with pytest.raises(NoSuchModel, match=r"other\.tar\.gz"):
        load_classifier("other", tmp_path)


def test_a_broken_archive_hides_no_other_and_is_named(archive: Path, agent: Any, tmp_path: Path) -> None:
    content = archive.read_bytes()
    shutil.copy(archive, tmp_path / "good.tar.gz")
    (tmp_path / "half.tar.gz").write_bytes(content[: len(content) // 2])
    (tmp_path / "spoilt.tar.gz").write_bytes(content[:20] + bytes(1000) + content[1020:])
    (tmp_path / "text.tar.gz").write_text("no archive")
    for place, name in enumerate(("good", "half", "spoilt", "text")):  # the newest is read first
        os.utime(tmp_path / f"{name}.tar.gz", (place, place))
    assert load_classifier(agent.model_id, tmp_path).intents
    broken = r"text\.tar\.gz \(not a gzip file\), spoilt\.tar\.gz \(.+\), half\.tar\.gz \(.+\)"
    with pytest.raises(NoSuchModel, match=f"found 1 others and could not read {broken}. Put it there"):
        load_classifier("0123456789abcdef", tmp_path)


def test_the_archive_holds_no_float_weights(archive: Path) -> None:
    with tarfile.open(archive) as file:
        names = [Path(one.name).name for one in file.getmembers() if "BertIntentClassifier" in one.name]
    assert "model.onnx" in names
    assert not [name for name in names if name.endswith((".safetensors", ".bin", ".pt", ".pkl"))]


def test_an_untrained_component_never_serves() -> None:
    component = BertIntentClassifier(BertIntentClassifier.get_default_config(), None, Resource("x"))
    with pytest.raises(RuntimeError, match="rasa train"):
        component.process([Message(data={TEXT: "hello"})])


def test_changed_library_code_trains_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "understanding").mkdir()
    source = tmp_path / "understanding" / "model.py"
    source.write_text("rate = 1")
    monkeypatch.setattr(fingerprint, "_FOLDER", tmp_path)
    before = fingerprint.source_hash("understanding")
    assert fingerprint.source_hash("understanding") == before
    source.write_text("rate = 2")
    assert fingerprint.source_hash("understanding") != before


def test_other_weights_in_the_encoders_folder_train_anew(tmp_path: Path) -> None:
    config = {**BertIntentClassifier.get_default_config(), "encoder": str(tmp_path)}
    (tmp_path / "model.safetensors").write_text("first")
    before = BertIntentClassifier.fingerprint_addon(config)
    assert BertIntentClassifier.fingerprint_addon(config) == before
    (tmp_path / "model.safetensors").write_text("second")
    assert BertIntentClassifier.fingerprint_addon(config) != before


def test_tokens_stand_where_they_stood() -> None:
    text = "  pay   £1,250.50 to O'Brien\n(today)"
    message = Message(data={TEXT: text})
    tokens = BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config()).tokenize(message, TEXT)
    assert [text[one.start : one.end] for one in tokens] == [one.text for one in tokens]
    assert {"pay", "to", "today"} <= {one.text for one in tokens}


def test_a_message_of_spaces_has_a_token() -> None:
    message = Message(data={TEXT: "   "})
    assert len(BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config()).tokenize(message, TEXT)) == 1
