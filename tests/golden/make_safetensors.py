#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_safetensors.py - writes golden/safetensors/python.safetensors with the reference implementation.

usage: tests/golden/make_safetensors.py     (needs the Python packages safetensors and numpy; made with 0.8.0 and 2.4.6)

The values are what tests/data/test_safetensors.c expects.
"""
import pathlib

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "dense/kernel": np.arange(6, dtype="<f4").reshape(2, 3) / 4 - 0.5,
        "dense/bias": np.array([1.5, -2.0, 1e-3], dtype="<f4"),
        "step": np.array(12345, dtype="<i4"),
        "wide": np.array([[0.1], [1e300]], dtype="<f8"),
        "bytes": np.array([0, 127, 255], dtype="u1"),
        "half": np.array([1.0, -0.5], dtype="<f2"),
        "empty": np.zeros((0, 4), dtype="<f4"),
    },
    pathlib.Path(__file__).resolve().parent / "safetensors" / "python.safetensors",
    metadata={"format": "golden"},
)
