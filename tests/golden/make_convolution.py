#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes convolution.h: convolutions and their gradients as PyTorch and Keras (TensorFlow) compute them, for tests/graph.

Each library has a Python of its own: run with that of PyTorch first, which leaves its rows in convolution.torch, then with
that of Keras, which adds its own and writes the header: python tests/golden/make_convolution.py
All numbers are whole and small, so that they are exact: element i of operand k is (i * (7 + 3 k) + 3 k) % 11 - 5.
"""
import importlib.util
import json
import os
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
kept = here / "convolution.torch"
HEAD = """/* SPDX-License-Identifier: MIT */
/* golden/convolution.h - convolutions and their gradients, by %s; made by make_convolution.py. */
#ifndef MICA_GOLDEN_CONVOLUTION_H
#define MICA_GOLDEN_CONVOLUTION_H
#include "mica/graph.h"

/* Element i of operand k (x, w, dy) is (i * (7 + 3 * k) + 3 * k) %% 11 - 5.  y is conv or conv_transpose of x and w, dx and dw are
   the gradients under dy. */
typedef struct golden_convolution {
	const char *label;
	mica_shape x, w, y_shape;
	mica_window_opts opts;
	size_t output_padding[3];
	bool transposed, padded; /* padded: output_padding is given */
	const double *y, *dx, *dw;
} golden_convolution;
#define ROW(...) ((const double[]){__VA_ARGS__})
#define S MICA_SHAPE
static const golden_convolution golden_convolutions[] = {
"""


def operand(shape, k):
    i = np.arange(np.prod(shape))
    return ((i * (7 + 3 * k) + 3 * k) % 11 - 5).reshape(shape).astype(np.float64)


def row(label, x, w, opts, y, dx, dw, transposed=False, output_padding=None):
    """opts: text of designated initializers"""
    def numbers(a):
        flat = [str(int(v)) for v in np.asarray(a).ravel()]
        assert np.array_equal(np.asarray(a), np.round(a)) and len(flat) <= 400, (label, len(flat))
        return "ROW(" + ", ".join(flat) + ")"
    def shape(s):
        return "{" + f"{len(s)}, {{" + ", ".join(map(str, s)) + "}}"
    more = f", .padded = true, .output_padding = {{{', '.join(map(str, output_padding))}}}" if output_padding else ""
    more += ", .transposed = true" if transposed else ""
    return (f'\t{{.label = "{label}", .x = {shape(x)}, .w = {shape(w)}, .y_shape = {shape(y.shape)}, .opts = {{{opts}}}{more},\n'
            f"\t .y = {numbers(y)},\n\t .dx = {numbers(dx)},\n\t .dw = {numbers(dw)}}},\n")


def sizes(name, values):
    return f".{name} = {{{', '.join(map(str, values))}}}"


def by_torch():
    import torch
    import torch.nn.functional as F
    rows = []

    def case(size, taps, c, f, stride=1, dilation=1, groups=1, before=0, after=0, n=2, transposed=False, more=None):
        d = len(size)
        def each(v):
            return [v] * d if isinstance(v, int) else list(v)
        stride, dilation, before, after = map(each, (stride, dilation, before, after))
        x_shape = (n, *size, c)
        w_shape = (*taps, f, c) if transposed else (*taps, c // groups, f)
        first, last = lambda t: t.movedim(-1, 1), lambda t: t.movedim(1, -1)
        x = torch.tensor(operand(x_shape, 0), requires_grad=True)
        w = torch.tensor(operand(w_shape, 1), requires_grad=True)
        kernel = w.permute(d + 1, d, *range(d))
        if transposed:
            function = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[d - 1]
            y = last(function(first(x), kernel, None, stride, before, each(more or 0), 1, dilation))
        else:
            pads = [v for i in reversed(range(d)) for v in (before[i], after[i])]
            y = last((F.conv1d, F.conv2d, F.conv3d)[d - 1](F.pad(first(x), pads), kernel, None, stride, 0, dilation, groups))
        dx, dw = torch.autograd.grad((y * torch.tensor(operand(tuple(y.shape), 2))).sum(), (x, w))
        opts = ", ".join([sizes("stride", stride), sizes("dilation", dilation), ".padding = MICA_EXPLICIT", sizes("before", before),
                          sizes("after", after)])
        label = f"{'transposed ' if transposed else ''}{x_shape} by {w_shape} stride {stride} dilation {dilation}"
        rows.append(row(label, x_shape, w_shape, opts, y.detach().numpy(), dx.numpy(), dw.numpy(), transposed,
                        each(more) if more else None))

    case([7], [3], 2, 3)
    case([9], [2], 1, 2, stride=3, before=1, after=2)
    case([8], [3], 4, 6, groups=2, dilation=2, before=2, after=2)
    case([5, 4], [3, 3], 2, 3, before=1, after=1)
    case([6, 5], [3, 2], 1, 5, stride=2, before=[1, 0], after=[0, 1])
    case([7, 6], [3, 3], 3, 2, stride=[2, 3], dilation=[1, 2], before=2, after=1, n=1)
    case([4, 4], [2, 2], 6, 6, groups=3, n=1)
    case([5, 5], [3, 3], 4, 4, groups=2, stride=2, before=1, after=1, n=1)
    case([4, 4], [3, 3], 2, 4, groups=2, before=1, after=1)
    case([5, 5], [1, 1], 3, 4, stride=2)
    case([3, 4, 3], [2, 3, 2], 1, 2, before=[0, 1, 0], after=[1, 1, 0], n=1)
    case([3, 3, 5], [2, 1, 3], 2, 2, stride=[1, 1, 2], dilation=[2, 1, 1], before=[0, 0, 1], after=[0, 0, 1], n=1)
    case([3], [3], 2, 3, stride=2, transposed=True)
    case([3, 3], [3, 3], 2, 2, stride=2, before=1, after=1, more=1, transposed=True, n=1)
    case([2, 3], [4, 3], 3, 1, stride=[3, 2], before=[1, 0], after=[1, 0], transposed=True, n=1)
    case([2, 2, 2], [2, 2, 2], 1, 2, stride=[1, 2, 2], transposed=True, n=1)
    kept.write_text(json.dumps({"by": f"PyTorch {torch.__version__.split('+')[0]}", "rows": rows}))


def by_keras():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import keras
    import tensorflow as tf
    given = json.loads(kept.read_text())
    rows = given["rows"]
    words = {"same": "MICA_SAME", "valid": "MICA_VALID", "causal": "MICA_CAUSAL"}

    def case(kind, size, taps, c, f, strides=1, dilation_rate=1, padding="same", output_padding=None, n=1):
        d = len(size)
        def each(v):
            return [v] * d if isinstance(v, int) else list(v)
        transposed = "Transpose" in kind
        more = {"output_padding": tuple(each(output_padding))} if output_padding is not None else {}
        layer = getattr(keras.layers, kind)(f, taps, strides=each(strides), dilation_rate=each(dilation_rate), padding=padding,
                                            use_bias=False, dtype="float64", **more)
        x_shape = (n, *size, c)
        layer.build(x_shape)
        w_shape = tuple(layer.kernel.shape)
        layer.kernel.assign(operand(w_shape, 1))
        x = tf.constant(operand(x_shape, 0))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            total = tf.reduce_sum(y * operand(tuple(y.shape), 2))
        dx, dw = tape.gradient(total, (x, layer.kernel.value))
        opts = ", ".join([sizes("stride", each(strides)), sizes("dilation", each(dilation_rate)), f".padding = {words[padding]}"])
        label = f"{kind} {x_shape} by {w_shape} strides {strides} dilation {dilation_rate} {padding}"
        rows.append(row(label, x_shape, w_shape, opts, y.numpy(), dx.numpy(), dw.numpy(), transposed,
                        each(output_padding) if output_padding is not None else None))

    case("Conv1D", [6], [3], 2, 2, padding="causal")
    case("Conv1D", [7], [2], 1, 3, dilation_rate=3, padding="causal")
    case("Conv1D", [8], [4], 1, 2, strides=3)
    case("Conv2D", [5, 6], [3, 3], 2, 3)
    case("Conv2D", [5, 6], [2, 4], 1, 2, strides=2)
    case("Conv2D", [6, 7], [3, 3], 2, 2, strides=2)
    case("Conv2D", [6, 7], [3, 3], 2, 2, dilation_rate=2)
    case("Conv2D", [6, 7], [3, 3], 1, 2, strides=2, padding="valid")
    case("Conv3D", [3, 4, 4], [2, 3, 2], 1, 2, strides=[1, 2, 2])
    case("Conv1DTranspose", [4], [3], 2, 2, strides=2)
    case("Conv1DTranspose", [4], [2], 1, 2, strides=3, padding="valid")
    case("Conv2DTranspose", [3, 4], [3, 3], 2, 2, strides=2)
    case("Conv2DTranspose", [3, 3], [4, 4], 1, 2, strides=2)
    case("Conv2DTranspose", [3, 3], [3, 3], 1, 2, strides=2, padding="valid")
    case("Conv2DTranspose", [3, 3], [3, 3], 1, 2, strides=2, output_padding=1)
    case("Conv2DTranspose", [3, 3], [2, 3], 1, 2, strides=3, padding="valid", output_padding=[0, 2])
    case("Conv2DTranspose", [3, 3], [2, 2], 2, 1, strides=1)
    case("Conv3DTranspose", [2, 2, 2], [2, 1, 3], 1, 1, strides=[2, 1, 2])
    by = f"{given['by']} and Keras {keras.__version__} with TensorFlow {tf.__version__}"
    (here / "convolution.h").write_text(HEAD % by + "".join(rows) + "};\n#undef ROW\n#undef S\n#endif\n")
    kept.unlink()


by_torch() if importlib.util.find_spec("torch") else by_keras()
