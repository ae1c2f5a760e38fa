"""A customer's side of a conversation: sends as the chat page does, and reads what the page is shown."""

import functools
import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPException
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from lam.conversations import Answer, Button, Conversations
from lam.sessions import Sessions
from lam.settings import Settings
from lam.storage import open_database

_PATIENCE = 30.0  # seconds for one answer
_opened = functools.cache(open_database)  # one pool of connections, however many conversations


class Talk:
    """A new conversation with the edge.

    Attributes:
        conversation: its id; another one after somebody else has signed in to it.
    """

    def __init__(self, settings: Settings, customer: str | None = None) -> None:
        """Args: `customer` is signed in from the start."""
        self._base = f"http://127.0.0.1:{settings.port}"
        self._settings, self._database = settings, _opened(settings.url("conversations"))
        self._conversations = Conversations(self._database)
        self.conversation, self._token, self._last = "", "", 0
        self._enter(self._post("/api/session", {}))
        if customer:
            Sessions(self._database, settings).bind(self.conversation, customer)

    def send(self, *, text: str | None = None, payload: str | None = None, message: str = "") -> str:
        """Send what is typed, or a button's payload; return the message's id once it is accepted.

        Args:
            message: the id; when it was sent before, it is still the same message.

        Raises:
            OSError: the edge is away, or (`HTTPError`) refuses it.
        """
        message = message or str(uuid.uuid4())
        said = {"id": message, "text": text, "payload": payload}
        body = {name: value for name, value in said.items() if value}
        try:
            accepted = self._post("/api/messages", body)
        except HTTPError as error:
            if error.code != 401:
                raise
            # Signed out, or idle too long: a page begins anew, a dialogue stays here to see what is left.
            sessions = Sessions(self._database, self._settings)
            sessions.touch(self.conversation)
            self._token = sessions.token(self.conversation)
            accepted = self._post("/api/messages", body)
        if "token" in accepted:
            self._enter(accepted)
        return message

    def answered(self, message: str) -> bool:
        """Tell whether a message was accepted and is answered."""
        found = self._conversations.find(self.conversation, message)
        return found is not None and self._conversations.finished(found.seq)

    def accepted(self, message: str) -> bool:
        """Tell whether a message is in the inbox."""
        return self._conversations.find(self.conversation, message) is not None

    def wait(self, message: str, seconds: float = _PATIENCE) -> list[Answer]:
        """Wait until a message is answered, or for so long; return all that is new since the last call."""
        end = monotonic() + seconds
        while not self.answered(message) and monotonic() < end:
            sleep(0.02)
        new = self.answers()[self._last :]
        self._last += len(new)
        return new

    def answers(self) -> list[Answer]:
        """Return everything that the assistant said in this conversation."""
        return self._conversations.since(self.conversation, 0, limit=1000)

    def buttons(self) -> list[Button]:
        """Return all buttons of this conversation, those of cards too, in the order in which they came."""
        found = list[Button]()
        for one in self.answers():
            found += one.buttons
            cards = (one.custom or {}).get("cards", [])
            found += [Button(each["title"], each["payload"]) for card in cards for each in card["buttons"]]
        return found

    def pause(self, minutes: float) -> None:
        """Say nothing for so long, as far as the sign-in is concerned; the clock itself stands still.

        Raises:
            LookupError: nobody is signed in.
        """
        customer = Sessions(self._database, self._settings).customer(self.conversation)
        if customer is None:
            raise LookupError("expected somebody who is signed in, found nobody")
        then = (self._settings.present() - timedelta(minutes=minutes)).isoformat()
        Sessions(self._database, replace(self._settings, now=then)).bind(self.conversation, customer.number)

    def rate(self, value: str, reason: str | None = None) -> None:
        """Rate the newest answer; the rating is stored when this returns.

        Raises:
            OSError: the edge is away, or (`HTTPError`) refuses it.
        """
        newest = [one for one in self.answers() if one.kind == "answer"][-1]
        self._post("/api/ratings", {"answer": newest.id, "value": value, "reason": reason})

    def _enter(self, session: Mapping[str, Any]) -> None:
        if session["conversation"] != self.conversation:
            self.conversation, self._last = session["conversation"], 0
        self._token = session["token"]

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(self._base + path, json.dumps(body).encode(), headers)  # noqa: S310
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPException as error:  # it ended in the middle of its answer
            raise ConnectionError(f"{self._base}{path}: {error!r}") from error
