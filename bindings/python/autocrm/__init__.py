# SPDX-License-Identifier: MIT
"""The embeddable automotive CRM.

    import autocrm

    with autocrm.open("dealer.db") as crm:
        lead = crm.lead.get(some_id)
        crm.lead.assign(lead.id, user_id=somebody)

Money is Decimal, instants are datetime with a zone, ids are UUID. A call that fails raises one of
the exceptions of this module, and nothing was written.
"""

from __future__ import annotations

import datetime as _dt
import os as _os
from typing import Callable, Optional, Sequence, Union

from . import errors, storage
from ._library import lib as _lib
from ._ports import (ACCEPTED, BAD_ADDRESS, DELIVERED, REFUSED, RETRY, Connector, Later, Message,
                     Never, Ports, Refused, Request, Sent, Transport)
from ._session import Engine, Session
from ._types import Record
from .errors import (AutocrmError, Busy, Conflict, Corrupt, Denied, Interrupted, Invalid,
                     LimitExceeded, Misuse, NewerVersion, NoMemory, NotFound, ReadOnly,
                     StorageError, StorageFull, Unsupported)

__all__ = [
    "ACCEPTED", "AutocrmError", "BAD_ADDRESS", "Busy", "Conflict", "Connector", "Corrupt", "Crm",
    "DELIVERED", "Denied", "Engine", "Interrupted", "Invalid", "Later", "LimitExceeded", "Message",
    "Misuse", "NO_CREATE", "NO_UPGRADE", "Never", "NewerVersion", "NoMemory", "NotFound",
    "READONLY", "REFUSED", "RETRY", "ReadOnly", "Record", "Refused", "Request", "SYNC_NORMAL",
    "Sent", "Session", "StorageError", "StorageFull", "Transport", "Unsupported", "errors", "open",
    "storage",
]

__version__: str = _lib.acrm_version().decode()

READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE = 1, 2, 4, 8


class Crm(Session):
    """A database that was opened, and a session on it; closing it closes both."""

    def close(self) -> None:
        super().close()
        self._engine.close()


def open(where: Union[str, _os.PathLike[str], storage.Storage], *, principal: str = "system",
         zone: Optional[str] = None, key: Optional[bytes] = None,
         clock: Optional[Callable[[], _dt.datetime]] = None,
         random: Optional[Callable[[int], bytes]] = None, transports: Sequence[Transport] = (),
         connectors: Sequence[Connector] = (), flags: int = 0) -> Crm:
    """Open a database, creating or upgrading it as needed, and act as `principal` on it.

    where       a file, "memory:", what else the library can open, or a storage.Storage
    zone        IANA name of the business's time zone; UTC without it
    key         32 bytes: the master key of encrypted fields
    clock       function that gives the time as a datetime; the system's without it
    random      function that gives so many random bytes; for simulations only
    transports  by which `engine.tick` sends messages (see Transport)
    connectors  other systems that `engine.tick` asks (see Connector)
    flags       READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE, added up
    """
    ports = Ports()
    if zone is not None:
        ports.set_zone(zone)
    if key is not None:
        ports.set_key(key)
    if clock is not None:
        ports.set_clock(clock)
    if random is not None:
        ports.set_random(random)
    if transports:
        ports.set_transports(list(transports))
    if connectors:
        ports.set_connectors(list(connectors))
    return Crm(Engine(where, ports, flags), principal)
