"""Entities as Rasa writes them, and as the library does."""

from typing import Any

from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
)
from rasa.shared.nlu.training_data.message import Message

from lam.types import Span


def from_rasa(message: Message) -> tuple[Span, ...]:
    """Return the entities that a training message is annotated with."""
    return tuple(
        Span(
            one[ENTITY_ATTRIBUTE_START],
            one[ENTITY_ATTRIBUTE_END],
            one[ENTITY_ATTRIBUTE_TYPE],
            str(one[ENTITY_ATTRIBUTE_VALUE]),
        )
        for one in message.get(ENTITIES) or ()
    )


def to_rasa(span: Span) -> dict[str, Any]:
    """Return an entity as components put it into a message."""
    return {
        ENTITY_ATTRIBUTE_TYPE: span.label,
        ENTITY_ATTRIBUTE_START: span.start,
        ENTITY_ATTRIBUTE_END: span.end,
        ENTITY_ATTRIBUTE_VALUE: span.value,
    }
