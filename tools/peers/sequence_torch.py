# SPDX-License-Identifier: MIT
"""sequence_torch.py - what `mica bench sequence` measures, in PyTorch: an LSTM over time, causal attention, an embedding with Adam."""
import argparse
import json
import statistics
import time

import torch

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--seconds", type=float, default=1)
o = p.parse_args()


def lstm(batch, steps, features, units):
    layer, x = torch.nn.LSTM(features, units), torch.randn(steps, batch, features)

    def both():
        layer.zero_grad(set_to_none=True)
        layer(x)[0].mean().backward()

    return lambda: layer(x)[0].mean(), "with gradients", both


def attention(batch, heads, length, width):
    q, k, v = (torch.randn(batch, heads, length, width, requires_grad=True) for _ in range(3))
    dy = torch.randn(batch, heads, length, width)

    def forward():
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)

    def both():
        q.grad = k.grad = v.grad = None
        forward().backward(dy)

    return forward, "with gradients", both


def embedding(batch, length, words, width):
    table, rows, dy = torch.nn.Embedding(words, width), torch.randint(0, words, (batch, length)), torch.randn(batch, length, width)
    adam = torch.optim.Adam(table.parameters(), fused=True)

    def both():
        adam.zero_grad(set_to_none=True)
        table(rows).backward(dy)
        adam.step()

    return lambda: table(rows), "with Adam", both


def timed(step, steps):
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


def measure(step):
    n = 1
    timed(step, 1)
    while timed(step, n) < o.seconds / 16:
        n *= 2
    return statistics.median(timed(step, n) for _ in range(7)) / n


for name, make, sizes in [("lstm 128x28x28x128", lstm, (128, 28, 28, 128)),
                          ("attention 16x4x128x32", attention, (16, 4, 128, 32)),
                          ("attention 4x8x512x64", attention, (4, 8, 512, 64)),
                          ("embedding 128x200 of 20000x64", embedding, (128, 200, 20000, 64))]:
    forward, whole, both = make(*sizes)
    with torch.no_grad():
        print(json.dumps({"name": name, "what": "forward", "seconds": measure(forward)}), flush=True)
    print(json.dumps({"name": name, "what": whole, "seconds": measure(both)}), flush=True)
