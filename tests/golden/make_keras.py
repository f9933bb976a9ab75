#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes activations.h, losses.h, optimizers.h, training.h, layers.h, keras.h and recurrent.h: numbers that real Keras 3 (TensorFlow backend)
computes, for the tests of nn and model.

Run with a Python that has keras and tensorflow: python tests/golden/make_keras.py [HEADER...]
Inputs that are not in the header are made by hash_unit below, which tests/golden/golden.h repeats in C.
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["COLUMNS"] = "120"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from common import hash_unit, spread  # noqa: E402

out = []


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
    """Ordinary numbers, borders, huge ones; a row each with infinities and NaN, since some activations look at a row."""
    ordinary = np.linspace(-6.1, 6.1, 40)
    borders = [0, -0.0, 1, -1, 3, -3, 0.5, -0.5, 6, -6, 2, -2, 4, -4, 0.1, -0.1]
    tiny = [1e-3, -1e-3, 1e-8, -1e-8, 1e-20, -1e-20, 20, -20]
    huge = [60, -60, 88, -88, 100, -100, 1e4, -1e4, 9, -9, 12, -12, 16, -16, 30, -30]
    largest = [1e15, -1e15, 3e18, -3e18, 1, 2, 3, 4]
    infinite = [np.inf, 1, 2, 3, -1, -2, -3, 0]
    below = [-np.inf, 1, 2, 3, -1, -2, -3, 0]
    nan = [np.nan, 1, 2, 3, -1, -2, -3, 0]
    x = np.array([*ordinary, *borders, *tiny, *huge, *largest, *infinite, *below, *nan]).astype(np.float32).reshape(-1, 8)
    seed = spread(x.size, 1, 1).reshape(x.shape)
    array("activation_x", x)
    array("activation_seed", seed)
    k = keras.activations
    cases = {name: k.get(name) for name in """linear relu softmax sigmoid tanh elu selu gelu silu softplus softsign
        leaky_relu hard_sigmoid mish exponential log_softmax relu6 celu squareplus soft_shrink sparse_plus tanh_shrink
        sparse_sigmoid hard_silu hard_tanh hard_shrink log_sigmoid glu""".split()}
    cases |= {
        "relu_leaky": lambda x: k.relu(x, negative_slope=0.3), "relu_most": lambda x: k.relu(x, max_value=2),
        "relu_most_0": lambda x: k.relu(x, max_value=0), "relu_threshold": lambda x: k.relu(x, threshold=1),
        "relu_all": lambda x: k.relu(x, negative_slope=0.3, max_value=2, threshold=-1),
        "relu_minus": lambda x: k.relu(x, threshold=-0.5),
        "leaky_relu_0": lambda x: k.leaky_relu(x, negative_slope=0.0), "leaky_relu_half": lambda x: k.leaky_relu(x, 0.5),
        "elu_2": lambda x: k.elu(x, alpha=2.0), "elu_0": lambda x: k.elu(x, alpha=0.0), "celu_2": lambda x: k.celu(x, alpha=2.0),
        "gelu_tanh": lambda x: k.gelu(x, approximate=True), "squareplus_1": lambda x: k.squareplus(x, b=1.0),
        "squareplus_0": lambda x: k.squareplus(x, b=0.0),
        "soft_shrink_2": lambda x: k.soft_shrink(x, 2.0), "soft_shrink_0": lambda x: k.soft_shrink(x, 0.0),
        "hard_shrink_2": lambda x: k.hard_shrink(x, 2.0), "hard_shrink_0": lambda x: k.hard_shrink(x, 0.0),
        "threshold_1_9": lambda x: k.threshold(x, 1.0, 9.0), "threshold_0_0": lambda x: k.threshold(x, 0.0, 0.0),
    }
    for name, function in cases.items():
        y, dx = value_and_slope(lambda x: function(x), x, seed if name != "glu" else seed[:, :4])
        array("activation_" + name, y)
        array("activation_" + name + "_slope", dx)


