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
from common import hash_unit  # noqa: E402

out = []


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
    # weights of samples do not fit there
    for name, make in {"dice_channels": lambda r: K.Dice(axis=(1, 2), reduction=r),
                       "tversky_middle": lambda r: K.Tversky(alpha=0.3, beta=0.6, axis=(2,), reduction=r)}.items():
        shape = (3, 2, 2, 2)
        array("reduced_" + name, np.concatenate([reduced(make(r), labels("bits", shape), outputs("parts", shape), None, None)
                                                 for r in REDUCTIONS]))


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


# ---- metrics ----

SPLIT, SAMPLES, LABELS = [6, 6, 4], 16, 4
M = keras.metrics
METRICS = {  # name: metric, labels, outputs
    "exact_accuracy": (lambda: M.Accuracy(), "numbers", "said"),
    "binary_accuracy": (lambda: M.BinaryAccuracy(threshold=0.4), "bits", "parts"),
    "categorical_accuracy": (lambda: M.CategoricalAccuracy(), "onehot", "parts"),
    "sparse_categorical_accuracy": (lambda: M.SparseCategoricalAccuracy(), "numbers", "parts"),
    "top_k_categorical_accuracy": (lambda: M.TopKCategoricalAccuracy(k=2), "onehot", "parts"),
    "sparse_top_k_categorical_accuracy": (lambda: M.SparseTopKCategoricalAccuracy(k=2), "numbers", "ties"),
    "sparse_top_k_sorted": (lambda: M.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True), "numbers", "sorted"),
    "mean_squared_error": (lambda: M.MeanSquaredError(), "reals", "logits"),
    "mean_absolute_error": (lambda: M.MeanAbsoluteError(), "reals", "logits"),
    "mean_absolute_percentage_error": (lambda: M.MeanAbsolutePercentageError(), "reals", "logits"),
    "mean_squared_logarithmic_error": (lambda: M.MeanSquaredLogarithmicError(), "reals", "parts"),
    "root_mean_squared_error": (lambda: M.RootMeanSquaredError(), "reals", "logits"),
    "cosine_similarity": (lambda: M.CosineSimilarity(), "reals", "logits"),
    "log_cosh": (lambda: M.LogCoshError(), "reals", "logits"),
    "pearson_correlation": (lambda: M.PearsonCorrelation(), "reals", "logits"),
    "concordance_correlation": (lambda: M.ConcordanceCorrelation(), "reals", "logits"),
    "pearson_correlation_0": (lambda: M.PearsonCorrelation(axis=-1), "reals", "logits"),
    "hinge": (lambda: M.Hinge(), "bits", "logits"),
    "squared_hinge": (lambda: M.SquaredHinge(), "bits", "logits"),
    "categorical_hinge": (lambda: M.CategoricalHinge(), "onehot", "logits"),
    "kl_divergence": (lambda: M.KLDivergence(), "reals", "parts"),
    "poisson": (lambda: M.Poisson(), "reals", "inner"),
    "binary_crossentropy": (lambda: M.BinaryCrossentropy(label_smoothing=0.1), "bits", "inner"),
    "categorical_crossentropy": (lambda: M.CategoricalCrossentropy(from_logits=True), "onehot", "logits"),
    "sparse_categorical_crossentropy": (lambda: M.SparseCategoricalCrossentropy(), "numbers", "inner"),
    "sparse_categorical_crossentropy_ignore": (lambda: M.SparseCategoricalCrossentropy(from_logits=True, ignore_class=2), "numbers", "logits"),
    "r2_score": (lambda: M.R2Score(), "reals", "parts"),
    "r2_score_variance": (lambda: M.R2Score(class_aggregation="variance_weighted_average"), "reals", "parts"),
    "r2_score_each": (lambda: M.R2Score(class_aggregation=None), "reals", "parts"),
    "r2_score_adjusted": (lambda: M.R2Score(num_regressors=3), "reals", "parts"),
    "r2_score_too_many": (lambda: M.R2Score(num_regressors=30), "reals", "parts"),
    "mean": (lambda: M.Mean(), None, "logits"),
    "sum": (lambda: M.Sum(), None, "logits"),
    "true_positives": (lambda: M.TruePositives(), "bits", "parts"),
    "true_negatives": (lambda: M.TrueNegatives(thresholds=0.3), "bits", "parts"),
    "false_positives": (lambda: M.FalsePositives(thresholds=[0.0, 0.2, 0.9]), "bits", "parts"),
    "false_negatives": (lambda: M.FalseNegatives(thresholds=[0.0, 0.5, 1.0]), "bits", "parts"),
    "precision": (lambda: M.Precision(), "bits", "parts"),
    "precision_thresholds": (lambda: M.Precision(thresholds=[0.2, 0.6, 0.7, 0.999]), "bits", "parts"),
    "precision_top_k": (lambda: M.Precision(top_k=2), "bits", "ties"),
    "precision_top_k_class": (lambda: M.Precision(top_k=2, class_id=1, thresholds=[0.1, 0.4]), "bits", "ties"),
    "precision_class_0": (lambda: M.Precision(class_id=0), "bits", "parts"),
    "recall": (lambda: M.Recall(), "bits", "parts"),
    "recall_top_k": (lambda: M.Recall(top_k=1), "bits", "ties"),
    "recall_class": (lambda: M.Recall(class_id=3, thresholds=[0.25, 0.5, 0.75]), "bits", "parts"),
    "sensitivity_at_specificity": (lambda: M.SensitivityAtSpecificity(0.6), "bits", "parts"),
    "sensitivity_at_specificity_few": (lambda: M.SensitivityAtSpecificity(0.6, num_thresholds=1), "bits", "parts"),
    "specificity_at_sensitivity": (lambda: M.SpecificityAtSensitivity(0.7, num_thresholds=50), "bits", "parts"),
    "precision_at_recall": (lambda: M.PrecisionAtRecall(0.5), "bits", "parts"),
    "recall_at_precision": (lambda: M.RecallAtPrecision(0.65, class_id=2), "bits", "parts"),
    "auc": (lambda: M.AUC(), "bits", "parts"),
    "auc_minoring": (lambda: M.AUC(num_thresholds=11, summation_method="minoring"), "bits", "parts"),
    "auc_majoring": (lambda: M.AUC(num_thresholds=11, summation_method="majoring"), "bits", "parts"),
    "auc_pr": (lambda: M.AUC(curve="PR"), "bits", "parts"),
    "auc_pr_majoring": (lambda: M.AUC(curve="PR", num_thresholds=21, summation_method="majoring"), "bits", "parts"),
    "auc_pr_gain": (lambda: M.AUC(curve="PRGAIN", num_thresholds=31), "bits", "parts"),
    "auc_thresholds": (lambda: M.AUC(thresholds=[0.0, 0.15, 0.5, 0.8]), "bits", "parts"),
    "auc_logits": (lambda: M.AUC(from_logits=True, curve="PR"), "bits", "logits"),
    "auc_labels": (lambda: M.AUC(multi_label=True), "bits", "parts"),
    "auc_labels_weights": (lambda: M.AUC(multi_label=True, num_thresholds=21, curve="PR", label_weights=[0.1, 0.0, 2.0, 0.7]), "bits", "parts"),
    "auc_labels_thresholds": (lambda: M.AUC(multi_label=True, thresholds=[0.3, 0.4]), "bits", "parts"),
    "auc_weights": (lambda: M.AUC(label_weights=[0.1, 0.0, 2.0, 0.7]), "bits", "parts"),
    "f1_score": (lambda: M.F1Score(), "onehot", "parts"),
    "f1_score_micro": (lambda: M.F1Score(average="micro", threshold=0.5), "bits", "parts"),
    "f1_score_macro": (lambda: M.F1Score(average="macro"), "onehot", "ties"),
    "fbeta_score": (lambda: M.FBetaScore(average="weighted", beta=2.0, threshold=0.3), "bits", "parts"),
    "fbeta_score_each": (lambda: M.FBetaScore(beta=0.5), "onehot", "parts"),
    "iou": (lambda: M.IoU(num_classes=4, target_class_ids=[0, 2]), "numbers", "said"),
    "iou_ignore": (lambda: M.IoU(num_classes=4, target_class_ids=[1, 2, 3], ignore_class=1), "numbers", "said"),
    "iou_one_hot_labels": (lambda: M.IoU(num_classes=4, target_class_ids=[0, 1], sparse_y_true=False), "onehot", "said"),
    "mean_iou": (lambda: M.MeanIoU(num_classes=4), "numbers", "said"),
    "mean_iou_few": (lambda: M.MeanIoU(num_classes=3), "numbers", "said"),
    "binary_iou": (lambda: M.BinaryIoU(threshold=0.6), "bit", "part"),
    "binary_iou_1": (lambda: M.BinaryIoU(target_class_ids=[1]), "bit", "part"),
    "one_hot_iou": (lambda: M.OneHotIoU(num_classes=4, target_class_ids=[0, 3]), "onehot", "parts"),
    "one_hot_iou_said": (lambda: M.OneHotIoU(num_classes=4, target_class_ids=[0, 3], sparse_y_pred=True), "onehot", "said"),
    "one_hot_mean_iou": (lambda: M.OneHotMeanIoU(num_classes=4, ignore_class=0), "onehot", "ties"),
}


