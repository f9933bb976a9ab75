#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_layering.py - a room includes only itself and rooms before it, only the device room calls OpenCL, and that through
its wrapper where faults are injected (but for releases), and programs include only the public headers.  Checked on planted faults first, so that a check that sees nothing fails.

usage: test_layering.py ROOT
"""
import pathlib
import re
import sys
import tempfile

ROOMS = ["base", "device", "graph", "reference", "lower", "runtime", "nn", "data", "model"]
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
CALL = re.compile(r"\bcl[A-Z]\w*\s*\(")
WRAPPED = re.compile(r"MICA__CL(_CODE)?\($|MICA__CL_MAKE\(code, $")
UNWRAPPED = re.compile(r"clRelease\w+|clUnloadPlatformCompiler")


def files(root, *folders):
    for folder in folders:
        for path in sorted(pathlib.Path(root, folder).rglob("*.[ch]")):
            yield path, COMMENT.sub("", path.read_text())


def upward(room, include):
    other = include.split("/")[0]
    return other in ROOMS and ROOMS.index(other) > ROOMS.index(room)


def faults(root):
    for path, text in files(root, "src"):
        room = path.relative_to(root).parts[1]
        if room not in ROOMS:
            yield f"{path}: {room} is not a room"
            continue
        for include in INCLUDE.findall(text):
            if upward(room, include):
                yield f"{path}: {room} includes {include}"
            if include.startswith("CL/") and room != "device":
                yield f"{path}: includes {include} outside the device room"
        if room != "device":
            yield from (f"{path}: calls {call}) outside the device room" for call in CALL.findall(text))
        else:
            yield from (f"{path}: calls {call.group()}) outside its wrapper" for call in CALL.finditer(text)
                        if not UNWRAPPED.match(call.group()) and not WRAPPED.search(text[:call.start()]))
    for path, text in files(root, "tools", "examples"):
        for include in INCLUDE.findall(text):
            if include.split("/")[0] in ROOMS:
                yield f"{path}: includes {include}, which is not public"


def planted(path, text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, path)
        file.parent.mkdir(parents=True)
        file.write_text(text)
        return len(list(faults(folder)))


assert planted("src/base/a.c", '#include "graph/node.h"\n') == 1
assert planted("src/data/a.h", '# include "model/model.h"\n') == 1
assert planted("src/nn/a.c", "x = clFinish (queue);\n") == 1
assert planted("src/nn/a.c", "#include <CL/cl.h>\n") == 1
assert planted("src/device/a.c", "clReleaseEvent(e);\nMICA__CL(clFinish(q));\nclFlush(q);\n") == 1
assert planted("src/other/a.c", "\n") == 1
assert planted("tools/a.c", '#include "base/base.h"\n') == 1
assert planted("src/nn/a.c", '/* clFinish() */\n#include "data.h"\n#include "base/base.h"\ny = clamp(x);\n') == 0

found = list(faults(sys.argv[1]))
print(*found, sep="\n")
sys.exit(1 if found else 0)
