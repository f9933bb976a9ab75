#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes types.h: numbers as NumPy's float16 and ml_dtypes' bfloat16 hold them, for the test of base/types.h.

Run with a Python that has numpy and ml_dtypes: python tests/golden/make_types.py
"""
import pathlib

import ml_dtypes
import numpy as np

HALF, BRAIN = 2.0**-24, 2.0**-133  # the smallest numbers above zero

values = [0.0, -0.0, 1.0, -1.0, 0.1, -2.5, 1 / 3, 1e-3, 65504.0, 65519.0, 65520.0, -65520.0, 65535.0, 70000.0, 1e30, -1e300,
          np.inf, -np.inf, np.nan, np.pi, -np.e, 255.0, 256.0, 257.0, 258.0, 259.0, 2049.0, 2050.0, 2051.0, 2.0**-14, 2.0**-126,
          float(np.float32(3.4e38)), 3.3953e38, 2.0**128 - 2.0**119, 2.0**128 - 2.0**119 - 2.0**105]
for one in (1.0, -3.0):  # between neighbours, and their middles, where the even one is chosen
    for bits in (10, 7):
        for half_steps in (1, 2, 3, 4, 5):
            values += [one * (1 + half_steps * 2.0**-(bits + 1)), one * (1 + half_steps * 2.0**-(bits + 1) + 2.0**-20)]
for least in (HALF, BRAIN):
    values += [k * least / 4 for k in (1, 2, 3, 4, 5, 6, 7, 10, 14, 4095, 4097)] + [-least / 2, -least, -1.5 * least]
values += [HALF * 1023.4, HALF * 1023.5, HALF * 1023.6, BRAIN * 127.5, BRAIN * 126.5]
values += [1 + 2.0**-11 + 2.0**-40, 1 + 3 * 2.0**-11 - 2.0**-45]  # which a float would make a middle

v = np.array(values, np.float64)
with np.errstate(all="ignore"):
    half = v.astype(np.float16)
    brain = v.astype(ml_dtypes.bfloat16)


def number(x):
    return "NAN" if np.isnan(x) else f"{'-' if x < 0 else ''}INFINITY" if np.isinf(x) else float(x).hex()


lines = ["/* SPDX-License-Identifier: MIT */",
         "/* golden/types.h - written by make_types.py: numbers, and their bits as NumPy's float16 and ml_dtypes' bfloat16. */",
         "#include <math.h>", "#include <stdint.h>", "", "static const struct {", "\tdouble value;", "\tuint16_t half, brain;", "} golden_types[] = {"]
for x, h, b in zip(v, half.view(np.uint16), brain.view(np.uint16)):
    lines.append(f"\t{{{number(x)}, 0x{h:04x}, 0x{b:04x}}},")
lines.append("};")
(pathlib.Path(__file__).parent / "types.h").write_text("\n".join(lines) + "\n")
