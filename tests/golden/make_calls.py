#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes recurrent_layers.h, cells.h, attention_layers.h, merge_layers.h and wrapper_layers.h: what Keras (TensorFlow backend) computes
by layers with several inputs, masks and outputs, and the gradients, for tests/nn.

Run with a Python that has keras and tensorflow: python tests/golden/make_calls.py [HEADER...]
A case is a layer here, the same one in C, the shapes of its inputs, and for each of them whether it has a mask: 0 none, 1 one, 2 one
that hides all of sample 1, 3 one that hides no first step, 4 none, but its numbers are 0 and 1 as those
of a mask.  Numbers are made by the formulas of golden.h: input i is spread with salt 100 + i and limit 1, weight i with
200 + i and 0.7, the gradient of output i with 300 + i and 1; a mask is true where hash_unit with salt 400 + i is 0.4 or more.
Masks that Keras leaves on outputs that are no sequences are not written.
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
from common import hash_unit, spread  # noqa: E402
from keras.src.backend import get_keras_mask, set_keras_mask  # noqa: E402

k = keras.layers


def bits(shape, number):
    return hash_unit(np.arange(np.prod(shape, dtype=int)), 400 + number).reshape(shape) >= 0.4


def mask_of(shape, number, kind):
    m = bits(shape[:2], number)
    if kind == "2":
        m[1] = False
    if kind == "3":
        m[:, 0] = True
    return tf.constant(m)


def name_of(w):
    """As Mica calls it: a layer that is one of a cell has that one's weights itself."""
    first, *parts = w.path.split("/")
    of_cell = "rnn" in [first, *parts] or "forward_rnn" in parts or "backward_rnn" in parts
    return "/".join(p for p in parts if of_cell or not p.endswith("_cell"))


def weights_of(layer):
    """As Mica makes them: the vector of a spectral normalization behind the kernel."""
    after_kernel = {"vector_u": 1, "bias": 2} if isinstance(layer, k.SpectralNormalization) else {}
    return sorted(layer.weights, key=lambda w: after_kernel.get(w.name, 0))


def compute(layer, call, shapes, masks):
    """Outputs, their masks as numbers, gradients of the inputs and of the weights that are trained; where the call is one of training,
    the weights after it."""
    xs = [tf.constant(spread(s, 100 + i, 1) if masks[i] != "4" else bits(s, i).astype(np.float32)) for i, s in enumerate(shapes)]

    def run():
        for i, x in enumerate(xs):
            set_keras_mask(x, mask_of(shapes[i], i, masks[i]) if masks[i] not in "04" else None)
        y = call(layer, xs)
        return keras.tree.flatten(y)

    run()
    for i, w in enumerate(weights_of(layer)):
        w.assign(spread(w.shape, 200 + i, 0.7))
    with tf.GradientTape() as tape:
        tape.watch(xs)
        ys = run()
        total = sum(tf.reduce_sum(y * spread(y.shape, 300 + i, 1)) for i, y in enumerate(ys))
    kept = [get_keras_mask(y) if len(y.shape) == 3 else None for y in ys]
    slopes = tape.gradient(total, xs + [w.value for w in layer.trainable_variables], unconnected_gradients="zero")
    after = weights_of(layer) if call is train else []
    return [np.asarray(v, np.float32).ravel() for v in ys + [m for m in kept if m is not None] + slopes + after]


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
              f"\t\"{' '.join(name_of(w) for w in weights_of(layer))}\", numbers_{name}, sizeof numbers_{name} / sizeof(float)}};"]
    return lines, f"\t{'TRAINED' if call is train else 'CASE'}({name}, {in_c})"


def with_states(layer, xs):
    """Keras loses the mask of a sequence where a first state is given too, unless it is given as well."""
    if len(xs) == 1:
        return layer(xs[0])
    stacked = isinstance(getattr(layer, "cell", None), k.StackedRNNCells)
    first = keras.tree.pack_sequence_as(layer.state_size, xs[1:]) if stacked else xs[1:]
    return layer(xs[0], initial_state=first, mask=get_keras_mask(xs[0]))


