#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make-digits.py - makes data/digits-images.idx and data/digits-labels.idx from scikit-learn's copy of the UCI digits.

usage: tools/make-digits.py [DIGITS_CSV_GZ [FOLDER]]

Without arguments the file comes from the scikit-learn package of this Python, and FOLDER is data/.  The same input
gives the same bytes, so running it again shows that the committed files are what they say.
"""
import gzip
import importlib.util
import pathlib
import struct
import sys

COUNT, SIDE, MOST = 1797, 8, 16


def packaged():
    spec = importlib.util.find_spec("sklearn")
    if spec is None:
        sys.exit("make-digits: this Python has no scikit-learn; install it, or name its digits.csv.gz")
    return pathlib.Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"


def read(path):
    with gzip.open(path, "rt", encoding="ascii") as f:
        rows = [[int(float(v)) for v in line.split(",")] for line in f]
    if len(rows) != COUNT or any(len(r) != SIDE * SIDE + 1 for r in rows):
        sys.exit(f"make-digits: {path}: expected {COUNT} lines of {SIDE * SIDE + 1} numbers")
    if any(not 0 <= v <= MOST for r in rows for v in r[:-1]) or any(not 0 <= r[-1] <= 9 for r in rows):
        sys.exit(f"make-digits: {path}: expected pixels 0..{MOST} and labels 0..9")
    return rows


def write(path, dims, values):
    path.write_bytes(struct.pack(f">BBBB{len(dims)}I", 0, 0, 8, len(dims), *dims) + bytes(values))
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else packaged()
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).resolve().parent.parent / "data")
    rows = read(source)
    write(folder / "digits-images.idx", (COUNT, SIDE, SIDE), [v for r in rows for v in r[:-1]])
    write(folder / "digits-labels.idx", (COUNT,), [r[-1] for r in rows])


if __name__ == "__main__":
    main()
