"""What a broker's message carries: the id of a batch of work, signed by this installation."""

from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer

_signer: Final = Signer(salt="lamina.work")


def ticket_of(batch: UUID) -> str:
    return _signer.sign(batch.hex)


def batch_of(ticket: str) -> UUID | None:
    """The id of the batch; None where the signature is not of this installation."""
    try:
        return UUID(hex=_signer.unsign(ticket))
    except (BadSignature, ValueError):
        return None
