"""Sections: their content hash, what became of each submission and approval, and the status they show (A-1 to A-8).

Works on the acts that `sync.fold` gathered, in the order of folding; decides nothing about permission (`sync.verdicts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.canonical import hash_value
from sync.change import Change
from sync.folded import FoldedAct, FoldedApproval, FoldedSection, SectionStatus, Standing
from sync.rules import SectionRule
from sync.versions import covers

Fields = Mapping[str, Any]


def content_hash(section: str, schema: int, fields: Fields | None) -> str | None:
    """Hash of the settled pinned values of a section under a schema version (A-2); None where there is nothing."""
    if not fields:
        return None
    return hash_value({"section": section, "schema": schema, "fields": dict(fields)})


@dataclass(slots=True)
class SectionAct:
    """One submit, approve, return or withdraw, with what the section held when it was folded."""

    change: Change
    position: int | None
    fields: Fields | None  # pinned values at its place in the log; None: no hash
    guards: Mapping[str, int]  # protectiveness of each `safest` field at that moment
    matches: bool = field(init=False)

    def __post_init__(self) -> None:
        self.matches = self.content == content_hash(self.section, self.schema, self.fields)

    @property
    def act(self) -> str:
        return self.change.act

    @property
    def section(self) -> str:
        assert self.change.about is not None  # noqa: S101 - only acts with `about` are gathered
        return self.change.about.section

    @property
    def content(self) -> str:
        assert self.change.about is not None  # noqa: S101
        return self.change.about.content

    @property
    def schema(self) -> int:
        assert self.change.about is not None  # noqa: S101
        return self.change.about.schema

    @property
    def step(self) -> int:
        return (self.change.about.step if self.change.about else None) or 1

    def knew(self, other: SectionAct) -> bool:
        """Whether its author had seen the other act."""
        return covers(self.change.base, other.change.dot)


@dataclass(slots=True)
class SectionView:
    """A section as the fold sees it now: pinned values (None: unsettled or voided) and protectiveness."""

    path: str
    rule: SectionRule
    schema: int
    fields: Fields | None
    guards: Mapping[str, int]
    fields_at: Callable[[SectionAct], Fields | None]  # what the author of an act saw; costs a fold

    def content(self, schema: int) -> str | None:
        """Content hash under a schema version; None when unsettled, voided, or nothing was ever written."""
        return content_hash(self.path, schema, self.fields)


def fold_section(view: SectionView, acts: Sequence[SectionAct]) -> FoldedSection:
    """Everything a screen shows of a section."""
    standings, in_force = weigh_approvals(view.rule, acts)
    submitted = _open_submission(acts)
    returned = _open_return(acts, in_force)
    return {
        "status": _status(view, submitted, returned, in_force),
        "content": view.content(view.schema),
        "submitted": _act_json(submitted) if submitted else None,
        "returned": _return_json(returned) if returned else None,
        "approved": [_approval_json(act, standings[act.change.id], view) for act in acts if act.act == "approve"],
    }


def weigh_approvals(rule: SectionRule, acts: Sequence[SectionAct]) -> tuple[dict[str, Standing], list[SectionAct]]:
    """Standing of each approval by change id, and the approvals of the content in force (empty: none is)."""
    approvals = [act for act in acts if act.act == "approve"]
    returns = [act for act in acts if act.act == "return"]
    standings: dict[str, Standing] = {}
    in_force: list[SectionAct] = []
    pending: dict[str, list[SectionAct]] = {}
    for approval in approvals:
        standing = _standing_alone(approval, approvals, returns)
        standings[approval.change.id] = standing
        if standing != "partial":
            continue
        if in_force and approval.content == in_force[0].content:
            in_force.append(approval)
        else:
            pending.setdefault(approval.content, []).append(approval)
            if not {act.step for act in pending[approval.content]}.issuperset(range(1, len(rule.steps) + 1)):
                continue
            standings |= {act.change.id: "superseded" for act in in_force}
            in_force = pending.pop(approval.content)
        standings |= {act.change.id: "in_force" for act in in_force}
    return standings, in_force


def _standing_alone(approval: SectionAct, approvals: Sequence[SectionAct], returns: Sequence[SectionAct]) -> Standing:
    """Whether anything speaks against one approval; `partial`: nothing does, its chain may still be incomplete."""
    if not approval.matches:
        return "differs"
    if any(_cancels(back, approval) for back in returns):
        return "returned"
    if any(
        other.content != approval.content and not approval.knew(other) and not other.knew(approval)
        for other in approvals
    ):
        return "rival"
    return "partial"


def _cancels(later: SectionAct, earlier: SectionAct) -> bool:
    """A return or withdrawal of the same content, of which the author of the earlier act had not known (A-7)."""
    return later.content == earlier.content and not earlier.knew(later)


def _open_submission(acts: Sequence[SectionAct]) -> SectionAct | None:
    """The last submission that was neither returned nor withdrawn."""
    still_open = [act for act in acts if act.act == "submit" and not _is_undone(act, acts)]
    return still_open[-1] if still_open else None


def is_open_submission(acts: Sequence[SectionAct], content: str, among: Sequence[SectionAct]) -> bool:
    """Whether one of `among` submitted this content and nothing in `acts` took that back."""
    return any(act.act == "submit" and act.content == content and not _is_undone(act, acts) for act in among)


def _is_undone(submission: SectionAct, acts: Sequence[SectionAct]) -> bool:
    return any(act.act in ("return", "withdraw") and _cancels(act, submission) for act in acts)


def _open_return(acts: Sequence[SectionAct], in_force: Sequence[SectionAct]) -> SectionAct | None:
    """The last return that no later submission or approval in force has answered."""
    answers = [act for act in acts if act.act == "submit"] + list(in_force)
    waiting = [act for act in acts if act.act == "return" and not any(answer.knew(act) for answer in answers)]
    return waiting[-1] if waiting else None


def _status(
    view: SectionView, submitted: SectionAct | None, returned: SectionAct | None, in_force: Sequence[SectionAct]
) -> SectionStatus:
    waits = submitted is not None and view.content(submitted.schema) == submitted.content
    if not in_force:
        return "submitted" if waits else "returned" if returned else "draft"
    approval = in_force[-1]
    if waits and submitted is not None and submitted.content != approval.content:
        return "amendment_submitted"
    if any(rank < approval.guards.get(path, rank) for path, rank in view.guards.items()):
        return "stale"
    return "approved" if view.content(approval.schema) == approval.content else "amendment_pending"


def _act_json(act: SectionAct) -> FoldedAct:
    return {
        "change": act.change.id,
        "content": act.content,
        "schema": act.schema,
        "person": act.change.person,
        "at": act.change.at,
        "position": act.position,
    }


def _return_json(act: SectionAct) -> FoldedAct:
    remarks = act.change.about.remarks if act.change.about else None
    return _act_json(act) | {"reason": act.change.reason, "remarks": dict(remarks or {})}


def _approval_json(act: SectionAct, standing: Standing, view: SectionView) -> FoldedApproval:
    fields = act.fields if act.matches else view.fields_at(act)
    return {
        "change": act.change.id,
        "content": act.content,
        "schema": act.schema,
        "person": act.change.person,
        "at": act.change.at,
        "position": act.position,
        "step": act.step,
        "effective": standing in ("in_force", "partial"),
        "standing": standing,
        "snapshot": dict(fields or {}),
    }
