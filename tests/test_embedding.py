#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_embedding.py - what cl/embed.py writes is, for a C compiler, the text it was given; every file of cl/ is listed.

usage: test_embedding.py ROOT
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HARD = '/* "a\\b" ??= %d\ttab */\n\n#line 1 "x.cl"\nint a = \'\\n\';\n'
PRINT = '#include "device/source.h"\n#include <stdio.h>\nint main(void) { fputs(mica__kernel_texts[1].text, stdout); return 0; }\n'

root = pathlib.Path(sys.argv[1])
listed = (root / "cl/meson.build").read_text()
missing = [p.name for p in (root / "cl").rglob("*.[ch]*") if p.suffix in (".cl", ".h") and f"'{p.relative_to(root / 'cl').as_posix()}'" not in listed]
if missing:
    sys.exit(f"not in cl/meson.build: {' '.join(missing)}")

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "first.cl").write_text("\n")
    (folder / "hard.cl").write_text(HARD)
    (folder / "main.c").write_text(PRINT)
    subprocess.run([sys.executable, root / "cl/embed.py", folder / "texts.c", folder, folder / "first.cl", folder / "hard.cl"],
                   check=True)
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", root / "src",
                    "-o", folder / "main", folder / "main.c", folder / "texts.c"], check=True)
    got = subprocess.run([folder / "main"], check=True, capture_output=True, text=True).stdout
    if got != HARD:
        sys.exit(f"expected {HARD!r}, got {got!r}")
