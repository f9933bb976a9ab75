#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes scores.h: what real Keras 3 (TensorFlow backend) makes of losses with each reduction and weighting, and of metrics that
stream over three batches.

Run with a Python that has keras and tensorflow: python tests/golden/make_scores.py
Numbers are made by hash_unit of make_keras.py, which tests/golden/golden.h repeats in C.
"""
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

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


def unit(shape, salt):
    return hash_unit(np.arange(np.prod(shape)), salt).reshape(shape)


def array(name, values):
    flat = np.concatenate([np.ravel(np.asarray(v, np.float64)) for v in values]) if isinstance(values, list) else np.ravel(values)
    out.append(f"static const float golden_{name}[{flat.size}] = {{")
    words = ["%.9g" % v for v in flat]
    words = [w + ".0f" if w.lstrip("-").isdigit() else w + "f" for w in words]
    words = [w.replace("inff", "INFINITY").replace("nanf", "NAN") for w in words]
    for i in range(0, len(words), 10):
        out.append("\t" + ", ".join(words[i : i + 10]) + ",")
    out.append("};")


# ---- losses ----

ROWS, STEPS, BATCH, CLASSES = 12, 3, 4, 5
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"]


def labels(kind, shape):
    """(rows..., classes) of that kind, for outputs of that shape."""
    numbers = (unit(shape[:-1], 50) * shape[-1]).astype(np.int32)
    if kind == "numbers":
        return numbers
    if kind == "some":  # class 2 stands for nothing
        return numbers
    if kind == "onehot":
        return np.eye(shape[-1], dtype=np.float32)[numbers]
    if kind == "bits":
        return (unit(shape, 51) > 0.5).astype(np.float32)
    return (2 * unit(shape, 52)).astype(np.float32)  # "reals"


def outputs(kind, shape):
    if kind == "logits":
        return (6 * unit(shape, 53) - 3).astype(np.float32)
    if kind == "unit":
        x = (unit(shape, 53) - 0.5).astype(np.float32)
        return x / np.linalg.norm(x, axis=-1, keepdims=True)
    return (0.02 + 0.96 * unit(shape, 54)).astype(np.float32)  # "parts"


K = keras.losses
LOSSES = {  # name: class, options, labels, outputs
    "mean_squared_error": (K.MeanSquaredError, {}, "reals", "logits"),
    "mean_absolute_error": (K.MeanAbsoluteError, {}, "reals", "logits"),
    "mean_absolute_percentage_error": (K.MeanAbsolutePercentageError, {}, "reals", "logits"),
    "mean_squared_logarithmic_error": (K.MeanSquaredLogarithmicError, {}, "reals", "parts"),
    "cosine_similarity": (K.CosineSimilarity, {}, "reals", "logits"),
    "huber": (K.Huber, {"delta": 0.7}, "reals", "logits"),
    "log_cosh": (K.LogCosh, {}, "reals", "logits"),
    "hinge": (K.Hinge, {}, "bits", "logits"),
    "squared_hinge": (K.SquaredHinge, {}, "bits", "logits"),
    "categorical_hinge": (K.CategoricalHinge, {}, "onehot", "logits"),
    "kl_divergence": (K.KLDivergence, {}, "reals", "parts"),
    "poisson": (K.Poisson, {}, "reals", "parts"),
    "binary_crossentropy": (K.BinaryCrossentropy, {"label_smoothing": 0.1}, "bits", "parts"),
    "binary_focal_crossentropy": (K.BinaryFocalCrossentropy, {}, "bits", "parts"),
    "binary_focal_crossentropy_all": (K.BinaryFocalCrossentropy, {
        "from_logits": True, "alpha": 0.4, "gamma": 1.5, "apply_class_balancing": True, "label_smoothing": 0.1}, "bits", "logits"),
    "categorical_crossentropy": (K.CategoricalCrossentropy, {"from_logits": True}, "onehot", "logits"),
    "categorical_focal_crossentropy": (K.CategoricalFocalCrossentropy, {}, "onehot", "parts"),
    "categorical_focal_crossentropy_all": (K.CategoricalFocalCrossentropy, {
        "from_logits": True, "alpha": 0.4, "gamma": 1.5, "label_smoothing": 0.1}, "onehot", "logits"),
    "sparse_categorical_crossentropy": (K.SparseCategoricalCrossentropy, {}, "numbers", "parts"),
    "sparse_categorical_crossentropy_ignore": (K.SparseCategoricalCrossentropy, {"from_logits": True, "ignore_class": 2}, "numbers", "logits"),
    "sparse_categorical_crossentropy_ignore_0": (K.SparseCategoricalCrossentropy, {"ignore_class": 0}, "numbers", "parts"),
    "categorical_generalized_cross_entropy": (K.CategoricalGeneralizedCrossEntropy, {"q": 0.3}, "numbers", "parts"),
}


def reduced(loss, t, p, weight, mask):
    """The loss, and how the sum of its slope by p, times numbers, comes out."""
    p = tf.constant(p)
    with tf.GradientTape() as tape:
        tape.watch(p)
        y = tf.identity(p)
        if mask is not None:
            keras.src.backend.set_keras_mask(y, tf.constant(mask))
        value = loss(t, y, sample_weight=weight)
    slope = tape.gradient(value, p).numpy().astype(np.float64)
    return [float(value), float((slope * (unit(slope.shape, 55) - 0.5)).sum())]


def losses():
    flat, deep = (ROWS, CLASSES), (BATCH, STEPS, CLASSES)
    weights, mask = (2 * unit((ROWS,), 56)).astype(np.float32), unit((BATCH, STEPS), 57) < 0.6
    weights[3] = 0
    square = weights.reshape(BATCH, STEPS)
    for name, (make, options, t, p) in LOSSES.items():
        values = []
        for reduction in REDUCTIONS:
            loss = make(reduction=reduction, **options)
            for shape, w, m in [(flat, None, None), (flat, weights, None), (deep, square, None), (deep, None, mask), (deep, square, mask)]:
                values.append(reduced(loss, labels(t, shape), outputs(p, shape), w, m))
        array("reduced_" + name, values)
    rows, size, classes = 6, 4, 3
    for name, make in {"dice": lambda r: K.Dice(reduction=r), "tversky": lambda r: K.Tversky(alpha=0.3, beta=0.6, reduction=r),
                       "dice_rows": lambda r: K.Dice(axis=(1,), reduction=r), "circle": lambda r: K.Circle(reduction=r),
                       "circle_all": lambda r: K.Circle(gamma=10.0, margin=0.2, remove_diagonal=False, reduction=r),
                       "tversky_rows": lambda r: K.Tversky(alpha=0.3, beta=0.6, axis=(1,), reduction=r)}.items():
        values = []
        for reduction in REDUCTIONS:
            t = (unit((rows,), 58) * classes).astype(np.int32) if name[0] == "c" else labels("bits", (rows, size))
            p = outputs("unit" if name[0] == "c" else "parts", (rows, size))
            for w in [None, weights[:rows]]:
                values.append(reduced(make(reduction), t, p, w, None))
        array("reduced_" + name, values)


def ctc():
    """Sentences of 0 to 3 labels, one with a repeat, read from 6 steps of 4 classes; and more labels than steps can hold."""
    t = np.array([[1, 2, 3], [2, 2, 0], [0, 0, 0], [3, 1, 0], [1, 0, 0]], np.int32)
    p = (6 * unit((5, 6, 4), 60) - 3).astype(np.float32)
    seed = (unit((5,), 61) - 0.5).astype(np.float32)
    x = tf.constant(p)
    with tf.GradientTape() as tape:
        tape.watch(x)
        values = K.ctc(tf.constant(t), x)
        total = tf.reduce_sum(values * seed)
    array("ctc", values.numpy())
    array("ctc_slope", tape.gradient(total, x).numpy())
    array("ctc_one_step", K.ctc(tf.constant([[1], [0]]), tf.constant(p[:2, :1])).numpy())


def axes():
    """Another axis than the last."""
    p, t = outputs("parts", (BATCH, CLASSES, STEPS)), labels("bits", (BATCH, CLASSES, STEPS))
    onehot = np.moveaxis(labels("onehot", (BATCH, STEPS, CLASSES)), -1, 1)
    array("axis_cosine", K.cosine_similarity(t, p, axis=1).numpy())
    array("axis_binary", K.binary_crossentropy(t, p, axis=1).numpy())
    array("axis_categorical", K.categorical_crossentropy(onehot, p, axis=1).numpy())
    array("axis_focal", K.categorical_focal_crossentropy(onehot, p, axis=1).numpy())


here = pathlib.Path(__file__).parent
losses()
ctc()
axes()
head = ["/* SPDX-License-Identifier: MIT */",
        f"/* golden/scores.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} computes; made by make_scores.py. */",
        "#ifndef MICA_GOLDEN_SCORES_H", "#define MICA_GOLDEN_SCORES_H", "#include <math.h>",
        '#pragma GCC diagnostic ignored "-Wunused-const-variable"', '#pragma GCC diagnostic ignored "-Wunused-variable"', ""]
(here / "scores.h").write_text("\n".join(head + out) + "\n\n#endif\n")
