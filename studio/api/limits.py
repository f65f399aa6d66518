"""What a GraphQL document may ask for, shared by the HTTP view and the websocket.

Owns:      the limits on tokens, fields, depth, aliases, root fields, directives and cost, and introspection.
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
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
    validate,
)
from graphql.language import Visitor, visit

from studio.api.failures import RequestRefused, bad_request

MAX_BODY_BYTES: Final = 256 << 10
MAX_SIGNED_IN_BODY_BYTES: Final = 4 << 20  # a graph of some thousand nodes is a variable
MAX_TOKENS: Final = 4_000
MAX_DEPTH: Final = 10
MAX_INTROSPECTION_DEPTH: Final = 24
MAX_ALIASES: Final = 30
MAX_ROOT_FIELDS: Final = 20
MAX_FIELDS: Final = 500
MAX_DIRECTIVES: Final = 50
# Validation compares equal names and fragments of one selection pairwise: these keep it from being quadratic.
MAX_REPEATED: Final = 10
MAX_SPREADS: Final = 50
MAX_COST: Final = 20_000
MAX_PAGE: Final = 100
LIST_GUESS: Final = 10
WEIGHTS: Final = {"checkGraph": 500, "judgeConnection": 200, "impact": 100, "files": 50, "contractDiff": 50}
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_INTROSPECTION_LISTS: Final = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})


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
    weigher = _Weigher(schema, fragments, variables or {})
    cost = weigher.weigh(operation)
    if errors := _validated(schema, source):
        raise bad_request(" ".join(error.message for error in errors[:5]))
    return Prepared(document=document, operation=operation, cost=cost)


def too_complex(message: str) -> RequestRefused:
    return RequestRefused("TOO_COMPLEX", message)


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


@dataclass(frozen=True, slots=True)
class _Weight:
    cost: int = 0
    depth: int = 0
    fields: int = 0


class _Weigher:
    """Cost = one per field, times the length of every list above it: `first`, else a guess."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, _Weight] = {}
        self._introspected: set[tuple[str, int, int]] = set()

    def weigh(self, operation: OperationDefinitionNode) -> int:
        """The cost of an operation. Raises `RequestRefused` where a limit is passed."""
        root = self._schema.get_root_type(operation.operation)
        weight = self._set(operation.selection_set, root)
        if weight.depth > MAX_DEPTH:
            raise too_complex(f"The document is {weight.depth} levels deep; {MAX_DEPTH} are allowed.")
        if weight.fields > MAX_ROOT_FIELDS:
            raise too_complex(
                f"The operation has {weight.fields} root fields; {MAX_ROOT_FIELDS} are allowed."
            )
        if weight.cost > MAX_COST:
            raise too_complex(
                f"The operation costs {weight.cost}; {MAX_COST} are allowed. Ask for shorter lists."
            )
        return weight.cost

    def _set(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> _Weight:
        cost = depth = fields = 0
        for selection in selections.selections:
            match selection:
                case FieldNode():
                    weight = self._field(selection, parent)
                case FragmentSpreadNode():
                    weight = self._fragment(selection.name.value)
                case InlineFragmentNode(type_condition=condition):
                    on = self._schema.get_type(condition.name.value) if condition else parent
                    weight = self._set(selection.selection_set, on)
                case _:
                    raise AssertionError(f"{selection!r} is no selection")
            cost, fields = cost + weight.cost, fields + weight.fields
            depth = max(depth, weight.depth)
        return _Weight(cost, depth, fields)

    def _fragment(self, name: str) -> _Weight:
        if name not in self._known:
            fragment = self._fragments.get(name)
            if fragment is None:
                return _Weight()
            on = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self._set(fragment.selection_set, on)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> _Weight:
        name = node.name.value
        own = WEIGHTS.get(name, 1)
        if name in _INTROSPECTION:
            self._check_introspection(node.selection_set, depth=1, lists=0)
        if name in _INTROSPECTION or node.selection_set is None:
            return _Weight(own, 1, 1)
        definition = (
            parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        )
        if definition is None:
            inner = self._set(node.selection_set, None)
            return _Weight(own + inner.cost, inner.depth + 1, 1)
        inner = self._set(node.selection_set, get_named_type(definition.type))
        times = 1
        if "first" in definition.args:
            times = self._first(node, definition.args["first"].default_value)
        elif is_list_type(get_nullable_type(definition.type)) and name != "edges":
            times = LIST_GUESS
        return _Weight(own + times * inner.cost, inner.depth + 1, 1)

    def _first(self, node: FieldNode, default: Any) -> int:
        value = default
        for argument in node.arguments:
            if argument.name.value == "first":
                match argument.value:
                    case IntValueNode(value=text):
                        value = int(text)
                    case VariableNode(name=variable):
                        value = self._variables.get(variable.value, default)
        return min(max(value, 1), MAX_PAGE) if isinstance(value, int) else MAX_PAGE

    def _check_introspection(self, selections: SelectionSetNode | None, *, depth: int, lists: int) -> None:
        """Introspection may be deep, but not go through lists of fields and types again and again."""
        if depth > MAX_INTROSPECTION_DEPTH or lists > 2:
            raise too_complex("The introspection is nested too deeply. Use the standard introspection query.")
        for selection in selections.selections if selections else ():
            match selection:
                case FieldNode():
                    more = selection.name.value in _INTROSPECTION_LISTS
                    self._check_introspection(selection.selection_set, depth=depth + 1, lists=lists + more)
                case InlineFragmentNode():
                    self._check_introspection(selection.selection_set, depth=depth + 1, lists=lists)
                case FragmentSpreadNode(name=name):
                    fragment, place = self._fragments.get(name.value), (name.value, depth, lists)
                    if fragment is not None and place not in self._introspected:
                        self._introspected.add(place)
                        self._check_introspection(fragment.selection_set, depth=depth + 1, lists=lists)
