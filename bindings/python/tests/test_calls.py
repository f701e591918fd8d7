# SPDX-License-Identifier: MIT
"""The scripts of tests/calls through Python, results with its own types and back."""

import datetime as dt
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "calls"))

import autocrm  # noqa: E402
from autocrm._types import encode  # noqa: E402
from script import Script, load_all  # noqa: E402


def caller(crm):
    def call(operation, arguments):
        try:
            return json.loads(encode(crm.invoke(operation, **arguments))), None
        except autocrm.AutocrmError as error:
            return None, {"name": error.name, "field": error.field, "reason": error.reason}
    return call


class Calls(unittest.TestCase):
    def test_each_answers_as_its_script_says(self):
        for name, data in load_all():
            now = dt.datetime.fromisoformat(data["now"].replace("Z", "+00:00"))
            with self.subTest(name), autocrm.open("memory:", clock=lambda: now) as crm:
                self.assertEqual(list(Script(name, data).faults(caller(crm))), [])


if __name__ == "__main__":
    unittest.main()
