"""Carry out one subscription: from its document to the payloads its client is sent.

Owns:      reading the operation, opening its feed, and executing the document on what the feed gives.
Promises:  one document is executed once for a frame, however many sockets receive it.
Never:     executes queries or mutations (they have `POST /graphql`), nor decides what a viewer may see.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    execute,
    get_argument_values,
    get_variable_values,
)
from graphql.language import Visitor, visit

from studio.api.failures import RequestRefused, bad_request, failure_of
from studio.api.limits import parse_and_limit
from studio.api.schema import schema
from studio.api.view import Context
from studio.live.credentials import Credentials
from studio.live.feeds import FEEDS
from studio.live.frame import Frame
from studio.live.protocol import Request
from studio.live.reading import read
from studio.refusals import Refused, Unauthenticated
from studio.teams.viewer import Viewer

_SCHEMA: Final = schema.graphql_schema


class Rejected(Exception):
    """An operation that is not carried out; `errors` as GraphQL writes them."""

    def __init__(self, cause: Exception) -> None:
        self.errors = [failure_of(cause)]
        super().__init__(str(cause))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A subscription that is ready: `key` is equal for operations that render every frame alike."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]
    field: str
    arguments: Mapping[str, Any]
    key: str

    def render(self, value: Mapping[str, Any], viewer: Viewer) -> str:
        """The execution result as JSON. Frames hold the same for every viewer that may receive them."""
        name = self.operation.name.value if self.operation.name else None
        result = execute(
            _SCHEMA,
            self.document,
            root_value={self.field: value},
            context_value=Context(viewer=viewer),
            variable_values=dict(self.variables),
            operation_name=name,
        )
        assert isinstance(result, ExecutionResult), "the schema has no asynchronous resolver"
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [failure_of(error) for error in result.errors]
        return msgspec.json.encode(payload).decode()


@asynccontextmanager
async def open_operation(request: Request, credentials: Credentials) -> AsyncIterator[AsyncIterator[str]]:
    """The payloads of a subscription, each as JSON text. Raises `Rejected`."""
    try:
        operation = read_operation(request)
        async with aclosing(FEEDS[operation.field](credentials.viewer, **operation.arguments)) as frames:
            yield _payloads(operation, credentials.viewer, frames)
    except (RequestRefused, Refused, Unauthenticated, GraphQLError) as refusal:
        raise Rejected(refusal) from refusal


async def _payloads(operation: Operation, viewer: Viewer, frames: AsyncIterator[Frame]) -> AsyncIterator[str]:
    async for frame in frames:
        execution = frame.executions.get(operation.key)
        if execution is None:
            execution = asyncio.ensure_future(read(operation.render, frame.value, viewer))
            frame.executions[operation.key] = execution
        # Shielded: the others who wait for this execution do not lose it when one of them leaves.
        yield await asyncio.shield(execution)


def read_operation(request: Request) -> Operation:
    """Raises `RequestRefused` or `GraphQLError` for what is not one valid, bounded subscription."""
    given = request.variables or {}
    prepared = parse_and_limit(
        request.query, schema=_SCHEMA, operation_name=request.operation_name, variables=given
    )
    if prepared.kind is not OperationType.SUBSCRIPTION:
        raise bad_request("This socket carries subscriptions. POST queries and mutations to /graphql.")
    operation = prepared.operation
    root = operation.selection_set.selections[0]
    if not isinstance(root, FieldNode) or root.name.value not in FEEDS:
        raise bad_request("Select one field of Subscription directly, without a fragment.")
    variables = get_variable_values(_SCHEMA, list(operation.variable_definitions), dict(given))
    if isinstance(variables, list):
        raise variables[0]
    assert _SCHEMA.subscription_type is not None
    definition = _SCHEMA.subscription_type.fields[root.name.value]
    return Operation(
        document=prepared.document,
        operation=operation,
        variables=given,
        field=root.name.value,
        arguments=get_argument_values(definition, root, variables),
        key=_key(request, prepared.document, operation, root),
    )


def _key(
    request: Request, document: DocumentNode, operation: OperationDefinitionNode, root: FieldNode
) -> str:
    """The document and the variables that rendering depends on, not those that only choose the feed."""
    used = _uses(document)
    used.subtract(_uses(*operation.variable_definitions))
    used.subtract(_uses(*root.arguments))
    relevant = {name: value for name, value in (request.variables or {}).items() if used[name] > 0}
    return msgspec.json.encode([request.query, request.operation_name, relevant]).decode()


def _uses(*nodes: Node) -> Counter[str]:
    found = _Variables()
    for node in nodes:
        visit(node, found)
    return found.uses


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.uses: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.uses[node.name.value] += 1
