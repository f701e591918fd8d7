# SPDX-License-Identifier: MIT
"""Reads scripts of calls and checks answers against them."""

import json
import os

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def load_all():
    """(name, content) of every script."""
    names = sorted(name for name in os.listdir(_FOLDER) if name.endswith(".json"))
    scripts = []
    for name in names:
        with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
            scripts.append((name, json.load(file)))
    return scripts


def _at(value, path):
    for word in path.split("."):
        value = value[int(word)] if isinstance(value, list) else value[word]
    return value


def _differences(expected, got, path):
    if isinstance(expected, dict):
        for key, member in expected.items():
            if not isinstance(got, dict) or key not in got:
                yield f"{path}: there is no {key}"
            else:
                yield from _differences(member, got[key], f"{path}.{key}")
    elif isinstance(expected, list):
        if not isinstance(got, list) or len(got) != len(expected):
            yield f"{path}: {expected!r} expected, {got!r} there"
        else:
            for n, member in enumerate(expected):
                yield from _differences(member, got[n], f"{path}[{n}]")
    elif expected != got or isinstance(expected, bool) != isinstance(got, bool):
        yield f"{path}: {expected!r} expected, {got!r} there"


class Script:
    def __init__(self, name, data):
        self.name = name
        self.data = data
        self.kept = {}

    def _fill(self, value):
        if isinstance(value, str) and value[:1] == "$":
            return self.kept.get(value[1:], value)
        if isinstance(value, dict):
            return {key: self._fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._fill(member) for member in value]
        return value

    def faults(self, call):
        """Run every step by call(operation, arguments) -> (answer, error); tell what is wrong."""
        for step in self.data["steps"]:
            where = f"{self.name}: {step['call']}"
            answer, error = call(step["call"], self._fill(step["args"]))
            if (error is None) == ("error" in step):
                yield f"{where}: {error or answer}"
                continue
            for name, path in step.get("keep", {}).items():
                self.kept[name] = _at(answer, path)
            expected = self._fill(step.get("expect", step.get("error", {})))
            yield from _differences(expected, answer if error is None else error, where)

    def run(self, call):
        """The same, printed; 1 when anything is wrong."""
        faults = list(self.faults(call))
        for fault in faults:
            print(fault)
        return 1 if faults else 0
