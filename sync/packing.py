"""How a save is packed before it is sealed to the server (M-5a, M-5c): small, because sealed bytes can no longer be compressed.

Format 1 is gzip; format 2 is deflate against a preset dictionary. The format stands inside what is sealed, so nobody on the
way can change it. Both are read for ever; whoever seals writes 2.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Final

from sync.change import Envelope
from sync.errors import MalformedError
from sync.save_dictionary import SAVE_DICTIONARY

PLAIN_BYTES_MAX: Final = 400_000
FORMAT: Final = 2
DICTIONARY_NUMBER: Final = 1
_GZIP_FIRST: Final = 0x1F
_DICTIONARY: Final = SAVE_DICTIONARY.encode()


def pack_save(envelope: Envelope, certificates: Sequence[Envelope] = (), verdict: Envelope | None = None) -> bytes:
    """What is then sealed: format, number of the dictionary, deflated text. `verdict`: one that was given before (M-5d)."""
    said = {"certificates": [one.to_json() for one in certificates], "envelope": envelope.to_json()}
    if verdict is not None:
        said["verdict"] = verdict.to_json()
    plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return bytes((FORMAT, DICTIONARY_NUMBER)) + packer.compress(plain) + packer.flush()


def unpack_save(packed: bytes) -> bytes:
    """The JSON text, from either format; stops at the cap, so a bomb costs no more than the cap."""
    if packed[:1] == bytes((_GZIP_FIRST,)):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS + 16)
        rest = packed
    elif packed[:2] == bytes((FORMAT, DICTIONARY_NUMBER)):
        unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_DICTIONARY)
        rest = packed[2:]
    else:
        raise MalformedError("A sealed save of a format that is not known.")
    try:
        plain = unpacker.decompress(rest, PLAIN_BYTES_MAX + 1)
    except zlib.error as error:
        raise MalformedError("A sealed save that is not whole.") from error
    if len(plain) > PLAIN_BYTES_MAX or not unpacker.eof or unpacker.unused_data:
        raise MalformedError("A sealed save that is too large or not whole.")
    return plain
