#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes trainings.h: losses of twelve whole trainings of 200 steps in Keras (TensorFlow backend), for tests/model/test_trainings.c,
which builds the same networks from the same weights and gives them the same batches.

Run with a Python that has keras and tensorflow: python tests/golden/make_trainings.py [TRAINING...]
The whole header is written without an argument; else what it has of these is printed.
A kernel or table of n columns and m elements for each is spread (golden.h) with the FNV-1a hash of its path as salt and limit sqrt(3 / m);
other weights begin as Keras begins them.  Beside a loss stands how far it is, relatively, from those of trainings whose first weights
were moved by up to half of their last digit: the largest of two.
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

k = keras.layers
ROWS, BATCH, STEPS = 160, 16, 200
SHOWN = [*range(10), 19, 49, 99, 149, 199]
WORDS, LENGTH, CLASSES = 24, 12, 10


# ---- data ----

def numbers(*shape):
    return spread((ROWS, *shape), 31, 1)


def largest(x, classes=CLASSES):
    """The class of a row: which of its first numbers is the largest."""
    return np.argmax(x.reshape(len(x), -1)[:, :classes], axis=1).astype(np.int32)


def mixed(x):
    """A number of a row that no sum of its numbers is: x0 x1 + x2 / 2."""
    x = x.reshape(len(x), -1).astype(np.float64)
    return (x[:, :1] * x[:, 1:2] + x[:, 2:3] / 2).astype(np.float32)


def digits():
    """The library's 8 by 8 digits, each pixel as 3 by 3, in a frame of 2: 28 by 28, from 0 to 1; and their labels."""
    folder = pathlib.Path(__file__).parents[2] / "data"
    images = np.frombuffer((folder / "digits-images.idx").read_bytes()[16:], np.uint8).reshape(-1, 8, 8)[:ROWS]
    labels = np.frombuffer((folder / "digits-labels.idx").read_bytes()[8:], np.uint8)[:ROWS]
    large = images.repeat(3, axis=1).repeat(3, axis=2).astype(np.float32) / 16
    return np.pad(large, ((0, 0), (2, 2), (2, 2))), labels.astype(np.int32)


def words(length):
    """Each word but the first follows from the one before it, and from a number that may be 0 or 1."""
    u = hash_unit(np.arange(ROWS * length), 33).reshape(ROWS, length)
    w = np.zeros((ROWS, length), np.int32)
    w[:, 0] = u[:, 0] * WORDS
    for i in range(1, length):
        w[:, i] = (w[:, i - 1] * 5 + 7 + (u[:, i] < 0.3)) % WORDS
    return w


class Embedding(k.Embedding):
    """The same with a gradient that is an array: that of a table's rows, on TensorFlow, is a list, in which Adam squares the rows of one
    word before they are added (docs/keras.md)."""

    def call(self, x):
        return keras.ops.matmul(keras.ops.one_hot(x, self.input_dim), self.embeddings)


# ---- trainings: the model, which is compiled, its inputs and its targets ----

def deep(o=keras.optimizers):
    m = keras.Sequential([keras.Input((32,))])
    for _ in range(6):
        m.add(k.Dense(32, use_bias=False))
        m.add(k.BatchNormalization())
        m.add(k.ReLU())
    m.add(k.Dense(CLASSES, activation="softmax"))
    rate = o.schedules.CosineDecay(1e-5, 160, alpha=0.05, warmup_target=2e-3, warmup_steps=40)
    m.compile(o.AdamW(rate, weight_decay=0.01, global_clipnorm=1), "sparse_categorical_crossentropy")
    x = numbers(32)
    return m, x, largest(x)


def selu():
    m = keras.Sequential([keras.Input((32,))])
    for _ in range(4):
        m.add(k.Dense(24, activation="selu", kernel_initializer="lecun_normal"))
        m.add(k.AlphaDropout(0))
    m.add(k.Dense(1, activation="sigmoid"))
    m.compile(keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True), "binary_crossentropy")
    x = numbers(32)
    return m, x, (mixed(x) > 0).astype(np.float32)


def wide_and_deep():
    wide, narrow = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    h = k.Dense(30, activation="relu", name="hidden1")(narrow)
    h = k.Dense(30, activation="relu", name="hidden2")(h)
    main = k.Dense(1, name="main")(k.Concatenate()([wide, h]))
    aux = k.Dense(1, name="aux")(h)
    m = keras.Model([wide, narrow], [main, aux])
    m.compile(keras.optimizers.Adam(0.01), loss={"main": "mse", "aux": "mae"}, loss_weights={"main": 0.9, "aux": 0.1})
    x = numbers(8)
    return m, [x[:, :5], x[:, 2:]], [mixed(x), mixed(x)]


