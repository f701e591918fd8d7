# SPDX-License-Identifier: MIT
"""Adds type stubs, written from the library that is installed, to the package."""

import os
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class build_with_stubs(build_py):
    def run(self):
        super().run()
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        try:
            from autocrm import stubs
        except ImportError as error:
            print(f"no type stubs: {error}", file=sys.stderr)
            return
        stubs.write(os.path.join(self.build_lib, "autocrm"))


setup(cmdclass={"build_py": build_with_stubs})
