# SPDX-License-Identifier: MIT
"""The wheel that pip installs: complete, and with stubs that mypy --strict is content with."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import backend  # noqa: E402


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.wheel = os.path.join(cls.folder.name, backend.build_wheel(cls.folder.name))

    def test_the_wheel_records_all_that_is_in_it(self):
        with zipfile.ZipFile(self.wheel) as wheel:
            names = wheel.namelist()
            record = next(name for name in names if name.endswith("/RECORD"))
            rows = [row.split(",") for row in wheel.read(record).decode().splitlines()]
            self.assertEqual(sorted(row[0] for row in rows), sorted(names))
            for name, digest, size in rows:
                if name != record:
                    content = wheel.read(name)
                    told = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
                    self.assertEqual((digest, size), ("sha256=" + told.rstrip("="), str(len(content))))
            self.assertIn("autocrm/py.typed", names)
            self.assertIn("autocrm/_session.pyi", names)
            metadata = wheel.read(record.replace("RECORD", "METADATA")).decode()
            self.assertIn("\nName: autocrm\nVersion: 0.1.0\n", metadata)

    def test_an_editable_wheel_points_to_the_sources(self):
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(
                os.path.join(folder, backend.build_editable(folder))) as wheel:
            self.assertTrue(os.path.isdir(wheel.read("autocrm.pth").decode().strip() + "/autocrm"))

    @unittest.skipUnless(shutil.which("mypy"), "mypy is not installed")
    def test_a_typed_program_is_sound(self):
        folder = os.path.join(self.folder.name, "installed")
        with zipfile.ZipFile(self.wheel) as wheel:
            wheel.extractall(folder)
        env = {name: value for name, value in os.environ.items()
               if name not in ("LD_PRELOAD", "PYTHONPATH")}
        done = subprocess.run(
            ["mypy", "--strict", "--follow-imports=silent", "--cache-dir", self.folder.name,
             os.path.join(HERE, "typed.py")], env=dict(env, MYPYPATH=folder), cwd=folder,
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
