#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of a build folder and prints what failed, then exactly one line: N passed, N failed, N skipped.

usage: tools/run-tests.py [-C BUILD] [-j JOBS] [--suite NAME] [--list] [NAME ...]

The tests are those that meson knows (NAME: only those whose name contains it), as many at a time as there are cores; what
each took goes to standard error as it ends.  An executable made with Criterion counts as many as it has test cases, each
of which runs in a process of its own; any other program or script counts as one (exit status 0: passed, 77: skipped).  A
leak that the sanitizer reports in any of those processes fails the program.  Which OpenCL devices there are is the
caller's business: set OCL_ICD_VENDORS, MICA_DEVICE and the like.  PoCL's cache is a folder for each test, since two
processes that build the same program in one disturb each other: in POCL_CACHE_DIR, or in the build folder.  Exit status 1
if anything failed or nothing ran.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor, as_completed

SKIPPED = 77


class Tally:
    """How many cases passed, failed and were skipped, and the texts of those that failed."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.texts = []

    def fail(self, name, text):
        self.failed += 1
        self.texts += [f"FAILED {name}", *(f"    {line}" for line in text.strip().splitlines()[-60:])]

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        for text in other.texts:
            print(text, flush=True)


def tests_of(build):
    """What meson knows of the tests, after building what they need."""
    built = subprocess.run(["ninja", "-C", str(build), "all", "meson-test-prereq"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    if built.returncode:
        raise OSError(built.stdout)
    text = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def is_criterion(command):
    """Whether one of the words is a program made with Criterion; it may stand behind a wrapper."""
    return any(os.path.isfile(word) and b"libcriterion.so" in pathlib.Path(word).read_bytes() for word in command)


def run(test, log, **more):
    """Exit status and output of a test; a time-out is a status of its own."""
    environment = dict(os.environ, **test["env"], **more)
    if "LD_LIBRARY_PATH" in os.environ and "LD_LIBRARY_PATH" in test["env"]:  # a driver may need the caller's
        environment["LD_LIBRARY_PATH"] += ":" + os.environ["LD_LIBRARY_PATH"]
    quiet = pathlib.Path(log, "quiet")
    options = environment.get("LSAN_OPTIONS", "")
    theirs = re.findall(r"\bsuppressions=([^:]+)", options)  # the option counts once, so all of them go into one file
    quiet.write_text("leak:criterion_handle_args\n"  # Criterion's own copy of CRITERION_OUTPUTS
                     + "".join(pathlib.Path(f).read_text() for f in theirs))
    ours = f"log_path={log}/lsan:suppressions={quiet}:print_suppressions=0"
    environment["LSAN_OPTIONS"] = f"{options}:{ours}".lstrip(":")
    try:
        process = subprocess.Popen(test["cmd"], env=environment, cwd=test["workdir"] or None, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    except OSError as e:
        return -1, str(e)
    try:
        output = process.communicate(timeout=test["timeout"] or None)[0]
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the program and the processes of its cases
        return None, f"{process.communicate()[0]}\nno end after {test['timeout']} s"


def count_cases(tally, test, report):
    """Adds the cases of a Criterion report; how many there were."""
    cases = xml.parse(report).getroot().iter("testcase")
    n = 0
    for n, case in enumerate(cases, 1):
        status = case.get("status", "")
        name = f"{test['name']}: {case.get('name')}"
        if status == "PASSED":
            tally.passed += 1
        elif status == "SKIPPED":
            tally.skipped += "--filter" not in test["cmd"]  # what a filter leaves out looks the same
        else:
            texts = [f.text or f.get("message", "") for f in case if f.tag in ("failure", "error")]
            tally.fail(name, "\n".join(t.replace("&#10;", "\n") for t in texts) or status)
    return n


def run_criterion(tally, test, folder):
    report = pathlib.Path(folder, "report.xml")
    status, output = run(test, folder, CRITERION_OUTPUTS=f"xml:{report}", CRITERION_JOBS="1")
    try:
        n = count_cases(tally, test, report)
    except (OSError, xml.ParseError):
        n = 0
    if status is None or n == 0 or (status != 0 and not tally.failed):
        tally.fail(test["name"], output or f"exit status {status}, no report")
    elif not tally.passed + tally.failed:
        tally.skipped = tally.skipped or 1


def run_script(tally, test, folder):
    status, output = run(test, folder)
    if status == 0:
        tally.passed += 1
    elif status == SKIPPED:
        tally.skipped += 1
    else:
        tally.fail(test["name"], f"{output}\nexit status {status}")


def run_test(test, caches):
    """The tally of a test, its name and the seconds it took."""
    tally, began = Tally(), time.monotonic()
    cache = caches / test["name"].replace(" ", "-")
    cache.mkdir(parents=True, exist_ok=True)
    test["env"]["POCL_CACHE_DIR"] = str(cache)
    with tempfile.TemporaryDirectory(prefix="mica-tests-") as folder:
        (run_criterion if is_criterion(test["cmd"]) else run_script)(tally, test, folder)
        leaks = sorted(pathlib.Path(folder).glob("lsan*"))
        if leaks:
            tally.fail(f"{test['name']}: leaks", leaks[0].read_text(errors="replace"))
    return tally, test["name"], time.monotonic() - began


def run_all(tally, tests, jobs, caches):
    with ThreadPoolExecutor(jobs) as pool:
        for ended in as_completed([pool.submit(run_test, test, caches) for test in tests]):
            own, name, seconds = ended.result()
            print(f"{seconds:6.1f} s  {name}", file=sys.stderr, flush=True)
            tally.add(own)


def wanted(test, names, suite):
    in_suite = suite is None or any(s.split(":")[-1] == suite for s in test["suite"])
    return in_suite and (not names or any(n in test["name"] for n in names))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-C", dest="build", default="build", help="build folder (default: build)")
    parser.add_argument("-j", dest="jobs", type=int, default=len(os.sched_getaffinity(0)), help="tests at a time (default: cores)")
    parser.add_argument("--suite", help="only the tests of this suite")
    parser.add_argument("--list", action="store_true", help="print the names and run nothing")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    tally, build = Tally(), Tally()
    try:
        chosen = [t for t in tests_of(pathlib.Path(options.build)) if wanted(t, options.names, options.suite)]
    except (OSError, subprocess.CalledProcessError, json.JSONDecodeError) as e:
        chosen = []
        build.fail("build", f"{options.build}: {e}")
    tally.add(build)
    if options.list:
        print("\n".join(t["name"] for t in chosen))
        return 0
    caches = pathlib.Path(os.environ.get("POCL_CACHE_DIR") or pathlib.Path(options.build, "tests", "pocl")).absolute()
    run_all(tally, chosen, options.jobs, caches)
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed or not tally.passed + tally.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
