"""Why a mutant that survives changes nothing that a vector could see, by reason. Keys are those that the run prints."""

from __future__ import annotations

EXPLAINED: dict[str, list[str]] = {
    "Only acts with `about` get here; the shape of a change sees to it (C-1).": [
        "approvals._return_json: if act.change.about else None return _act_json => if act.change.about or True else None return _act_json",
        "sections.judge_section_act: about.section) if about else None if about => about.section) if about or True else None if about",
    ],
    "An approval always has a step, 1 to 3 (C-1); the default is for the type checker.": [
        "sections._judge_approval: = about.step or 1 if step > len => = about.step or 2 if step > len",
    ],
    "The register keeps its path; nobody reads it from a write that is no edit of an element.": [
        "fold.Folding.protect: register.protect(self._write(path, value, item)) => register.protect(self._write(None, value, item))",
        "fold.Folding._place: register.fold_in(place_write(path, value, item)) => register.fold_in(place_write(None, value, item))",
        "fold.Folding._strike: write = self._write(path, operation.op == => write = self._write(None, operation.op ==",
        "inputs.place_write: ) return Write(path=path, value=value, key => ) return Write(path=None, value=value, key",
    ],
    "A register's own path is read for its conflict alone, and `safest` and unions never have one.": [
        "fold.Folding.protect: .setdefault(path, Register(path, self.rules.field( => .setdefault(path, Register(None, self.rules.field(",
        "fold.Folding._union: .setdefault(path, UnionRegister(path)) return register if => .setdefault(path, UnionRegister(None)) return register if",
        "registers.UnionRegister.__init__: str self.path = path self.writes: list[ => str self.path = None self.writes: list[",
    ],
    "Of a fold of the past only the pinned values are asked: they come from its registers, not from whose file it is called or what it was given beside.": [
        "fold.Folding._fields_at: Folding(self.rules, change.file, seen) for item => Folding(self.rules, None, seen) for item",
        "fold.Folding._fields_at: rules, change.file, seen) for item in => rules, change.file, None) for item in",
        "fold.Folding._fields_at: Folding(self.rules, change.file, seen) for item in => Folding(self.rules, seen) for item in",
        "fold.Folding._fields_at: self.rules, change.file, seen) for item in => self.rules, change.file) for item in",
        "sections.judge_section_act: rules, change.file, shown) for item in => rules, change.file, None) for item in",
        "sections.judge_section_act: Folding(rules, change.file, shown) for item in => Folding(rules, change.file) for item in",
    ],
    "Moves and merges are folded when they are accepted, or are one's own without a verdict: no other status comes here.": [
        "inputs.place_write: status == 'accepted' else None claimed = => status == 'accepted' or True else None claimed =",
    ],
    "A place is decided without anybody's duty: the register's policy is `review`.": [
        "inputs.place_write: =item.position, duty_rank=0, resolves=True) => =item.position, duty_rank=None, resolves=True)",
        "inputs.place_write: =item.position, duty_rank=0, resolves=True) => =item.position, duty_rank=1, resolves=True)",
    ],
    "A change names itself plainly, so naming its dot within its own file, or leaving it plain, is the same; no caller leaves the file out.": [
        "inputs._dot_in: return change.dot if file is None or file == change.file else dot_within(change.dot => return change.dot if (file is None or file == change.file) and False else dot_within(change.dot",
        "inputs._dot_in: if file is None or file == change. => if file is None and file == change.",
        "inputs._dot_in: dot, change.file, file) => dot, change.file, None)",
    ],
    "`latest` reads no rule.": [
        "policies.choose_safest: == safest], rule) => == safest], None)",
    ],
    "The order compares kinds of values first: what stands at a place that is alike in all of a kind, or how far the kinds lie apart, is no matter.": [
        "policies.extent: (0, value, '') return (1, => (0, value, 'XXXX') return (1,",
        "policies.extent: ) return (1, 0, value) if isinstance => ) return (1, 1, value) if isinstance",
        "policies.extent: , str) else (2, 0, '') => , str) else (3, 0, '')",
        "policies.extent: ) else (2, 0, '') => ) else (2, 1, '')",
        "policies.extent: (2, 0, '') => (2, 0, 'XXXX')",
    ],
    "The greatest rank is the length of the order: one above it and two above it are both greater than any.": [
        "registers.Register.protect: .rule.order) + 1 if self.rule.rank => .rule.order) + 2 if self.rule.rank",
    ],
    "No path of a conflict begins with the name of a group of root fields and a stroke: those are collections.": [
        "sections._conflict_open: '/' in path else conflict['path'] => '/' in path or True else conflict['path']",
    ],
    "The `safest` fields of a section are always the same, so none is missing in what an approval remembers.": [
        "approvals._status: .guards.get(path, rank) for path, rank => .guards.get(path, None) for path, rank",
        "approvals._status: approval.guards.get(path, rank) for path, rank => approval.guards.get(path) for path, rank",
    ],
    "An element's path has one stroke: the first is the last.": [
        "fold.Folding._element: , name = path.partition('/') return => , name = path.rpartition('/') return",
    ],
    "Nobody reads the path of this register, nor of what is written to it.": [
        "inputs.scope_of: ' register = Register(SCOPE_PATH, PLACE_RULE) for item => ' register = Register(None, PLACE_RULE) for item",
        "inputs.scope_of: register.fold_in(place_write(SCOPE_PATH, item.change.to, => register.fold_in(place_write(None, item.change.to,",
        "inputs.list_merges: path = MERGED_PREFIX + change.merge.file register = => path = None register =",
        "inputs.list_merges: change.file), Register(path, PLACE_RULE)) => change.file), Register(None, PLACE_RULE))",
        "inputs.list_merges: register.fold_in(place_write(path, change.act == => register.fold_in(place_write(None, change.act ==",
    ],
    "Only changes of that file are given, so the first of them names it.": [
        "inputs.scope_of: == file), file): if => == file), None): if",
        "inputs.scope_of: .file == file), file): if => .file == file)): if",
    ],
    "`to` stands in transfers, and in acts that no server of this version accepts.": [
        "inputs.scope_of: == 'transfer' and item.change.to is => == 'transfer' or item.change.to is",
    ],
    "A register in which nothing is live has no value either.": [
        "inputs.scope_of: value if register.is_written else None return found => value if register.is_written or True else None return found",
    ],
    "No two leaves have the same first item, so whole leaves sort as their first items do.": [
        "fold.state_digest: ) leaves.sort(key=lambda leaf: str(leaf[0])) return sha256_hex('\\ => ) leaves.sort(key=None) return sha256_hex('\\",
    ],
    "An `append` has an object and no other operation that comes here has one (C-4).": [
        "fold._values_written: == 'append' and isinstance(operation.value, => == 'append' or isinstance(operation.value,",
    ],
    "No two changes have the same place, so what stands behind it is never compared.": [
        "inputs.list_merges: sorted(acts, key=lambda entry: entry[0]): change => sorted(acts, key=None): change",
        "inputs.list_merges: item in sorted(acts, key=lambda entry: entry[0]): change => item in sorted(acts): change",
    ],
    "A merge has `merge` (C-10); one that is given twice says the same twice.": [
        "inputs.list_merges: change.merge is None or (change.file, change => change.merge is None and (change.file, change",
    ],
    "Positions begin at 1: every place is behind the one where a file begins.": [
        "inputs._joined: ]] = [((0, 0, '') => ]] = [((1, 0, '')",
        "inputs._joined: = [((0, 0, ''), file => = [((0, 1, ''), file",
        "inputs._joined: (0, 0, ''), file)] => (0, 0, 'XXXX'), file)]",
    ],
    "Of two equal numbers either is the greater.": [
        "versions.join: if seq > vector.get(replica, => if seq >= vector.get(replica,",
    ],
    "Seq begins at 1: under seq 0 nothing is known.": [
        "verdicts._fork: change.dot.seq > 1: => change.dot.seq >= 1:",
    ],
    "`_merge_base` gives the base of nothing to what is no merge.": [
        "verdicts.list_bases: ] if change.merge else [])] => ] if change.merge or True else [])]",
    ],
    "Of what the form showed only merges made in the change's own file are looked for, and those are named plainly.": [
        "verdicts._showed_merge: accepted, change.base, change.file) return any((change => accepted, change.base, None) return any((change",
        "verdicts._showed_merge: context.accepted, change.base, change.file) return any((change => context.accepted, change.base) return any((change",
    ],
    "A path has two strokes at most and here one of them is gone: the first is the last.": [
        "verdicts._misfits: name = rest.partition('/')[2] => name = rest.rpartition('/')[2]",
    ],
    "What a held change says was asked before (row 5), but where a deputy takes it in, and then no `held` counts.": [
        "verdicts._undecided_dependencies: known.status in ('held', 'quarantined') => known.status in ('XXheldXX', 'quarantined')",
        "verdicts._undecided_dependencies: known.status in ('held', 'quarantined') => known.status in ('HELD', 'quarantined')",
    ],
    "Nothing and false are one here.": [
        "verdicts._flags: context.accepted, single_post=False) if => context.accepted, single_post=None) if",
    ],
    "It stands there in every undecided change alike, and the number before it is no other's: nothing is told apart by it.": [
        "inputs._placed: (_UNDECIDED, number, ''), item)) => (_UNDECIDED, number, 'XXXX'), item))",
    ],
    "Whoever folds says whose file it is; only a fold of no change may not, and there is nothing in it to place.": [
        "fold.Folding.__init__: , file: str='', received: Sequence[ => , file: str='XXXX', received: Sequence[",
        "inputs.in_folding_order: change.file if received else '') joined => change.file if received and False else '') joined",
        "inputs.in_folding_order: file or (received[0].change.file if => file or (received[1].change.file if",
        "inputs.in_folding_order: if received else '') joined = _joined => if received else 'XXXX') joined = _joined",
    ],
    "A change names itself plainly, and one of the file itself was handed back above: its dot gets its own file's name either way.": [
        "inputs.within: dot, change.file, file), base=base_within(change => dot, change.file, None), base=base_within(change",
    ],
    "The first write of a register always shows, and what has no write is not asked what it shows.": [
        "registers.Register.__init__: .last_shown: Any = None self._found: list[ => .last_shown: Any = '' self._found: list[",
    ],
    "Every write forgets what was found; of a register without one an empty text is as empty as an empty list.": [
        "registers.Register.__init__: ] | None = None self._unguarded_rank: int => ] | None = '' self._unguarded_rank: int",
    ],
}