def samples(kind):
    """(16, 4), or (16,) of class numbers."""
    shape, numbers = (SAMPLES, LABELS), (unit((SAMPLES,), 70) * LABELS).astype(np.int32)
    if kind == "numbers":
        return numbers
    if kind in ["bit", "part"]:
        return samples(kind + "s")[:, :1]
    if kind == "said":  # class numbers of the output, every other one right
        return np.where(unit((SAMPLES,), 71) < 0.5, numbers, (unit((SAMPLES,), 72) * LABELS).astype(np.int32)).astype(np.float32)
    if kind == "onehot":
        return np.eye(LABELS, dtype=np.float32)[numbers]
    if kind == "bits":
        return (unit(shape, 73) > 0.5).astype(np.float32)
    if kind == "reals":
        return (2 * unit(shape, 74)).astype(np.float32)
    if kind == "logits":
        return (6 * unit(shape, 75) - 3).astype(np.float32)
    if kind == "sorted":
        return np.argsort(unit(shape, 76), axis=-1).astype(np.float32)
    if kind == "ties":
        return (np.floor(5 * unit(shape, 77)) / 5).astype(np.float32)
    if kind == "inner":
        return (0.02 + 0.96 * unit(shape, 78)).astype(np.float32)
    parts = unit(shape, 78).astype(np.float32)  # "parts"
    parts[1, 1], parts[2, 1], parts[3, 2], parts[7, 0], parts[9, 3] = 0, 1, 0.5, 0, 1
    return parts


