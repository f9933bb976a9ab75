# SPDX-License-Identifier: MIT
"""gemm_torch.py - matrix products in PyTorch (MKL).  usage: gemm_torch.py MxNxK... [--seconds S]"""
import argparse
import json
import statistics
import time

import torch

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("shapes", nargs="+")
p.add_argument("--seconds", type=float, default=1)
o = p.parse_args()


def timed(a, b, c, steps):
    start = time.perf_counter()
    for _ in range(steps):
        torch.mm(a, b, out=c)
    return time.perf_counter() - start


for shape in o.shapes:
    m, n, k = map(int, shape.split("x"))
    a, b, c = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)
    steps = 1
    timed(a, b, c, 1)
    while timed(a, b, c, steps) < o.seconds / 16:
        steps *= 2
    seconds = statistics.median(timed(a, b, c, steps) for _ in range(7)) / steps
    print(json.dumps({"shape": shape, "gflops": 2e-9 * m * n * k / seconds}), flush=True)
