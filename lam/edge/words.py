"""The few sentences that the edge itself says; like all words of the bot they are responses in domain.yml."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from lam.settings import SettingError

STILL_WORKING = "utter_still_working"
FAILED = "utter_went_wrong"


@dataclass(frozen=True)
class Words:
    """What people read when an answer takes longer, and when there will be none."""

    still_working: str
    failed: str


def read_words(domain: Path) -> Words:
    """Read the edge's sentences from a Rasa domain file.

    Raises:
        SettingError: the file or one of the two responses is missing.
    """
    try:
        responses = yaml.safe_load(domain.read_text(encoding="utf-8")).get("responses") or {}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise SettingError(f"{domain.name}: expected a Rasa domain here, found {error}.") from None
    return Words(_text(domain, responses, STILL_WORKING), _text(domain, responses, FAILED))


def _text(domain: Path, responses: dict[str, list[dict[str, str]]], name: str) -> str:
    variants = [one["text"] for one in responses.get(name) or [] if one.get("text")]
    if not variants:
        raise SettingError(f"{domain.name}: expected a response {name} with a text, found none; add it.")
    return variants[0].strip()
