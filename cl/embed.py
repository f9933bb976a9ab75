#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py - writes one C file that holds the texts of OpenCL files, a string per line, for the build.

usage: embed.py OUTPUT FOLDER FILE...

A text is known by its path from FOLDER.
"""
import pathlib
import sys

ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\t"): "\\t", ord("?"): "\\?"}


def text(path):
    lines = path.read_text(encoding="ascii").split("\n")
    if lines[-1]:
        sys.exit(f"{path}: does not end with a newline")
    return "".join(f'\n\t "{line.translate(ESCAPES)}\\n"' for line in lines[:-1]) or ' ""'


output, folder, *files = map(pathlib.Path, sys.argv[1:])
rows = "".join(f'\t{{"{path.resolve().relative_to(folder.resolve()).as_posix()}",{text(path)}}},\n' for path in files)
output.write_text(
    '#include "device/source.h"\n\n'
    '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
    f"const mica__kernel_text mica__kernel_texts[] = {{\n{rows}\t{{0}},\n}};\n")
