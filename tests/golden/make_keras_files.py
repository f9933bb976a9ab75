#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the files of tests/golden/keras_files/ and keras_files.h: models that Keras saved, and what it predicts by them, for
tests/model/test_keras_files.c.

Run with a Python that has keras and tensorflow: python tests/golden/make_keras_files.py
Input i of a model is spread (golden.h) with salt 100 + i and limit 1, whole numbers hash_unit with that salt times 8; weight i, if the model was
not trained, is spread with salt 200 + i and limit 0.7, a variance its size and 0.1.  A trained one saw three batches, all of them that
input, and the target of salt 300; what it predicts after one more such batch is written, too.
Zips are packed again, by deflate, so that they are small; nested.weights.h5 is as Keras wrote it.
"""
import os
import pathlib
import zipfile

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}

import keras  # noqa: E402
import numpy as np  # noqa: E402
from common import hash_unit, spread  # noqa: E402

k = keras.layers
BATCH = 3
HERE = pathlib.Path(__file__).parent


def cnn():
    return keras.Sequential([k.Input((6, 5, 2)), k.Conv2D(3, 3, padding="same", activation="relu"), k.BatchNormalization(), k.MaxPooling2D(),
                             k.SpatialDropout2D(0.0), k.Flatten(), k.Dense(4, activation="softmax", kernel_regularizer=keras.regularizers.L2(1e-3))])


def two_inputs():
    a, b = k.Input((4,), name="left"), k.Input((4,), name="right")
    shared = k.Dense(3, activation="tanh", name="shared")
    both = k.Concatenate()([shared(b), shared(k.Dense(4, name="before")(a))])
    return keras.Model([a, b], [k.Dense(2, name="sum")(both), k.Subtract()([shared(a), shared(b)])])


def recurrent():
    x = k.Input((5,), dtype="int32")
    y = k.Embedding(8, 3, mask_zero=True)(x)
    y = k.Bidirectional(k.LSTM(2, return_sequences=True))(y)
    y, state = k.GRU(3, return_sequences=True, return_state=True)(y)
    return keras.Model(x, k.Dense(2)(k.Concatenate()([k.SimpleRNN(2)(y), state])))


def block():
    x = k.Input((4, 6))
    y = k.LayerNormalization()(k.Add()([x, k.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)]))
    return keras.Model(x, k.Add()([y, k.Dense(6)(k.Dense(8, activation=k.LeakyReLU(0.1))(y))]))


def over_axes():
    """Softmax over two axes, one with a mask that comes in; a list of one axis."""
    x = k.Input((3, 4))
    seen = k.Softmax(axis=(1, -1))(x, mask=k.Dense(4)(x))
    return keras.Model(x, k.Add()([seen, k.Softmax(axis=[-2, -1])(k.Dense(4)(x)), k.Softmax(axis=[1])(x)]))


def nested():
    i = k.Input((4,))
    inner = keras.Model(i, k.Add()([i, k.Dense(4)(i)]), name="inner")
    a = k.Input((4,))
    return keras.Model(a, keras.Sequential([k.Input((4,)), inner, k.Dense(2)], name="chain")(inner(a)))


def keyed():
    """Inputs and outputs by keys, which stand in another order than the alphabet's; cells; statistics of data."""
    b, a = k.Input((4,), name="b"), k.Input((5, 3), name="a")
    h = k.Bidirectional(k.RNN([k.LSTMCell(2), k.GRUCell(3)]))(a)
    n = k.Normalization()(k.Rescaling(0.5, offset=0.25)(b))
    return keras.Model({"b": b, "a": a}, {"z": k.Dense(2)(k.Concatenate()([h, n])), "y": k.Dense(1)(n)}, name="keyed")


def trained(optimizer=keras.optimizers.Adam(0.02, amsgrad=True)):
    # tanh: behind a unit that is linear in all samples of a batch, the normalization leaves nothing but rounding of the bias' gradient
    m = keras.Sequential([k.Input((4,)), k.Dense(5, activation="tanh"), k.BatchNormalization(), k.Dense(2)])
    m.compile(optimizer, keras.losses.MeanSquaredError(), metrics=["mae"])
    return m


