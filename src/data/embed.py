#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py - writes a C file that holds files of data/ as arrays, for the build: digits-images.idx as mica__digits_images.

usage: embed.py FILE... OUTPUT
"""
import pathlib
import sys


def array(name, data):
    lines = [",".join(map(str, data[i:i + 32])) for i in range(0, len(data), 32)]
    return f"const unsigned char {name}[] = {{\n" + ",\n".join(lines) + f"\n}};\nconst size_t {name}_size = sizeof {name};\n"


*files, output = map(pathlib.Path, sys.argv[1:])
output.write_text('#include "data/sets.h"\n' + "".join(array("mica__" + f.stem.replace("-", "_"), f.read_bytes()) for f in files))
