"""One decoder under atheris: `python -m tests.security.guided change FOLDER -max_total_time=600`. Ends with an error on a crash."""

import sys

import atheris

with atheris.instrument_imports(include=["sync", "server.web", "server.feed", "server.ledger.reading"]):
    import sync.bundle
    import sync.canonical
    import sync.change
    import sync.verdict  # noqa: F401

from tests.security.test_hostile_content import DECODERS, REFUSALS


def main() -> None:
    decode = DECODERS[sys.argv[1]]

    def one(data: bytes) -> None:
        try:
            decode(data)
        except REFUSALS:
            return

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
