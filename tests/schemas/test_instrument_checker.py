"""The checker finds the mistakes people make in an instrument's file and says them in both languages; sound files pass."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.instruments import FOLDER as SHIPPED
from schemas.instruments import check_text, instruments, load_own
from server.command.instrument import app

SOUND = """
id: own_sleep
version: 1
zh: 睡眠三问
en: Three questions on sleep
source: 本站自编
licence: CC0
notice: {zh: 只是了解，不是诊断。, en: "To know more, no diagnosis."}
question: {zh: 最近一周, en: In the past week}
options:
  - {code: "0", zh: 没有, en: Never, score: 0}
  - {code: "1", zh: 有时, en: Sometimes, score: 1}
items:
  - {id: falling, zh: 睡不着, en: Cannot fall asleep}
  - {id: waking, zh: 半夜醒, en: Wakes at night}
score: {zh: 合计, en: Total}
bands:
  - {code: well, from: 0, to: 0, zh: 睡得好, en: Well}
  - {code: badly, from: 1, to: 2, zh: 睡得不好, en: Badly}
"""


def faults_of(text: str) -> list[tuple[str, str]]:
    found, faults = check_text(text, own=True)
    assert (found is None) == bool(faults)
    assert all(fault.zh and fault.en for fault in faults)
    return [(fault.where, fault.en) for fault in faults]


def test_a_sound_file_has_no_faults() -> None:
    assert faults_of(SOUND) == []


@pytest.mark.parametrize(
    ("before", "after", "where", "says"),
    [
        ("items:", "items: [", "line 14", "not YAML"),
        ('code: "0"', "code: 0", "options.1.code", "needs quotes"),
        ('code: "0"', "code: no", "options.1.code", "needs quotes"),
        ("licence: CC0\n", "", "licence", "missing"),
        ("licence: CC0", 'licence: " "', "licence", "licence"),
        ("bands:", "bandz:", "bands", "missing"),
        ("id: own_sleep", "id: phq9", "id", "own_"),
        ("id: own_sleep", "id: Own Sleep", "id", "small letters"),
        ("version: 1", "version: one", "version", "whole number"),
        ("id: waking", "id: falling", "items", "twice"),
        ("id: waking", "id: score", "items.2", "cannot be used"),
        ("from: 1, to: 2", "from: 1, to: 1", "bands", "total of 2 falls into no band"),
        ("from: 1, to: 2", "from: 0, to: 2", "bands", "falls into several bands: well, badly"),
        ('{code: "1"', '{code: "0"', "items.1.options", "one code"),
        ("id: falling, zh", "id: falling, part: night, zh", "items.1", "no part"),
        ("id: falling, zh", "id: falling, scores: {often: 3}, zh", "items.1.options", "no option"),
        ("score: {zh", "min_age: 60\nmax_age: 12\nscore: {zh", "min_age", "above the greatest"),
        ("score: {zh", "better: up\nscore: {zh", "better", "must be"),
    ],
)
def test_a_mistake_is_found_where_it_stands(before: str, after: str, where: str, says: str) -> None:
    assert before in SOUND
    faults = faults_of(SOUND.replace(before, after, 1))
    assert any(place == where and says in sentence for place, sentence in faults), faults


@pytest.mark.parametrize(
    ("line", "where", "says"),
    [
        ("alerts: [{when: waking == 1, card: crisis, zh: 看, en: Look}]", None, ""),
        ("alerts: [{when: sleeping == 1, card: crisis, zh: 看, en: Look}]", "alerts.1", "is no item"),
        ("alerts: [{when: 'waking ==', card: crisis, zh: 看, en: Look}]", "alerts.1", "cannot be read"),
        ("alerts: [{when: waking == 1, card: siren, zh: 看, en: Look}]", "alerts.1.card", "must be"),
        ("lifts: [{when: score > 1, to: badly, zh: 看, en: Look}]", None, ""),
        ("lifts: [{when: score > 1, to: worst, zh: 看, en: Look}]", "lifts.1", "no band"),
        ("lifts: [{when: score > 1, to: badly, by: 1, zh: 看, en: Look}]", "lifts.1", "either"),
    ],
)
def test_rules_of_an_instrument_read_only_what_it_has(line: str, where: str | None, says: str) -> None:
    faults = faults_of(SOUND + line + "\n")
    assert (faults == []) if where is None else any(place == where and says in said for place, said in faults), faults


def test_every_shipped_instrument_passes_the_same_checker() -> None:
    for path in SHIPPED.glob("*.yaml"):
        assert check_text(path.read_text("utf-8"))[1] == [], path.name
    assert {
        "self_care_six",
        "elder_ability",
        "phq9",
        "gad7",
        "gds15",
        "child_risk",
        "home_safety",
        "household_needs",
    } == set(instruments())


def test_a_folder_of_own_instruments_keeps_the_sound_and_tells_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SOUND, "utf-8")
    (tmp_path / "b.yaml").write_text(SOUND.replace("licence: CC0\n", ""), "utf-8")
    (tmp_path / "c.yaml").write_text(SOUND, "utf-8")
    found, left_out = load_own(tmp_path)
    assert set(found) == {"own_sleep"}
    assert {name: faults[0].where for name, faults in left_out.items()} == {"b.yaml": "licence", "c.yaml": "id"}


def test_what_is_no_instrument_at_all_is_told_so() -> None:
    for text in ("", "- a\n- b\n", "1", "x" * 200_001):
        assert len(faults_of(text)) == 1


def test_the_command_explains_a_mistake_and_fails(tmp_path: Path) -> None:
    wrong = tmp_path / "own_sleep.yaml"
    wrong.write_text(SOUND.replace('code: "0"', "code: no", 1), "utf-8")
    outcome = CliRunner().invoke(app, ["check", str(wrong)])
    assert outcome.exit_code == 1
    assert "要加引号" in outcome.output
    assert "needs quotes" in outcome.output


def test_the_command_says_that_a_sound_file_is_sound(tmp_path: Path) -> None:
    sound = tmp_path / "own_sleep.yaml"
    sound.write_text(SOUND, "utf-8")
    outcome = CliRunner().invoke(app, ["check", str(sound)])
    assert outcome.exit_code == 0
    assert "睡眠三问" in outcome.output
