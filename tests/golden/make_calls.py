#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes recurrent_layers.h: what Keras (TensorFlow backend) computes by layers with several inputs, masks and outputs, and the
gradients, for tests/nn.

Run with a Python that has keras and tensorflow: python tests/golden/make_calls.py [HEADER...]
A case is a layer here, the same one in C, the shapes of its inputs, and for each of them whether it has a mask: 0 none, 1 one, 2 one
that hides all of sample 1.  Numbers are made by the formulas of golden.h: input i is spread with salt 100 + i and limit 1, weight i with
200 + i and 0.7, the gradient of output i with 300 + i and 1; a mask is true where hash_unit with salt 400 + i is 0.4 or more.
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras.src.backend import get_keras_mask, set_keras_mask  # noqa: E402

k = keras.layers


def hash_unit(i, salt):
    h = (np.asarray(i, np.uint64) * 2654435761 + salt * 40503) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return h / 2.0**32


def spread(shape, salt, limit):
    n = np.prod(shape, dtype=int)
    return ((2 * hash_unit(np.arange(n), salt) - 1) * limit).astype(np.float32).reshape(shape)


def mask_of(shape, number, kind):
    m = hash_unit(np.arange(shape[0] * shape[1]), 400 + number).reshape(shape[:2]) >= 0.4
    if kind == "2":
        m[1] = False
    return tf.constant(m)


def name_of(w):
    return "/".join(p for p in w.path.split("/")[1:] if not p.endswith("_cell"))


def compute(layer, call, shapes, masks):
    """Outputs, their masks as numbers, gradients of the inputs and of the weights that are trained."""
    xs = [tf.constant(spread(s, 100 + i, 1)) for i, s in enumerate(shapes)]

    def run():
        for i, x in enumerate(xs):
            set_keras_mask(x, mask_of(shapes[i], i, masks[i]) if masks[i] != "0" else None)
        y = call(layer, xs)
        return list(y) if isinstance(y, (list, tuple)) else [y]

    run()
    for i, w in enumerate(layer.weights):
        w.assign(spread(w.shape, 200 + i, 0.7))
    with tf.GradientTape() as tape:
        tape.watch(xs)
        ys = run()
        total = sum(tf.reduce_sum(y * spread(y.shape, 300 + i, 1)) for i, y in enumerate(ys))
    kept = [get_keras_mask(y) for y in ys]
    slopes = tape.gradient(total, xs + [w.value for w in layer.trainable_variables], unconnected_gradients="zero")
    return [np.asarray(v, np.float32).ravel() for v in ys + [m for m in kept if m is not None] + slopes]


def word(v):
    text = "%.9g" % v
    return text if text.lstrip("-").isdigit() else text + "f"


def sizes(shape):
    return f"{{{len(shape)}, {{{', '.join(map(str, shape))}}}}}"


def case(name, layer, in_c, shapes, masks, call):
    words = [word(v) for v in np.concatenate(compute(layer, call, shapes, masks))]
    lines = [f"static const float numbers_{name}[] = {{"]
    lines += ["\t" + ", ".join(words[i:i + 12]) + "," for i in range(0, len(words), 12)]
    lines += ["};", f"static const golden_case golden_{name} = {{\"{name}\", {len(shapes)}, {{{', '.join(map(sizes, shapes))}}}, \"{masks}\",",
              f"\t\"{' '.join(name_of(w) for w in layer.weights)}\", numbers_{name}, sizeof numbers_{name} / sizeof(float)}};"]
    return lines, f"\tCASE({name}, {in_c})"


def with_states(layer, xs):
    """Keras loses the mask of a sequence where a first state is given too, unless it is given as well."""
    return layer(xs[0], initial_state=xs[1:], mask=get_keras_mask(xs[0])) if len(xs) > 1 else layer(xs[0])


def as_list(layer, xs):
    return layer(xs)


def one(layer, xs):
    return layer(xs[0])


def recurrent_layers():
    x, h = (3, 4, 2), (3, 3)
    r, i = keras.regularizers, "return_sequences"
    for name, layer, states in [("simple_rnn", k.SimpleRNN, 1), ("lstm", k.LSTM, 2), ("gru", k.GRU, 1)]:
        all_options = ".return_sequences = true, .return_state = true"
        every = dict(return_sequences=True, return_state=True)

        def row(suffix, options, in_c, masks="0", first=False):
            shapes = [x] + [h] * (states if first else 0)
            return (name + suffix, layer(3, **options), f"mica_{name}(3{in_c and ', '}{in_c})", shapes, masks.ljust(3, "0"), with_states)

        yield row("", {}, "")
        yield row("_all", every, all_options)
        yield row("_masked", every, all_options, "1")
        yield row("_masked_last", {}, "", "1")
        yield row("_zeros", dict(every, zero_output_for_mask=True), all_options + ", .zero_output_for_mask = true", "1")
        yield row("_zeros_last", dict(zero_output_for_mask=True), ".zero_output_for_mask = true", "2")
        yield row("_backwards", dict(every, go_backwards=True), all_options + ", .go_backwards = true")
        yield row("_backwards_masked", dict(every, go_backwards=True), all_options + ", .go_backwards = true", "1")
        yield row("_backwards_zeros", dict(go_backwards=True, zero_output_for_mask=True), ".go_backwards = true, .zero_output_for_mask = true", "1")
        yield row("_first", every, all_options, "0", True)
        yield row("_first_masked", every, all_options, "2", True)
        yield row("_first_masked_last", {}, "", "2", True)
        yield row("_first_backwards_masked", dict(every, go_backwards=True), all_options + ", .go_backwards = true", "1", True)
        yield row("_plain", dict(use_bias=False, activation="relu"), ".no_bias = true, .activation = MICA_RELU")
        if name != "simple_rnn":
            yield row("_gates", dict(recurrent_activation="hard_sigmoid", activation="softsign"),
                      ".recurrent_activation = MICA_HARD_SIGMOID, .activation = MICA_SOFTSIGN")
    yield "gru_before", k.GRU(3, reset_after=False), "mica_gru(3, .no_reset_after = true)", [x], "100", with_states
    yield "gru_before_plain", k.GRU(3, reset_after=False, use_bias=False), "mica_gru(3, .no_reset_after = true, .no_bias = true)", [x], "0", with_states


HEAD = """/* SPDX-License-Identifier: MIT */
/* golden/{name}.h - what Keras {keras} with TensorFlow {tf} computes by layers; made by make_calls.py. */
#ifndef MICA_GOLDEN_{upper}_H
#define MICA_GOLDEN_{upper}_H
#include "golden/call.h"
"""
here = pathlib.Path(__file__).parent
parts = {"recurrent_layers": recurrent_layers}
for name in sys.argv[1:] or parts:
    made = [case(*c) for c in parts[name]()]
    lines = [HEAD.format(name=name, upper=name.upper(), keras=keras.__version__, tf=tf.__version__)]
    lines += [line for numbers, _ in made for line in numbers]
    lines += ["", f"#define GOLDEN_{name.upper()}(CASE) \\", " \\\n".join(entry for _, entry in made), "", "#endif", ""]
    (here / (name + ".h")).write_text("\n".join(lines))
