"""What the answer to a GraphQL operation may cost: depth, root fields, lengths of lists, introspection.

Owns:      `Weigher`, which walks an operation with its types, each fragment once.
Promises:  an operation that passes is bounded, however its fragments are nested.
Never:     meets fragments that contain themselves: `limits.py` has refused those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from studio.api.failures import too_complex

MAX_DEPTH: Final = 10
MAX_INTROSPECTION_DEPTH: Final = 24
MAX_ROOT_FIELDS: Final = 20
MAX_COST: Final = 20_000
MAX_PAGE: Final = 100
LIST_GUESS: Final = 10
WEIGHTS: Final = {
    "checkGraph": 500,
    "previewRun": 500,
    "resumePreview": 500,
    "judgeConnection": 200,
    "compareGraphs": 200,
    "impact": 100,
    "why": 100,
    "files": 50,
    "contractDiff": 50,
    # Read for one run by itself.
    "view": 25,
    "feed": 25,
    "invocations": 25,
    "openWaits": 25,
}
# What is given a list answers with one as long: the field of its input, and how long it may be.
GIVEN_LISTS: Final = {"startRuns": ("each", 1_000)}
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_INTROSPECTION_LISTS: Final = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})


@dataclass(frozen=True, slots=True)
class _Weight:
    cost: int = 0
    depth: int = 0
    fields: int = 0


class Weigher:
    """Cost = one per field, times the length of every list above it: `first`, what was given, else a guess."""

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
        if name in GIVEN_LISTS and "input" in definition.args:
            times = -(-self._given(node, *GIVEN_LISTS[name]) // LIST_GUESS)
        elif "first" in definition.args:
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

    def _given(self, node: FieldNode, field: str, limit: int) -> int:
        """The length of a list within the input; what cannot be told counts as the longest."""
        value: Any = next((each.value for each in node.arguments if each.name.value == "input"), None)
        given: Any = None
        match value:
            case VariableNode(name=variable):
                input = self._variables.get(variable.value)
                given = input.get(field) if isinstance(input, dict) else None
            case ObjectValueNode(fields=fields):
                given = next((each.value for each in fields if each.name.value == field), None)
        match given:
            case VariableNode(name=variable):
                given = self._variables.get(variable.value)
            case ListValueNode(values=values):
                given = values
        return min(max(len(given), 1), limit) if isinstance(given, list | tuple) else limit

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