def stream(make, t, p, weights, split):
    metric, values, at = make(), [], 0
    for n in split:
        w = {} if weights is None else {"sample_weight": weights[at : at + n]}
        if t is None:
            metric.update_state(p[at : at + n], **w)
        else:
            metric.update_state(t[at : at + n], p[at : at + n], **w)
        values.append(np.asarray(metric.result()))
        at += n
    return values


def metrics():
    weights = np.floor(3 * unit((SAMPLES,), 79)).astype(np.float32)  # whole, as those of IoU become
    for name, (make, t, p) in METRICS.items():
        t, p = None if t is None else samples(t), samples(p)
        array("stream_" + name, stream(make, t, p, None, SPLIT) + stream(make, t, p, weights, SPLIT))
    deep, few = (5, 3, LABELS), [2, 2, 1]
    square = weights[:15].reshape(5, 3)
    for name, (make, t, p) in {
        "binary_accuracy": METRICS["binary_accuracy"], "sparse_categorical_accuracy": METRICS["sparse_categorical_accuracy"],
        "mean_squared_error": METRICS["mean_squared_error"], "root_mean_squared_error": METRICS["root_mean_squared_error"],
        "precision": METRICS["precision"], "auc": METRICS["auc"],
    }.items():
        t, p = samples(t), samples(p)
        t = t[:15].reshape(deep) if t.ndim == 2 else t[:15].reshape(5, 3)
        p = p[:15].reshape(deep)
        array("steps_" + name, stream(make, t, p, None, few) + stream(make, t, p, square, few))