def losses():
    n, c = 8, 5
    logits = spread(n * c, 2, 6).reshape(n, c)
    logits[0] = [60, -60, 0, 1, 2]
    loose = hash_unit(np.arange(n * c), 3).reshape(n, c).astype(np.float32)  # rows do not add up to 1
    loose[1, 2], loose[2, 3] = 0, 1
    labels = (hash_unit(np.arange(n), 4) * c).astype(np.int32)
    labels[0] = 1
    onehot = np.eye(c, dtype=np.float32)[labels]
    bits = (hash_unit(np.arange(n * c), 5) > 0.5).astype(np.float32).reshape(n, c)
    weights = (2 * hash_unit(np.arange(n * c), 11)).reshape(n, c).astype(np.float32)  # labels that do not add up to 1
    weights[3] = 0
    signs, real = 2 * bits - 1, spread(n * c, 12, 3).reshape(n, c)
    real[0] = logits[0]
    real[1] = 0
    real[2] = logits[2] + np.array([1, -1, 2, -2, 0.5], np.float32)
    seed = spread(n, 6, 1)
    for name, values in [("logits", logits), ("loose", loose), ("labels", labels), ("onehot", onehot), ("bits", bits),
                         ("weights", weights), ("signs", signs), ("real", real), ("seed", seed)]:
        array("loss_" + name, values)
    k, a = keras.losses, keras.activations

    def case(name, function, x):
        y, dx = value_and_slope(function, x, seed)
        array("loss_" + name, y)
        array("loss_" + name + "_slope", dx)

    scce, cce, bce = k.sparse_categorical_crossentropy, k.categorical_crossentropy, k.binary_crossentropy
    case("scce_logits", lambda x: scce(labels, x, from_logits=True), logits)
    case("scce_loose", lambda x: scce(labels, x), loose)
    case("scce_softmax", lambda x: scce(labels, a.softmax(x)), logits)
    case("scce_sigmoid", lambda x: scce(labels, a.sigmoid(x)), logits)
    case("cce_logits", lambda x: cce(onehot, x, from_logits=True), logits)
    case("cce_loose", lambda x: cce(onehot, x), loose)
    case("cce_smooth", lambda x: cce(onehot, x, from_logits=True, label_smoothing=0.2), logits)
    case("cce_weights", lambda x: cce(weights, x, from_logits=True), logits)
    case("cce_weights_smooth", lambda x: cce(weights, x, from_logits=True, label_smoothing=0.2), logits)
    case("cce_weights_softmax", lambda x: cce(weights, a.softmax(x)), logits)
    case("cce_weights_loose", lambda x: cce(weights, x), loose)
    case("cce_sigmoid", lambda x: cce(onehot, a.sigmoid(x)), logits)
    case("bce_logits", lambda x: bce(bits, x, from_logits=True), logits)
    case("bce_loose", lambda x: bce(bits, x), loose)
    case("bce_smooth", lambda x: bce(bits, x, label_smoothing=0.3), loose)
    case("bce_sigmoid", lambda x: bce(bits, a.sigmoid(x)), logits)
    case("bce_softmax", lambda x: bce(bits, a.softmax(x)), logits)
    case("mse", lambda x: k.mean_squared_error(bits, x), loose)
    for name in """mean_squared_error mean_absolute_error mean_absolute_percentage_error mean_squared_logarithmic_error
                   huber log_cosh cosine_similarity hinge squared_hinge categorical_hinge poisson""".split():
        case(name, lambda x: getattr(k, name)(real, x), logits)
    case("huber_half", lambda x: k.huber(real, x, delta=0.5), logits)
    case("kl_divergence", lambda x: k.kl_divergence(weights, x), loose)
    case("poisson_loose", lambda x: k.poisson(weights, x), loose)
    case("msle_loose", lambda x: k.mean_squared_logarithmic_error(weights, x), loose)
    case("categorical_hinge_onehot", lambda x: k.categorical_hinge(onehot, x), logits)
    for name in ["hinge", "squared_hinge"]:
        case(name + "_bits", lambda x: getattr(k, name)(bits, x), logits)
        case(name + "_signs", lambda x: getattr(k, name)(signs, x), logits)
    m = keras.metrics
    array("accuracy_categorical", m.categorical_accuracy(onehot, loose))
    array("accuracy_sparse", m.sparse_categorical_accuracy(labels, loose))