def as_list(layer, xs):
    return layer(xs)


def one(layer, xs):
    return layer(xs[0])


def train(layer, xs):
    return layer(xs[0], training=True)


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


class GatedCell(k.Layer):
    """A cell whose output is not its state: h' = tanh(x W + h U), y = x_0 h'."""

    def __init__(self, units):
        super().__init__(name="gated_cell")
        self.state_size = self.output_size = units

    def build(self, shape):
        self.w = self.add_weight(name="kernel", shape=(shape[-1], self.state_size))
        self.u = self.add_weight(name="recurrent_kernel", shape=(self.state_size, self.state_size))

    def call(self, x, states):
        h = keras.ops.tanh(x @ self.w + states[0] @ self.u)
        return x[:, :1] * h, [h]


def cells():
    x, h = (3, 4, 2), (3, 3)
    every = dict(return_sequences=True, return_state=True)
    in_every = ", .return_sequences = true, .return_state = true"
    one_on_the_other = "mica_stacked_rnn_cells(mica_lstm_cell(3), mica_gru_cell(3), mica_gru_cell(3))"
    for name, cell, in_c, states in [
            ("cell_simple", lambda: k.SimpleRNNCell(3), "mica_simple_rnn_cell(3)", 1), ("cell_lstm", lambda: k.LSTMCell(3), "mica_lstm_cell(3)", 2),
            ("cell_gru", lambda: k.GRUCell(3), "mica_gru_cell(3)", 1), ("cell_gated", lambda: GatedCell(3), "gated_cell(3)", 1),
            ("cells", lambda: [k.LSTMCell(3), k.GRUCell(3), k.GRUCell(3)], one_on_the_other, 4)]:
        def row(suffix, options, more, masks="0", first=0):
            return name + suffix, k.RNN(cell(), **options), f"mica_rnn({in_c}{more})", [x] + [h] * first, masks.ljust(5, "0"), with_states

        yield row("_first", every, in_every, "1", states)
        if name not in ["cell_gated", "cells"]:
            continue
        yield row("", {}, "")
        yield row("_masked", every, in_every, "1")
        yield row("_masked_last", {}, "", "2")
        yield row("_zeros", dict(every, zero_output_for_mask=True), in_every + ", .zero_output_for_mask = true", "1")
        yield row("_backwards", dict(every, go_backwards=True), in_every + ", .go_backwards = true", "1")
    yield "cell_options", k.RNN([k.GRUCell(2, reset_after=False, use_bias=False), k.LSTMCell(3, activation="relu", unit_forget_bias=False)]), \
        "mica_rnn(mica_stacked_rnn_cells(mica_gru_cell(2, .no_reset_after = true, .no_bias = true), mica_lstm_cell(3, .activation = MICA_RELU, .no_unit_forget_bias = true)))", \
        [x], "0", with_states


