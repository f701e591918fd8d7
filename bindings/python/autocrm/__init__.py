# SPDX-License-Identifier: MIT
"""The embeddable automotive CRM.

    import autocrm

    with autocrm.open("dealer.db") as crm:
        lead = crm.lead.get(some_id)
        crm.lead.assign(lead.id, user_id=somebody)

Money is Decimal, instants are datetime with a zone, ids are UUID. A call that fails raises one of
the exceptions of this module, and nothing was written.
"""

from . import storage
from ._library import lib as _lib
from ._ports import (ACCEPTED, BAD_ADDRESS, DELIVERED, REFUSED, RETRY, Connector, Later, Message,
                     Never, Ports, Refused, Request, Sent, Transport)
from ._session import Engine, Session
from ._types import Record
from .errors import *  # noqa: F403
from .errors import AutocrmError

__version__ = _lib.acrm_version().decode()

READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE = 1, 2, 4, 8


class Crm(Session):
    """A database that was opened, and a session on it; closing it closes both."""

    def close(self):
        super().close()
        self._engine.close()


def open(where, *, principal="system", zone=None, key=None, clock=None, random=None,
         transports=(), connectors=(), flags=0):
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
