"""What becomes of a received change (PROTOCOL 4): `judge(change, context)`, pure, the same answer whenever it is asked.

The server brings everything that has to be looked up; here is only the judgement. The signature, the session and the
binding of replica to person are checked before (a change that fails there is no change of that author), the place in the
log and the time of receipt are given after. Each rule is one function; the first that has something to say decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sync.body import ACTS, ACTS_OF_A_MERGE
from sync.change import Change
from sync.errors import MalformedError
from sync.fold import fold, state_digest
from sync.inputs import FoldInput, in_folding_order, list_merges, seen_from
from sync.permission import ACTS_THAT_MOVE, may
from sync.rules import Rules
from sync.sections import judge_section_act
from sync.verdict import Reason, Verdict
from sync.versions import NOTHING, Base, Dot, base_within, covers, dot_within, list_dots

DAY_MS: Final = 86_400_000
UNDECIDED_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What the server holds under a dot of the file. `received_at`: when it came first."""

    id: str
    status: str
    received_at: int = 0


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What the server knows of the file that a merge names. `by`: another file by which it is absorbed already."""

    kind: str | None = None  # None: nothing of it has arrived
    duties_then: frozenset[str] = frozenset()
    duties_now: frozenset[str] = frozenset()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a judgement depends on besides the change."""

    deployment: str
    station: str
    received_at: int
    rules: Rules | None  # newest rules of the change's kind; None: a kind from a newer app
    known: Mapping[Dot, Known]  # every change received so far of the file, and of others that its base names (N-7)
    accepted: Sequence[FoldInput]  # the accepted ones of these files, in any order
    duties_then: frozenset[str]  # the author's duties on the file under the epoch in the change
    duties_now: frozenset[str]  # the same now
    check: Callable[[Change], Sequence[Reason]]  # value checks of the kind; a reason per broken rule
    file_kind: str | None = None  # None: the file is new
    doubts: Sequence[Reason] = field(default_factory=tuple)  # found outside: revoked replica, former scope, lease
    faults: Sequence[Reason] = field(default_factory=tuple)  # found outside: a certificate that does not allow it
    single_post: bool = False  # the station may approve its own work, flagged
    forks: frozenset[str] = frozenset()  # ids of the file's changes that were found to be forks; they occupy no dot
    forked: frozenset[Dot] = frozenset()  # dots that a form can have shown as forks only (`sync.places`)
    contested: frozenset[Dot] = frozenset()  # dots that another change once had, as some forms showed it
    admitted: bool = False  # a deputy looked at a held or quarantined change and takes it in
    former: bool = False  # where the author's form showed the file to live, it lives no more
    patches: frozenset[str] = frozenset()  # the station's scopes
    duties_there: frozenset[str] = frozenset()  # of a transfer: the author's duties now on the scope it names
    absorbed: Absorbed = Absorbed()  # of a merge
    absorbed_by: str | None = None  # the file under which this one shows since it was merged


@dataclass(frozen=True, slots=True)
class Judgement:
    """Status and reasons; `waits_for` are the dots whose arrival or decision asks for a new judgement."""

    status: str
    reasons: tuple[Reason, ...] = ()
    duty: str | None = None
    waits_for: tuple[Dot, ...] = ()

    def to_verdict(
        self, change: Change, *, position: int, received_at: int, by: str | None = None, decided_at: int | None = None
    ) -> Verdict:
        return Verdict(
            change=change.id,
            status=self.status,
            position=position,
            received_at=received_at,
            duty=self.duty,
            reasons=self.reasons,
            by=by,
            decided_at=decided_at,
            dot=change.dot,
            file=change.file,
        )


