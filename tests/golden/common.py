# SPDX-License-Identifier: MIT
"""common.py - numbers that the scripts here and tests/golden/golden.h make alike."""
import numpy as np


def hash_unit(i, salt):
    """32-bit multiply and xor-shift, to [0, 1)."""
    h = (np.asarray(i, np.uint64) * 2654435761 + salt * 40503) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return h / 2.0**32


def spread(shape, salt, limit):
    """Numbers from -limit to limit, rounded to single precision."""
    return ((2 * hash_unit(np.arange(np.prod(shape, dtype=int)), salt) - 1) * limit).astype(np.float32).reshape(shape)
