"""What a running module may ask of its host: secrets, and requests to declared hosts.

Owns:      the check of each question against the version's capabilities, and the answer.
Promises:  what the version does not declare, or its team was not granted, is refused with the reason.
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from contracts.module import Capabilities
from executors.egress import Egress, EgressRefused, EgressUnavailable, Request
from executors.protocol import Call, SecretSource
from executors.redaction import Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """`secrets` and `egress` as this host has them; without one, everything of that kind is refused."""

    secrets: SecretSource | None
    egress: Egress | None

    async def answer(self, call: Call, question: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
        """The answer as data: the thing asked for, {refused: reason} or {unavailable: reason}."""
        declared = call.version.capabilities
        capabilities = Capabilities() if declared is UNSET else declared
        match question.get("what"):
            case "secret":
                return await self._secret(call, str(question["slot"]), capabilities, redactor)
            case "http":
                return await self._http(question, capabilities)
            case other:
                return {"refused": f"{other!r} is nothing that a module can ask for"}

    async def _secret(
        self, call: Call, slot: str, capabilities: Capabilities, redactor: Redactor
    ) -> dict[str, Any]:
        if slot not in capabilities.secrets:
            return {"refused": "the contract does not declare this secret"}
        if self.secrets is None:
            return {"refused": "this host keeps no secrets"}
        name = call.secrets.get(slot, slot)
        try:
            value = await asyncio.to_thread(
                self.secrets.reveal, environment=call.environment, name=name, bundle=call.version.bundle
            )
        except PermissionError as error:
            return {"refused": str(error) or f"the secret {name} is not granted to this version"}
        redactor.learn(value)
        return {"value": value}

    async def _http(self, question: Mapping[str, Any], capabilities: Capabilities) -> dict[str, Any]:
        if not capabilities.network:
            return {"refused": "the contract declares no network hosts"}
        if self.egress is None:
            return {"refused": "this host lets nothing out"}
        try:
            request = Request(
                method=str(question["method"]),
                url=str(question["url"]),
                headers={str(key): str(value) for key, value in question["headers"].items()},
                body=base64.b64decode(question["body"], validate=True),
            )
            response = await self.egress.send(request, allowed=capabilities.network)
        except EgressRefused as error:
            return {"refused": str(error)}
        except EgressUnavailable as error:
            return {"unavailable": str(error)}
        return {
            "status": response.status,
            "headers": dict(response.headers),
            "body": base64.b64encode(response.body).decode(),
        }