def judge(change: Change, context: Context) -> Judgement:
    """Judge a change that was not judged before, or judge a held one again.

    A change that is already accepted or declined is not asked about: its verdict is final (D-2).
    """
    duty = highest_duty(context)
    for found in (
        _place(change, context),
        _fork(change, context),
        _version(change, context),
        _dependencies(change, context),
        _permission(change, context),
        _move(change, context),
        _operations(change, context),
        _section(change, context),
    ):
        for judgement in found:
            if context.admitted and judgement.status in ("held", "quarantined") and not is_fork(judgement):
                continue
            return Judgement(judgement.status, judgement.reasons, duty, judgement.waits_for)
    return Judgement("accepted", tuple(_flags(change, context)), duty)


def judge_malformed(error: MalformedError) -> Judgement:
    """An envelope that is no change (D-5): returned, with the place that is wrong."""
    return Judgement("returned", (Reason(error.code, path=error.path or None, say=error.detail),))


def highest_duty(context: Context) -> str | None:
    """The author's highest duty on the file now (D-4)."""
    ranked = [duty for duty in context.rules.duties if duty in context.duties_now] if context.rules else []
    return ranked[0] if ranked else None


# --- the rules, in their order ----------------------------------------------------------------------------------------


def _place(change: Change, context: Context) -> Iterator[Judgement]:
    """The change was made for this installation, this station and this file."""
    if change.deployment != context.deployment:
        yield _returned("wrong_deployment")
    if change.station != context.station:
        yield _returned("wrong_station")
    if context.file_kind not in (None, change.kind):
        yield _returned("wrong_kind")
    if context.faults:
        yield Judgement("returned", tuple(context.faults))


def _fork(change: Change, context: Context) -> Iterator[Judgement]:
    """One dot, one change; each change names the one before it, and what follows a fork is one (C-6).

    Without the last a cloned phone's third save would name its own second one, be taken in, and stand with its base on a
    dot under which everyone else has another change.
    """
    if change.prev in context.forks:
        yield Judgement("quarantined", (Reason("fork", path="prev"),))
    here = context.known.get(change.dot)
    if (here and here.id != change.id) or _is_shown_already(change, context):
        yield Judgement("quarantined", (Reason("fork"),))
    if change.dot.seq > 1:
        before = context.known.get(Dot(change.dot.replica, change.dot.seq - 1))
        if before and before.id != change.prev:
            yield Judgement("quarantined", (Reason("fork", path="prev"),))
    # A form shows one's own undecided words of other files too. Which of the two it showed under such a dot nobody can tell.
    shown = list_bases(change)
    if any(covers(base, dot) for base in shown for dot in context.forked):
        yield Judgement("quarantined", (Reason("fork", path="base"),))
    if any(covers(base, dot) for base in shown for dot in context.contested) and not _saw_what_stands(change, context):
        yield Judgement("quarantined", (Reason("fork", path="base"),))


def _is_shown_already(change: Change, context: Context) -> bool:
    """Whether what it builds on showed its dot: then that was another change, in a log that was lost (L-11)."""
    shown = list_bases(change)
    for one in (item.change for item in context.accepted):
        own = dot_within(change.dot, change.file, one.file)
        if any(covers(base, own) for base in list_bases(one)):
            there = dot_within(one.dot, one.file, change.file)
            if any(covers(base, there) for base in shown):
                return True
    return False


def _saw_what_stands(change: Change, context: Context) -> bool:
    """Whether the state that the form showed is the one that its base covers here: what it says it saw (C-1) is evidence.

    Own changes that were undecided then are accepted by now, and were in no digest.
    """
    if context.rules is None or change.schema != context.rules.version or (change.merge and change.merge.base):
        return False
    seen = seen_from(context.accepted, change.base, change.file)
    own = sorted((item.change.dot.seq for item in seen if item.change.dot.replica == change.dot.replica), reverse=True)
    for last in [change.dot.seq, *own[:UNDECIDED_MAX]]:
        shown = [i for i in seen if i.change.dot.replica != change.dot.replica or i.change.dot.seq < last]
        if (state_digest(fold(context.rules, shown, change.file)) if shown else None) == change.seen:
            return True
    return False


