#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_numpy.py - writes golden/numpy/ with NumPy.

usage: tests/golden/make_numpy.py     (needs the Python package numpy; made with 2.4.6)

The values are what tests/data/test_npy.c and test_npz.c expect.
"""
import pathlib

import numpy as np

folder = pathlib.Path(__file__).resolve().parent / "numpy"
folder.mkdir(exist_ok=True)
x, y = np.arange(6, dtype="<f8").reshape(3, 2) / 2, np.arange(3, dtype="<i8")
np.savez(folder / "stored.npz", x_train=x, y_train=y)
np.savez_compressed(folder / "compressed.npz", x_train=x, y_train=y)
np.save(folder / "fortran.npy", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
np.save(folder / "big.npy", np.arange(6, dtype=">f4").reshape(2, 3))
