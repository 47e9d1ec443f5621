"""Write tests/vectors/*.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.sync.vector_source import (
    approvals,
    approvals_late,
    bundles,
    corners,
    corners_judged,
    corners_of_many,
    foundations,
    handover,
    log,
    merging,
    merging_decided,
    messages,
    moving,
    policies_by_itself,
    policies_by_people,
    verdicts,
    voids,
)

VECTORS = Path(__file__).parents[2] / "vectors"


def every_vector() -> dict[str, list[dict[str, Any]]]:
    """File name without ending -> its cases."""
    return {
        "canonical": foundations.canonical(),
        "ids": foundations.ids(),
        "signatures": foundations.signatures(),
        "shapes": foundations.shapes(),
        "versions": foundations.versions(),
        "policies": policies_by_itself.decided_by_rule()
        + policies_by_people.decided_by_people()
        + corners.of_policies(),
        "voids": voids.voids() + corners.of_voids(),
        "provisional": voids.provisional() + corners.of_the_undecided(),
        "approvals": approvals.before_and_after() + approvals_late.late_and_at_once() + corners.of_approvals(),
        "moving": moving.moving() + corners.of_moves(),
        "merging": merging.merging() + corners.of_merges() + corners_of_many.of_many(),
        "verdicts": verdicts.verdicts()
        + moving.judged_moves()
        + merging_decided.judged_merges()
        + corners_judged.judged_corners(),
        "log": log.log(),
        "messages": messages.messages(),
        "bundles": bundles.bundles(),
        "handover": handover.handover(),
    }


def render(cases: list[dict[str, Any]]) -> str:
    """One case a line: a difference between two versions of a vector file reads as a list of cases."""
    return "[\n" + ",\n".join(json.dumps(case, ensure_ascii=True, sort_keys=True) for case in cases) + "\n]\n"


if __name__ == "__main__":
    VECTORS.mkdir(exist_ok=True)
    for name, cases in every_vector().items():
        (VECTORS / f"{name}.json").write_text(render(cases))
        print(f"{name}: {len(cases)}")
