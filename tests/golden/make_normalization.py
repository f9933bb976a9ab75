#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes normalization.h: what Keras' Normalization has and computes after adapt, for tests/model/test_normalization.c.

Run with a Python that has keras and tensorflow: python tests/golden/make_normalization.py
"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402

SHAPE = (4, 2, 3)
CASES = [("last", {}), ("first", {"axis": 1}), ("both", {"axis": (1, 2)}), ("all", {"axis": None}), ("invert", {"invert": True})]


def numbers():
    i = np.arange(np.prod(SHAPE))
    return (((i * 7) % 11 - 5) * (1 + i % 3)).reshape(SHAPE).astype(np.float32)


def lines(name, values):
    words = ", ".join("%.9gf" % v if "." in "%.9g" % v or "e" in "%.9g" % v else "%.9g" % v for v in np.ravel(values))
    return f"static const float normalization_{name}[] = {{{words}}};"


x = numbers()
out = ["/* SPDX-License-Identifier: MIT */", "/* Written by make_normalization.py: do not edit. */", lines("x", x)]
for name, options in CASES:
    layer = keras.layers.Normalization(**options)
    layer.adapt(x)
    out += [lines(f"{name}_mean", layer.mean), lines(f"{name}_variance", layer.variance), lines(name, layer(x))]
out += [lines("given", keras.layers.Normalization(axis=None, mean=2.0, variance=9.0)(x))]
pathlib.Path(__file__).with_name("normalization.h").write_text("\n".join(out) + "\n")
