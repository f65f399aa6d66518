"""The scalars of the schema."""

from datetime import UTC, datetime
from typing import Any

import graphene
from graphql import (
    BooleanValueNode,
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from contracts.names import DIGEST
from contracts.problems import ProblemsError
from contracts.versions import Version


class DateTime(graphene.Scalar):
    """An RFC 3339 instant in UTC with milliseconds."""

    @staticmethod
    def serialize(value: datetime) -> str:
        return instant(value)

    @staticmethod
    def parse_value(value: Any) -> datetime:
        try:
            parsed = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise GraphQLError(f"{value!r} is not an RFC 3339 instant.") from None
        if parsed.tzinfo is None:
            raise GraphQLError(f"{value!r} has no offset from UTC. End it with Z.")
        return parsed

    @staticmethod
    def parse_literal(node: ValueNode, _variables: Any = None) -> datetime:
        return DateTime.parse_value(node.value if isinstance(node, StringValueNode) else None)


def instant(value: datetime) -> str:
    """`2026-01-31T09:00:00.000Z`"""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class JSON(graphene.Scalar):
    """Any JSON value, as it is."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        match node:
            case StringValueNode() | BooleanValueNode():
                return node.value
            case IntValueNode():
                return int(node.value)
            case FloatValueNode():
                return float(node.value)
            case ListValueNode():
                return [JSON.parse_literal(item, variables) for item in node.values]
            case ObjectValueNode():
                return {field.name.value: JSON.parse_literal(field.value, variables) for field in node.fields}
            case NullValueNode():
                return None
            case VariableNode():
                return (variables or {}).get(node.name.value)
            case _:
                raise GraphQLError("Not a JSON value.")


class _Text(graphene.Scalar):
    class Meta:
        abstract = True

    @classmethod
    def serialize(cls, value: Any) -> str:
        return str(value)

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> str:
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)

    @classmethod
    def parse_value(cls, value: Any) -> str:
        raise NotImplementedError


class Digest(_Text):
    """`sha256:` and 64 hexadecimal digits."""

    @classmethod
    def parse_value(cls, value: Any) -> str:
        if not isinstance(value, str) or not DIGEST.match(value):
            raise GraphQLError("A digest is sha256: and 64 hexadecimal digits.")
        return value


class SemVer(_Text):
    """A semantic version, such as 1.2.0."""

    @classmethod
    def parse_value(cls, value: Any) -> str:
        try:
            return str(Version.parse(value if isinstance(value, str) else ""))
        except ProblemsError as error:
            raise GraphQLError(error.problems[0].message) from None


class Long(graphene.Scalar):
    """A whole number up to 2^53 - 1, such as a size in bytes."""

    @staticmethod
    def serialize(value: int) -> int:
        return int(value)

    @staticmethod
    def parse_value(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise GraphQLError(f"{value!r} is not a whole number.")
        return value

    @staticmethod
    def parse_literal(node: ValueNode, _variables: Any = None) -> int:
        if not isinstance(node, IntValueNode):
            raise GraphQLError("Not a whole number.")
        return int(node.value)
