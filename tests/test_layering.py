#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_layering.py - a room includes only itself and rooms before it; of its files none uses, over any path, what uses it;
only the device room calls OpenCL, and that through its wrapper where faults are injected (but for releases); and programs
include only the public headers.  Checked on planted faults first, so that a check that sees nothing fails.

usage: test_layering.py ROOT
"""
import pathlib
import re
import sys
import tempfile

ROOMS = ["base", "device", "graph", "reference", "lower", "runtime", "nn", "data", "picture", "keras", "model", "tuning"]
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
CALL = re.compile(r"\bcl[A-Z]\w*\s*\(")
WRAPPED = re.compile(r"MICA__CL(_CODE)?\($|MICA__CL_MAKE\(code, $")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
DEFINED = re.compile(r"^(?!static|extern|typedef|#)[A-Za-z_][\w \t*]*?\b(mica_\w+)(?:\[[^\]]*\])*\s*(?:\([^;{}]*\)\s*\{|=)", re.M)
UNWRAPPED = re.compile(r"clRelease\w+|clUnloadPlatformCompiler")


def files(root, *folders):
    for folder in folders:
        for path in sorted(pathlib.Path(root, folder).rglob("*.[ch]*")):
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


def uses_inside(room):
    """Which files of a room each of them uses: a function or constant that is defined there."""
    texts = {path: STRING.sub("", COMMENT.sub("", path.read_text())) for path in sorted(room.rglob("*.c"))}
    home = {name: path for path, text in texts.items() for name in DEFINED.findall(text)}
    return {path: {home[name] for name in re.findall(r"\bmica_\w+", text) if home.get(name, path) != path}
            for path, text in texts.items()}


def reached(uses, path):
    seen, todo = set(), [path]
    while todo:
        new = uses[todo.pop()] - seen
        seen |= new
        todo += new
    return seen


def circles(root):
    for room in ROOMS:
        uses = uses_inside(pathlib.Path(root, "src", room))
        below = {path: reached(uses, path) for path in uses}
        for path in uses:
            around = sorted(other.name for other in uses[path] if path in below[other])
            if around:
                yield f"{path}: uses {', '.join(around)}, from where a way leads back"


def planted(path, text, **others):
    """Faults of a tree of one file, and others beside it by name."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, path)
        file.parent.mkdir(parents=True)
        file.write_text(text)
        for name, other in others.items():
            file.with_name(name + ".c").write_text(other)
        return len(list(faults(folder)) + list(circles(folder)))


assert planted("src/base/a.c", '#include "graph/node.h"\n') == 1
assert planted("src/data/a.h", '# include "model/model.h"\n') == 1
assert planted("src/nn/a.c", "x = clFinish (queue);\n") == 1
assert planted("src/nn/a.c", "#include <CL/cl.h>\n") == 1
assert planted("src/device/a.c", "clReleaseEvent(e);\nMICA__CL(clFinish(q));\nclFlush(q);\n") == 1
assert planted("src/other/a.c", "\n") == 1
assert planted("tools/a.c", '#include "base/base.h"\n') == 1
assert planted("src/nn/a.c", '/* clFinish() */\n#include "data.h"\n#include "base/base.h"\ny = clamp(x);\n') == 0
F = "void mica__f(void)\n{\n\tmica__g();\n}\n"
G = "int mica__g(int x)\n{\n\treturn mica__h[x];\n}\n"
H = "const int mica__h[] = {%s};\n"
assert planted("src/nn/a.c", F, b=G, c=H % "(int)mica__f") == 3
assert planted("src/nn/a.c", F, b=G, c=H % '1 /* mica__f */, sizeof "mica__f"') == 0

found = list(faults(sys.argv[1])) + list(circles(sys.argv[1]))
print(*found, sep="\n")
sys.exit(1 if found else 0)