def _version(change: Change, context: Context) -> Iterator[Judgement]:
    """A newer app may always push; what this server does not understand yet waits."""
    if context.rules is None:
        yield _held("kind_unknown")
    elif change.schema > context.rules.version:
        yield _held("schema_newer")
    elif change.act not in ACTS:
        yield _held("act_unknown")


def _dependencies(change: Change, context: Context) -> Iterator[Judgement]:
    """Everything that the form showed has arrived, and nothing of it still waits itself (D-7)."""
    missing: list[Dot] = []
    waiting: list[Dot] = []
    for dot in _dependency_dots(change):
        known = context.known.get(dot)
        if known is None:
            missing.append(dot)
            break  # one is enough; a base may name more dots than anyone should count
        if known.status == "held" and dot not in waiting:
            waiting.append(dot)
    if missing:
        yield _held("dependency_missing", *missing)
    if waiting:
        yield _held("dependency_held", *waiting)


def _permission(change: Change, context: Context) -> Iterator[Judgement]:
    """Judged twice (D-6): by what the author's device believed, and by what holds now."""
    if context.rules is None:
        return
    others = context.absorbed if change.act in ACTS_OF_A_MERGE else None
    if not may(context.rules, context.duties_then, change):
        yield _returned("not_allowed")
    if others and not may(context.rules, others.duties_then, change):
        yield _returned("not_allowed", path="merge/file")
    if not may(context.rules, context.duties_now, change):
        code = "former_scope" if context.former else "no_longer_allowed"
        yield Judgement("quarantined", (Reason(code),))
    if others and not may(context.rules, others.duties_now, change):
        yield Judgement("quarantined", (Reason("no_longer_allowed", path="merge/file"),))
    if context.doubts:
        yield Judgement("quarantined", tuple(context.doubts))


def _move(change: Change, context: Context) -> Iterator[Judgement]:
    """Where files go: to a patch that exists, and whose deputies take it; into a file of its own kind, and into one only."""
    if context.rules is None or change.act not in ACTS_THAT_MOVE:
        return
    if change.ops:
        yield _returned("ops_not_allowed", path="ops")
    if change.act == "transfer":
        if change.to not in context.patches:
            yield _returned("scope_unknown", path="to")
        if context.absorbed_by:
            yield _returned("file_absorbed", path="file")
        if not may(context.rules, context.duties_there, change):
            yield Judgement("quarantined", (Reason("receiver_undecided", path="to"),))
        return
    if context.absorbed.kind != change.kind:
        yield _returned("kinds_differ", path="merge/file")
    if change.act == "merge" and context.absorbed.by:
        yield _returned("absorbed_elsewhere", path="merge/file")
    if change.act == "unmerge" and not _showed_merge(change, context):
        undecided = _undecided_dependencies(change, context)
        if undecided:
            yield _held("dependency_undecided", *undecided)
        yield _returned("not_merged", path="merge/file")


def _showed_merge(change: Change, context: Context) -> bool:
    """Whether the author's form showed the merge that the change undoes."""
    seen = seen_from(context.accepted, change.base, change.file)
    return any(
        change.merge and merge.file == change.merge.file and merge.by == change.file for merge in list_merges(seen)
    )


def _operations(change: Change, context: Context) -> Iterator[Judgement]:
    """Each operation fits its field and its element, and its value passes the kind's own checks."""
    if context.rules is None:
        return
    reasons = [*_misfits(change, context.rules), *context.check(change)]
    if reasons:
        yield Judgement("returned", tuple(reasons))
    shown = in_folding_order(context.accepted, change.file)
    appended = {operation.element for item in shown for operation in item.change.ops if operation.op == "append"}
    own: set[str | None] = set()
    for index, operation in enumerate(change.ops):
        if operation.op == "append":
            own.add(operation.element)
            if operation.element in appended:
                yield _returned("element_exists", op=index, path=operation.element)
        elif operation.element and operation.element not in appended | own:
            undecided = _undecided_dependencies(change, context)
            if undecided:
                yield _held("dependency_undecided", *undecided)
            yield _returned("element_unknown", op=index, path=operation.element)


