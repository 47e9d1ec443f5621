"""The shapes that request and answer bodies share. Requests refuse keys they do not know; no route takes a table's model."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sync.change import Envelope

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", examples=["0f" * 16], description="32 lower-case hex digits")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0f" * 32], description="64 lower-case hex digits")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{87}$", description="raw uncompressed P-256 point, base64url")]
Secret = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="32 bytes, base64url without padding")]
Instant = Annotated[int, Field(ge=0, description="milliseconds since 1970, UTC", examples=[1_795_300_000_000])]


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AnswerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EnvelopeBody(RequestBody):
    """A signed document as it travels: canonical text and signature."""

    body: Annotated[str, Field(max_length=200_000)]
    sig: Annotated[str, Field(max_length=200)]

    def to_envelope(self) -> Envelope:
        return Envelope(self.body, self.sig)

    @classmethod
    def of(cls, envelope: Envelope) -> "EnvelopeBody":
        return cls(body=envelope.body, sig=envelope.sig)


class DutyBody(AnswerBody):
    duty: str
    scopes: list[str]
