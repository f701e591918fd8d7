# SPDX-License-Identifier: MIT
"""Storages in Python: the shelf of the examples through the library's own conformance suite, the
call scripts on it, and what exceptions within one do."""

import ctypes
import datetime as dt
import os
import sys
import unittest

HERE = os.path.dirname(__file__)
sys.path.insert(0, os.path.join(HERE, "..", "examples"))
sys.path.insert(0, HERE)

import autocrm  # noqa: E402
from autocrm import storage  # noqa: E402
from autocrm._storage import StorageOps  # noqa: E402
from shelf import Shelf, ShelfConnection  # noqa: E402
from test_calls import Script, caller, load_all  # noqa: E402

OPEN = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(StorageOps),
                        ctypes.POINTER(ctypes.c_void_p))


class Subject(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_uint32),
                ("user", ctypes.c_void_p), ("open", OPEN), ("clean", ctypes.c_void_p)]


def conformance(make):
    """What the suite finds wrong with the storages that `make` gives, and the number of checks."""
    suite = ctypes.CDLL(os.environ["AUTOCRM_CONFORMANCE"])
    for name in ("promise", "text"):
        getattr(suite, "acrm_conformance_" + name).restype = ctypes.c_char_p
    alive = []

    def give(_, ops, self):
        port = storage.Port(make())
        alive.append(port)
        ctypes.memmove(ops, ctypes.byref(port.ops), ctypes.sizeof(port.ops))
        self[0] = 1
        return 0
    subject = Subject(struct_size=ctypes.sizeof(Subject), open=OPEN(give))
    report = ctypes.c_void_p()
    assert suite.acrm_conformance_storage(ctypes.byref(subject), ctypes.byref(report)) == 0
    faults = [(suite.acrm_conformance_promise(report, n), suite.acrm_conformance_text(report, n))
              for n in range(suite.acrm_conformance_failures(report))]
    checks = suite.acrm_conformance_checks(report)
    suite.acrm_conformance_free(report)
    return faults, checks


class Forgetful(ShelfConnection):
    """Keeps what a rollback should undo."""

    def rollback(self):
        if self.writes:
            self.shelf.state = self.state
        super().rollback()


class ForgetfulShelf(Shelf):
    def connect(self):
        return Forgetful(self)


class Breaks(ShelfConnection):
    def insert(self, table, row, search):
        if table.name == "dealer":
            raise ZeroDivisionError("in the storage")
        super().insert(table, row, search)


class BreakingShelf(Shelf):
    def connect(self):
        return Breaks(self)


class Storages(unittest.TestCase):
    def test_the_shelf_keeps_every_promise(self):
        faults, checks = conformance(lambda: Shelf(patience=0.05))
        self.assertEqual(faults, [])
        self.assertGreater(checks, 20)

    def test_the_suite_catches_one_that_does_not(self):
        faults, _ = conformance(lambda: ForgetfulShelf(patience=0.05))
        self.assertIn(b"a rollback undoes everything", [promise for promise, _ in faults])

    def test_the_scripts_answer_the_same_on_it(self):
        for name, data in load_all():
            now = dt.datetime.fromisoformat(data["now"].replace("Z", "+00:00"))
            with self.subTest(name), autocrm.open(Shelf(), clock=lambda: now) as crm:
                self.assertEqual(list(Script(name, data).faults(caller(crm))), [])

    def test_an_exception_comes_out_of_the_call_and_nothing_is_written(self):
        shelf = BreakingShelf()
        with autocrm.open(shelf) as crm:
            with self.assertRaises(ZeroDivisionError):
                crm.dealer.create(name="North", code="N")
            self.assertEqual(crm.dealer.count().count, 0)

    def test_it_is_closed_with_its_last_session(self):
        closed = []
        shelf = Shelf()
        shelf.close = lambda: closed.append(1)
        with autocrm.open(shelf) as crm:
            other = crm.acting_as("system")
        self.assertEqual(closed, [])
        other.close()
        self.assertEqual(closed, [1])
        with autocrm.open(shelf) as again:
            self.assertEqual(again.dealer.count().count, 0)


if __name__ == "__main__":
    unittest.main()
