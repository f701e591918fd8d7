# SPDX-License-Identifier: MIT
"""Builds the package for pip, with nothing but Python: type stubs are written from the library that
is installed, so a wheel fits it."""

import base64
import hashlib
import os
import re
import sys
import zipfile

_HERE = os.path.dirname(os.path.abspath(__file__))


def _project():
    """Name, version and the rest of the metadata, from pyproject.toml."""
    with open(os.path.join(_HERE, "pyproject.toml"), encoding="utf-8") as file:
        told = dict(re.findall(r'^([\w-]+) = "(.*)"$', file.read(), re.M))
    with open(os.path.join(_HERE, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    return told, (f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n"
                  f"Summary: {told['description']}\nLicense: MIT\n"
                  f"Requires-Python: {told['requires-python']}\n"
                  f"Description-Content-Type: text/markdown\n\n{readme}")


def _stubs():
    sys.path.insert(0, _HERE)
    try:
        from autocrm import stubs
    except ImportError as error:
        print(f"autocrm: no type stubs were written: {error}", file=sys.stderr)
        return {}
    return {"autocrm/_session.pyi": stubs.text()}


def _package():
    folder = os.path.join(_HERE, "autocrm")
    files = _stubs()
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") or name == "py.typed":
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                files[f"autocrm/{name}"] = file.read()
    return files


def _write(folder, files):
    """A wheel of these files."""
    told, metadata = _project()
    info = f"{told['name']}-{told['version']}.dist-info"
    files[f"{info}/METADATA"] = metadata
    files[f"{info}/WHEEL"] = ("Wheel-Version: 1.0\nGenerator: autocrm\nRoot-Is-Purelib: true\n"
                              "Tag: py3-none-any\n")
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        record += f"{name},sha256={digest.rstrip('=')},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    wheel = f"{told['name']}-{told['version']}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _write(wheel_directory, _package())


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """For pip install -e: the sources themselves are used."""
    return _write(wheel_directory, {"autocrm.pth": _HERE + "\n"})
