# SPDX-License-Identifier: MIT
"""common.py - what the peer benchmarks share: the network of the options, MNIST, and the lines they print.

Every script trains the same network on the same data with the same optimizer, prints one JSON object per epoch and one at
the end, and takes the same options, so that tools/bench-peers can run it in turn with Mica.
"""
import argparse
import gzip
import json
import os
import pathlib
import resource

import numpy as np


def numbers(text):
    return [int(n) for n in text.split(",") if n]


def options(doc):
    p = argparse.ArgumentParser(description=doc)
    p.add_argument("--data", default=os.environ.get("MICA_DATA_DIR"), help="folder of MNIST (MICA_DATA_DIR)")
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--epochs", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--hidden", type=numbers, default=[512, 256, 128])
    p.add_argument("--activation", choices=["relu", "tanh"], default="relu")
    p.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    p.add_argument("--lr", type=float, default=0, help="0: 1e-3 for adam, 1e-2 for sgd")
    p.add_argument("--momentum", type=float, default=0, help="of sgd")
    p.add_argument("--dropout", type=float, default=0, help="after each hidden layer")
    p.add_argument("--mode", default="", help="the script's own")
    o = p.parse_args()
    if not o.data:
        p.error("no data: name MNIST's folder with --data or in MICA_DATA_DIR")
    o.lr = o.lr or (1e-3 if o.optimizer == "adam" else 1e-2)
    o.layers = [784, *o.hidden, 10]
    return o


def mnist(folder, split):
    def read(name, offset):
        packed = pathlib.Path(folder, name + ".gz")
        data = gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()
        return np.frombuffer(data, np.uint8, offset=offset)

    prefix = {"train": "train", "test": "t10k"}[split]
    x = read(f"{prefix}-images-idx3-ubyte", 16).reshape(-1, 784).astype("f4") / 255
    return x, read(f"{prefix}-labels-idx1-ubyte", 8).astype("i4")


def emit(**figures):
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures), flush=True)
