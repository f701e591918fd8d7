# SPDX-License-Identifier: MIT
"""One exception class for each status of the library."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Optional

from ._library import lib


class AutocrmError(Exception):
    """A call failed; nothing was written.

    Attributes: `code` (the status), `name` ("ACRM_E_INVALID"), `message`, `field` (path of the
    first failing field, or ""), `reason` (a stable word: "required", "choice" ...), `retriable`,
    `details` (of a failed validation: every failing field).
    """

    code = 0

    def __init__(self, message: str, *, code: Optional[int] = None, name: str = "",
                 field: str = "", reason: str = "", retriable: bool = False,
                 details: Iterable[Dict[str, Any]] = ()) -> None:
        super().__init__(message)
        self.code = self.code if code is None else code
        self.name = name
        self.message = message
        self.field = field
        self.reason = reason
        self.retriable = retriable
        self.details: List[Dict[str, Any]] = list(details)


class NoMemory(AutocrmError, MemoryError):
    """Allocation failed."""
    code = -1


class Invalid(AutocrmError, ValueError):
    """The arguments break their schema or a rule; see `details`."""
    code = -2


class NotFound(AutocrmError, LookupError):
    """No such operation or record, or not one that this session may see."""
    code = -3


class Conflict(AutocrmError):
    """A stale version, or a value that must be unique is taken."""
    code = -4


class StorageError(AutocrmError):
    """The storage failed; the transaction was rolled back."""
    code = -5


class Unsupported(AutocrmError):
    """This storage, port or build cannot do it."""
    code = -6


class Misuse(AutocrmError):
    """A fault of the program: use after close, from two threads at once, of a wrong type."""
    code = -7


class Denied(AutocrmError, PermissionError):
    """The session's role lacks the permission of this operation."""
    code = -8


class LimitExceeded(AutocrmError):
    """A published limit was exceeded."""
    code = -9


class Busy(AutocrmError):
    """Another writer holds the storage; try again."""
    code = -10


class Corrupt(AutocrmError):
    """Damaged data, or a file that is not an autocrm database."""
    code = -11


class NewerVersion(AutocrmError):
    """The database was written by a newer version of the library."""
    code = -12


class Interrupted(AutocrmError):
    """`Session.interrupt` or the progress callback ended the call."""
    code = -13


class ReadOnly(AutocrmError):
    """The storage cannot be written."""
    code = -14


class StorageFull(AutocrmError):
    """No space is left on the device."""
    code = -15


BY_CODE = {cls.code: cls for cls in AutocrmError.__subclasses__()}


def from_status(status, error):
    """The exception of a failed call. Frees the library's error."""
    fields = {}
    if error:
        fields = json.loads(lib.acrm_error_json(error).decode())
        lib.acrm_error_free(error)
    return BY_CODE.get(status, AutocrmError)(
        fields.get("message", lib.acrm_status_name(status).decode()), code=status,
        name=fields.get("name", lib.acrm_status_name(status).decode()),
        field=fields.get("field") or "", reason=fields.get("reason") or "",
        retriable=bool(fields.get("retriable")), details=fields.get("fields") or ())
