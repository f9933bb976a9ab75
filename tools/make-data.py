#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make-data.py - makes the files of data/ from the copies of public data sets that the scikit-learn package has, and, of houses, the
R package spData.

usage: tools/make-data.py [SKLEARN_DATA [FOLDER [SPDATA]]]

SKLEARN_DATA is the package's folder datasets/data; without it, that of this Python.  FOLDER is data/.  SPDATA is the folder of the
installed R package (Debian's r-cran-spdata), which is read by the Python package rdata; where it is not, houses.csv is not made.  The
same input gives the same bytes, so running it again shows that the committed files are what they say.
"""
import gzip
import hashlib
import importlib.util
import pathlib
import struct
import sys
import zlib

COUNT, SIDE, MOST = 1797, 8, 16  # of the digits

CELL = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry",
        "fractal_dimension"]
WINE = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids", "nonflavanoid_phenols",
        "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline"]
HOUSES, KEPT = 25357, 4000
HOUSE = ["year_built", "living_area", "rooms", "beds", "baths", "half_baths", "garage_area", "lot_area", "year_sold", "east", "north"]
DIABETES = ["age", "sex", "bmi", "bp", "s1_tc", "s2_ldl", "s3_hdl", "s4_tch", "s5_ltg", "s6_glu"]


def packaged():
    spec = importlib.util.find_spec("sklearn")
    if spec is None:
        sys.exit("make-data: this Python has no scikit-learn; install it, or name its folder datasets/data")
    return pathlib.Path(spec.origin).parent / "datasets" / "data"


def lines(path):
    opened = gzip.open(path, "rt", encoding="ascii") if path.suffix == ".gz" else open(path, encoding="ascii")
    with opened as f:
        return [line.replace(",", " ").split() for line in f]


def write(path, data):
    path.write_bytes(data)
    print(f"{path}: {len(data)} bytes")


def digits(source, folder):
    rows = [[int(float(v)) for v in row] for row in lines(source / "digits.csv.gz")]
    if len(rows) != COUNT or any(len(r) != SIDE * SIDE + 1 for r in rows):
        sys.exit(f"make-data: digits: expected {COUNT} lines of {SIDE * SIDE + 1} numbers")
    if any(not 0 <= v <= MOST for r in rows for v in r[:-1]) or any(not 0 <= r[-1] <= 9 for r in rows):
        sys.exit(f"make-data: digits: expected pixels 0..{MOST} and labels 0..9")
    for name, dims, values in (("images", (COUNT, SIDE, SIDE), [v for r in rows for v in r[:-1]]),
                               ("labels", (COUNT,), [r[-1] for r in rows])):
        write(folder / f"digits-{name}.idx", struct.pack(f">BBBB{len(dims)}I", 0, 0, 8, len(dims), *dims) + bytes(values))


def table(path, header, rows, count, kept=None):
    """In an order that has nothing to do with the source's, which is by class or by who knows what: that of a hash of the
    line's number; the first of them, where not all are kept."""
    if len(rows) != count or any(len(r) != len(header) for r in rows):
        sys.exit(f"make-data: {path.stem}: expected {count} lines of {len(header)} values")
    order = sorted(range(count), key=lambda i: hashlib.sha256(str(i).encode()).digest())[:kept]
    write(path, "".join(",".join(row) + "\n" for row in [header, *(rows[i] for i in order)]).encode())


def houses(package):
    """Lines of HOUSE and the price, from the package's data base: an index by name, and packed objects behind their lengths."""
    import rdata

    def read(data):
        return rdata.conversion.convert(rdata.parser.parse_data(data))

    begin, n = map(int, read(gzip.decompress((package / "data/Rdata.rdx").read_bytes()))["variables"]["house"])
    found = read(zlib.decompress((package / "data/Rdata.rdb").read_bytes()[begin + 4:begin + n]))
    d = found.data
    columns = [d.yrbuilt, d.TLA, d.rooms, d.beds, d.baths, d.halfbaths, d.garagesqft, d.lotsize, d.syear.astype(int)]
    places = [[f"{v / 1000:.3f}" for v in row] for row in found.coords.values]
    return [[*(f"{v:g}" for v in row[:-1]), *at, f"{row[-1] / 1000:g}"] for *row, at in zip(*columns, d.price, places)]


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else packaged()
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).resolve().parent.parent / "data")
    digits(source, folder)
    cells = [[*r[:-1], ["malignant", "benign"][int(r[-1])]] for r in lines(source / "breast_cancer.csv")[1:]]
    table(folder / "breast_cancer.csv", [f"{kind}_{c}" for kind in ("mean", "error", "worst") for c in CELL] + ["diagnosis"], cells, 569)
    wines = [[*r[:-1], "class_" + r[-1]] for r in lines(source / "wine_data.csv")[1:]]
    table(folder / "wine.csv", [*WINE, "cultivar"], wines, 178)
    progress = [f"{float(r[0]):g}" for r in lines(source / "diabetes_target.csv.gz")]
    patients = [[f"{float(v):.12g}" for v in r] + [p] for r, p in zip(lines(source / "diabetes_data_raw.csv.gz"), progress)]
    table(folder / "diabetes.csv", [*DIABETES, "progression"], patients, 442)
    package = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/usr/lib/R/site-library/spData")
    if package.exists():
        table(folder / "houses.csv", [*HOUSE, "price"], houses(package), HOUSES, KEPT)


if __name__ == "__main__":
    main()
