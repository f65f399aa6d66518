"""What a GraphQL document may ask for, shared by the HTTP view and the websocket.

Owns:      reading documents; the limits on tokens, fields, aliases, directives and fragments.
Promises:  a document that passes is valid against the schema and bounded before anything is resolved.
Never:     executes anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)
from graphql.language import Visitor, visit

from studio.api.failures import bad_request, too_complex
from studio.api.weighing import MAX_PAGE as MAX_PAGE
from studio.api.weighing import Weigher

MAX_BODY_BYTES: Final = 256 << 10
MAX_SIGNED_IN_BODY_BYTES: Final = 4 << 20  # a graph of some thousand nodes is a variable
MAX_TOKENS: Final = 4_000
MAX_ALIASES: Final = 30
MAX_FIELDS: Final = 500
MAX_DIRECTIVES: Final = 50
# Validation compares equal names and fragments of one selection pairwise: these keep it from being quadratic.
MAX_REPEATED: Final = 10
MAX_SPREADS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A parsed, valid, bounded document and the operation of it that is asked for."""

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: int

    @property
    def kind(self) -> OperationType:
        return self.operation.operation

    @property
    def root_fields(self) -> set[str]:
        """The names of the directly selected root fields; spreads count as a name that no field has."""
        return {
            selection.name.value if isinstance(selection, FieldNode) else "..."
            for selection in self.operation.selection_set.selections
        }


def parse_and_limit(
    source: str,
    *,
    schema: GraphQLSchema,
    operation_name: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Prepared:
    """Read a document and hold it to the limits. Raises `RequestRefused`: BAD_REQUEST or TOO_COMPLEX."""
    document, fragments = _parsed(source)
    operation = _operation(document, operation_name)
    _check_cycles(fragments)
    weigher = Weigher(schema, fragments, variables or {})
    cost = weigher.weigh(operation)
    if errors := _validated(schema, source):
        raise bad_request(" ".join(error.message for error in errors[:5]))
    return Prepared(document=document, operation=operation, cost=cost)


@lru_cache(maxsize=128)
def _parsed(source: str) -> tuple[DocumentNode, dict[str, FragmentDefinitionNode]]:
    try:
        document = parse(source, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        if "tokens" in error.message or "nested" in error.message:
            raise too_complex(f"The document has more than {MAX_TOKENS} tokens. Split it.") from None
        raise bad_request(error.message) from None
    except RecursionError:
        raise too_complex("The document is nested too deeply. Flatten it.") from None
    counts = _Counts()
    visit(document, counts)
    counts.check()
    return document, {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


@lru_cache(maxsize=128)
def _validated(schema: GraphQLSchema, source: str) -> list[GraphQLError]:
    return validate(schema, _parsed(source)[0], max_errors=20)


class _Counts(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.fields = self.aliases = self.directives = self.spreads = self.repeated = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.fields += 1
        self.aliases += node.alias is not None

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        names = list(_response_names(node))
        self.repeated += len(names) - len(set(names))

    def enter_fragment_spread(self, *_: Any) -> None:
        self.spreads += 1

    def enter_directive(self, *_: Any) -> None:
        self.directives += 1

    def check(self) -> None:
        for found, limit, noun in (
            (self.aliases, MAX_ALIASES, "aliases"),
            (self.directives, MAX_DIRECTIVES, "directives"),
            (self.fields, MAX_FIELDS, "fields"),
            (self.spreads, MAX_SPREADS, "fragment spreads"),
            (self.repeated, MAX_REPEATED, "repeated fields"),
        ):
            if found > limit:
                raise too_complex(f"The document has {found} {noun}; {limit} are allowed. Split it.")


def _response_names(selections: SelectionSetNode) -> Iterator[str]:
    """The names that the fields of one selection answer under, those of inline fragments included."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield (selection.alias or selection.name).value
        elif isinstance(selection, InlineFragmentNode):
            yield from _response_names(selection.selection_set)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != sum(isinstance(n, OperationDefinitionNode) for n in document.definitions):
        raise bad_request("Only operations and fragments can be executed.")
    if name is None and len(operations) == 1:
        return operations[0]
    for operation in operations:
        if name is not None and operation.name is not None and operation.name.value == name:
            return operation
    wanted = f"no operation {name!r}" if name is not None else f"{len(operations)} operations"
    raise bad_request(f"The document has {wanted}. Say in operationName which one to execute.")


def _check_cycles(fragments: Mapping[str, FragmentDefinitionNode]) -> None:
    """Refuses fragments that contain themselves, before anything walks them."""
    done: set[str] = set()
    for start in fragments:
        trail: list[tuple[str, list[str]]] = [(start, _spreads(fragments[start]))]
        on_trail = {start}
        while trail:
            name, rest = trail[-1]
            if not rest:
                trail.pop()
                on_trail.discard(name)
                done.add(name)
                continue
            following = rest.pop()
            if following in on_trail:
                raise bad_request(f"The fragment {following} contains itself.")
            if following in fragments and following not in done:
                trail.append((following, _spreads(fragments[following])))
                on_trail.add(following)


def _spreads(fragment: FragmentDefinitionNode) -> list[str]:
    names: list[str] = []
    pending: list[SelectionSetNode] = [fragment.selection_set]
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                names.append(selection.name.value)
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                pending.append(selection.selection_set)
    return names
