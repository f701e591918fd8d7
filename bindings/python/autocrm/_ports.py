# SPDX-License-Identifier: MIT
"""What the library asks of its host: time, randomness, the master key, sending of messages."""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import threading
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import _library as c

CHANNELS = ("sms", "email", "fax", "letter", "phone", "push", "messenger", "portal", "webhook")

RETRY, ACCEPTED, DELIVERED, REFUSED, BAD_ADDRESS = range(5)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


@dataclass
class Message:
    """A message to send."""
    channel: str
    key: str
    to: str
    body: str
    html: bool = False
    attempt: int = 1
    name: Optional[str] = None
    subject: Optional[str] = None
    language: Optional[str] = None
    text: Optional[str] = None
    unsubscribe: Optional[str] = None
    country: Optional[str] = None
    files: List[Tuple[str, str, bytes]] = field(default_factory=list)
    """(name, media type, bytes) of each file"""
    headers: Dict[str, str] = field(default_factory=dict)


@dataclass
class Sent:
    """What came of handing a message over."""
    outcome: int = ACCEPTED
    reference: str = ""
    reason: str = ""
    retry_after: int = 0
    code: int = 0


class Transport:
    """Base of transports: give `name` and `channels`, and override `submit`."""

    name: str = "python"
    channels: Sequence[str] = ()
    dedupes = False
    body_max = 0
    files_max = 0
    rate = 0
    rate_window = 0

    def submit(self, message: Message) -> Optional[Sent]:
        """Hand over one `Message`; return a `Sent`, or None when it is on its way. An exception
        is taken as "not now", and raised again by the call that ticked."""
        raise NotImplementedError


@dataclass
class Request:
    """What another system is asked."""
    name: str
    body: Dict[str, Any]
    key: str
    attempt: int = 1
    timeout: float = 30.0


class Refused(Exception):
    """Raised by `Connector.ask`: the other side has understood, and the answer is no."""


class Never(Exception):
    """Raised by `Connector.ask`: this request will never be answered."""


class Later(Exception):
    """Raised by `Connector.ask`: not now; `seconds` is when to ask again, if that is known."""

    def __init__(self, reason: str = "", seconds: int = 0) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Connector:
    """Base of connectors: give `name` and override `ask`."""

    name: str = "python"
    dedupes = False
    timeout: float = 30.0
    answer_max = 0

    def ask(self, request: Request) -> Any:
        """Answer one `Request` with what JSON can hold, or raise `Refused`, `Never` or `Later`.
        Any other exception is taken as `Later`, and raised again by the call that ticked."""
        raise NotImplementedError


def _text(raw):
    return None if raw is None else raw.decode("utf-8")


def _message(raw):
    return Message(
        channel=CHANNELS[raw.channel.bit_length() - 1], key=_text(raw.key), to=_text(raw.to),
        body=_text(raw.body), html=bool(raw.html), attempt=raw.attempt, name=_text(raw.name),
        subject=_text(raw.subject), language=_text(raw.language), text=_text(raw.text),
        unsubscribe=_text(raw.unsubscribe), country=_text(raw.country),
        files=[(_text(file.name), _text(file.media_type), ctypes.string_at(file.data, file.size))
               for file in raw.files[:raw.n_files]],
        headers={_text(header.name): _text(header.value)
                 for header in raw.headers[:raw.n_headers]})


def _fit(text, room):
    return text.encode("utf-8")[:room - 1].decode("utf-8", "ignore").encode("utf-8")


def _answer(raw, sent):
    raw.outcome, raw.retry_after, raw.code = sent.outcome, sent.retry_after, sent.code
    raw.reference, raw.reason = _fit(sent.reference, 128), _fit(sent.reason, 128)


_raised = {}


def take_raised():
    """The first exception of a callback within the call that this thread has just made, if any."""
    return _raised.pop(threading.get_ident(), None) if _raised else None


def keep_raised(error):
    """An exception that the call which this thread has just made is to raise."""
    _raised.setdefault(threading.get_ident(), error)


def guarded(prototype, function, failed):
    """A C callback that lets no exception through: the library's frames are between it and its
    handler. It is kept for the call."""
    def guard(*arguments):
        try:
            return function(*arguments)
        except BaseException as error:
            keep_raised(error)
            return failed
    return prototype(guard)


_ASKED = {Later: 0, Refused: 2, Never: 3}


def _ask(connector, raw, answer):
    request = Request(name=_text(raw.name), key=_text(raw.key), attempt=raw.attempt,
                      body=json.loads(ctypes.string_at(raw.body, raw.body_len)),
                      timeout=raw.timeout_ms / 1000)
    try:
        body = json.dumps(connector.ask(request)).encode("utf-8")
    except (Refused, Never, Later) as error:
        answer.outcome = _ASKED[type(error)]
        answer.reason = _fit(str(error), 128)
        answer.retry_after = getattr(error, "seconds", 0)
        return
    answer.outcome = 1
    answer.write(answer.to, body, len(body))


class Ports:
    """The callbacks of an engine, kept alive as long as it is."""

    def __init__(self):
        self.options = c.Options()
        self._alive = []

    def _kept(self, prototype, function, failed):
        callback = guarded(prototype, function, failed)
        self._alive.append(callback)
        return callback

    def set_zone(self, zone):
        self.options.zone = zone.encode()

    def set_clock(self, now):
        def micros(_):
            moment = now()
            return (moment - _EPOCH) // dt.timedelta(microseconds=1)
        self.options.clock = ctypes.pointer(c.Clock(now=self._kept(c.NOW, micros, 0)))

    def set_random(self, fill):
        def write(_, place, size):
            given = fill(size)
            if len(given) != size:
                raise ValueError(f"{size} random bytes were asked for, {len(given)} given")
            ctypes.memmove(place, given, size)
        self.options.random = ctypes.pointer(c.Random(fill=self._kept(c.FILL, write, None)))

    def set_key(self, key):
        if len(key) != 32:
            raise ValueError("a master key has 32 bytes")

        def write(_, place):
            ctypes.memmove(place, bytes(key), 32)
            return 0
        self.options.keys = ctypes.pointer(c.Keys(get=self._kept(c.GET_KEY, write, -7)))

    def set_transports(self, transports):
        self.options.transports = (c.TransportStruct * len(transports))(
            *[self._transport(each) for each in transports])
        self.options.n_transports = len(transports)

    def _transport(self, transport):
        def submit(_, message, sent):
            given = transport.submit(_message(c.Outgoing.from_address(message)))
            _answer(c.Sent.from_address(sent), given or Sent())
            return 0
        return c.TransportStruct(
            flags=int(transport.dedupes), name=transport.name.encode(),
            channels=sum(1 << CHANNELS.index(channel) for channel in transport.channels),
            body_max=transport.body_max, rate=transport.rate, rate_window=transport.rate_window,
            files_max=transport.files_max, submit=self._kept(c.SUBMIT, submit, -1))

    def set_connectors(self, connectors):
        self.options.connectors = (c.ConnectorStruct * len(connectors))(
            *[self._connector(each) for each in connectors])
        self.options.n_connectors = len(connectors)

    def _connector(self, connector):
        def ask(_, request, answer):
            _ask(connector, c.Request.from_address(request), c.Answer.from_address(answer))
            return 0
        return c.ConnectorStruct(
            flags=int(connector.dedupes), name=connector.name.encode(),
            timeout_ms=int(connector.timeout * 1000), answer_max=connector.answer_max,
            ask=self._kept(c.ASK, ask, -1))
