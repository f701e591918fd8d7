# SPDX-License-Identifier: MIT
"""The shared library: where it is found, its functions and structs as ctypes see them."""

import ctypes
import ctypes.util
import os
from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_int32, c_int64, c_size_t,
                    c_ubyte, c_uint32, c_void_p)

SONAME = "libautocrm.so.0"

SUBMIT = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)
NOW = CFUNCTYPE(c_int64, c_void_p)
FILL = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
GET_KEY = CFUNCTYPE(c_int32, c_void_p, POINTER(c_ubyte))
PROGRESS = CFUNCTYPE(c_int32, c_void_p, c_char_p, c_int64, c_int64)
READ = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
WRITE = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)


class Port(Structure):
    """A struct that begins with its size and flags; the size is set by itself."""

    def __init__(self, **fields):
        super().__init__(**fields)
        self.struct_size = ctypes.sizeof(self)


class Clock(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("self", c_void_p), ("now", NOW)]


class Random(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("self", c_void_p), ("fill", FILL)]


class Keys(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("self", c_void_p),
                ("get", GET_KEY)]


class OutgoingFile(Structure):
    _fields_ = [("name", c_char_p), ("media_type", c_char_p), ("data", c_void_p),
                ("size", c_size_t)]


class OutgoingHeader(Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class Outgoing(Structure):
    _fields_ = [("struct_size", c_uint32), ("channel", c_int32), ("html", c_int32),
                ("attempt", c_int32), ("key", c_char_p), ("to", c_char_p), ("name", c_char_p),
                ("subject", c_char_p), ("body", c_char_p), ("language", c_char_p),
                ("text", c_char_p), ("unsubscribe", c_char_p), ("country", c_char_p),
                ("files", POINTER(OutgoingFile)), ("headers", POINTER(OutgoingHeader)),
                ("n_files", c_uint32), ("n_headers", c_uint32)]


class Sent(Structure):
    _fields_ = [("struct_size", c_uint32), ("outcome", c_int32), ("retry_after", c_int32),
                ("code", c_int32), ("reference", c_char * 128), ("reason", c_char * 128)]


class TransportStruct(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("name", c_char_p),
                ("channels", c_uint32), ("body_max", c_uint32), ("rate", c_uint32),
                ("rate_window", c_uint32), ("self", c_void_p), ("submit", SUBMIT),
                ("files_max", c_uint32), ("reserved", c_uint32)]


ANSWER_WRITE = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)
ASK = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)


class Request(Structure):
    _fields_ = [("struct_size", c_uint32), ("attempt", c_int32), ("key", c_char_p),
                ("name", c_char_p), ("body", c_void_p), ("body_len", c_size_t),
                ("timeout_ms", c_uint32), ("reserved", c_uint32)]


class Answer(Structure):
    _fields_ = [("struct_size", c_uint32), ("outcome", c_int32), ("retry_after", c_int32),
                ("code", c_int32), ("reference", c_char * 128), ("reason", c_char * 128),
                ("to", c_void_p), ("write", ANSWER_WRITE)]


class ConnectorStruct(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("name", c_char_p),
                ("timeout_ms", c_uint32), ("answer_max", c_uint32), ("self", c_void_p),
                ("ask", ASK)]


class Options(Port):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("allocator", c_void_p),
                ("clock", POINTER(Clock)), ("random", POINTER(Random)), ("log", c_void_p),
                ("keys", POINTER(Keys)), ("zone", c_char_p), ("blobs", c_void_p),
                ("transports", POINTER(TransportStruct)), ("n_transports", c_uint32),
                ("phone", c_void_p), ("connectors", POINTER(ConnectorStruct)),
                ("n_connectors", c_uint32)]


_HANDLE = c_void_p
_OUT = POINTER(c_void_p)

# name: (result, arguments)
_FUNCTIONS = {
    "acrm_version": (c_char_p, []),
    "acrm_status_name": (c_char_p, [c_int32]),
    "acrm_error_code": (c_int32, [_HANDLE]),
    "acrm_error_json": (c_char_p, [_HANDLE]),
    "acrm_error_new": (_HANDLE, [c_int32, c_char_p, c_char_p, c_char_p]),
    "acrm_error_free": (None, [_HANDLE]),
    "acrm_buf_data": (c_char_p, [_HANDLE]),
    "acrm_buf_free": (None, [_HANDLE]),
    "acrm_open": (c_int32, [c_char_p, POINTER(Options), _OUT, _OUT]),
    "acrm_open_storage": (c_int32, [c_void_p, c_void_p, POINTER(Options), _OUT, _OUT]),
    "acrm_close": (None, [_HANDLE]),
    "acrm_describe": (c_int32, [_HANDLE, c_char_p, _OUT, _OUT]),
    "acrm_session_new": (c_int32, [_HANDLE, c_char_p, _OUT, _OUT]),
    "acrm_session_free": (None, [_HANDLE]),
    "acrm_session_statements": (c_int64, [_HANDLE]),
    "acrm_session_set_progress": (None, [_HANDLE, PROGRESS, c_void_p]),
    "acrm_session_set_input": (None, [_HANDLE, READ, c_void_p]),
    "acrm_session_set_output": (None, [_HANDLE, WRITE, c_void_p]),
    "acrm_interrupt": (None, [_HANDLE, c_int32]),
    "acrm_call_json": (c_int32, [_HANDLE, c_char_p, c_char_p, c_size_t, _OUT, _OUT]),
}


def _candidates():
    asked = os.environ.get("AUTOCRM_LIBRARY")
    if asked:
        return [asked]
    found = ctypes.util.find_library("autocrm")
    return [SONAME] + ([found] if found else [])


def load():
    """Find the library and declare its functions."""
    tried = []
    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
        except OSError as error:
            tried.append(str(error))
            continue
        for function, (result, arguments) in _FUNCTIONS.items():
            getattr(library, function).restype = result
            getattr(library, function).argtypes = arguments
        return library
    raise ImportError("the shared library of autocrm was not found: install it, or name the file "
                      "in the environment variable AUTOCRM_LIBRARY (" + "; ".join(tried) + ")")


lib = load()