def merge_layers():
    x, y, row = (3, 4, 2), (3, 4, 2), (3, 1, 2)
    for name in "Add Multiply Average Maximum Minimum".split():
        layer, in_c = getattr(k, name), f"mica_merge_{name.lower()}()"
        yield name.lower(), layer(), in_c, [x, y, x], "000", as_list
        yield name.lower() + "_masked", layer(), in_c, [x, y, x], "121", as_list
        yield name.lower() + "_half_masked", layer(), in_c, [x, y], "10", as_list
        yield name.lower() + "_broadcast", layer(), in_c, [x, row, (3, 2)], "000", as_list
    yield "subtract", k.Subtract(), "mica_merge_subtract()", [x, y], "00", as_list
    yield "subtract_masked", k.Subtract(), "mica_merge_subtract()", [x, row], "11", as_list
    yield "concatenate", k.Concatenate(), "mica_concatenate()", [x, (3, 4, 3), (3, 4, 1)], "000", as_list
    yield "concatenate_masked", k.Concatenate(), "mica_concatenate()", [x, (3, 4, 3)], "12", as_list
    yield "concatenate_half_masked", k.Concatenate(), "mica_concatenate()", [x, (3, 4, 3)], "10", as_list
    yield "concatenate_steps", k.Concatenate(axis=1), "mica_concatenate(1)", [x, (3, 2, 2)], "00", as_list
    yield "concatenate_steps_masked", k.Concatenate(axis=1), "mica_concatenate(1)", [x, (3, 2, 2), x], "102", as_list
    yield "concatenate_rows", k.Concatenate(axis=-2), "mica_concatenate(-2)", [x, (3, 2, 2)], "11", as_list
    yield "dot", k.Dot(axes=1), "mica_dot(.axes = {1})", [(3, 5), (3, 5)], "00", as_list
    yield "dot_normalized", k.Dot(axes=-1, normalize=True), "mica_dot(.normalize = true)", [(3, 5), (3, 5)], "00", as_list
    yield "dot_axes", k.Dot(axes=(1, 2)), "mica_dot(.axes = {1, 2})", [x, (3, 5, 4)], "11", as_list
    yield "dot_last", k.Dot(axes=-1), "mica_dot()", [x, (3, 3, 2)], "00", as_list
    yield "dot_more", k.Dot(axes=(2, 1), normalize=True), "mica_dot(.axes = {2, 1}, .normalize = true)", [(2, 2, 3, 2), (2, 3, 4)], "00", as_list
    yield "dot_vector", k.Dot(axes=(2, 1)), "mica_dot(.axes = {2, 1})", [x, (3, 2)], "00", as_list


def wrapper_layers():
    x, h = (3, 4, 2), (3, 3)
    every = dict(return_sequences=True, return_state=True)
    in_every = ".return_sequences = true, .return_state = true"
    for kind, layer, states in [("simple_rnn", k.SimpleRNN, 1), ("lstm", k.LSTM, 2), ("gru", k.GRU, 1)]:
        yield f"both_{kind}", k.Bidirectional(layer(3, **every)), f"mica_bidirectional(mica_{kind}(3, {in_every}))", [x], "1", one
        yield f"both_{kind}_first", k.Bidirectional(layer(3)), f"mica_bidirectional(mica_{kind}(3))", [x] + [h] * 2 * states, "00000", with_states
    for how in ["sum", "mul", "ave", None]:
        name = str(how).lower()
        yield f"both_{name}", k.Bidirectional(k.GRU(3, **every), merge_mode=how), \
            f"mica_bidirectional(mica_gru(3, {in_every}), .merge = MICA_MERGE_{name.upper()})", [x], "0", one
        yield f"both_{name}_last", k.Bidirectional(k.SimpleRNN(3), merge_mode=how), \
            f"mica_bidirectional(mica_simple_rnn(3), .merge = MICA_MERGE_{name.upper()})", [x], "1", one
    yield "both_others", k.Bidirectional(k.GRU(3, return_sequences=True), backward_layer=k.GRU(2, return_sequences=True, go_backwards=True, name="backward_gru")), \
        "mica_bidirectional(mica_gru(3, .return_sequences = true), mica_gru(2, .return_sequences = true, .go_backwards = true))", [x], "1", one
    stacked = "mica_rnn(mica_stacked_rnn_cells(mica_lstm_cell(2), mica_gru_cell(3))"
    yield "both_rnn", k.Bidirectional(k.RNN([k.LSTMCell(2), k.GRUCell(3)], **every)), f"mica_bidirectional({stacked}, {in_every}))", [x], "1", one
    yield "both_rnn_last", k.Bidirectional(k.RNN(k.SimpleRNNCell(3)), merge_mode="mul"), \
        "mica_bidirectional(mica_rnn(mica_simple_rnn_cell(3)), .merge = MICA_MERGE_MUL)", [x], "1", one
    yield "time_distributed", k.TimeDistributed(k.Dense(3, activation="tanh")), \
        "mica_time_distributed(mica_dense(3, .activation = MICA_TANH))", [x], "1", one
    yield "time_distributed_conv", k.TimeDistributed(k.Conv1D(2, 2)), "mica_time_distributed(mica_conv1d(2, 2))", [(2, 3, 4, 2)], "0", one
    for n in [1, 3]:
        yield f"spectral_{n}", k.SpectralNormalization(k.Dense(3), power_iterations=n), \
            f"mica_spectral_normalization(mica_dense(3), .power_iterations = {n})", [(4, 5)], "0", train
    yield "spectral_conv", k.SpectralNormalization(k.Conv1D(3, 2, use_bias=False)), \
        "mica_spectral_normalization(mica_conv1d(3, 2, .no_bias = true))", [(2, 5, 2)], "0", train
    yield "spectral_rest", k.SpectralNormalization(k.Dense(3)), "mica_spectral_normalization(mica_dense(3))", [(4, 5)], "0", one
    yield "masking", k.Masking(), "mica_masking()", [x], "0", one


