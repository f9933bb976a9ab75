# SPDX-License-Identifier: MIT
"""gemm_torch.py - matrix products in PyTorch (MKL).  usage: gemm_torch.py SHAPE... [--seconds S]

A shape is MxNxK, B:MxNxK for a batch, MxNxKnt or MxNxKtn with the right or the left operand transposed in memory."""
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
        torch.matmul(a, b, out=c)
    return time.perf_counter() - start


for shape in o.shapes:
    batch, _, sizes = shape.rpartition(":")
    form = sizes[-2:] if sizes[-2:] in ("nt", "tn") else ""
    m, n, k = map(int, sizes.removesuffix(form).split("x"))
    lead = [int(batch)] if batch else []
    a = torch.randn(*lead, k, m).mT if form == "tn" else torch.randn(*lead, m, k)
    b = torch.randn(*lead, n, k).mT if form == "nt" else torch.randn(*lead, k, n)
    c = torch.empty(*lead, m, n)
    steps = 1
    timed(a, b, c, 1)
    while timed(a, b, c, steps) < o.seconds / 16:
        steps *= 2
    seconds = statistics.median(timed(a, b, c, steps) for _ in range(7)) / steps
    print(json.dumps({"shape": shape, "gflops": 2e-9 * int(batch or 1) * m * n * k / seconds}), flush=True)
