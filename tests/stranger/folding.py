"""Sections 5 and 8 of the protocol page: what a set of changes says. Written from the page; nothing of `sync` is used."""

from dataclasses import dataclass, field
from typing import Any

from tests.stranger.wire import Dot, canonical, covers, sha256

WORST = 10**9


@dataclass
class Write:
    path: str
    value: Any
    dot: Dot
    base: dict[str, Any]
    act: str
    person: str
    at: int
    effective_at: int
    position: int | None
    duty: str | None
    op: str = "set"  # add, remove for unions; none: asked, nothing there
    replaced: bool = False
    is_held_back: bool = False

    @property
    def recency(self) -> tuple[int, str, int]:
        return (self.effective_at, *self.dot)


@dataclass
class State:
    """A file while it is folded, one change after another."""

    rules: dict[str, Any]
    file: str = ""
    writes: dict[str, list[Write]] = field(default_factory=dict)
    replaced: dict[str, list[Write]] = field(default_factory=dict)
    elements: dict[str, Dot] = field(default_factory=dict)
    stood: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, list[Write]] = field(default_factory=dict)  # F-9

    def rule(self, path: str) -> dict[str, Any]:
        parts = path.split("/")
        if parts[-1] == "$void" or parts[0].startswith("$"):
            return {"policy": "review"}  # F-7, F-13, F-14
        fields = self.rules.get("fields", {}) if len(parts) == 1 else self.collection(parts[0]).get("fields", {})
        found: dict[str, Any] = fields.get(parts[-1], {"policy": "latest"})  # F-10
        return found

    def collection(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.rules.get("collections", {}).get(name, {})
        return found

    def live(self, path: str) -> list[Write]:
        return [write for write in self.writes.get(path, []) if not write.replaced]

    # --- folding one change

    def take(self, body: dict[str, Any], verdict: dict[str, Any] | None, *, is_own: bool = True) -> None:
        touched = set()
        for op in body["ops"]:
            if op["op"] == "append":
                self.elements.setdefault(f"{op['path']}/{op['id']}", (body["replica"], body["seq"]))
        for write in writes_of(body, verdict, self.rule):
            if write.path.startswith("$") and not is_own:
                continue
            self._fold(write)
            touched.add(write.path)
        for path in touched:
            shown = self.show(path)
            if shown["status"] != "conflict":
                self.stood[path] = shown["value"]

    def _fold(self, write: Write) -> None:
        known = self.writes.setdefault(write.path, [])
        if self.rule(write.path)["policy"] == "union":
            self._fold_union(write, known)
            return
        covered = [other for other in known if not other.replaced and covers(write.base, other.dot)]
        write.is_held_back = (
            write.act != "resolve" and not write.path.startswith("$") and self._holds_back(write, covered)
        )
        if not write.is_held_back:
            for other in covered:
                self._replace(other)
        known.append(write)
        if any(not other.is_held_back and covers(other.base, write.dot) for other in known):
            self._replace(write)

    def _fold_union(self, write: Write, known: list[Write]) -> None:
        if write.op == "remove":
            for other in known:
                if is_add_of(other, write) and not other.replaced and covers(write.base, other.dot):
                    self._replace(other)
        known.append(write)
        if write.op == "add" and any(
            o.op == "remove" and is_add_of(write, o) and covers(o.base, write.dot) for o in known
        ):
            self._replace(write)

    def _replace(self, write: Write) -> None:
        write.replaced = True
        self.replaced.setdefault(write.path, []).append(write)

    def _holds_back(self, write: Write, covered: list[Write]) -> bool:
        """F-4."""
        policy = self.rule(write.path)["policy"]
        if policy == "once":
            return True
        if write.path.endswith("/$void") and any(self.edits_beside(void) for void in covered):
            return True
        return bool(covered) and self._settle(write.path, covered)[0] == "conflict"

    def edits_beside(self, void: Write) -> list[Write]:
        """F-7: writes in the element that neither know the void nor are known to it."""
        if void.value is not True:
            return []
        element = void.path.removesuffix("/$void")
        return [
            edit
            for path, writes in self.writes.items()
            if path.startswith(element + "/") and path != void.path
            for edit in writes
            if edit.op != "none"
            and edit.dot != void.dot
            and not covers(void.base, edit.dot)
            and not covers(edit.base, void.dot)
        ]

    # --- what a path shows

    def _settle(self, path: str, live: list[Write]) -> tuple[str, Any]:
        """F-6: status and value of these writes."""
        rule = self.rule(path)
        policy, values = rule["policy"], {canonical(write.value): write.value for write in live}
        if len(values) == 1:
            return "settled", live[0].value
        if policy in ("review", "once"):
            return "conflict", None
        if policy == "authority":
            duties = self.rules["duties"]
            rank = {id(w): duties.index(w.duty) if w.duty in duties else len(duties) for w in live}
            best = [write for write in live if rank[id(write)] == min(rank.values())]
            top = {canonical(write.value): write.value for write in best}
            return ("also", best[0].value) if len(top) == 1 else ("conflict", None)
        if policy in ("max", "min"):
            return "also", extreme([write.value for write in live], is_max=policy == "max", live=live)
        if policy == "safest":
            return "also", max(live, key=lambda w: (-rank_of(rule, w.value), w.recency)).value
        return "also", max(live, key=lambda w: w.recency).value

    def show(self, path: str) -> dict[str, Any]:
        """F-11 for one path."""
        live = self.live(path)
        if self.rule(path)["policy"] == "union":
            adds = [write for write in live if write.op == "add"]
            values = sort_union({canonical(write.value): write.value for write in adds}.values())
            return {"status": "settled", "value": values, "values": self._group(path, adds, values), "live": adds, "replaced": self._lost(path)}  # fmt: skip
        status, value = self._settle(path, live) if live else ("settled", None)
        shown: dict[str, Any] = {"status": status, "value": value, "live": live}
        if status == "conflict":
            shown["stands"] = live[0].value if self.rule(path)["policy"] == "once" else self.stood.get(path)
        extra = self.extra.get(path, [])
        if extra and self.rule(path)["policy"] == "safest":
            rule = self.rule(path)
            guard = [w for w in extra if rank_of(rule, w.value) < (rank_of(rule, value) if live else WORST)]
            if guard:
                live = [*live, *guard]
                shown["status"], shown["value"] = self._settle(path, live)
        shown["values"] = self._group(path, live, [shown["value"]] if shown["status"] != "conflict" else [])
        shown["replaced"] = self._lost(path)
        return shown

    def _group(self, path: str, live: list[Write], first: list[Any]) -> list[dict[str, Any]]:
        groups: dict[str, list[Write]] = {}
        for write in live:
            groups.setdefault(canonical(write.value), []).append(write)
        heads = {text: max(group, key=lambda w: w.recency) for text, group in groups.items()}
        order = sorted(heads, key=lambda text: heads[text].recency, reverse=True)
        lead = [canonical(value) for value in first if canonical(value) in groups]
        return [
            {
                "value": heads[text].value,
                "dots": [list(dot) for dot in sorted(write.dot for write in groups[text])],
                "person": heads[text].person, "at": heads[text].at,
                "effective_at": heads[text].effective_at, "position": heads[text].position,
            }
            for text in [*lead, *(text for text in order if text not in lead)]
        ]  # fmt: skip

    def _lost(self, path: str) -> list[dict[str, Any]]:
        order = {id(write): place for place, write in enumerate(self.writes[path])}
        lost = sorted(self.replaced.get(path, []), key=lambda w: order[id(w)])
        return [{"value": w.value, "dot": list(w.dot), "person": w.person, "at": w.at} for w in lost]

    def _has_place(self, path: str) -> bool:
        """F-7: an element that no folded change appended has no conflict."""
        return "/" not in path or path.startswith("$") or "/".join(path.split("/")[:2]) in self.elements

    def shown_paths(self) -> dict[str, dict[str, Any]]:
        paths = {*self.writes, *self.extra}
        for path in paths:
            self.writes.setdefault(path, [])
        unions = {path for path in paths if self.rule(path)["policy"] == "union"}
        return {
            path: self.show(path) for path in sorted(paths) if path in unions or self.live(path) or self.extra.get(path)
        }

    def is_voided(self, element: str) -> bool:
        path = f"{element}/$void"
        if path not in self.writes:
            return False
        shown = self.show(path)
        return bool(shown["stands"] if shown["status"] == "conflict" else shown["value"])

    def conflicts(self) -> list[dict[str, Any]]:
        """F-7, F-8, F-11."""
        found = [
            ("values", path, shown["values"])
            for path, shown in self.shown_paths().items()
            if shown["status"] == "conflict"
        ]
        for path in [path for path in self.writes if path.endswith("/$void")]:
            element = path.removesuffix("/$void")
            voids = [void for void in self.live(path) if self.edits_beside(void)]
            blind = {id(edit): edit for void in voids for edit in self.edits_beside(void)}.values()
            if voids:
                values = [{**value, "path": path} for value in self._group(path, voids, [])]
                for place in sorted({edit.path for edit in blind}):
                    here = [edit for edit in blind if edit.path == place]
                    values += [{**value, "path": place} for value in self._group(place, here, [])]
                found.append(("edit_of_voided", element, values))
        found = [(rule, path, values) for rule, path, values in found if self._has_place(path)]
        return [
            {"id": sha256(f"conflict\n{self.file}\n{rule}\n{path}")[:32], "rule": rule, "path": path, "values": values}
            for rule, path, values in sorted(found, key=lambda item: (item[1], item[0]))
        ]  # fmt: skip


def writes_of(body: dict[str, Any], verdict: dict[str, Any] | None, rule: Any) -> list[Write]:
    """F-2, F-3."""
    said = max(body["at"], body["server_at"])
    is_accepted = verdict is not None and verdict["status"] == "accepted"

    def write(path: str, value: Any, op: str = "set") -> Write:
        return Write(
            path, value, (body["replica"], body["seq"]), body["base"], body["act"], body["person"], body["at"],
            min(verdict["received_at"], said) if verdict and is_accepted else said,
            verdict["position"] if is_accepted else None, verdict["duty"] if is_accepted else None, op,
        )  # fmt: skip

    made: list[Write] = []
    if body["act"] == "transfer":
        made.append(write("$scope", body["to"]))
    elif body["act"] in ("merge", "unmerge"):
        made.append(write(f"$merged/{body['merge']['file']}", body["act"] == "merge"))
    for op in body["ops"]:
        if op["op"] in ("add", "remove") and rule(op["path"])["policy"] != "union":
            continue  # F-2: no set is there
        if op["op"] == "append":
            for name, value in op["value"].items():
                path = f"{op['path']}/{op['id']}/{name}"
                if rule(path)["policy"] == "union":
                    items = value if isinstance(value, list) else []
                    made += [write(path, item, "add") for item in items] or [write(path, None, "none")]
                else:
                    made.append(write(path, value))
        elif op["op"] in ("void", "restore"):
            made.append(write(f"{op['path']}/$void", op["op"] == "void"))
        else:
            made.append(write(op["path"], op["value"], op["op"]))
    return made


def is_add_of(add: Write, remove: Write) -> bool:
    return add.op == "add" and canonical(add.value) == canonical(remove.value)


def rank_of(rule: dict[str, Any], value: Any) -> int:
    order = rule.get("order", [])
    return order.index(value) if value in order else len(order)


def sort_union(values: Any) -> list[Any]:
    return sorted(values, key=lambda v: (1, 0, v) if isinstance(v, str) else (0, v, ""))


def extreme(values: list[Any], *, is_max: bool, live: list[Write]) -> Any:
    """Integers by number, then text by code point; anything else never wins against those."""
    fit = [v for v in values if isinstance(v, str) or type(v) is int]
    if not fit:
        return max(live, key=lambda w: w.recency).value
    return (max if is_max else min)(fit, key=lambda v: (1, 0, v) if isinstance(v, str) else (0, v, ""))


def digest(state: State, sections: dict[str, dict[str, Any]]) -> str:
    """S-1, of a state of accepted changes."""
    leaves: list[list[Any]] = []
    for path, shown in state.shown_paths().items():
        dots = sorted(f"{write.dot[0]}:{write.dot[1]}" for write in shown["live"])
        leaves.append([path, shown["status"], shown["value"], dots])
    leaves += [[element, "element", state.is_voided(element)] for element in state.elements]
    for name, section in sections.items():
        forced = [one for one in section["approved"] if one["standing"] == "in_force"]
        if forced:
            leaves.append([f"§{name}", "approved", forced[0]["content"], sorted(one["change"] for one in forced)])
    leaves.sort(key=lambda leaf: leaf[0])
    return sha256("\n".join(sha256(canonical(leaf)) for leaf in leaves))