def regularized():
    r, c = keras.regularizers, keras.constraints
    m = keras.Sequential([keras.Input((20,))])
    same = dict(activation="tanh", kernel_regularizer=r.L1L2(1e-4, 1e-3), kernel_constraint=c.MaxNorm(0.9))
    m.add(k.Dense(40, bias_regularizer=r.L2(1e-3), **same))
    m.add(k.Dense(40, activity_regularizer=r.L2(1e-3), **same))
    m.add(k.Dense(CLASSES, activation="softmax"))
    m.compile(keras.optimizers.RMSprop(0.002), "sparse_categorical_crossentropy")
    x = numbers(20)
    return m, x, largest(x)


def huber():
    m = keras.Sequential([keras.Input((8,)), k.Dense(32, activation="elu"), k.Dense(32, activation="elu"), k.Dense(1)])
    m.compile(keras.optimizers.Nadam(0.002, clipnorm=1), keras.losses.Huber(0.2))
    x = numbers(8)
    return m, x, mixed(x)


def convolution():
    m = keras.Sequential([keras.Input((28, 28, 1))])
    m.add(k.Conv2D(32, 3, activation="relu"))
    m.add(k.MaxPooling2D(2))
    m.add(k.Conv2D(64, 3, activation="relu"))
    m.add(k.MaxPooling2D(2))
    m.add(k.Flatten())
    m.add(k.Dropout(0))
    m.add(k.Dense(10, activation="softmax"))
    m.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy")
    x, y = digits()
    return m, x[..., None], y


def residual(h, name, filters, stride):
    def layer(x, i):
        return k.BatchNormalization(name=f"{name}_norm{i}")(
            k.Conv2D(filters, 3, strides=stride if i == 1 else 1, padding="same", use_bias=False, name=f"{name}_conv{i}")(x))
    y = layer(k.ReLU()(layer(h, 1)), 2)
    if stride > 1:
        h = k.BatchNormalization(name=f"{name}_norm0")(k.Conv2D(filters, 1, strides=stride, use_bias=False, name=f"{name}_conv0")(h))
    return k.ReLU()(k.Add()([y, h]))


def resnet20():
    i = keras.Input((16, 16, 3))
    h = k.ReLU()(k.BatchNormalization(name="norm")(k.Conv2D(16, 3, padding="same", use_bias=False, name="conv")(i)))
    for stage in range(3):
        for block in range(3):
            h = residual(h, f"s{stage}b{block}", 16 << stage, 2 if stage and not block else 1)
    m = keras.Model(i, k.Dense(CLASSES, activation="softmax")(k.GlobalAveragePooling2D()(h)))
    m.compile(keras.optimizers.SGD(3e-5, momentum=0.9, weight_decay=1e-4), "sparse_categorical_crossentropy")
    x = numbers(16, 16, 3)
    return m, x, largest(x)


def lstm():
    m = keras.Sequential([keras.Input((28, 28)), k.LSTM(32), k.Dense(10, activation="softmax")])
    m.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    return m, *digits()


def gru():
    m = keras.Sequential([keras.Input((LENGTH, 6)), k.Masking(), k.GRU(16, return_sequences=True), k.GRU(16), k.Dense(1)])
    m.compile(keras.optimizers.Adam(0.003), "mse")
    x = numbers(LENGTH, 6)
    y = mixed(x)
    x[hash_unit(np.arange(ROWS * LENGTH), 32).reshape(ROWS, LENGTH) < 0.3] = 0
    return m, x, y


