#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes keras.h: numbers that real Keras 3 (TensorFlow backend) computes, for the tests of nn and model.

Run with a Python that has keras and tensorflow: python tests/golden/make_keras.py
Inputs that are not in the header are made by hash_unit below, which tests/golden/golden.h repeats in C.
"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["COLUMNS"] = "120"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

out = []


def hash_unit(i, salt):
    """A number in [0, 1) for each integer of i: 32-bit multiply and xor-shift."""
    h = (np.asarray(i, np.uint64) * 2654435761 + salt * 40503) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return h / 2.0**32


def spread(n, salt, limit):
    return ((2 * hash_unit(np.arange(n), salt) - 1) * limit).astype(np.float32)


def array(name, values):
    flat = np.asarray(values, np.float64).ravel()
    out.append(f"static const float golden_{name}[{flat.size}] = {{")
    words = ["%.9g" % v for v in flat]
    words = [w + ".0f" if w.lstrip("-").isdigit() else w + "f" for w in words]
    words = [w.replace("inff", "INFINITY").replace("nanf", "NAN") for w in words]
    for i in range(0, len(words), 10):
        out.append("\t" + ", ".join(words[i : i + 10]) + ",")
    out.append("};")


def value_and_slope(function, x, seed):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
        total = tf.reduce_sum(y * tf.constant(seed))
    return y.numpy(), tape.gradient(total, x).numpy()


def activations():
    x = np.concatenate([np.linspace(-6.1, 6.1, 44), [0, -20, 20, -60, 60, 0.5]]).astype(np.float32).reshape(2, 25)
    seed = spread(x.size, 1, 1).reshape(x.shape)
    array("activation_x", x)
    array("activation_seed", seed)
    names = """linear relu softmax sigmoid tanh elu selu gelu silu softplus softsign leaky_relu hard_sigmoid mish
               exponential log_softmax""".split()
    for name in names:
        y, dx = value_and_slope(keras.activations.get(name), x, seed)
        array("activation_" + name, y)
        array("activation_" + name + "_slope", dx)


def losses():
    n, c = 8, 5
    logits = spread(n * c, 2, 6).reshape(n, c)
    logits[0] = [60, -60, 0, 1, 2]
    probabilities = keras.activations.softmax(tf.constant(logits)).numpy()
    loose = hash_unit(np.arange(n * c), 3).reshape(n, c).astype(np.float32)  # rows do not add up to 1
    loose[1, 2], loose[2, 3] = 0, 1
    labels = (hash_unit(np.arange(n), 4) * c).astype(np.int32)
    labels[0] = 1
    onehot = np.eye(c, dtype=np.float32)[labels]
    bits = (hash_unit(np.arange(n * c), 5) > 0.5).astype(np.float32).reshape(n, c)
    seed = spread(n, 6, 1)
    for name, values in [("logits", logits), ("probabilities", probabilities), ("loose", loose), ("labels", labels),
                         ("onehot", onehot), ("bits", bits), ("seed", seed)]:
        array("loss_" + name, values)
    k = keras.losses

    def case(name, function, x):
        y, dx = value_and_slope(function, x, seed)
        array("loss_" + name, y)
        array("loss_" + name + "_slope", dx)

    scce, cce, bce = k.sparse_categorical_crossentropy, k.categorical_crossentropy, k.binary_crossentropy
    case("scce_logits", lambda x: scce(labels, x, from_logits=True), logits)
    case("scce_loose", lambda x: scce(labels, x), loose)
    case("scce_softmax", lambda x: scce(labels, keras.activations.softmax(x)), logits)
    case("cce_logits", lambda x: cce(onehot, x, from_logits=True), logits)
    case("cce_loose", lambda x: cce(onehot, x), loose)
    case("cce_smooth", lambda x: cce(onehot, x, from_logits=True, label_smoothing=0.2), logits)
    case("bce_logits", lambda x: bce(bits, x, from_logits=True), logits)
    case("bce_loose", lambda x: bce(bits, x), loose)
    case("bce_smooth", lambda x: bce(bits, x, label_smoothing=0.3), loose)
    case("bce_sigmoid", lambda x: bce(bits, keras.activations.sigmoid(x)), logits)
    case("mse", lambda x: k.mean_squared_error(bits, x), loose)
    m = keras.metrics
    array("accuracy_binary", m.binary_accuracy(bits, loose).numpy().mean(-1))
    array("accuracy_binary_0_8", m.binary_accuracy(bits, loose, threshold=0.8).numpy().mean(-1))
    array("accuracy_categorical", m.categorical_accuracy(onehot, loose))
    array("accuracy_sparse", m.sparse_categorical_accuracy(labels, loose))


