"""A small bot with all components of ours, trained by Rasa itself."""

from pathlib import Path

import pytest
import yaml

from tests.understanding.examples import EXAMPLES


@pytest.fixture(scope="package")
def archive(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that `rasa train nlu` makes of it."""
    from rasa.model_training import train_nlu

    bot = tmp_path_factory.mktemp("bot")
    ours = {
        "name": "lam.components.bert_intent_classifier.BertIntentClassifier", "encoder": str(tiny_encoder),
        "epochs": 30, "batch_size": 8, "encoder_learning_rate": 2e-3, "head_learning_rate": 1e-2,
        "dropout": 0.0, "noise": 0.0, "ranking_length": 2,
    }  # fmt: skip
    pipeline = [
        {"name": "lam.components.blank_spacy_tokenizer.BlankSpacyTokenizer"},
        {"name": "lam.components.spacy_rule_extractor.SpacyRuleExtractor", "cities": ["Lisbon"]},
        ours,
    ]
    config = {"recipe": "default.v1", "assistant_id": "tiny", "language": "en", "pipeline": pipeline}
    (bot / "config.yml").write_text(yaml.safe_dump(config))
    intents = sorted({one.intent for one in EXAMPLES})
    nlu = [
        {"intent": name, "examples": "".join(f"- {one.text}\n" for one in EXAMPLES if one.intent == name)}
        for name in intents
    ]
    (bot / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    return Path(str(train_nlu(str(bot / "config.yml"), str(bot / "nlu.yml"), str(bot / "models"))))
