#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_readme.py - what the README says is so: its program is examples/01_sequential.c, which the build compiles and runs, and its
commands and links lead to files.

usage: test_readme.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
readme = (root / "README.md").read_text()
faults = []

programs = re.findall(r"^```c\n(.*?)^```", readme, re.S | re.M)
first = (root / "examples/01_sequential.c").read_text()
first = first[first.index("#include"):]
if programs != [first]:
    faults.append(f"README.md: expected one program, that of examples/01_sequential.c, word for word; found {len(programs)}")

for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        if not (page.parent / link).exists():
            faults.append(f"{page.name}: link to {link}, which does not exist")
    for path in re.findall(r"`((?:src|include|cl|tools|examples|tests|docs|data)/[\w./-]*)`", text):
        if not (root / path).exists():
            faults.append(f"{page.name}: names {path}, which does not exist")

print(*faults, sep="\n")
sys.exit(1 if faults else 0)