# ---- while models are trained ----

def numbers(n, salt, limit):
    return ((2 * hash_unit(np.arange(n), salt) - 1) * limit).astype(np.float32)


def trained(name, model, data, shown, **options):
    """Epoch by epoch, what is shown."""
    history = model.fit(*data, batch_size=8, epochs=3, shuffle=False, verbose=0, **options).history
    array("trained_" + name, [[np.mean(history[key][epoch]) for key in shown] for epoch in range(3)])


def trainings():
    keras.utils.clear_session()  # names of metrics are counted
    L, rows = keras.layers, 20
    x, y = numbers(rows * 5, 90, 1).reshape(rows, 5), (hash_unit(np.arange(rows), 91) > 0.5).astype(np.float32)
    weights = (2 * hash_unit(np.arange(rows), 92)).astype(np.float32)
    m = keras.Sequential([keras.Input((5,)), L.Dense(1, activation="sigmoid")])
    m.set_weights([numbers(5, 93, 1).reshape(5, 1), np.zeros(1, np.float32)])
    m.compile(keras.optimizers.SGD(0.5), K.BinaryFocalCrossentropy(reduction="mean_with_sample_weight"),
              metrics=[M.AUC(), M.Precision(), M.F1Score(threshold=0.4)],
              weighted_metrics=[M.AUC(name="heavy_auc", curve="PR"), M.RootMeanSquaredError(), M.Recall(thresholds=[0.3, 0.6])])
    trained("binary", m, (x, y.reshape(rows, 1)),
            ["loss", "auc", "precision", "f1_score", "heavy_auc", "root_mean_squared_error", "recall", "val_loss", "val_auc", "val_recall"],
            sample_weight=weights, validation_data=(x[5:], y[5:].reshape(-1, 1)))
    steps = 4
    tokens, y = (hash_unit(np.arange(rows * steps), 94) * 6).astype(np.int32).reshape(rows, steps), None
    y = (hash_unit(np.arange(rows * steps), 95) * 3).astype(np.int32).reshape(rows, steps)
    m = keras.Sequential([keras.Input((steps,), dtype="int32"), L.Embedding(6, 4, mask_zero=True), L.Dense(3, activation="softmax")])
    m.set_weights([numbers(24, 96, 1).reshape(6, 4), numbers(12, 97, 1).reshape(4, 3), np.zeros(3, np.float32)])
    m.compile(keras.optimizers.SGD(0.5), K.SparseCategoricalCrossentropy(), metrics=["accuracy"],
              weighted_metrics=[M.SparseCategoricalCrossentropy(name="crossentropy")])
    trained("masked", m, (tokens, y), ["loss", "accuracy", "crossentropy"],
            sample_weight=(2 * hash_unit(np.arange(rows * steps), 98)).astype(np.float32).reshape(rows, steps))


here = pathlib.Path(__file__).parent
losses()
ctc()
axes()
metrics()
trainings()
head = ["/* SPDX-License-Identifier: MIT */",
        f"/* golden/scores.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} computes; made by make_scores.py. */",
        "#ifndef MICA_GOLDEN_SCORES_H", "#define MICA_GOLDEN_SCORES_H", "#include <math.h>",
        '#pragma GCC diagnostic ignored "-Wunused-const-variable"', '#pragma GCC diagnostic ignored "-Wunused-variable"', ""]
(here / "scores.h").write_text("\n".join(head + out) + "\n\n#endif\n")
