#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_environment.py - the table of environment variables has every one that the source reads, and docs/environment.md and
mica --help environment have the table.

usage: test_environment.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
table = (root / "src/base/environment.c").read_text()
rows = re.findall(r'^\t\{"([^"]+)", "([^"]+)", "([^"]+)"\}', table, re.M)
known = {name for row in rows for name in row[0].split(", ")}
read = {}
for folder in "src", "tools/mica":
    for path in (root / folder).rglob("*.[ch]"):
        for name in re.findall(r'(?:getenv|listed)\("((?!POCL)[A-Z_]+)"|"(LC_ALL|LC_CTYPE|LANG)"', path.read_text()):
            read["".join(name)] = path
faults = [f"{path}: reads {name}, which src/base/environment.c lacks" for name, path in read.items() if name not in known]
faults += [f"src/base/environment.c: {name} is read by nothing" for name in known if name not in read]
page = (root / "docs/environment.md").read_text()
for name, values, meaning in rows:
    if f"| {name} | {meaning} | {values} |" not in page:
        faults.append(f"docs/environment.md: lacks the line | {name} | {meaning} | {values} |")
for name, words in re.findall(r'^\t\{"(MICA_[A-Z_]+)", "([^",]+)", (?:true|false)\},$', table, re.M):
    told = {row[0]: row[1] for row in rows}[name]
    faults += [f"src/base/environment.c: what {name} may be lacks {word}" for word in words.split() if word not in re.split(r"[ ,]+", told)]
if not rows or not read:
    faults.append("nothing was found: is the pattern right?")
print(*faults, sep="\n")
sys.exit(1 if faults else 0)