def embedding():
    m = keras.Sequential([keras.Input((LENGTH,), dtype="int32"), Embedding(WORDS, 16, mask_zero=True), k.GlobalAveragePooling1D(),
                          k.Dense(16, activation="relu"), k.Dense(1, activation="sigmoid")])
    m.compile(keras.optimizers.Adam(0.002), "binary_crossentropy")
    w = words(LENGTH)
    return m, w, ((w < WORDS // 2).sum(axis=1, keepdims=True) > LENGTH // 2).astype(np.float32)


def transformer():
    i, at = keras.Input((LENGTH,), dtype="int32", name="words"), keras.Input((LENGTH,), dtype="int32", name="places")
    h = k.Add()([Embedding(WORDS, 32, name="word")(i), Embedding(LENGTH, 32, name="place")(at)])
    for b in "ab":
        n = k.LayerNormalization(name=f"{b}_norm1")(h)
        h = k.Add()([h, k.MultiHeadAttention(4, 8, name=f"{b}_attention")(n, n, use_causal_mask=True)])
        n = k.LayerNormalization(name=f"{b}_norm2")(h)
        h = k.Add()([h, k.Dense(32, name=f"{b}_down")(k.Dense(64, activation="gelu", name=f"{b}_up")(n))])
    m = keras.Model([i, at], k.Dense(WORDS, name="next")(k.LayerNormalization(name="norm")(h)))
    m.compile(keras.optimizers.Adam(0.001), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    w = words(LENGTH + 1)
    return m, [w[:, :-1], np.tile(np.arange(LENGTH, dtype=np.int32), (ROWS, 1))], w[:, 1:]


def transfer():
    """A frozen base under a new head; after half of the steps (`thaw`) the base is trained too, at a lower rate."""
    base = keras.Sequential([keras.Input((20,)), k.Dense(32, activation="relu"), k.BatchNormalization(), k.Dense(16, activation="relu")],
                            name="base")
    base.trainable = False
    m = keras.Sequential([keras.Input((20,)), base, k.Dense(CLASSES, activation="softmax", name="head")])
    m.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy")
    x = numbers(20)
    return m, x, largest(x)


def thaw(m):
    m.get_layer("base").trainable = True
    m.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")


TRAININGS = [deep, selu, wide_and_deep, regularized, huber, convolution, resnet20, lstm, gru, embedding, transformer, transfer]


# ---- training ----

def paths(m):
    """As Mica calls variables: from the layer on, without the cells of recurrent layers."""
    for layer in m.layers:
        if isinstance(layer, keras.Model):
            yield from paths(layer)
            continue
        for v in layer.weights:
            parts = v.path.split("/")
            yield v, "/".join(p for p in parts[parts.index(layer.name):] if not p.endswith("_cell"))


def fnv(text):
    h = 2166136261
    for byte in text.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def train(build, random=None):
    keras.backend.clear_session(free_memory=False)
    m, x, y = build()
    for v, path in paths(m):
        if v.path.endswith(("kernel", "embeddings")):
            v.assign(spread(v.shape, fnv(path), np.sqrt(3 * v.shape[-1] / np.prod(v.shape))))
        if random:
            w = v.numpy().astype(np.float64)
            v.assign(w * (1 + random.uniform(-1, 1, w.shape) * 2.0**-24))
    pick = (lambda a, at: [v[at] for v in a] if isinstance(a, list) else a[at])
    losses = []
    for s in range(STEPS):
        if build is transfer and s == STEPS // 2:
            thaw(m)
        at = slice(s * BATCH % ROWS, s * BATCH % ROWS + BATCH)
        m.reset_metrics()
        losses.append(float(m.train_on_batch(pick(x, at), pick(y, at), return_dict=True)["loss"]))
    return np.array(losses)


def main(names):
    chosen = [t for t in TRAININGS if not names or t.__name__ in names]
    out = []
    for t in chosen:
        losses = train(t)
        apart = [np.abs(train(t, np.random.default_rng(seed)) / losses - 1) for seed in [1, 2]]
        # What has been lost stays lost, though losses may meet again by chance.
        apart = np.maximum.accumulate(np.max(apart, axis=0))
        print(f"{t.__name__:14} losses {losses[0]:.4f} {losses[49]:.4f} {losses[-1]:.4f}  apart {apart[49]:.1e} {apart[-1]:.1e}", flush=True)
        out.append(f"static const golden_step golden_training_{t.__name__}[] = {{")
        steps = [f"{{{s}, {losses[s]:.9g}, {apart[s]:.1e}}}" for s in SHOWN]
        out += ["\t" + ", ".join(steps[i:i + 5]) + "," for i in range(0, len(steps), 5)] + ["};"]
    if names:
        print("\n".join(out))
        return
    head = f"""/* SPDX-License-Identifier: MIT */
/* golden/trainings.h - losses of whole trainings in Keras {keras.__version__} with TensorFlow {tf.__version__}; made by make_trainings.py. */
#ifndef MICA_GOLDEN_TRAININGS_H
#define MICA_GOLDEN_TRAININGS_H

/* The loss of a step, from 0, and how far Keras itself is from it, relatively, once its first weights were moved by half of a last digit. */
typedef struct golden_step {{
	int step;
	double loss, apart;
}} golden_step;
"""
    (pathlib.Path(__file__).parent / "trainings.h").write_text("\n".join([head] + out) + "\n\n#endif\n")


main(sys.argv[1:])
