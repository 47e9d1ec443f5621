"""The proofs of the threat model: which threat each answers, and which files prove it.

A proof passes when every test of its files passes, and there is at least one test whose name begins with `test_teeth`: a
deliberate break that the proof must notice. Files of other rooms may belong to a proof.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


# Browsers, whole tables, other programs.
LONG_ONES = ("T-1a", "T-1c", "T-1e", "T-1b", "T-2", "T-6", "T-19", "T-6c", "T-7", "T-4b", "T-6b", "T-17")


@dataclass(frozen=True)
class Proof:
    """One row of the table in README.md."""

    name: str  # the threat's number
    says: str
    files: tuple[str, ...]
    # Runs with nothing beside it, because it compares times or fills the machine.
    is_alone: bool = False

    @property
    def is_long(self) -> bool:
        """Started before the others, so that none of these runs at the end while the other lane is idle."""
        return self.name in LONG_ONES


def _here(name: str) -> str:
    return f"tests/security/test_{name}.py"


PROOFS = (
    Proof("T-1a", "A stolen phone says nothing of the day that was worked on it", (_here("stolen_phone"),)),
    Proof("T-1b", "A thief who cracks the PIN gets today's route and never the rest", (_here("phone_guessing"),)),
    Proof("T-1c", "A revoked phone sends, wipes its own vault and forgets", (_here("revoked_phone"),)),
    Proof("T-1d", "What is typed leaks into no file of the browser", (_here("typed_words"),)),
    Proof("T-1e", "A phone that locked itself holds no word and no key in memory", (_here("locked_memory"),)),
    Proof("T-2", "Nobody reads or moves anything beyond duty, patch and station", (_here("scope_matrix"),)),
    Proof("T-2b", "No forged envelope is accepted", (_here("forged_envelopes"),)),
    Proof(
        "T-3",
        "Guessing ends after few tries, and nobody learns which devices exist",
        (_here("guessing"),),
        is_alone=True,
    ),
    Proof("T-4", "Dumps, files, write-ahead log, backups and logs say nothing", (_here("dumps"),)),
    Proof("T-4b", "A log altered by hand is found and named", ("tests/server/test_verify.py",)),
    Proof(
        "T-4c",
        "Wrapping keys rotate under a running server, a station's own keys change hands",
        (_here("key_rotation"), "tests/server/test_station_keys.py"),
    ),
    Proof("T-4d", "A file that two erased is gone, from every backup too", (_here("erased_file"),)),
    Proof("T-5", "A portal, a stranger's certificate and a downgrade are no server", (_here("portal_and_downgrade"),)),
    Proof("T-6", "No typed word runs as a script on any screen", (_here("hostile_words"),)),
    Proof("T-6b", "The app builds to the same bytes, every library is listed and pinned", (_here("supply_chain"),)),
    Proof("T-6c", "A poisoned release stays out, the kill switch works", (_here("poisoned_worker"),)),
    Proof("T-7", "Hostile content is refused and blocks nothing", (_here("hostile_content"),)),
    Proof("T-8", "No exported cell becomes a formula", (_here("exported_formulas"),)),
    Proof("T-9", "Floods and slow senders are let go", (_here("slow_and_large"),), is_alone=True),
    Proof("T-10", "Bombs in archives, sheets and images are refused small", (_here("bombs"),)),
    Proof("T-11", "Replayed, doubled and reordered pushes change nothing", (_here("replay"),)),
    Proof("T-12", "No clock authorises, orders or loses anything", (_here("clocks"),)),
    Proof(
        "T-14", "The audit record cannot be changed unnoticed, and no log quotes a person", (_here("audit_and_logs"),)
    ),
    Proof("T-15", "A station without deputies is taken over by two, never by one", (_here("two_persons"),)),
    Proof("T-17", "Blackmailers with the server's own rights take no backup away (with T-16)", (_here("ransomware"),)),
    Proof("T-20", "A lost phone's list is exact; reading too much is alarmed", (_here("breach_list"),)),
    Proof(
        "T-19",
        "Every answer is described, no parameter reaches SQL, no statement is put together from text",
        (_here("every_answer_is_described"), _here("injection")),
    ),
    Proof(
        "ASVS",
        "The table of OWASP ASVS 5.0 rows and the small rules of the edge",
        (_here("asvs"), _here("edge_rules"), "tests/server/test_profiles.py"),
    ),
    Proof("T-13", "A server that was put back says so and loses nothing", (_here("put_back"),)),
)


def find_proofs(wanted: str) -> list[Proof]:
    """`all`, a number (`T-2b`), or a word of a file's name (`forged`)."""
    if wanted == "all":
        return list(PROOFS)
    exact = [proof for proof in PROOFS if proof.name.lower() == wanted.lower()]
    return exact or [proof for proof in PROOFS if any(wanted in Path(file).stem for file in proof.files)]
