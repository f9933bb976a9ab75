# SPDX-License-Identifier: MIT
"""conv_torch.py - the convolutions of mica bench conv in PyTorch, channels last: forward, data gradient, weight gradient,
GFLOP/s each.  usage: conv_torch.py [--batches N,N] [--seconds S]"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

SHAPES = [  # name, channels in and out, size, taps, stride, padding, groups
    ("3x3 32->64 26x26", 32, 64, 26, 3, 1, 1, 1), ("3x3 16->16 32x32", 16, 16, 32, 3, 1, 1, 1),
    ("3x3 64->64 8x8", 64, 64, 8, 3, 1, 1, 1), ("1x1 256->64 14x14", 256, 64, 14, 1, 1, 0, 1),
    ("3x3/2 64->128 28x28", 64, 128, 28, 3, 2, 1, 1), ("5x5 1->32 28x28", 1, 32, 28, 5, 1, 2, 1),
    ("depthwise 3x3 64 28x28", 64, 64, 28, 3, 1, 1, 64)]

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--batches", default="128,8")
p.add_argument("--seconds", type=float, default=1, help="for each line")
o = p.parse_args()


def timed(f, steps):
    start = time.perf_counter()
    for _ in range(steps):
        f()
    return time.perf_counter() - start


def rate(f, flops):
    steps = 1
    timed(f, 1)
    while timed(f, steps) < o.seconds / 48:
        steps *= 2
    return 1e-9 * flops * steps / statistics.median(timed(f, steps) for _ in range(7))


for batch in map(int, o.batches.split(",")):
    for name, ci, co, size, taps, stride, padding, groups in SHAPES:
        last = torch.channels_last
        x = torch.randn(batch, ci, size, size).to(memory_format=last)
        w = torch.randn(co, ci // groups, taps, taps).to(memory_format=last)
        y = F.conv2d(x, w, None, stride, padding, 1, groups)
        dy = torch.randn_like(y)
        flops = 2 * y.numel() * taps * taps * ci // groups

        def gradient(data):
            return torch.ops.aten.convolution_backward(dy, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], groups,
                                                       (data, not data, False))

        print(json.dumps({"name": name, "batch": batch,
                          "forward": rate(lambda: F.conv2d(x, w, None, stride, padding, 1, groups), flops),
                          "data": rate(lambda: gradient(True), flops), "weight": rate(lambda: gradient(False), flops)}), flush=True)
