"""Whether a submission, approval, return or withdrawal is about what is really there (A-3). Part of `sync.verdicts`."""

from __future__ import annotations

from collections.abc import Sequence

from sync.approvals import SectionAct, content_hash, is_open_submission, weigh_approvals
from sync.change import About, Change
from sync.fold import Folding, FoldInput, in_folding_order, seen_from
from sync.rules import Rules, SectionRule
from sync.verdict import Reason


def judge_section_act(
    change: Change, rules: Rules, accepted: Sequence[FoldInput], *, single_post: bool
) -> Reason | None:
    """The reason to return the act, or None. The file is folded as the author's form showed it."""
    about = change.about
    section = rules.find_section(about.section) if about else None
    if about is None or section is None:
        return Reason("section_unknown", path="about/section")
    if change.act != "submit" and change.ops:
        return Reason("ops_not_allowed", path="ops")
    shown = seen_from(accepted, change.base, change.file)
    seen = Folding(rules, change.file, shown)
    for item in in_folding_order(shown, change.file):
        seen.take(item)
    acts = list(seen.acts.get(about.section, ()))
    if change.act == "submit":
        seen.take(FoldInput(change))
        return _differs(seen, about, section)
    if change.act == "withdraw":
        own = [act for act in acts if act.change.person == change.person]
        return None if is_open_submission(acts, about.content, own) else Reason("not_submitted", path="about")
    if change.act == "return":
        _, in_force = weigh_approvals(section, acts)
        known = is_open_submission(acts, about.content, acts) or about.content in {act.content for act in in_force}
        return None if known else Reason("not_submitted", path="about")
    return _judge_approval(change, about, section, seen, acts, single_post)


def _judge_approval(
    change: Change, about: About, section: SectionRule, seen: Folding, acts: list[SectionAct], single_post: bool
) -> Reason | None:
    step = about.step or 1
    if step > len(section.steps):
        return Reason("step_unknown", path="about/step")
    if _conflict_open(seen, about.section, section):
        return Reason("conflict_open", path=about.section)
    if _differs(seen, about, section):
        return Reason("content_differs", path="about/content")
    if not is_open_submission(acts, about.content, acts):
        return Reason("not_submitted", path="about")
    standings, _ = weigh_approvals(section, acts)
    done = {
        act.step
        for act in acts
        if act.act == "approve" and act.content == about.content and standings[act.change.id] in ("partial", "in_force")
    }
    if not done.issuperset(range(1, step)):
        return Reason("step_missing", path="about/step")
    if not single_post and _is_own_work(change, about, section, seen, acts):
        return Reason("own_work", path=about.section)
    return None


def _differs(seen: Folding, about: About, section: SectionRule) -> Reason | None:
    fields = seen.pinned_fields(about.section, section)
    same = content_hash(about.section, about.schema, fields) == about.content
    return None if same else Reason("content_differs", path="about/content")


def _conflict_open(seen: Folding, path: str, section: SectionRule) -> bool:
    """Whether some conflict stands inside the section: in an element anywhere, else in the group's own fields."""
    own = {path, *section.pins, *section.exempt}
    return any(
        conflict["path"].startswith(f"{path}/") or conflict["path"] in own if "/" in path else conflict["path"] in own
        for conflict in seen.conflicts()
    )


def _is_own_work(change: Change, about: About, section: SectionRule, seen: Folding, acts: Sequence[SectionAct]) -> bool:
    """The author wrote a live pinned value of the section, or submitted this content."""
    if any(act.act == "submit" and act.content == about.content and act.change.person == change.person for act in acts):
        return True
    return any(
        write.person == change.person
        for path in seen.rules.pinned_paths(about.section, section)
        if path in seen.registers
        for write in seen.registers[path].live
    )
