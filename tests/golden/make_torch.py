#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes attention.h: results and gradients of PyTorch's scaled_dot_product_attention, in double precision.

Run with a Python that has torch: python tests/golden/make_torch.py
Inputs are made by spread in common.py, which tests/golden/golden.h repeats in C: q, k, v and the seed of the gradient have salts 1 to 4.
"""
import pathlib

import common
import torch
from torch.nn.functional import scaled_dot_product_attention

out = []


def spread(shape, salt, limit):
    return torch.from_numpy(common.spread(shape, salt, limit)).double()


def array(name, tensor):
    words = ["%.9g" % v for v in tensor.detach().flatten().tolist()]
    words = [w + (".0f" if w.lstrip("-").isdigit() else "f") for w in words]
    out.append(f"static const float golden_attention_{name}[{len(words)}] = {{")
    for i in range(0, len(words), 10):
        out.append("\t" + ", ".join(words[i : i + 10]) + ",")
    out.append("};")


def case(name, q, k, v, **options):
    q, k, v = (spread(shape, 1 + i, 2).requires_grad_() for i, shape in enumerate((q, k, v)))
    y = scaled_dot_product_attention(q, k, v, **options)
    y.backward(spread(y.shape, 4, 1))
    for what, tensor in [("y", y), ("dq", q.grad), ("dk", k.grad), ("dv", v.grad)]:
        array(f"{name}_{what}", tensor)


def main():
    case("all", (2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6))
    case("causal", (1, 2, 9, 8), (1, 2, 9, 8), (1, 2, 9, 8), is_causal=True)
    case("matrices", (70, 3), (135, 3), (135, 2), is_causal=True, scale=0.3)
    case("grouped", (2, 4, 5, 3), (2, 2, 6, 3), (2, 2, 6, 5), enable_gqa=True)
    hidden = torch.tensor([[1, 1, 0, 1, 0, 0, 1], [0] * 7], dtype=torch.bool).reshape(2, 1, 1, 7)  # of the second nothing is seen
    case("hidden", (2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), attn_mask=hidden)
    case("added", (2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), attn_mask=spread((3, 5, 7), 5, 3))
    head = ["/* SPDX-License-Identifier: MIT */",
            f"/* golden/attention.h - what PyTorch {torch.__version__.split('+')[0]} computes; made by make_torch.py. */",
            "#ifndef MICA_GOLDEN_ATTENTION_H", "#define MICA_GOLDEN_ATTENTION_H"]
    (pathlib.Path(__file__).parent / "attention.h").write_text("\n".join([*head, *out, "#endif"]) + "\n")


main()
