"""Section 6 of the protocol page: sections and approvals. Written from the page; nothing of `sync` is used."""

from dataclasses import dataclass
from typing import Any

from tests.stranger.folding import State, digest, rank_of, sort_union, writes_of
from tests.stranger.joining import gather, name_within, rename
from tests.stranger.wire import Dot, base_of, canonical, covers, sha256


@dataclass
class Act:
    """A submit, approve, return or withdraw, with what stood when it came."""

    id: str
    body: dict[str, Any]
    was_equal: bool
    snapshot: dict[str, Any]
    protected: dict[str, int]  # how protective each `safest` field of the section was

    @property
    def dot(self) -> Dot:
        return (self.body["replica"], self.body["seq"])

    @property
    def about(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["about"]
        return found

    @property
    def content(self) -> str:
        return str(self.about["content"])

    def knows(self, other: "Act") -> bool:
        return covers(self.body["base"], other.dot)


def rule_of(state: State, section: str) -> dict[str, Any] | None:
    collection, slash, _ = section.partition("/")
    return state.collection(collection).get("section") if slash else state.rules.get("sections", {}).get(section)


def full(section: str, names: list[str]) -> list[str]:
    return [f"{section}/{name}" if "/" in section else name for name in names]


def pinned(state: State, section: str) -> dict[str, Any]:
    rule, shown = rule_of(state, section) or {"pins": []}, state.shown_paths()
    return {path: shown[path] for path in full(section, rule["pins"]) if path in shown}


def content_of(state: State, section: str, schema: int) -> str | None:
    """A-2."""
    fields = pinned(state, section)
    if not fields or any(shown["status"] == "conflict" for shown in fields.values()):
        return None
    if "/" in section and state.is_voided(section):
        return None
    values = {path: values_of(shown["value"]) for path, shown in fields.items()}
    return sha256(canonical({"section": section, "schema": schema, "fields": values}))


def values_of(value: Any) -> Any:
    return (
        sort_union(value)
        if isinstance(value, list) and all(type(v) is int or isinstance(v, str) for v in value)
        else value
    )


def fold(rules: dict[str, Any], changes: list[dict[str, Any]], file: str | None = None) -> dict[str, Any]:
    """F-1 with F-11: the folded file, and the digest of its accepted changes. `file`: whose, of several (F-14)."""
    once = list({sha256(canonical(item["body"])): item for item in changes}.values())
    file = file or (once[0]["body"]["file"] if once else "")
    accepted = [item for item in once if item["verdict"] and item["verdict"]["status"] == "accepted"]
    settled, settled_acts = run(rules, gather(accepted, file)[0], file, accepted)
    digested = digest(settled, sections_of(settled, settled_acts, rules))
    items, absorbs, absorbed_by = gather(once, file)
    state, acts = run(rules, items, file, once)
    shown = {file, *(one["file"] for one in absorbs)}
    for item in once:
        body, said = item["body"], item["verdict"]
        if body["file"] in shown and said and said["status"] in ("held", "quarantined", "returned"):
            for write in writes_of(rename(body, file), said, state.rule):
                if state.rule(write.path)["policy"] == "safest":
                    state.extra.setdefault(write.path, []).append(write)
    return {
        "paths": state.shown_paths(),
        "elements": {
            path: {"collection": path.split("/")[0], "id": path.split("/")[1], "voided": state.is_voided(path), "dot": list(dot)}
            for path, dot in state.elements.items()
        },
        "conflicts": state.conflicts(),
        "sections": sections_of(state, acts, rules),
        "absorbs": absorbs,
        "absorbed_by": absorbed_by,
        **base_of((item["body"]["replica"], item["body"]["seq"]) for item in items),
        "digest": digested,
    }  # fmt: skip


def run(
    rules: dict[str, Any], items: list[dict[str, Any]], file: str, given: list[dict[str, Any]]
) -> tuple[State, list[Act]]:
    """Fold in order; remember what each act of approving met."""
    state, acts = State(rules, file), []
    for item in items:
        body, is_own = item["body"], item["of"] == file
        state.take(body, item["verdict"], is_own=is_own)
        if "about" not in body or (not is_own and "/" not in body["about"]["section"]):
            continue
        section, schema = body["about"]["section"], body["about"]["schema"]
        was_equal = content_of(state, section, schema) == body["about"]["content"]
        seen = state if was_equal else form_of(rules, given, item["raw"])
        has_content = content_of(seen, section, schema) is not None
        acts.append(
            Act(
                item["id"],
                body,
                was_equal,
                {path: shown["value"] for path, shown in pinned(seen, section).items()} if has_content else {},
                protection(state, section),
            )
        )
    return state, acts


def form_of(rules: dict[str, Any], given: list[dict[str, Any]], body: dict[str, Any]) -> State:
    """What the form showed from which a change was made: its own file, over all that its base covers."""
    own = body["file"]
    seen = [
        item
        for item in given
        if covers(body["base"], (name_within(item["body"]["replica"], item["body"]["file"], own), item["body"]["seq"]))
    ]
    form = State(rules, own)
    for item in gather(seen, own)[0]:
        form.take(item["body"], item["verdict"], is_own=item["of"] == own)
    return form


def sections_of(state: State, acts: list[Act], rules: dict[str, Any]) -> dict[str, dict[str, Any]]:
    named = {act.about["section"] for act in acts}
    groups = [name for name in rules.get("sections", {}) if name in named or pinned(state, name)]
    elements = {*state.elements, *(name for name in named if "/" in name)}
    names = groups + [element for element in elements if rule_of(state, element)]
    return {name: section_of(state, name, [act for act in acts if act.about["section"] == name]) for name in names}


def section_of(state: State, name: str, acts: list[Act]) -> dict[str, Any]:
    rule = rule_of(state, name) or {}
    kinds: dict[str, list[Act]] = {"submit": [], "approve": [], "return": [], "withdraw": []}
    for act in acts:
        kinds.setdefault(act.body["act"], []).append(act)
    present = content_of(state, name, state.rules["version"])
    standing, force = stand(rule, kinds, acts)
    opened = [
        s
        for s in kinds["submit"]
        if not any(r.content == s.content and not s.knows(r) for r in [*kinds["return"], *kinds["withdraw"]])
    ]
    returns = [r for r in kinds["return"] if not any(later.knows(r) for later in [*kinds["submit"], *force])]
    status = _status(state, name, opened[-1:], returns, force)
    approved = [
        {
            "change": act.id, "content": act.content, "person": act.body["person"], "step": act.about["step"],
            "standing": standing[act.id], "effective": standing[act.id] in ("in_force", "partial"),
            "snapshot": act.snapshot,
        }
        for act in kinds["approve"]
    ]  # fmt: skip
    return {
        "status": status,
        "content": present,
        "submitted": _told(opened[-1]) if opened else None,
        "returned": _told(returns[-1]) if returns else None,
        "approved": approved,
    }


def _told(act: Act) -> dict[str, Any]:
    told = {"change": act.id, "content": act.content, "person": act.body["person"]}
    if act.body["act"] == "return":
        told |= {"reason": act.body.get("reason"), "remarks": act.about.get("remarks", {})}
    return told


def stand(rule: dict[str, Any], kinds: dict[str, list[Act]], acts: list[Act]) -> tuple[dict[str, str], list[Act]]:
    """A-4, A-7, A-8, A-9: the standing of each approval, and those in force at the end."""
    standing: dict[str, str] = {}
    for act in kinds["approve"]:
        rivals = [a for a in kinds["approve"] if a.content != act.content and not a.knows(act) and not act.knows(a)]
        if not act.was_equal:
            standing[act.id] = "differs"
        elif any(r.content == act.content and not act.knows(r) for r in kinds["return"]):
            standing[act.id] = "returned"
        elif rivals:
            standing[act.id] = "rival"
    force: list[Act] = []
    counting: list[Act] = []
    for act in kinds["approve"]:
        if act.id in standing:
            continue
        counting.append(act)
        same = [other for other in counting if other.content == act.content and other.id not in standing]
        if {other.about["step"] for other in same} >= set(range(1, len(rule.get("steps", [])) + 1)):
            for other in force:
                if other.content != act.content:
                    standing[other.id] = "superseded"
            force = same
    for act in counting:
        standing.setdefault(act.id, "in_force" if act in force else "partial")
    return standing, force


def _status(state: State, name: str, opened: list[Act], returns: list[Act], force: list[Act]) -> str:
    """A-6."""

    def is_present(act: Act) -> bool:
        return content_of(state, name, act.about["schema"]) == act.content

    if not force:
        if any(is_present(act) for act in opened):
            return "submitted"
        return "returned" if returns else "draft"
    approved = force[0].content
    if any(act.content != approved and is_present(act) for act in opened):
        return "amendment_submitted"
    if _is_stale(state, name, force):
        return "stale"
    return "approved" if is_present(force[-1]) else "amendment_pending"


def protection(state: State, section: str) -> dict[str, int]:
    """Rank of each `safest` field of the section, 0 the most protective."""
    rule, shown = rule_of(state, section), state.shown_paths()
    if rule is None:
        return {}
    is_element = "/" in section
    fields = state.collection(section.split("/")[0])["fields"] if is_element else state.rules["fields"]
    names = list(fields) if is_element else [*rule["pins"], *rule.get("exempt", [])]
    guarded = [name for name in names if fields.get(name, {}).get("policy") == "safest"]
    return {
        path: rank_of(fields[name], shown[path]["value"]) if path in shown else len(fields[name]["order"])
        for path, name in zip(full(section, guarded), guarded, strict=True)
    }


def _is_stale(state: State, name: str, force: list[Act]) -> bool:
    """A `safest` field of the section moved to a more protective value since the last approval in force."""
    now = protection(state, name)
    return any(now[path] < rank for path, rank in force[-1].protected.items())
