#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes along.h: what PyTorch (and for argmax, NumPy) computes of operations along axes and of einsum, for
tests/graph/test_along.c and tests/graph/test_einsum.c.

Run with a Python that has torch: python tests/golden/make_along.py
Inputs are halves (..., -0.5, 0, 0.5, ...) made by hash_unit below, which tests/golden/golden.h repeats in C, so that sums and
products of a few of them are exact, there are ties, and there are zeros.
"""
import pathlib

import numpy as np
import torch
from common import hash_unit

torch.set_default_dtype(torch.float64)
out = []


def halves(shape, salt):
    n = int(np.prod(shape))
    return torch.tensor(np.rint((2 * hash_unit(np.arange(n), salt) - 1) * 3) / 2 + 0.0).reshape(shape)


def array(name, values):
    flat = np.asarray(values.detach() if torch.is_tensor(values) else values, np.float64).ravel() + 0.0
    out.append(f"static const double golden_{name}[{flat.size}] = {{")
    words = ["NAN" if np.isnan(v) else "%.17g" % v for v in flat]
    for i in range(0, len(words), 16):
        out.append("\t" + ", ".join(words[i : i + 16]) + ",")
    out.append("};")


def slopes(name, y, xs, salt):
    """The gradient under halves as its seed."""
    grads = torch.autograd.grad(y, xs, halves(tuple(y.shape), salt))
    for i, g in enumerate(grads):
        array(f"{name}_slope{i}" if len(grads) > 1 else f"{name}_slope", g)


def cumulative():
    x = halves((2, 5, 3), 1)
    for axis in range(3):
        array(f"cumsum{axis}", torch.cumsum(x, axis))
        array(f"cumsum_back{axis}", torch.cumsum(x.flip(axis), axis).flip(axis))
        array(f"cumprod{axis}", torch.cumprod(x, axis))
        z = x.clone().requires_grad_()
        slopes(f"cumprod{axis}", torch.cumprod(z, axis), [z], 2)
    z = x.clone().requires_grad_()
    y = torch.prod(z, 1)
    slopes("prod", y, [z], 3)
    (first,) = torch.autograd.grad(torch.prod(z, 1).sum(), z, create_graph=True)
    array("prod_second", torch.autograd.grad((first * halves((2, 5, 3), 4)).sum(), z)[0])


def order():
    x = halves((4, 7, 3), 5)
    x.view(-1)[[3, 20, 41, 62]] = float("nan")
    for axis in range(3):
        for down in (False, True):
            values, index = torch.sort(x, dim=axis, descending=down, stable=True)
            array(f"sort{axis}_{int(down)}", values)
            array(f"argsort{axis}_{int(down)}", index)
    x = halves((4, 7, 3), 6) + torch.arange(84).reshape(4, 7, 3) / 1024  # no ties: which of equals is unspecified
    for axis in range(3):
        z = x.clone().requires_grad_()
        values, index = torch.topk(z, 3, dim=axis)
        array(f"top{axis}", values)
        array(f"top_at{axis}", index)
        slopes(f"top{axis}", values, [z], 7)
        z = x.clone().requires_grad_()
        slopes(f"sort{axis}", torch.sort(z, dim=axis)[0], [z], 8)
    x = halves((4, 7, 3), 5).numpy()
    y = x.copy()
    y.reshape(-1)[[3, 20, 41, 62]] = np.nan
    for axis in range(3):
        array(f"argmax{axis}", np.argmax(x, axis))
        array(f"argmin{axis}", np.argmin(x, axis))
        array(f"argmax_nan{axis}", np.argmax(y, axis))
        array(f"argmin_nan{axis}", np.argmin(y, axis))


def taking():
    x = halves((3, 5, 4), 9)
    for axis in range(3):
        shape = list(x.shape)
        shape[axis] = 6
        n = int(np.prod(shape))
        index = torch.tensor(np.floor(hash_unit(np.arange(n), 10 + axis) * x.shape[axis]).astype(np.int64)).reshape(shape)
        z = x.clone().requires_grad_()
        y = torch.take_along_dim(z, index, axis)
        array(f"take{axis}", y)
        slopes(f"take{axis}", y, [z], 13)
    array("roll", torch.roll(x, 2, 1))
    array("roll_back", torch.roll(x, -9, 2))
    array("tril", torch.tril(x, -1))
    array("triu", torch.triu(x, 1))
    array("diagonal", torch.diagonal(x, dim1=1, dim2=2))
    array("diag", torch.diag_embed(x))
    y = x.numpy()
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        array(f"pad_{mode}", np.pad(y, ((1, 0), (3, 4), (2, 3)) if mode != "edge" else ((1, 0), (7, 0), (2, 5)), mode=mode))
    for name, mode in (("edge", "replicate"), ("reflect", "reflect"), ("wrap", "circular")):
        z = x.clone().requires_grad_()
        slopes(f"pad_{name}", torch.nn.functional.pad(z[None], (2, 3, 3, 4), mode=mode)[0], [z], 14)
    array("logsumexp", torch.logsumexp(x, (0, 2)))
    array("variance", torch.var(x, (0, 2), correction=0))


EINSUMS = [
    ("ij,jk->ik", (3, 4), (4, 5)),
    ("ij,kj->ik", (3, 4), (5, 4)),
    ("ji,jk->ik", (4, 3), (4, 5)),
    ("ij,jk->ki", (3, 4), (4, 5)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bij,jk->bik", (2, 3, 4), (4, 5)),
    ("bhqd,bkhd->bhqk", (2, 2, 3, 4), (2, 5, 2, 4)),
    ("bi,bi->b", (3, 4), (3, 4)),
    ("ij,j->i", (3, 4), (4,)),
    ("i,j->ij", (3,), (4,)),
    ("ij,i->j", (3, 4), (3,)),
    ("...ij,...jk->...ik", (2, 1, 3, 4), (3, 4, 2)),
    ("ij,jk", (3, 4), (4, 2)),
    ("ba,cb", (2, 3), (4, 2)),
    ("abc,bad->dc", (2, 3, 4), (3, 2, 5)),
    ("ijk,jil->kl", (2, 3, 4), (3, 2, 5)),
    ("ii->i", (4, 4)),
    ("ii", (4, 4)),
    ("ijk->ki", (2, 3, 4)),
    ("ij->", (3, 4)),
    ("iij,jk->k", (3, 3, 2), (2, 4)),
    ("a,ab,abc->c", (2,), (2, 3), (2, 3, 4)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("...a,...a->...", (2, 3, 4), (2, 3, 4)),
    (" i j , j -> i ", (3, 4), (4,)),
]


def einsums():
    rows = []
    for i, (text, *shapes) in enumerate(EINSUMS):
        xs = [halves(s, 20 + k).requires_grad_() for k, s in enumerate(shapes)]
        y = torch.einsum(text, *xs)
        array(f"einsum{i}", y)
        for k, g in enumerate(torch.autograd.grad(y, xs, halves(tuple(y.shape), 30))):
            array(f"einsum{i}_slope{k}", g)
        words = ", ".join("{%d, {%s}}" % (len(s), ", ".join(map(str, s))) for s in shapes)
        names = ", ".join(f"golden_einsum{i}_slope{k}" for k in range(len(shapes)))
        rows.append('\tX("%s", %d, ARGS(%s), golden_einsum%d, ARGS(%s)) \\' % (text, len(shapes), words, i, names))
    out.append("#define GOLDEN_EINSUMS(X) \\")
    out.extend(rows)
    out.append("")


out.append("/* SPDX-License-Identifier: MIT */")
out.append(f"/* golden/along.h - what PyTorch {torch.__version__.split('+')[0]} computes; made by make_along.py. */")
out.append("#ifndef MICA_GOLDEN_ALONG_H\n#define MICA_GOLDEN_ALONG_H\n#include <math.h>")
out.append('#pragma GCC diagnostic ignored "-Wunused-const-variable"\n')
cumulative()
order()
taking()
einsums()
out.append("#endif")
pathlib.Path(__file__).with_name("along.h").write_text("\n".join(out) + "\n")
