"""A settlement: a person found that facts which seem to disagree are both right, and why. It holds while the facts stay the same."""

from schemas.fields import CollectionOf, Field

SETTLEMENTS = CollectionOf(
    name="settlements",
    zh="核实说明",
    en="Settled as right",
    fields=(
        Field(name="rule", type="text", zh="规则", en="Rule", policy="once", length_max=40, writers=("head", "deputy")),
        Field(
            name="conflict",
            type="text",
            zh="哪一处",
            en="Which one",
            policy="once",
            length_max=32,
            writers=("head", "deputy"),
        ),
        Field(name="facts", type="hash", zh="当时的事实", en="Facts then", policy="once", writers=("head", "deputy")),
        Field(
            name="reason",
            type="text",
            zh="为什么都对",
            en="Why both are right",
            policy="review",
            length_max=500,
            sensitivity=2,
            writers=("head", "deputy"),
        ),
    ),
)
