"""How the engine calls the action server: with the key, a deadline, and failures that end the turn."""

import json
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from lam.settings import Secret

DEADLINE = 30.0  # seconds; a bank's action takes milliseconds, so this means that something hangs


class ActionFailed(BaseException):
    """The action server didn't run an action: the turn must end here, unsaved, to be tried again.

    Not an `Exception`: Rasa's processor catches those of an action, logs them, and goes on as if the action
    had run without effect.
    """


class ActionEndpoint(EndpointConfig):
    """The action server. A rejection (HTTP 400: form validation) is an answer; all else raises."""

    def __init__(self, url: str, key: Secret, deadline: float = DEADLINE, **options: Any) -> None:
        """Describe the server at `url`; `options` are those of `action_endpoint` in endpoints.yml."""
        headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
        super().__init__(url, headers=headers, **options)
        self._deadline = aiohttp.ClientTimeout(total=deadline)
        self._client: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", *_: Any, compress: bool = False, **options: Any) -> Any:
        """Run an action: `options["json"]` is Rasa's call, the result its events and responses.

        Raises:
            ClientResponseError: the action rejected its execution; Rasa then asks the next policy.
            ActionFailed: the action server is down, too slow, or answered something else.
        """
        call = options["json"]
        try:
            status, body = await self._post(call, compress)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ActionFailed(f"{call['next_action']}: {type(error).__name__} at {self.url}") from error
        if status == 400 and isinstance(body, dict) and "action_name" in body:
            raise ClientResponseError(400, "rejected", json.dumps(body))
        if status != 200 or not _is_result(body):
            raise ActionFailed(f"{call['next_action']}: expected events, found HTTP {status} from {self.url}")
        return body

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _post(self, call: dict[str, Any], compress: bool) -> tuple[int, Any]:
        if self._client is None:
            # A connection of its own for each call: a kept one may be closed by the server just then,
            # and an action can't be sent twice to find out.
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        async with self._client.post(
            self.url,
            json=call,
            compress=compress or None,
            headers=self.headers,
            params=self.combine_parameters(),
            timeout=self._deadline,
        ) as response:
            try:
                return response.status, json.loads(await response.read())
            except ValueError:
                return response.status, None


def _is_result(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    events, responses = body.get("events", []), body.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events)
        and all(isinstance(response, dict) for response in responses)
    )
