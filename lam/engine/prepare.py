"""What we change on a loaded agent, because Rasa offers no setting for it."""

from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from lam.engine.action_endpoint import ActionEndpoint
from lam.engine.lock_store import LockStore
from lam.engine.tracker_store import TrackerStore
from lam.settings import Settings


def prepare(agent: Agent, settings: Settings) -> None:
    """Make an agent tell of its errors: no swallowed failure of the tracker store or of an action.

    Raises:
        TypeError: endpoints.yml doesn't name our stores.
    """
    if isinstance(agent.tracker_store, FailSafeTrackerStore):
        # It answers a failed read with an empty conversation and a failed write with a copy in memory.
        agent.tracker_store = agent.tracker_store._tracker_store
    for found, expected in ((agent.tracker_store, TrackerStore), (agent.lock_store, LockStore)):
        if not isinstance(found, expected):
            # Rasa falls back to its own in-memory store when a class can't be imported.
            raise TypeError(
                f"endpoints.yml: expected a store of type {expected.__module__}.{expected.__name__}, "
                f"found {type(found).__name__}."
            )
    agent.action_endpoint = _action_endpoint(agent, settings)
    if agent.processor is not None:
        agent.processor.tracker_store = agent.tracker_store
        agent.processor.action_endpoint = agent.action_endpoint
        agent.processor.on_circuit_break = _listen


def _listen(tracker: DialogueStateTracker, *_: Any) -> None:
    """End a turn whose actions went in circles; else Rasa would count them again at every later message."""
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))


def _action_endpoint(agent: Agent, settings: Settings) -> ActionEndpoint:
    """With a key it is the private action server; without, a developer's, which endpoints.yml names."""
    given = agent.action_endpoint
    url = f"http://127.0.0.1:{settings.actions_port}/webhook"
    if given is not None and not settings.actions_key:
        url = given.url
    options = given.kwargs if given is not None else {}
    return ActionEndpoint(url, settings.actions_key, **options)
