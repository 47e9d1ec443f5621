"""What one sync did, as a person or a program is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class SyncReport:
    """What one sync did. `reached` False: no network (or no Yihu server); everything is still on the device."""

    reached: bool = True
    complete: bool = False
    pushed: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)  # of own saves, by status
    pulled: int = 0
    packs: int = 0
    attachments: int = 0
    sealed: int = 0
    unsent: int = 0
    differing: list[str] = field(default_factory=list)  # files whose digest differs from the server's
    restored: dict[str, int] | None = None  # the server was put back to an older copy: epoch, at, how many were brought
    problem: dict[str, str] | None = None  # code and detail of what kept it from completing
