"""Mutations and the refusals they answer with.

Owns:      Problem, the five refusals as GraphQL types, and `Mutation`, the one way to declare a mutation.
Promises:  a mutation without a policy does not import; every refusal of an action becomes data.
Never:     decides: the policy named here is the one that the action enforces inside its transaction.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

import graphene
from graphql import GraphQLResolveInfo

from contracts.problems import ProblemsError
from studio import refusals
from studio.refusals import Decision, Unauthenticated

Policy = Callable[..., Decision]


class Problem(graphene.ObjectType):
    """One thing that a user can fix: what, where, and what to do."""

    code = graphene.String(required=True)
    path = graphene.String(required=True)
    message = graphene.String(required=True)


PROBLEMS: Final = graphene.List(graphene.NonNull(Problem), required=True)


class Refusal(graphene.Interface):
    """Why a mutation did nothing."""

    problems = graphene.List(graphene.NonNull(Problem), required=True)


class Invalid(graphene.ObjectType):
    """The input is wrong."""

    class Meta:
        interfaces = (Refusal,)


class Forbidden(graphene.ObjectType):
    """The viewer's roles do not allow it."""

    class Meta:
        interfaces = (Refusal,)


class NotFound(graphene.ObjectType):
    """There is no such thing, or the viewer may not see it."""

    class Meta:
        interfaces = (Refusal,)


class Conflict(graphene.ObjectType):
    """The thing is not in the state that the request expects."""

    class Meta:
        interfaces = (Refusal,)

    current = graphene.String()


class Limited(graphene.ObjectType):
    """Too much at once."""

    class Meta:
        interfaces = (Refusal,)

    retry_after_seconds = graphene.Int(required=True)


REFUSALS: Final = (Invalid, Forbidden, NotFound, Conflict, Limited)


class Mutation:
    """A mutation: `class ReleaseVersion(Mutation, policy=may_release_version)` with

    `Input` (class of input fields), `Done` (class of output fields) and
    `perform(viewer, **input) -> Done's fields by name`. The docstring is the description. Anonymous viewers
    never get to `perform`.
    """

    field: ClassVar[graphene.Field]
    field_name: ClassVar[str]
    policy: ClassVar[Policy]
    perform: ClassVar[Callable[..., dict[str, Any]]]
    input_type: ClassVar[type[graphene.InputObjectType] | None] = None

    class Input:
        pass

    class Done:
        pass

    def __init_subclass__(cls, *, policy: Policy | None = None) -> None:
        if policy is None:
            raise TypeError(
                f"{cls.__name__} names no policy. Write class {cls.__name__}(Mutation, policy=…)."
            )
        cls.policy = staticmethod(policy)
        name = cls.__name__
        cls.field_name = name[0].lower() + name[1:]
        done = type(f"{name}Done", (graphene.ObjectType,), {"__doc__": "What it did.", **_fields(cls.Done)})
        result = type(
            f"{name}Result", (graphene.Union,), {"Meta": type("Meta", (), {"types": (done, *REFUSALS)})}
        )
        inputs = _fields(cls.Input)
        arguments: dict[str, Any] = {}
        if inputs:
            cls.input_type = type(f"{name}Input", (graphene.InputObjectType,), inputs)
            arguments["input"] = cls.input_type(required=True)
        cls.field = graphene.Field(
            result, required=True, description=cls.__doc__, resolver=_resolver(cls, done), args=arguments
        )


def _fields(declared: type) -> dict[str, Any]:
    """Those of the classes that it stands on too."""
    return {
        name: value
        for each in reversed(declared.__mro__[:-1])
        for name, value in vars(each).items()
        if not name.startswith("__")
    }


def _resolver(mutation: type[Mutation], done: type[graphene.ObjectType]) -> Callable[..., Any]:
    def resolve(_root: Any, info: GraphQLResolveInfo, input: dict[str, Any] | None = None) -> Any:
        if info.context.viewer.is_anonymous:
            raise Unauthenticated
        try:
            return done(**mutation.perform(info.context.viewer, **(input or {})))
        except refusals.Refused as refused:
            return refusal_of(refused)
        except ProblemsError as error:
            return Invalid(problems=error.problems)

    return resolve


def refusal_of(refused: refusals.Refused) -> graphene.ObjectType:
    """The GraphQL type of what an action raised."""
    match refused:
        case refusals.Conflict():
            return Conflict(problems=refused.problems, current=refused.current)
        case refusals.Limited():
            return Limited(problems=refused.problems, retry_after_seconds=refused.retry_after_seconds)
        case refusals.Forbidden():
            return Forbidden(problems=refused.problems)
        case refusals.NotFound():
            return NotFound(problems=refused.problems)
        case _:
            return Invalid(problems=refused.problems)