def optimizers():
    """Weights that begin near 1, and near 0, where the digits of the moves themselves show."""
    o = keras.optimizers
    variants = {
        "sgd": o.SGD(), "sgd_momentum": o.SGD(0.1, momentum=0.9), "sgd_nesterov": o.SGD(0.1, momentum=0.9, nesterov=True),
        "sgd_decay": o.SGD(0.1, weight_decay=0.02), "sgd_rate_0": o.SGD(0.0, momentum=0.9),
        "rmsprop": o.RMSprop(), "rmsprop_momentum": o.RMSprop(0.01, rho=0.8, momentum=0.7),
        "rmsprop_centered": o.RMSprop(0.01, centered=True), "rmsprop_rho_0": o.RMSprop(0.01, rho=0.0),
        "rmsprop_both": o.RMSprop(0.01, momentum=0.5, centered=True), "rmsprop_epsilon_0": o.RMSprop(0.01, epsilon=0.0),
        "adam": o.Adam(), "adam_other": o.Adam(0.05, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
        "adam_amsgrad": o.Adam(0.05, beta_2=0.7, amsgrad=True), "adamw": o.AdamW(0.01),
        "adamw_decay": o.AdamW(0.01, weight_decay=0.3), "adamw_decay_0": o.AdamW(0.01, weight_decay=0.0),
        "adam_beta_1_0": o.Adam(0.01, beta_1=0.0, beta_2=0.9), "adam_beta_2_0": o.Adam(0.01, beta_2=0.0),
        "adam_betas_0": o.Adam(0.01, beta_1=0.0, beta_2=0.0), "adam_epsilon_0": o.Adam(0.01, epsilon=0.0),
        "adagrad": o.Adagrad(), "adagrad_other": o.Adagrad(0.1, initial_accumulator_value=0.5, weight_decay=0.1),
        "adagrad_start_0": o.Adagrad(0.1, initial_accumulator_value=0.0),
        "adadelta": o.Adadelta(), "adadelta_other": o.Adadelta(1.0, rho=0.8, epsilon=1e-3), "adamax": o.Adamax(),
        "adamax_other": o.Adamax(0.05, beta_1=0.7, beta_2=0.8, weight_decay=0.1), "nadam": o.Nadam(),
        "nadam_other": o.Nadam(0.05, beta_1=0.7, beta_2=0.9), "lion": o.Lion(), "lion_other": o.Lion(0.05, beta_1=0.5, beta_2=0.6),
        "lamb": o.Lamb(), "lamb_other": o.Lamb(0.1, beta_1=0.7, beta_2=0.8, epsilon=1e-3), "ftrl": o.Ftrl(),
        "ftrl_other": o.Ftrl(0.1, learning_rate_power=-0.3, initial_accumulator_value=0.2, l1_regularization_strength=0.05,
                             l2_regularization_strength=0.1, l2_shrinkage_regularization_strength=0.2, beta=0.3),
        "adafactor": o.Adafactor(), "adafactor_other": o.Adafactor(0.1, beta_2_decay=-0.5, epsilon_2=0.1, clip_threshold=0.6),
        "clipnorm": o.SGD(0.1, clipnorm=0.9), "clipvalue": o.SGD(0.1, clipvalue=0.7), "global_clipnorm": o.SGD(0.1, global_clipnorm=0.9),
        "schedule": o.SGD(o.schedules.ExponentialDecay(0.1, 2, 0.5)),
    }
    n, steps = 6, 10
    start, gradients = spread(n, 7, 1), spread(n * steps, 8, 2).reshape(steps, n)
    start[3:] *= 1e-4
    gradients[2] *= 0.01
    array("optimizer_start", start)
    array("optimizer_gradients", gradients)

    def run(name, optimizer, start, gradients):
        w, path = keras.Variable(start), []
        for g in gradients:
            optimizer.apply([tf.constant(g)], [w])
            path.append(w.numpy().copy())
        array("optimizer_" + name, path)

    for name, optimizer in variants.items():
        run(name, optimizer, start, gradients)
    small = (gradients * np.float32(1e-16)).astype(np.float32)
    array("optimizer_small_gradients", small)
    run("adam_small", o.Adam(0.1, epsilon=1e-20), start, small)
    run("rmsprop_small", o.RMSprop(0.1, epsilon=1e-33), start, small)
    run("sgd_small", o.SGD(0.1, momentum=0.9), start * 0, small * np.float32(1e-10))
    schedules()


def schedules():
    """Rates at 17 steps."""
    k = keras.optimizers.schedules
    cases = {
        "exponential": k.ExponentialDecay(0.1, 7, 0.6), "exponential_staircase": k.ExponentialDecay(0.1, 7, 0.6, staircase=True),
        "inverse": k.InverseTimeDecay(0.1, 7, 0.6), "inverse_staircase": k.InverseTimeDecay(0.1, 7, 0.6, staircase=True),
        "piecewise": k.PiecewiseConstantDecay([5, 8, 20], [1.0, 0.5, 0.25, 0.125]), "polynomial": k.PolynomialDecay(0.1, 30),
        "polynomial_power": k.PolynomialDecay(0.1, 30, 0.02, power=2.5), "polynomial_cycle": k.PolynomialDecay(0.1, 9, 0.02, cycle=True),
        "cosine": k.CosineDecay(0.1, 30), "cosine_alpha": k.CosineDecay(0.1, 30, alpha=0.2),
        "cosine_warmup": k.CosineDecay(0.01, 30, warmup_target=0.1, warmup_steps=10),
        "restarts": k.CosineDecayRestarts(0.1, 7), "restarts_other": k.CosineDecayRestarts(0.1, 6, t_mul=1.5, m_mul=0.8, alpha=0.1),
        "restarts_equal": k.CosineDecayRestarts(0.1, 7, t_mul=1.0, m_mul=0.7),
    }
    for name, schedule in cases.items():
        array("schedule_" + name, [float(schedule(tf.constant(3 * i))) for i in range(17)])


def training():
    """50 steps of small networks, weights and data by formulas: the loss of each step."""
    rows, width, hidden, steps = 32, 12, 8, 50
    x = spread(rows * width, 30, 1).reshape(rows, width)
    y = spread(rows * 3, 31, 1).reshape(rows, 3)
    labels = (hash_unit(np.arange(rows), 32) * 3).astype(np.int32)
    o = keras.optimizers
    cases = {
        "adam": (o.Adam(), "sparse_categorical_crossentropy"), "adam_fast": (o.Adam(0.03), "mean_squared_error"),
        "adamw": (o.AdamW(0.01, weight_decay=0.1), "mean_squared_error"),
        "amsgrad": (o.Adam(0.01, amsgrad=True), "sparse_categorical_crossentropy"),
        "nesterov": (o.SGD(0.05, momentum=0.9, nesterov=True), "mean_squared_error"),
        "rmsprop": (o.RMSprop(0.003, momentum=0.5, centered=True), "sparse_categorical_crossentropy"),
        "adagrad": (o.Adagrad(0.05), "mean_squared_error"), "adafactor": (o.Adafactor(0.01), "mean_squared_error"),
        "adadelta": (o.Adadelta(1.0, rho=0.9), "mean_squared_error"), "adamax": (o.Adamax(0.01), "sparse_categorical_crossentropy"),
        "lion": (o.Lion(0.003), "mean_squared_error"), "ftrl": (o.Ftrl(0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.01), "mean_squared_error"),
        "lamb": (o.Lamb(0.01), "mean_squared_error"), "nadam": (o.Nadam(0.01), "sparse_categorical_crossentropy"),
        "cosine": (o.AdamW(o.schedules.CosineDecay(0.0, 40, warmup_target=0.03, warmup_steps=10), global_clipnorm=0.1),
                   "mean_squared_error"),
        "muon": (o.Muon(0.01), "mean_squared_error"),
        "muon_other": (o.Muon(0.02, adam_lr_ratio=0.5, momentum=0.8, ns_steps=3, nesterov=False, rms_rate=None, weight_decay=0.1,
                              adam_weight_decay=0.3, exclude_layers=["last"]), "mean_squared_error"),
        "averages": (o.SGD(0.05, momentum=0.9, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3), "mean_squared_error"),
        "accumulated": (o.Adam(0.03, gradient_accumulation_steps=4, clipnorm=0.3), "mean_squared_error"),
        "accumulated_averages": (o.AdamW(o.schedules.ExponentialDecay(0.05, 10, 0.5), weight_decay=0.1, gradient_accumulation_steps=3,
                                         use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=2), "mean_squared_error"),
        "excluded": (o.AdamW(0.02, weight_decay=2.0), "mean_squared_error"),
        "averaged": (o.SGD(0.05, momentum=0.9, use_ema=True, ema_momentum=0.9), "mean_squared_error"),
    }
    cases["excluded"][0].exclude_from_weight_decay(var_names=["bias"])
    for name, (optimizer, loss) in cases.items():
        last = "softmax" if loss[0] == "s" else "linear"
        m = keras.Sequential([keras.Input((width,)), keras.layers.Dense(hidden, activation="tanh", name="first"),
                              keras.layers.Dense(3, activation=last, name="last")])
        m.set_weights([spread(width * hidden, 33, 0.5).reshape(width, hidden), np.zeros(hidden, np.float32),
                       spread(hidden * 3, 34, 0.7).reshape(hidden, 3), np.zeros(3, np.float32)])
        m.compile(optimizer, loss)
        target = labels if loss[0] == "s" else y
        if name == "averaged":
            m.fit(x, target, batch_size=rows, epochs=10, shuffle=False, verbose=0)
            array("training_averaged", m.layers[-1].get_weights()[0])
            continue
        array("training_" + name, [m.train_on_batch(x, target, return_dict=True)["loss"] for _ in range(steps)])


def layers():
    """20 steps of Dense(8), a part, Dense(3): the loss of each step, and then of evaluate."""
    rows, width, hidden, steps = 32, 12, 8, 20
    x = spread(rows * width, 30, 1).reshape(rows, width)
    y = spread(rows * 3, 31, 1).reshape(rows, 3)
    k, r, c = keras.layers, keras.regularizers, keras.constraints
    between = {
        "batch_normalization": [k.BatchNormalization()],
        "batch_normalization_other": [k.BatchNormalization(momentum=0.5, epsilon=0.1, center=False)],
        "batch_normalization_plain": [k.BatchNormalization(momentum=0.9, scale=False)],
        "batch_normalization_3d": [k.Reshape((4, 2)), k.BatchNormalization(momentum=0.8), k.Flatten()],
        "layer_normalization": [k.LayerNormalization()],
        "layer_normalization_other": [k.LayerNormalization(epsilon=0.2, scale=False)],
        "group_normalization": [k.GroupNormalization(groups=2)],
        "group_normalization_3d": [k.Reshape((2, 4)), k.GroupNormalization(groups=2, epsilon=0.01), k.Flatten()],
        "group_normalization_each": [k.Reshape((2, 4)), k.GroupNormalization(groups=-1), k.Flatten()],
        "rms_normalization": [k.RMSNormalization()],
        "unit_normalization": [k.UnitNormalization()],
        "activity_regularization": [k.ActivityRegularization(l1=0.02, l2=0.03)],
    }
    options = {
        "l1": {"kernel_regularizer": r.L1(0.03)}, "l2": {"kernel_regularizer": r.L2(), "bias_regularizer": r.L2(0.1)},
        "l1_l2": {"kernel_regularizer": r.L1L2(0.01, 0.02)}, "activity": {"activity_regularizer": r.L2(0.05)},
        "orthogonal": {"kernel_regularizer": r.OrthogonalRegularizer(0.3)},
        "orthogonal_columns": {"kernel_regularizer": r.OrthogonalRegularizer(0.3, mode="columns")},
        "max_norm": {"kernel_constraint": c.MaxNorm(0.7), "bias_constraint": c.MaxNorm(0.1)},
        "max_norm_1": {"kernel_constraint": c.MaxNorm(0.7, axis=1)}, "non_neg": {"kernel_constraint": c.NonNeg()},
        "unit_norm": {"kernel_constraint": c.UnitNorm()},
        "min_max_norm": {"kernel_constraint": c.MinMaxNorm(0.5, 0.8, rate=0.6)},
    }
    for name in [*between, *options]:
        m = keras.Sequential([keras.Input((width,)), k.Dense(hidden, activation="tanh", **options.get(name, {})),
                              *between.get(name, []), k.Dense(3)])
        m.layers[0].set_weights([spread(width * hidden, 33, 0.5).reshape(width, hidden), np.zeros(hidden, np.float32)])
        m.layers[-1].set_weights([spread(hidden * 3, 34, 0.7).reshape(hidden, 3), np.zeros(3, np.float32)])
        m.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mean_squared_error")
        losses = [m.train_on_batch(x, y, return_dict=True)["loss"] for _ in range(steps)]
        array("layers_" + name, [*losses, m.evaluate(x, y, batch_size=rows, verbose=0)])


def initializers():
    """Deviation and largest size of 60000 values; those of Keras' own draws."""
    shape = (300, 200)
    for name in """glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal random_uniform
                   random_normal truncated_normal""".split():
        v = keras.initializers.get({"class_name": name, "config": {"seed": 5}})(shape).numpy()
        array("initializer_" + name, [v.std(), np.abs(v).max()])
    stft = keras.initializers.STFT
    for name, init in {"stft": stft(), "stft_imaginary": stft("imag", "hamming", "spectrum"), "stft_periodic": stft("real", "blackman", periodic=True),
                       "stft_bartlett": stft("imag", "bartlett", None), "stft_boxcar": stft(window="boxcar"), "stft_plain": stft(window=None)}.items():
        array("initializer_" + name, np.ravel(init((7, 1, 4))))


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
    summary_of("summary", m)
    waiting = [keras.layers.Flatten(name="flatten"), keras.layers.Dense(10, name="dense")]
    summary_of("summary_waiting", keras.Sequential(waiting, name="sequential"))
    summary_of("summary_empty", keras.Sequential(name="sequential"))


def summary_of(name, m):
    lines = []
    m.summary(line_length=88, print_fn=lambda text, **kwargs: lines.append(text))
    text = "\n".join(lines).rstrip("\n") + "\n"
    out.append(f"static const char golden_{name}[] =")
    for line in text.splitlines():
        out.append('\t"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"')
    out[-1] += ";"


def recurrent():
    """An LSTM of 9 units over 6 steps: outputs of all steps, the last state, and gradients; with masks, and backwards."""
    batch, steps, width, units = 3, 6, 5, 9
    x = spread(batch * steps * width, 1, 1.5).reshape(batch, steps, width)
    weights = [spread(width * 4 * units, 2, 0.7).reshape(width, 4 * units), spread(units * 4 * units, 3, 0.5).reshape(units, 4 * units),
               spread(4 * units, 4, 0.5)]
    seed = spread(batch * steps * units, 5, 1).reshape(batch, steps, units)
    mask = hash_unit(np.arange(batch * steps), 6).reshape(batch, steps) < 0.6
    for name, mask_of, backwards in [("lstm", None, False), ("lstm_masked", mask, False), ("lstm_backwards", None, True),
                                     ("lstm_masked_backwards", mask, True)]:
        layer = keras.layers.LSTM(units, return_sequences=True, return_state=True, go_backwards=backwards, use_cudnn=False)
        layer.build(x.shape)
        layer.set_weights(weights)
        sequence = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(sequence)
            y, h, c = layer(sequence, mask=None if mask_of is None else tf.constant(mask_of))
            total = tf.reduce_sum(y * tf.constant(seed))
        slopes = tape.gradient(total, [sequence] + [v.value for v in layer.trainable_variables])
        array(name, y)
        array(name + "_state", np.concatenate([h, c]))
        array(name + "_slopes", np.concatenate([np.ravel(s) for s in slopes]))


def keras_parts():
    initializers()
    model()
    summary()


here = pathlib.Path(__file__).parent
parts = {"activations": activations, "losses": losses, "optimizers": optimizers, "training": training, "layers": layers,
         "keras": keras_parts, "recurrent": recurrent}
for name in sys.argv[1:] or parts:
    out.clear()
    parts[name]()
    head = ["/* SPDX-License-Identifier: MIT */",
            f"/* golden/{name}.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} computes; made by make_keras.py. */",
            f"#ifndef MICA_GOLDEN_{name.upper()}_H", f"#define MICA_GOLDEN_{name.upper()}_H", "#include <math.h>",
            '#pragma GCC diagnostic ignored "-Wunused-const-variable"', '#pragma GCC diagnostic ignored "-Wunused-variable"', ""]
    (here / (name + ".h")).write_text("\n".join(head + out) + "\n\n#endif\n")