def attention_layers():
    q, v, key = (3, 4, 2), (3, 5, 3), (3, 5, 2)
    same = (3, 5, 2)
    for name, layer, extra, in_extra in [
            ("attention", k.Attention, {}, ""), ("attention_scale", k.Attention, {"use_scale": True}, ".use_scale = true"),
            ("attention_concat", k.Attention, {"score_mode": "concat"}, ".concat = true"),
            ("attention_concat_scale", k.Attention, {"score_mode": "concat", "use_scale": True}, ".concat = true, .use_scale = true"),
            ("additive_attention", k.AdditiveAttention, {}, ""),
            ("additive_attention_plain", k.AdditiveAttention, {"use_scale": False}, ".no_scale = true")]:
        kind = "additive_attention" if layer is k.AdditiveAttention else "attention"
        made = ", ".join(p for p in [in_extra] if p)
        yield name, layer(**extra), f"mica_{kind}({made})", [q, v, key], "000", as_list
        yield name + "_masked", layer(**extra), f"mica_{kind}({made})", [q, same], "13", as_list
        causal = ", ".join(p for p in [in_extra, ".use_causal_mask = true"] if p)
        yield name + "_causal", layer(**extra), f"mica_{kind}({causal})", [same, same], "00", lambda l, xs: l(xs, use_causal_mask=True)
        yield name + "_causal_masked", layer(**extra), f"mica_{kind}({causal})", [same, same], "13", lambda l, xs: l(xs, use_causal_mask=True)
        scores = ", ".join(p for p in [in_extra, ".return_attention_scores = true, .use_causal_mask = true"] if p)
        yield name + "_scores", layer(**extra), f"mica_{kind}({scores})", [q, same], "02", \
            lambda l, xs: l(xs, return_attention_scores=True, use_causal_mask=True)

    def heads(layer, xs, **more):
        return layer(*xs[:3], attention_mask=xs[3], **more) if len(xs) > 3 else layer(*xs, **more)

    def to_itself(layer, xs, **more):
        return layer(xs[0], xs[0], **more)

    def causal(call):
        return lambda l, xs: call(l, xs, use_causal_mask=True)

    def scores(call):
        return lambda l, xs: call(l, xs, return_attention_scores=True)

    m, c = k.MultiHeadAttention, "mica_multi_head_attention"
    g, d = k.GroupQueryAttention, "mica_group_query_attention"
    yield "heads", m(2, 3), c + "(2, 3)", [q, v, key], "000", heads
    yield "heads_self", m(2, 3), c + "(2, 3)", [q], "0", to_itself
    yield "heads_options", m(2, 3, value_dim=2, use_bias=False, output_shape=(2, 3)), \
        c + "(2, 3, .value_dim = 2, .no_bias = true, .output = {2, 3})", [q, v], "00", heads
    yield "heads_masked", m(2, 3), c + "(2, 3)", [q, v, key], "111", heads
    yield "heads_hidden", m(2, 3), c + "(2, 3)", [q, v], "12", heads
    yield "heads_self_masked", m(2, 3), c + "(2, 3)", [q], "1", to_itself
    yield "heads_causal", m(2, 3), c + "(2, 3, .use_causal_mask = true)", [q], "0", causal(to_itself)
    yield "heads_causal_masked", m(2, 3), c + "(2, 3, .use_causal_mask = true)", [q], "2", causal(to_itself)
    yield "heads_causal_other", m(1, 2), c + "(1, 2, .use_causal_mask = true)", [q, v], "00", causal(heads)
    yield "heads_scores", m(2, 3), c + "(2, 3, .return_attention_scores = true)", [q, v], "12", scores(heads)
    yield "heads_dropout", m(2, 3, dropout=0.5), c + "(2, 3, .dropout = 0.5)", [q, v], "12", heads
    yield "heads_window", m(2, 3, sliding_window=2), c + "(2, 3, .sliding_window = 2)", [q], "0", to_itself
    yield "heads_window_causal", m(2, 3, sliding_window=2), c + "(2, 3, .sliding_window = 2, .use_causal_mask = true)", [q], "1", causal(to_itself)
    yield "heads_gate", m(2, 3, value_dim=2, use_gate=True), c + "(2, 3, .value_dim = 2, .use_gate = true)", [q, v], "00", heads
    yield "heads_given", m(2, 3), c + "(2, 3)", [q, v, key, (3, 4, 5)], "0004", heads
    yield "heads_given_each", m(2, 3), c + "(2, 3)", [q, v, key, (3, 2, 4, 5)], "0004", heads
    yield "heads_given_masked", m(2, 3), c + "(2, 3)", [q, v, key, (3, 4, 5)], "1204", heads
    yield "heads_axes", m(2, 3), c + "(2, 3)", [(2, 2, 3, 2), (2, 3, 2, 2)], "00", heads
    yield "heads_axis", m(2, 3, attention_axes=2), c + "(2, 3, .attention_axes = {2})", [(2, 3, 2, 2), (2, 3, 4, 2)], "00", heads
    yield "heads_first_axis", m(2, 3, attention_axes=(1,)), c + "(2, 3, .attention_axes = {1})", [(2, 3, 2, 2), (2, 4, 2, 2)], "00", heads
    yield "groups", g(3, 4, 2), d + "(4, 3, .num_key_value_heads = 2)", [q, v], "00", heads
    yield "groups_masked", g(3, 4, 2), d + "(4, 3, .num_key_value_heads = 2)", [q, v], "12", heads
    yield "groups_causal", g(2, 3, 1, use_gate=True), d + "(3, 2, .num_key_value_heads = 1, .use_gate = true, .use_causal_mask = true)", [q], "0", causal(to_itself)
    yield "groups_scores", g(2, 2, 2, use_bias=False), d + "(2, 2, .num_key_value_heads = 2, .no_bias = true, .return_attention_scores = true)", [q, v], "00", scores(heads)


HEAD = """/* SPDX-License-Identifier: MIT */
/* golden/{name}.h - what Keras {keras} with TensorFlow {tf} computes by layers; made by make_calls.py. */
#ifndef MICA_GOLDEN_{upper}_H
#define MICA_GOLDEN_{upper}_H
#include "golden/call.h"
"""
here = pathlib.Path(__file__).parent
parts = {f.__name__: f for f in [recurrent_layers, cells, merge_layers, wrapper_layers, attention_layers]}
for name in sys.argv[1:] or parts:
    made = []
    for c in parts[name]():
        made.append(case(*c))
        keras.backend.clear_session()  # names begin anew
    lines = [HEAD.format(name=name, upper=name.upper(), keras=keras.__version__, tf=tf.__version__)]
    lines += [line for numbers, _ in made for line in numbers]
    lines += ["", f"#define GOLDEN_{name.upper()}(CASE, TRAINED) \\", " \\\n".join(entry for _, entry in made), "", "#endif", ""]
    (here / (name + ".h")).write_text("\n".join(lines))
