#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes functional.h: figures of Keras (TensorFlow backend) for networks that are more than chains, for tests/model/test_functional.c.

Run with a Python that has keras and tensorflow: python tests/golden/make_functional.py
Element i of the k-th kernel or array is (i * (3 + k % 7) + 3 k) % 11 - 5, times the scale that stands beside it.
"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["COLUMNS"] = "200"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

k = keras.layers
ROWS, BATCH, EPOCHS = 20, 8, 3  # the last batch of an epoch is shorter


def numbers(shape, salt, scale):
    i = np.arange(np.prod(shape, dtype=int))
    return (((i * (3 + salt % 7) + 3 * salt) % 11 - 5) * scale).reshape(shape).astype(np.float32)


def set_kernels(model, salt=1):
    for i, w in enumerate(v for v in model.weights if len(v.shape) == 2):
        w.assign(numbers(w.shape, salt + i, 0.1))


def train(model, x, y, epochs=EPOCHS, **options):
    history = model.fit(x, y, epochs=epochs, batch_size=BATCH, shuffle=False, verbose=0, **options).history
    return [[history[name][e] for name in sorted(history)] for e in range(epochs)]


def two_inputs():
    """Two inputs, a layer that is called twice, two outputs with losses of different weight."""
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    shared = k.Dense(4, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    main = k.Dense(3, name="main")(k.Add()([a, b]))
    aux = k.Dense(1, name="aux")(a)
    m = keras.Model([left, right], [main, aux])
    set_kernels(m)
    m.compile(keras.optimizers.SGD(0.1), loss={"main": "mse", "aux": "mae"}, loss_weights={"main": 0.9, "aux": 0.1},
              metrics={"main": ["mae"], "aux": ["mse"]},
              run_eagerly=True)  # a function of TensorFlow does not know a batch's rows, and counts a short one like a whole one
    x = [numbers((ROWS, 5), 20, 0.2), numbers((ROWS, 5), 21, 0.2)]
    y = [numbers((ROWS, 3), 22, 0.2), numbers((ROWS, 1), 23, 0.2)]
    rows = train(m, x, y)
    scores = m.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
    return rows + [[scores[name] for name in sorted(scores)]], np.concatenate([p.ravel() for p in m.predict(x, verbose=0)])


def nested():
    """A base with batch normalization: frozen under a new head for three epochs, then trained."""
    base = keras.Sequential([keras.Input((5,)), k.Dense(6, activation="tanh"), k.BatchNormalization(), k.Dense(4)], name="base")
    x = keras.Input((5,))
    m = keras.Model(x, k.Dense(2, name="head")(base(x)))
    set_kernels(m)
    data = numbers((ROWS, 5), 20, 0.2), numbers((ROWS, 2), 22, 0.2)
    rows = []
    for trainable in False, True:
        base.trainable = trainable
        m.compile(keras.optimizers.SGD(0.1, momentum=0.5), loss="mse")
        rows += train(m, *data)
    return rows, m.predict(data[0], verbose=0).ravel()


def over_steps():
    """A model that is called for each step of a sequence."""
    base = keras.Sequential([keras.Input((5,)), k.Dense(6, activation="tanh"), k.Dense(4)], name="base")
    x = keras.Input((2, 5))
    m = keras.Model(x, k.Dense(2, name="head")(k.Flatten()(k.TimeDistributed(base)(x))))
    set_kernels(m)
    m.compile(keras.optimizers.SGD(0.1, momentum=0.5), loss="mse")
    data = numbers((ROWS, 2, 5), 20, 0.2), numbers((ROWS, 2), 22, 0.2)
    return train(m, *data), m.predict(data[0], verbose=0).ravel()


def classifier():
    m = keras.Sequential([keras.Input((5,)), k.Dense(6, activation="tanh"), k.Dense(3, activation="softmax")])
    set_kernels(m)
    m.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"],
              weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy(name="crossentropy")])
    return m, numbers((ROWS, 5), 20, 0.2), (np.arange(ROWS) * 7 % 3).astype(np.int32)


def weighted():
    """Weights of samples; metrics with and without them."""
    m, x, y = classifier()
    weights = (1 + np.arange(ROWS) % 4).astype(np.float32) / 2
    return train(m, x, y, sample_weight=weights), m.predict(x, verbose=0).ravel()


def of_classes():
    """Weights of classes."""
    m, x, y = classifier()
    return train(m, x, y, class_weight={0: 0.5, 1: 2.0, 2: 1.0}), m.predict(x, verbose=0).ravel()


def summary():
    """The table of a network that is no chain, as lines of C."""
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    shared = k.Dense(4, name="shared")
    a, b = shared(left), shared(right)
    main = k.Dense(3, name="main")(k.Add(name="add")([a, b]))
    m = keras.Model([left, right], [main, k.Dense(1, name="a_rather_long_name_of_an_output")(a)], name="two_inputs")
    lines = []
    m.summary(line_length=108, print_fn=lambda text, **_: lines.extend(text.rstrip("\n").split("\n")))
    quoted = ['\t"' + line.replace('"', '\\"') + '\\n"' for line in lines]
    return ["static const char golden_functional_summary[] =", *quoted[:-1], quoted[-1] + ";", ""]


def rows_of(name, values):
    flat = [("%.9g" % v) for v in np.asarray(values, dtype=np.float64).ravel()]
    words = [w + ("f" if "." in w or "e" in w else ".0f") for w in flat]
    lines = [f"static const float golden_functional_{name}[{len(words)}] = {{"]
    return lines + ["\t" + ", ".join(words[i:i + 10]) + "," for i in range(0, len(words), 10)] + ["};"]


def main():
    text = ["/* SPDX-License-Identifier: MIT */",
            f"/* golden/functional.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} computes; made by make_functional.py.",
            "   Rows of figures are sorted by name, epoch by epoch. */", "#ifndef MICA_GOLDEN_FUNCTIONAL_H", "#define MICA_GOLDEN_FUNCTIONAL_H", ""]
    for case in two_inputs, nested, over_steps, weighted, of_classes:
        keras.utils.clear_session()
        rows, predicted = case()
        text += rows_of(case.__name__, rows) + rows_of(case.__name__ + "_predicted", predicted) + [""]
    text += summary() + ["#endif"]
    pathlib.Path(__file__).with_name("functional.h").write_text("\n".join(text) + "\n")


main()
