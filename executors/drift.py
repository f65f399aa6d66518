"""Whether a service still describes what its contract says.

Owns:      comparing a contract with an OpenAPI 3.1 document.
Promises:  pure; a difference is told only where it is proven, with the value that shows it.
Never:     judges what the document leaves open.
"""

import json
from typing import Any, Final

from msgspec import UNSET

from contracts.canonical import JSON, Digest
from contracts.module import ModuleContract, Port
from contracts.problems import Problem
from contracts.schema import check_port_schema, contains, localise

_WITNESS_LENGTH: Final = 200
_BODY: Final = "application/json"


def check_description(
    contract: ModuleContract, digest: Digest, description: JSON, path: str
) -> list[Problem]:
    """Problems of a service's OpenAPI document; `path` is that of the module's entry."""
    if not isinstance(description, dict):
        return [_problem("", "It is no object.")]
    if not str(description.get("openapi")).startswith("3.1"):
        return []
    told = description.get("x-lamina-contract", digest)
    if told != digest:
        return [_problem("/x-lamina-contract", f"It fulfils {told!s:.80}.")]
    operation = _operation(description, path)
    if operation is None:
        return []
    return [
        *_check_request(contract, description, operation),
        *_check_outputs(contract, description, operation),
    ]


def _operation(description: Any, path: str) -> Any:
    """The POST whose path is the entry's, or ends it where the description counts from a server's address."""
    paths = _object(description.get("paths"))
    fitting = [each for each in paths if each != "/" and path.rstrip("/").endswith(each.rstrip("/"))]
    if not fitting:
        return None
    return _object(_resolved(paths[max(fitting, key=len)], description).get("post")) or None


def _check_request(contract: ModuleContract, description: Any, operation: Any) -> list[Problem]:
    accepted = _schema_of(_object(operation.get("requestBody")), description)
    if accepted is None:
        return []
    sent = {
        "type": "object",
        "properties": {"inputs": _ports_schema(contract.ports.inputs), "config": contract.config_schema},
        "required": ["inputs", "config"],
        "additionalProperties": False,
    }
    verdict = contains(localise(sent, contract.root), localise(accepted, description))
    if verdict.answer != "no":
        return []
    return [_problem("/requestBody", f"It no longer accepts {_shown(verdict.witness)}: {verdict.reason}")]


def _check_outputs(contract: ModuleContract, description: Any, operation: Any) -> list[Problem]:
    given = _schema_of(_object(_object(operation.get("responses")).get("200")), description)
    if given is None:
        return []
    whole = _resolved(given, description)
    properties = _object(whole.get("properties"))
    problems = []
    for name, port in contract.ports.outputs.items():
        if name not in properties:
            if port.cardinality == "one" and _is_closed(whole):
                problems.append(_problem(f"/responses/200/{name}", "It no longer gives this output."))
            continue
        # The whole answer is judged: what stands beside `properties` may say more of each of them.
        promised = {"properties": {name: port.schema}}
        verdict = contains(localise(given, description), localise(promised, contract.root))
        if verdict.answer == "no":
            shown = _shown(_object(verdict.witness).get(name))
            message = f"It may give {shown}: {verdict.reason}"
            problems.append(_problem(f"/responses/200/{name}", message))
    return problems


def _is_closed(schema: Any) -> bool:
    """Whether an object has the properties that it names and no others."""
    return schema.get("additionalProperties") is False and not {"allOf", "$ref", "patternProperties"} & set(
        schema
    )


def _ports_schema(ports: dict[str, Port]) -> JSON:
    return {
        "type": "object",
        "properties": {name: port.schema for name, port in ports.items() if port.schema is not UNSET},
        "required": [name for name, port in ports.items() if port.cardinality == "one"],
        "additionalProperties": False,
    }


def _schema_of(body: Any, description: Any) -> JSON:
    """The JSON schema of a request body or response, or None where there is none that can be judged."""
    content = _object(_object(_resolved(body, description)).get("content"))
    schema = _object(content.get(_BODY)).get("schema")
    return None if check_port_schema(schema, root=description) else schema


def _resolved(node: Any, description: Any) -> Any:
    """What a chain of `$ref`s within the document leads to."""
    for _ in range(8):
        reference = _object(node).get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        node = description
        for part in reference[2:].split("/"):
            node = _object(node).get(part.replace("~1", "/").replace("~0", "~"))
    return _object(node)


def _object(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


def _shown(witness: JSON) -> str:
    text = json.dumps(witness, ensure_ascii=False)
    return text if len(text) <= _WITNESS_LENGTH else f"{text[:_WITNESS_LENGTH]}…"


def _problem(path: str, message: str) -> Problem:
    return Problem(code="drift", path=path, message=message)
