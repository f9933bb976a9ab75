#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py - runs one test program, and fails also for what its exit code hides: leaks and errors that a sanitizer reports
from a worker process, and what Oclgrind reports.

usage: run.py PROGRAM [OPTION]...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SANITIZER_REPORT = re.compile(r"ERROR: |WARNING: ThreadSanitizer|runtime error: ")
OCLGRIND_REPORT = re.compile(r"^\s*(?:Kernel|Function):\s", re.M)  # what went wrong in a kernel, or in a call


def with_log(variable, path):
    old = os.environ.get(variable)
    return (old + ":" if old else "") + f"log_path={path}"


def main(command):
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "report")
        env = dict(os.environ, POCL_ENABLE_UNINIT="1", MICA_TEST_FOLDER=folder)
        for sanitizer in "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS":
            env[sanitizer] = with_log(sanitizer, log)
        # LLVM, in PoCL, gives threads a signal stack of its own, which the sanitizer would unmap as if it were its own.
        env["ASAN_OPTIONS"] += ":allocator_may_return_null=1:use_sigaltstack=0"
        result = subprocess.run([*command, "-j1"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = result.stdout.decode(errors="replace")
        reports = [p.read_text(errors="replace") for p in sorted(pathlib.Path(folder).glob("report.*"))]
        print(output, *reports, sep="\n")
        if any(map(SANITIZER_REPORT.search, reports + [output])) or OCLGRIND_REPORT.search(output):
            return 1
        return result.returncode


sys.exit(main(sys.argv[1:]))
