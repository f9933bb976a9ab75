#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_style.py - what a reader of any file may count on: a licence line, then what the file is; tabs before code and blanks only
behind them; no blanks at the ends of lines, no line that nobody can see whole, one line end at the end.

usage: test_style.py ROOT
"""
import pathlib
import re
import sys
import tempfile

MOST_COLUMNS = 200  # with tabs of four
FOLDERS = ["include", "src", "cl", "tools", "examples", "tests"]
MADE = ["golden"]  # by scripts


def files(root):
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(root, folder).rglob("*")):
            if path.suffix in [".c", ".h", ".cl", ".cpp", ".hpp", ".py", ".build"] and not set(path.parts) & set(MADE):
                yield path


def faults_of_line(line, code):
    if line != line.rstrip():
        yield "blanks at its end"
    if "\r" in line:
        yield "a carriage return"
    if code and re.match(r" +\t", line):
        yield "blanks before a tab"
    if len(line.expandtabs(4)) > MOST_COLUMNS:
        yield f"more than {MOST_COLUMNS} columns"


def faults(root):
    for path in files(root):
        text, code = path.read_bytes().decode(), path.suffix in [".c", ".h", ".cl", ".cpp", ".hpp"]
        lines = text.split("\n")
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}: one line end at its end is wanted"
        if "SPDX-License-Identifier: MIT" not in "\n".join(lines[:2]):
            yield f"{path}: its first lines name no licence"
        if code and not lines[1].startswith("/* "):
            yield f"{path}: its second line does not say what it is"
        for number, line in enumerate(lines, 1):
            yield from (f"{path}:{number}: {fault}" for fault in faults_of_line(line, code))


def check_planted():
    """Each of these is a fault, so that a check that sees nothing fails."""
    head = "/* SPDX-License-Identifier: MIT */\n/* a.c - nothing. */\n"
    for text in ["int a;\n", head + "int a; \n", head + "  \tint a;\n", head + "int a;", head + "int a;\n\n", head + "int a;\r\n",
                 head + "/* " + "a" * MOST_COLUMNS + " */\n", "/* SPDX-License-Identifier: MIT */\nint a;\n"]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "src", "a.c")
            path.parent.mkdir()
            path.write_text(text, newline="")
            assert list(faults(folder)), f"not seen: {text!r}"


check_planted()
found = list(faults(sys.argv[1]))
print("\n".join(found))
sys.exit(1 if found else 0)
