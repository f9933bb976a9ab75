#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes windows.h: what TensorFlow computes for pooling and depthwise convolution, and their gradients, and PyTorch where padding
is explicit and in three dimensions, where TensorFlow's gradient goes to all of equal elements.  tests/graph/test_pool.c has the same rows.

Run with a Python that has tensorflow and one that has torch, in turn: python tests/golden/make_windows.py tf > a; the same with
torch > b; the header is its first lines, a and b: python tests/golden/make_windows.py join a b.
Inputs are made by hash_unit of golden.h.
"""
import pathlib
import sys

import numpy as np
from common import spread

POOLS = [  # name, kind, shape, taps, strides, dilations, padding ("SAME", "VALID" or numbers before and after)
    ("max_1d", "MAX", (2, 9, 3), (3,), (2,), (1,), "SAME"),
    ("max_2d", "MAX", (2, 5, 7, 3), (3, 3), (2, 2), (1, 1), "SAME"),
    ("max_side", "MAX", (1, 6, 5, 2), (2, 2), (2, 2), (1, 1), "VALID"),
    ("max_dilated", "MAX", (1, 7, 6, 2), (2, 3), (1, 1), (2, 1), "VALID"),
    ("max_3d", "MAX", (1, 3, 4, 5, 2), (2, 3, 2), (1, 2, 2), (1, 1, 1), (1, 1, 1)),
    ("average_1d", "AVG", (2, 9, 3), (4,), (3,), (1,), "SAME"),
    ("average_2d", "AVG", (2, 5, 7, 3), (3, 2), (2, 1), (1, 1), "SAME"),
    ("average_side", "AVG", (1, 6, 5, 2), (3, 2), (3, 2), (1, 1), "VALID"),
    ("average_3d", "AVG", (1, 3, 4, 5, 2), (2, 3, 2), (1, 2, 2), (1, 1, 1), "SAME"),
    ("max_padded", "MAX", (2, 6, 5, 3), (3, 2), (2, 1), (1, 2), (1, 1)),
    ("average_padded", "AVG", (2, 6, 5, 3), (3, 2), (2, 2), (1, 1), (1, 1)),
]
DEPTHWISE = [  # name, shape, taps, multiplier, stride, dilations, padding
    ("same", (2, 5, 6, 3), (3, 3), 1, 1, (1, 1), "SAME"),
    ("stride", (1, 7, 6, 4), (3, 2), 1, 2, (1, 1), "SAME"),
    ("dilated", (1, 7, 8, 2), (2, 3), 1, 1, (2, 2), "VALID"),
    ("multiplied", (1, 5, 4, 3), (2, 2), 2, 1, (1, 1), "SAME"),
]


def array(name, values):
    flat = np.asarray(values, np.float64).ravel()
    words = ["%.9g" % v for v in flat]
    words = [w + ".0f" if w.lstrip("-").isdigit() else w + "f" for w in words]
    print(f"static const float golden_{name}[{flat.size}] = {{")
    for i in range(0, len(words), 12):
        print("\t" + ", ".join(words[i : i + 12]) + ",")
    print("};")


def of_tensorflow():
    import tensorflow as tf

    for name, kind, shape, taps, strides, dilations, padding in POOLS:
        if not isinstance(padding, str):
            continue
        x = tf.constant(np.rint(spread(shape, 1, 3)))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.nn.pool(x, taps, kind, strides=strides, padding=padding, dilations=dilations)
            total = tf.reduce_sum(y * spread(y.shape, 2, 1))
        array(f"pool_{name}", y)
        array(f"pool_{name}_dx", tape.gradient(total, x))
    for name, shape, taps, m, stride, dilations, padding in DEPTHWISE:
        x, w = tf.constant(spread(shape, 1, 1)), tf.constant(spread(taps + (shape[-1], m), 3, 1))
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = tf.nn.depthwise_conv2d(x, w, (1, stride, stride, 1), padding, dilations=dilations)
            total = tf.reduce_sum(y * spread(y.shape, 2, 1))
        dx, dw = tape.gradient(total, [x, w])
        for part, values in (("", y), ("_dx", dx), ("_dw", dw)):
            array(f"depthwise_{name}{part}", values)


def of_torch():
    import torch

    for name, kind, shape, taps, strides, dilations, padding in POOLS:
        if isinstance(padding, str):
            continue
        x = torch.tensor(np.rint(spread(shape, 1, 3)), requires_grad=True)
        images = x.movedim(-1, 1)
        if kind == "MAX":
            pool = torch.nn.functional.max_pool3d if len(taps) == 3 else torch.nn.functional.max_pool2d
            y = pool(images, taps, strides, padding, dilations)
        else:
            y = torch.nn.functional.avg_pool2d(images, taps, strides, padding, count_include_pad=False)
        y = y.movedim(1, -1)
        (y * torch.tensor(spread(tuple(y.shape), 2, 1))).sum().backward()
        array(f"pool_{name}", y.detach())
        array(f"pool_{name}_dx", x.grad)


def join(parts):
    print("/* SPDX-License-Identifier: MIT */")
    print("/* golden/windows.h - what TensorFlow 2.21.0 and PyTorch 2.15 compute; made by make_windows.py. */")
    print("#ifndef MICA_GOLDEN_WINDOWS_H\n#define MICA_GOLDEN_WINDOWS_H\n")
    for part in parts:
        print(pathlib.Path(part).read_text(), end="")
    print("\n#endif")


if __name__ == "__main__":
    {"tf": of_tensorflow, "torch": of_torch, "join": lambda: join(sys.argv[2:])}[sys.argv[1]]()
