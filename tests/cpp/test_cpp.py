#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_cpp.py - the programs in C++20 compile without a warning under each compiler that is there, and say of themselves that all is
well.  Skipped (77) where there is no compiler.

usage: test_cpp.py ROOT LIBRARY [ARGUMENT OF THE COMPILER ...] -- COMPILER ...
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

root, library = map(pathlib.Path, sys.argv[1:3])
split = sys.argv.index("--")
extra, compilers = sys.argv[3:split], [c for c in sys.argv[split + 1:] if shutil.which(c)]
sources = ["examples/sequential.cpp", "examples/functional.cpp", "tests/cpp/test_cpp.cpp"]
strict = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]

failed = 0
for compiler in compilers:
    for source in sources:
        with tempfile.TemporaryDirectory() as folder:
            build = [compiler, *strict, *extra, "-I", str(root / "include"), str(root / source), str(library), "-o", f"{folder}/program",
                     f"-Wl,-rpath,{library.parent}"]
            for command in build, [f"{folder}/program"]:
                r = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                if r.returncode:
                    print(f"{source}, {compiler}: {r.stdout}{r.stderr}")
                    failed += 1
                    break
print("compilers:", *compilers)
sys.exit(1 if failed else 0 if compilers else 77)
