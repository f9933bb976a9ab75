#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes sequences.h: losses of three epochs, and predictions after them, of networks over sequences that Keras (TensorFlow backend)
trains, for tests/model/test_sequences.c, which builds the same networks.

Run with a Python that has keras and tensorflow: python tests/golden/make_sequences.py
Weight i of a model is spread with salt 500 + i and limit 0.5 (golden.h), the input with 600 and 1, the target with 700 and 1; words are
hash_unit with salt 600 times 7, rounded down.
"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from common import hash_unit, spread  # noqa: E402

k = keras.layers
ROWS, STEPS, FEATURES, WORDS, BATCH, EPOCHS = 8, 5, 3, 7, 4, 3


x = spread((ROWS, STEPS, FEATURES), 600, 1)
x[hash_unit(np.arange(ROWS * STEPS), 800).reshape(ROWS, STEPS) < 0.3] = 0
words = np.floor(hash_unit(np.arange(ROWS * STEPS), 600) * WORDS).astype(np.int32).reshape(ROWS, STEPS)


def functional(words_too, build):
    i = keras.Input((STEPS,), dtype="int32") if words_too else keras.Input((STEPS, FEATURES))
    return keras.Model(i, build(i))


def masked_words(i):
    return k.Dense(2)(k.GRU(4)(k.Embedding(WORDS, 3, mask_zero=True)(i)))


def both_ways(i):
    h = k.Bidirectional(k.LSTM(3, return_sequences=True))(k.Masking()(i))
    return k.TimeDistributed(k.Dense(2))(h)


def first_states(i):
    h, state, c = k.LSTM(4, return_state=True)(i)
    return k.Dense(2)(k.LSTM(4, return_sequences=True)(i, initial_state=[state, c]))


def attention(i):
    e = k.Embedding(WORDS, 4, mask_zero=True)(i)
    h = k.MultiHeadAttention(2, 3)(e, e, use_causal_mask=True)
    a = k.Attention(use_scale=True)([h, h])
    return k.Dense(2)(k.Concatenate()([k.LayerNormalization()(k.Add()([h, a])), a]))


def encoder(i):
    """Layers that take a mask are given that of the words, which Keras found before attention took it off them."""
    e = k.Embedding(WORDS, 4, mask_zero=True)(i)
    h = k.LayerNormalization()(k.Add()([e, k.MultiHeadAttention(2, 3)(e, e)]))
    return k.Dense(2)(k.Concatenate()([k.GlobalAveragePooling1D()(h), k.GRU(3)(e)]))


def spectral(i):
    return k.Dense(2)(k.SpectralNormalization(k.Dense(4, activation="tanh", kernel_regularizer="l2"))(i))


def order(w):
    """The vector of a spectral normalization stands behind the kernel."""
    return {"vector_u": 1, "bias": 2}.get(w.name, 0) if "spectral" in w.path else 0


out = []


def array(name, values):
    flat = np.asarray(values, np.float64).ravel()
    out.append(f"static const float golden_{name}[{flat.size}] = {{")
    text = ["%.9g" % v for v in flat]
    text = [w + ".0f" if w.lstrip("-").isdigit() else w + "f" for w in text]
    for i in range(0, len(text), 10):
        out.append("\t" + ", ".join(text[i:i + 10]) + ",")
    out.append("};")


def start(m):
    inner = [w for w in m.weights if "spectral" in w.path]
    rest = [w for w in m.weights if "spectral" not in w.path]
    for i, w in enumerate(sorted(inner, key=order) + rest):
        w.assign(spread(w.shape, 500 + i, 0.5))
    # Adam squares rows of an embedding's gradient before those of one word are added, on TensorFlow only.
    plain = any(isinstance(layer, k.Embedding) for layer in m.layers)
    m.compile(keras.optimizers.SGD(0.1, momentum=0.5) if plain else keras.optimizers.Adam(0.02), "mean_squared_error")


def train(name, m, data):
    start(m)
    y = spread((ROWS,) + m.output_shape[1:], 700, 1)
    losses = m.fit(data, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history["loss"]
    array(name, np.concatenate([losses, m.predict(data, batch_size=BATCH, verbose=0).ravel()]))


def stateful():
    """Predictions go on from where training ended, then from where they ended, then from zeros."""
    m = keras.Sequential([keras.Input((STEPS, FEATURES), batch_size=BATCH), k.LSTM(3, stateful=True), k.Dense(2)])
    start(m)
    y = spread((ROWS, 2), 700, 1)
    losses = m.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history["loss"]
    twice = [m.predict(x, batch_size=BATCH, verbose=0).ravel() for _ in range(2)]
    m.layers[0].reset_state()
    array("stateful", np.concatenate([losses, *twice, m.predict(x, batch_size=BATCH, verbose=0).ravel()]))


for build in [masked_words, attention, encoder]:
    train(build.__name__, functional(True, build), words)
for build in [both_ways, first_states, spectral]:
    train(build.__name__, functional(False, build), x)
stateful()
head = f"""/* SPDX-License-Identifier: MIT */
/* golden/sequences.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} makes of networks over sequences; made by make_sequences.py. */
#ifndef MICA_GOLDEN_SEQUENCES_H
#define MICA_GOLDEN_SEQUENCES_H
"""
(pathlib.Path(__file__).parent / "sequences.h").write_text("\n".join([head] + out) + "\n\n#endif\n")