def _section(change: Change, context: Context) -> Iterator[Judgement]:
    """Submissions and approvals are about content that the accepted fold at their base really has (A-3)."""
    if context.rules is None or change.about is None:
        return
    reason = judge_section_act(change, context.rules, context.accepted, single_post=context.single_post)
    if reason is None:
        return
    undecided = _undecided_dependencies(change, context)
    if undecided:
        yield _held("dependency_undecided", *undecided)
    yield Judgement("returned", (reason,))


# --- parts ------------------------------------------------------------------------------------------------------------


def _misfits(change: Change, rules: Rules) -> Iterator[Reason]:
    """Operations that the field's policy cannot take. Unknown fields pass: they fold as `latest` (F-10)."""
    for index, operation in enumerate(change.ops):
        collection, _, rest = operation.path.partition("/")
        if operation.element and collection not in rules.collections and change.schema == rules.version:
            yield Reason("collection_unknown", op=index, path=collection)
        if operation.op in ("set", "add", "remove"):
            name = rest.partition("/")[2]
            known = rules.collections[collection].fields if collection in rules.collections and rest else rules.fields
            rule = known.get(name or collection)
            if rule and (rule.policy == "union") != (operation.op != "set"):
                yield Reason("operation_misfits", op=index, path=operation.path)


def _dependency_dots(change: Change) -> Iterator[Dot]:
    if change.dot.seq > 1:
        yield Dot(change.dot.replica, change.dot.seq - 1)
    for replica, last in change.base.vector.items():
        # From the last down: a vector that reaches beyond what has arrived is found at its first step.
        for seq in range(last, 0, -1):
            if covers(change.base, Dot(replica, seq)):
                yield Dot(replica, seq)
    yield from reversed(list_dots(_merge_base(change)))


def list_bases(change: Change) -> list[Base]:
    """All that its form showed, under the names of its own file."""
    return [change.base, *([_merge_base(change)] if change.merge else [])]


def _merge_base(change: Change) -> Base:
    """What the form showed of the file that it merges, under the names of the change's own file."""
    if change.merge is None or change.merge.base is None:
        return NOTHING
    return base_within(change.merge.base, change.merge.file, change.file)


def _undecided_dependencies(change: Change, context: Context) -> list[Dot]:
    """Changes that the form showed and that a deputy has still to decide."""
    return [
        dot
        for dot, known in context.known.items()
        if known.status in ("held", "quarantined") and (covers(change.base, dot))
    ]


def _flags(change: Change, context: Context) -> Iterator[Reason]:
    """What an accepted change is marked with. A bad clock is flagged, never refused."""
    refused = ("quarantined", "returned", "declined")
    if any(known.status in refused and covers(change.base, dot) for dot, known in context.known.items()):
        yield Reason("built_on_refused")
    if change.at > context.received_at + DAY_MS:
        yield Reason("clock_ahead")
    if change.server_at and change.at < change.server_at - DAY_MS:
        yield Reason("clock_behind")
    if context.admitted:
        yield Reason("admitted")
    if change.act == "approve" and context.single_post and context.rules:
        own = judge_section_act(change, context.rules, context.accepted, single_post=False)
        if own:
            yield own


def _returned(code: str, *, op: int | None = None, path: str | None = None) -> Judgement:
    return Judgement("returned", (Reason(code, op, path),))


def _held(code: str, *waits_for: Dot) -> Judgement:
    return Judgement("held", (Reason(code),), waits_for=waits_for)


def is_fork(judgement: Judgement | Verdict) -> bool:
    """Whether this says that the change is a fork: it is kept beside the chain and occupies no dot."""
    return bool(judgement.reasons) and judgement.reasons[0].code == "fork"
