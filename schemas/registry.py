"""Kind name -> kind. The only list."""

from schemas.kind import Kind
from schemas.kinds.household.household import HOUSEHOLD
from schemas.kinds.restricted_record import RESTRICTED_RECORD
from schemas.kinds.unlinked_record import UNLINKED_RECORD

KINDS: dict[str, Kind] = {kind.name: kind for kind in (HOUSEHOLD, UNLINKED_RECORD, RESTRICTED_RECORD)}


def get_kind(name: str) -> Kind:
    """The kind of that name; KeyError when there is none."""
    return KINDS[name]


def find_kind(name: str) -> Kind | None:
    """The kind of that name, or None: an unknown kind may come from a newer app."""
    return KINDS.get(name)
