#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""embed.py - writes a C file that holds the digits' two IDX files as arrays, for the build.

usage: embed.py IMAGES LABELS OUTPUT
"""
import pathlib
import sys


def array(name, data):
    lines = [",".join(map(str, data[i:i + 32])) for i in range(0, len(data), 32)]
    return f"const unsigned char {name}[] = {{\n" + ",\n".join(lines) + f"\n}};\nconst size_t {name}_size = sizeof {name};\n"


images, labels, output = map(pathlib.Path, sys.argv[1:])
output.write_text(
    '#include "data/digits.h"\n'
    + array("mica__digits_images", images.read_bytes())
    + array("mica__digits_labels", labels.read_bytes()))
