"""The calls of PROTOCOL 7 as pydantic models with their limits: what the server parses and the Python device sends."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL_HEADER: Final = "Yihu-Protocol"
PROTOCOL_VERSION: Final = "1"
CHANGES_PER_BATCH_MAX: Final = 200
BATCH_BYTES_MAX: Final = 1_048_576  # what a device sends at once
REQUEST_BYTES_MAX: Final = 2_097_152  # what a server takes, after decompression
ENTRIES_PER_PAGE_MAX: Final = 1_000
SEALED_ITEMS_MAX: Final = 200
FILES_PER_HAVE_MAX: Final = 500
OUTBOX_INFO: Final = b"yihu/outbox/1"  # HPKE info of a sealed save

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Cursor = Annotated[str, Field(max_length=4_000)]


class Message(BaseModel):
    """Keys that this version does not know are dropped here: calls, unlike changes, are not evidence. No value is converted."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class SignedText(Message):
    """An envelope (N-6). The size of a change is judged per change, so that one too large never spoils its batch."""

    body: Annotated[str, Field(max_length=REQUEST_BYTES_MAX)]
    sig: Annotated[str, Field(max_length=200)]


class LogClaim(Message):
    """L-7: the log that a device remembers; one that remembers nothing names epoch 0."""

    epoch: Annotated[int, Field(ge=0, le=2**21)]
    size: Annotated[int, Field(ge=0, lt=2**53)]
    hash: Hash


class LogAnswer(Message):
    """L-7: the log's signed root, and the proof that it begins with the one that the device named."""

    root: SignedText
    proof: Annotated[list[Hash], Field(max_length=120)] = []


class SyncRequest(Message):
    """M-1: push and pull in one round trip."""

    push: Annotated[list[SignedText], Field(max_length=CHANGES_PER_BATCH_MAX)] = []
    certificates: Annotated[list[SignedText], Field(max_length=20)] = []
    cursor: Cursor | None = None
    again: bool = False
    limit: Annotated[int, Field(ge=1, le=ENTRIES_PER_PAGE_MAX)] = 500
    log: LogClaim | None = None
    handovers: Annotated[int | None, Field(ge=0, le=100_000)] = None  # E-13: how many the device went along with
    erased: Annotated[int | None, Field(ge=0, lt=2**53)] = None  # Z-3: the newest erasure that the device knows


class ChangeEntry(Message):
    """A change that this replica may read, with its current verdict."""

    kind: Literal["change"] = "change"
    envelope: SignedText
    verdict: SignedText


class VerdictEntry(Message):
    """A change that was already sent, or is the reader's own, got a new verdict."""

    kind: Literal["verdict"] = "verdict"
    verdict: SignedText


class EnterEntry(Message):
    """A file came into the reader's scope; its changes follow."""

    kind: Literal["enter"] = "enter"
    file: Id
    scope: Id


class LeaveEntry(Message):
    """A file left the reader's scope: push, seal, delete once every own change in it has a final verdict."""

    kind: Literal["leave"] = "leave"
    file: Id


Entry = Annotated[ChangeEntry | VerdictEntry | EnterEntry | LeaveEntry, Field(discriminator="kind")]


class PackOffer(Message):
    """M-4: an immutable, resumable snapshot of one scope."""

    id: str
    scope: Id
    bytes: int
    sha256: Hash
    cursor: Cursor


class SyncAnswer(Message):
    """M-1 to M-4. `cursor` is stored in the same transaction as the page it covers."""

    verdicts: list[SignedText] = []
    entries: list[Entry] = []
    cursor: Cursor | None = None
    more: bool = False
    server_at: int
    epoch: int
    packs: list[PackOffer] = []
    digests: dict[Id, Hash] = {}
    log: LogAnswer | None = None  # absent where the root is the one that the device named
    backed_up: int | None = None  # L-12
    erased: list[SignedText] = []  # Z-3


class PackHead(Message):
    """First line of a pack."""

    type: Literal["pack"] = "pack"
    v: Literal[1] = 1
    deployment: Id
    station: Id
    scope: Id
    cursor: Cursor
    root: SignedText | None = None  # L-6


class PackedChange(Message):
    envelope: SignedText
    verdict: SignedText


class PackedFile(Message):
    """One further line of a pack: a file with all its accepted changes."""

    file: Id
    kind: str
    scope: Id
    changes: list[PackedChange]


class WitnessRequest(Message):
    """L-10: a device shows what it remembers to a server whose log is another."""

    root: SignedText | None = None
    remembered: Annotated[list[LogClaim], Field(max_length=64)] = []


class WitnessAnswer(Message):
    root: SignedText
    restarts: list[SignedText]
    state: Literal["sound", "differs"]


class ReturnRequest(Message):
    """L-11: changes with the verdicts that the server once gave."""

    items: Annotated[list[PackedChange], Field(min_length=1, max_length=CHANGES_PER_BATCH_MAX)]


class ReturnResult(Message):
    id: Hash
    code: Literal["taken", "known", "refused"]


class ReturnAnswer(Message):
    results: list[ReturnResult]


class HaveRequest(Message):
    """L-9: what a device holds of these files. `changes`: send what is here of those that differ."""

    files: Annotated[dict[Id, Hash], Field(max_length=FILES_PER_HAVE_MAX)]
    changes: bool = False


class HaveAnswer(Message):
    """`differ`: other accepted changes here. `unknown`: not readable here. `files` may lack some of `differ`: ask again."""

    differ: list[Id]
    unknown: list[Id] = []
    files: list[PackedFile] = []


class InclusionRequest(Message):
    positions: Annotated[list[Annotated[int, Field(ge=1, lt=2**53)]], Field(min_length=1, max_length=100)]
    size: Annotated[int, Field(ge=1, lt=2**53)]


class InclusionProof(Message):
    position: int
    leaf: int
    proof: list[Hash]


class InclusionAnswer(Message):
    """L-4: for each position that stands in the log of `size` entries the proof of it."""

    size: int
    proofs: list[InclusionProof]


class SealedItem(Message):
    """A save encrypted to the server's sealing key; `id` is the change id (M-5)."""

    id: Hash
    sealed: Annotated[str, Field(max_length=200_000)]


class SealedRequest(Message):
    items: Annotated[list[SealedItem], Field(min_length=1, max_length=SEALED_ITEMS_MAX)]


class SealedResult(Message):
    id: Hash
    code: Literal["received", "known", "refused"]


class SealedAnswer(Message):
    results: list[SealedResult]


class Problem(Message):
    """RFC 9457 problem details with our stable `code`."""

    type: str = "about:blank"
    title: str = ""
    status: int
    code: str
    detail: str = ""
    field: str | None = None
    extra: dict[str, Any] = {}
