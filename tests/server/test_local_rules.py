"""What a station sets for itself: checked, kept in versions, told in the signed policy, and the measure for results of its own instruments."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.local_rules.templates import make_template
from server.command.main import app
from server.context import Context
from tests.server.phone import Phone, new_id

COUNTY = make_template("county")
VISITS = """
basis: 示民发〔2026〕3号
valid_from: 2026-01-01
rules:
  tekun_home: {home_days: {green: 10}}
  own_flood: {zh: 低洼处, en: Low ground, categories: [disaster], home_days: {green: 5}}
event_days: {death: 1}
step_days: {plan: 5}
"""
SLEEP = make_template("instrument")


def put(phone: Phone, kind: str, text: str, *, keep: bool = True) -> dict[str, object]:
    answer = phone.http.post("/local", json={"kind": kind, "text": text, "keep": keep})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def local(phone: Phone) -> dict[str, object]:
    policy = phone.http.get("/policy").json()
    phone.policy = json.loads(policy["body"])
    return dict(phone.policy.get("local", {}))


def test_a_deputy_puts_in_figures_and_a_worker_has_them_in_the_signed_policy(deputy: Phone, worker: Phone) -> None:
    before = worker.policy["epoch"]
    assert local(worker) == {}
    assert put(deputy, "county", COUNTY)["number"] == 1
    told = local(worker)
    assert worker.policy["epoch"] == before + 1  # so every phone hears of it
    assert told["county"]["amounts"]["dibao_standard_fen"] == 78_000  # type: ignore[index]
    assert told["county"]["offices"] == {"dibao": "乡镇社会救助窗口"}  # type: ignore[index]
    assert put(deputy, "county", COUNTY)["number"] == 1  # the same text is no new version


def test_visit_rules_reach_the_phone_worked_out(head: Phone, worker: Phone) -> None:
    done = put(head, "visits", VISITS)
    assert (done["number"], done["notes"]) == (1, [])
    told = local(worker)["visits"]
    rules = {rule["id"]: rule for rule in told["rules"]["rules"]}  # type: ignore[index]
    assert rules["tekun_home"]["home_days"] == {"red": 7, "yellow": 30, "blue": 30, "green": 10}
    assert rules["own_flood"]["categories"] == ["disaster"]
    assert (told["rules"]["event_days"]["death"], told["step_days"]) == (1, {"plan": 5})  # type: ignore[index]


def test_a_looser_rule_than_the_national_one_is_pointed_out_and_taken(deputy: Phone) -> None:
    done = put(deputy, "visits", VISITS.replace("green: 10", "green: 90"))
    assert done["number"] == 1
    assert "依据" in done["notes"][0]["say"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("kind", "text", "line", "where", "says"),
    [
        ("county", COUNTY.replace("780元", "七百八"), 7, "amounts.dibao_standard_fen", "数字加单位"),
        ("county", COUNTY.replace("780元", "0.001元"), 7, "amounts.dibao_standard_fen", "数字加单位"),
        ("county", COUNTY.replace("dibao_standard_fen", "dibao"), 7, "amounts.dibao", "不认识"),
        ("county", COUNTY.replace("  dibao: ", "  dibaox: "), 14, "offices.dibaox", "没有“dibaox”这项政策"),
        ("county", COUNTY.replace("2026-12-31", "2025-12-31"), 5, "valid_to", "早于"),
        ("county", COUNTY.replace("basis: 文件名和文号\n", ""), 0, "basis", "缺少"),
        ("visits", VISITS.replace("tekun_home", "tekun"), 5, "rules.tekun", "own_"),
        ("visits", VISITS.replace("green: 10", "orange: 10"), 5, "rules.tekun_home.home_days.orange", "风险等级"),
        ("visits", VISITS.replace("green: 10", "green: 0"), 5, "rules.tekun_home.home_days.green", "天数"),
        ("visits", VISITS.replace("[disaster]", "[flooded]"), 6, "rules.own_flood.categories", "类别"),
        ("visits", VISITS.replace("death: 1", "deaths: 1"), 7, "event_days.deaths", "没有“deaths”"),
        ("visits", VISITS.replace("plan: 5", "planning: 5"), 8, "step_days.planning", "没有“planning”"),
        ("visits", VISITS.replace("rules:", "rules: ["), 6, "line 6", "写法不对"),
        ("instrument", SLEEP.replace("to: 1", "to: 2"), 18, "bands", "几个等级"),
        ("instrument", SLEEP.replace("id: own_sleep", "id: phq9"), 2, "id", "own_"),
        ("instrument", SLEEP.replace("id: waking, zh", "id: waking, part: night, zh"), 16, "items.2", "没有这个部分"),
    ],
)
def test_a_mistake_is_explained_where_it_stands_and_nothing_is_kept(
    deputy: Phone, kind: str, text: str, line: int, where: str, says: str
) -> None:
    done = put(deputy, kind, text)
    assert done["number"] is None
    found = [(one["line"], one["where"]) for one in done["faults"] if says in one["say"]]  # type: ignore[index, attr-defined]
    assert (line, where) in found, done["faults"]
    assert local(deputy) == {}


def test_results_of_an_own_instrument_are_checked_against_the_version_that_was_asked(
    deputy: Phone, worker: Phone
) -> None:
    assert put(deputy, "instrument", SLEEP)["number"] == 1
    told = local(worker)["instruments"]
    assert [one["id"] for one in told] == ["own_sleep"]  # type: ignore[index, attr-defined]

    def asked(version: int, score: int, band: str) -> str:
        value = {
            "instrument": "own_sleep", "instrument_version": version, "score": score, "band": band,
            "answers": {"falling": "1", "waking": "2"},
        }  # fmt: skip
        ops = [{"op": "append", "path": "instrument_results", "id": new_id(), "value": value}]
        [verdict] = worker.push(worker.save(new_id(), ops))
        return verdict.reasons[0].code if verdict.reasons else str(verdict.status)

    assert asked(1, 3, "badly") == "accepted"
    assert asked(1, 1, "well") == "wrong_score"
    assert asked(2, 3, "badly") == "unknown_instrument"
    changed = SLEEP.replace("from: 0, to: 1", "from: 0, to: 3").replace("from: 2, to: 4", "from: 4, to: 4")
    assert "写成 2" in put(deputy, "instrument", changed)["faults"][0]["say"]  # type: ignore[index]
    assert put(deputy, "instrument", changed.replace("version: 1", "version: 2"))["number"] == 2
    assert asked(2, 3, "well") == "accepted"
    assert asked(1, 3, "badly") == "accepted"  # asked offline, before the phone heard of version 2


def test_a_withdrawn_instrument_is_told_as_withdrawn_and_withdrawn_rules_leave_the_shipped_ones(
    deputy: Phone, worker: Phone
) -> None:
    put(deputy, "instrument", SLEEP)
    put(deputy, "visits", VISITS)
    for name in ("own_sleep", "visits"):
        assert deputy.http.post("/local/withdraw", json={"name": name}).status_code == 200
    told = local(worker)
    assert [one["withdrawn"] for one in told["instruments"]] == [True]  # type: ignore[index, attr-defined]
    assert "visits" not in told
    assert deputy.http.post("/local/withdraw", json={"name": "own_nothing"}).status_code == 404


def test_only_who_decides_sets_something(worker: Phone) -> None:
    assert worker.http.get("/local").status_code == 403
    assert worker.http.post("/local", json={"kind": "county", "text": COUNTY, "keep": False}).status_code == 403
    assert worker.http.post("/local/withdraw", json={"name": "county"}).status_code == 403


def test_an_operator_puts_in_a_sheet_by_command(context: Context, station_id: str, tmp_path: Path) -> None:
    assert station_id
    where = ["--data", str(context.settings.data), "--database-url", context.settings.resolved_database_url()]
    file = tmp_path / "county.yaml"
    file.write_text(COUNTY, "utf-8")
    run = CliRunner().invoke
    assert run(app, ["local", "check", "county", str(file)]).exit_code == 0
    done = run(app, ["local", "put", "county", str(file), *where])
    assert done.exit_code == 0, done.output
    assert "county v1" in run(app, ["local", "list", *where]).output
    assert run(app, ["local", "show", "county", *where]).output.strip() == COUNTY.strip()
    file.write_text(COUNTY.replace("780元", "780岁"), "utf-8")
    wrong = run(app, ["local", "put", "county", str(file), *where])
    assert (wrong.exit_code, "第 7 行" in wrong.output) == (1, True)
    assert run(app, ["local", "withdraw", "county", *where]).exit_code == 0