def adafactor():
    return trained(keras.optimizers.Adafactor(0.05))


def muon():
    return trained(keras.optimizers.Muon(0.02, exclude_layers=["dense_1"], rms_rate=None))


@keras.saving.register_keras_serializable("own")
def far(y_true, y_pred):
    return keras.ops.max(keras.ops.abs(y_true - y_pred))


def own_loss():
    """Compiled for what no other program has."""
    m = keras.Sequential([k.Input((4,)), k.Dense(2)])
    m.compile("sgd", far)
    return m


def over_steps():
    """A model, and a chain with a model in it, go over the steps of a sequence."""
    def inner():
        i = k.Input((4,))
        return keras.Model(i, k.Add()([i, k.Dense(4, activation="tanh")(i)]), name="inner")
    x = k.Input((5, 4))
    y = k.TimeDistributed(keras.Sequential([k.Input((4,)), inner(), k.Dense(3)], name="chain"))(k.TimeDistributed(inner())(x))
    return keras.Model(x, k.LSTM(2)(y))


def inputs_of(m):
    whole = [t.dtype.startswith("int") for t in m.inputs]
    shapes = [(BATCH, *t.shape[1:]) for t in m.inputs]
    return [(8 * hash_unit(np.arange(np.prod(s)), 100 + i)).astype(np.int32).reshape(s) if w else spread(s, 100 + i, 1)
            for i, (s, w) in enumerate(zip(shapes, whole))]


def prepare(m, xs):
    if m.compiled:
        for _ in range(3):
            m.train_on_batch(xs[0], spread((BATCH, 2), 300, 1))
        return
    for i, w in enumerate(m.weights):
        v = spread(w.shape, 200 + i, 0.7)
        w.assign(np.abs(v) + 0.1 if w.name.endswith("variance") else v)
    for layer in m.layers:
        getattr(layer, "finalize_state", list)()  # a normalization computes with copies of its weights


def pack(file):
    with zipfile.ZipFile(file) as z:
        members = [(i.filename, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def numbers(m, xs):
    given = {t.name: x for t, x in zip(m.inputs, xs)} if m.name == "keyed" else xs if len(xs) > 1 else xs[0]
    ys = m(given, training=False)
    ys = ys if isinstance(ys, (list, tuple)) else [ys[key] for key in sorted(ys)] if isinstance(ys, dict) else [ys]
    return np.concatenate([np.ravel(y) for y in ys]), [int(np.prod(y.shape[1:])) for y in ys]


def array(name, v):
    text = ", ".join("%.9gf" % x if "." in "%.9g" % x or "e" in "%.9g" % x else "%.9g" % x for x in v)
    return f"static const float {name}[] = {{{text}}};\n"


def main():
    folder = HERE / "keras_files"
    folder.mkdir(exist_ok=True)
    out = "/* SPDX-License-Identifier: MIT */\n/* golden/keras_files.h - made by make_keras_files.py. */\n"
    for make in [cnn, two_inputs, recurrent, block, nested, keyed, over_axes, over_steps, trained, adafactor, muon]:
        keras.utils.set_random_seed(5)
        m, name = make(), make.__name__
        xs = inputs_of(m)
        prepare(m, xs)
        m.save(folder / f"{name}.keras")
        pack(folder / f"{name}.keras")
        y, sizes = numbers(m, xs)
        out += array(f"{name}_y", y)
        print(name, sizes, (folder / f"{name}.keras").stat().st_size)
        if m.compiled:
            m.train_on_batch(xs[0], spread((BATCH, 2), 300, 1))
            out += array(f"{name}_after", numbers(m, xs)[0])
        if name == "nested":
            m.save_weights(folder / "nested.weights.h5")
    own_loss().save(folder / "own_loss.keras")
    pack(folder / "own_loss.keras")
    (HERE / "keras_files.h").write_text(out)


main()