def optimizers():
    o = keras.optimizers
    variants = {
        "sgd": o.SGD(), "sgd_momentum": o.SGD(0.1, momentum=0.9), "sgd_nesterov": o.SGD(0.1, momentum=0.9, nesterov=True),
        "sgd_decay": o.SGD(0.1, weight_decay=0.02),
        "rmsprop": o.RMSprop(), "rmsprop_momentum": o.RMSprop(0.01, rho=0.8, momentum=0.7),
        "rmsprop_centered": o.RMSprop(0.01, centered=True),
        "rmsprop_both": o.RMSprop(0.01, momentum=0.5, centered=True),
        "adam": o.Adam(), "adam_other": o.Adam(0.05, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
        "adam_amsgrad": o.Adam(0.05, beta_2=0.7, amsgrad=True), "adamw": o.AdamW(0.01),
        "adamw_decay": o.AdamW(0.01, weight_decay=0.3),
    }
    n, steps = 6, 5
    start, gradients = spread(n, 7, 1), spread(n * steps, 8, 2).reshape(steps, n)
    gradients[2] *= 0.01
    array("optimizer_start", start)
    array("optimizer_gradients", gradients)
    for name, optimizer in variants.items():
        w, path = keras.Variable(start), []
        for g in gradients:
            optimizer.apply([tf.constant(g)], [w])
            path.append(w.numpy().copy())
        array("optimizer_" + name, path)


def initializers():
    """Deviation and largest size of 60000 values; those of Keras' own draws."""
    shape = (300, 200)
    for name in """glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal random_uniform
                   random_normal truncated_normal""".split():
        v = keras.initializers.get({"class_name": name, "config": {"seed": 5}})(shape).numpy()
        array("initializer_" + name, [v.std(), np.abs(v).max()])


def model():
    rows, width, batch, steps = 1280, 64, 32, 100
    x = hash_unit(np.arange(rows * width), 9).reshape(rows, width).astype(np.float32)
    y = hash_classes(x)
    layers = [keras.Input((width,)), keras.layers.Dense(32, activation="relu"),
              keras.layers.Dense(16, activation="relu"), keras.layers.Dense(10, activation="softmax")]
    m = keras.Sequential(layers)
    sizes = [64, 32, 16, 10]
    weights = []
    for i in range(3):
        fan_in, fan_out = sizes[i], sizes[i + 1]
        weights.append(spread(fan_in * fan_out, 20 + i, (6 / (fan_in + fan_out)) ** 0.5).reshape(fan_in, fan_out))
        weights.append(np.zeros(fan_out, np.float32))
    m.set_weights(weights)
    m.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    losses = []
    for s in range(steps):
        at = s * batch % rows
        losses.append(m.train_on_batch(x[at : at + batch], y[at : at + batch], return_dict=True)["loss"])
    array("model_losses", losses)
    scores = m.evaluate(x, y, batch_size=batch, verbose=0)
    array("model_scores", scores)
    array("model_predictions", m.predict(x[:4], verbose=0))


def hash_classes(x):
    """The class of a row is the largest of ten weighted sums; written so that C gets the same."""
    weights = hash_unit(np.arange(10 * x.shape[1]), 10).reshape(x.shape[1], 10) - 0.5
    return (x.astype(np.float64) @ weights).argmax(-1).astype(np.int32)


def summary():
    name = "a_very_long_layer_name_that_is_not_cut"
    m = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(name="flatten"),
                          keras.layers.Dense(512, name="dense"),
                          keras.layers.Dropout(0.2, name="dropout"), keras.layers.Dense(10, name=name)], name="sequential")
    lines = []
    m.summary(line_length=88, print_fn=lambda text, **kwargs: lines.append(text))
    text = "\n".join(lines).rstrip("\n") + "\n"
    out.append("static const char golden_summary[] =")
    for line in text.splitlines():
        out.append('\t"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"')
    out[-1] += ";"


for part in (activations, losses, optimizers, initializers, model, summary):
    part()
here = pathlib.Path(__file__).parent
head = ["/* SPDX-License-Identifier: MIT */",
        f"/* golden/keras.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} computes; made by make_keras.py. */",
        "#ifndef MICA_GOLDEN_KERAS_H", "#define MICA_GOLDEN_KERAS_H", "#include <math.h>",
        '#pragma GCC diagnostic ignored "-Wunused-const-variable"', '#pragma GCC diagnostic ignored "-Wunused-variable"', ""]
(here / "keras.h").write_text("\n".join(head + out) + "\n\n#endif\n")
