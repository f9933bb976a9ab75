# SPDX-License-Identifier: MIT
"""lstm_torch.py - an LSTM over time in PyTorch, forward alone and with the gradients of its weights.

usage: lstm_torch.py NxTxFxU... [--seconds S]"""
import argparse
import json
import statistics
import time

import torch

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("shapes", nargs="+")
p.add_argument("--seconds", type=float, default=1)
o = p.parse_args()


def timed(step, steps):
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


for shape in o.shapes:
    batch, steps, features, units = map(int, shape.split("x"))
    layer = torch.nn.LSTM(features, units)
    x = torch.randn(steps, batch, features)

    def forward():
        with torch.no_grad():
            layer(x)[0].mean()

    def both():
        layer.zero_grad(set_to_none=True)
        layer(x)[0].mean().backward()

    for what, step in ("forward", forward), ("with gradients", both):
        n = 1
        timed(step, 1)
        while timed(step, n) < o.seconds / 16:
            n *= 2
        seconds = statistics.median(timed(step, n) for _ in range(7)) / n
        print(json.dumps({"shape": shape, "what": what, "seconds": seconds}), flush=True)
