#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_callbacks.py - golden/callbacks.h: what callbacks of the real Keras decide on given figures, and the files that they write.

A callback is told of epochs with figures that stand here; test_callbacks.c has the same ones set by a callback before it.
usage: CUDA_VISIBLE_DEVICES= TF_CPP_MIN_LOG_LEVEL=3 python make_callbacks.py
"""
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

out = []
FIGURES = [0.9, 0.8, 0.81, 0.8, 0.79995, 0.7, 0.72, 0.71, 0.705, 0.7, 0.69, 0.695, 0.69, 0.8, 0.6, 0.61]


def array(name, values, c_type="float"):
    texts = [("%.9g" % float(v)) if c_type == "float" else str(int(v)) for v in values]
    if c_type == "float":
        texts = [t + ("f" if any(c in t for c in ".e") else ".f") for t in texts]
    width = 10 if c_type == "float" else 30
    lines = [", ".join(texts[i : i + width]) for i in range(0, len(texts), width)]
    out.append(f"static const {c_type} golden_{name}[{len(texts)}] = {{\n\t" + ",\n\t".join(lines) + ",\n};")


def text(name, s):
    out.append(f"static const char golden_{name}[] = \"" + s.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n") + '";')


def model(rate=0.5):
    m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    m.compile(keras.optimizers.SGD(rate), "mse", metrics=["mean_absolute_error"])
    m.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))
    return m


def run(callback, m, see, figures=FIGURES, name="val_loss"):
    """Epochs until the model is told to stop; see is called after each."""
    callback.set_model(m)
    m.stop_training = False
    callback.on_train_begin()
    for epoch, x in enumerate(figures):
        m.layers[0].set_weights([np.full((1, 1), epoch + 1.0), np.zeros(1)])
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, name: x})
        see(epoch + 1)
        if m.stop_training:
            break
    callback.on_train_end()


def early_stopping():
    c = keras.callbacks.EarlyStopping
    cases = [c(), c(patience=2), c(patience=3, restore_best_weights=True), c(patience=2, min_delta=0.05, restore_best_weights=True),
             c(patience=4, baseline=0.75, restore_best_weights=True), c(patience=2, baseline=0.5),
             c(patience=1, start_from_epoch=6, restore_best_weights=True), c(patience=2, mode="max", restore_best_weights=True),
             c(patience=50, restore_best_weights=True), c(patience=3, min_delta=-0.1)]
    seen = []
    for callback in cases:
        m, last = model(), []
        run(callback, m, last.append)
        seen += [last[-1], m.layers[0].get_weights()[0][0, 0]]
    array("early_stopping", seen, "int")


def reduce_lr():
    c = keras.callbacks.ReduceLROnPlateau
    cases = {"default": c(patience=2), "factor": c(factor=0.5, patience=1, min_delta=0.01), "cooldown": c(factor=0.5, patience=1, cooldown=3),
             "least": c(factor=0.3, patience=1, min_lr=0.04), "max": c(factor=0.9, patience=2, mode="max"), "eager": c(factor=0.5, patience=1, min_delta=0)}
    for name, callback in cases.items():
        m, rates = model(), []
        run(callback, m, lambda epoch: rates.append(float(m.optimizer.learning_rate)))
        array("reduce_lr_" + name, rates)


def csv():
    rows = [{"loss": 0.6931471824645996, "accuracy": 1.0, "val_loss": 1e-05, "val_accuracy": float("nan")},
            {"loss": 123456789.0, "accuracy": float("inf"), "val_loss": 0.1, "learning_rate": 1e-3}]
    bare = [{"loss": 0.25, "accuracy": 1e16}, {"loss": 5e-324, "accuracy": -0.0}]
    with tempfile.TemporaryDirectory() as folder:
        def write(file, rows, **options):
            c = keras.callbacks.CSVLogger(pathlib.Path(folder, file), **options)
            c.on_train_begin()
            for epoch, row in enumerate(rows):
                c.on_epoch_end(epoch, row)
            c.on_train_end()
            return pathlib.Path(folder, file).read_bytes().decode()
        text("csv", write("a", rows))
        text("csv_bare", write("b", bare, separator=";"))
        text("csv_appended", write("a", rows, append=True))


def names():
    """Files of ModelCheckpoint."""
    logs = {"loss": 0.6931471824645996, "val_loss": 1234.5, "accuracy": 1.0}
    patterns = ["{epoch:02d}-{val_loss:.2f}.keras", "{epoch}-{batch:04d}-{loss}-{accuracy}.keras", "{{{loss:10.3e}}}{loss:g}{val_loss:08.1f}.keras",
                "{loss:f}-{val_loss:.3g}-{epoch:5d}.keras"]
    for i, pattern in enumerate(patterns):
        c = keras.callbacks.ModelCheckpoint(pattern)
        text(f"file_name_{i}", c._get_file_path(8, 41, logs).removesuffix(".keras"))


def events():
    """Records of an event file, by TensorFlow's own messages and writer."""
    v1 = tf.compat.v1
    values = np.array([0.5, -1.5, 2.25, 0.5, 0.0, 7.0, -3.0, np.nan], np.float32)

    def histogram(x):
        x = [float(v) for v in x if np.isfinite(v)]
        least, most = min(x), max(x)
        width = (most - least) / 30
        limits = [least + (b + 1) * width for b in range(29)] + [most] if width else [most + 0.5]
        counts = [0.0] * len(limits)
        for v in x:
            counts[min(int((v - least) / width), 29) if width else 0] += 1
        return v1.HistogramProto(min=least, max=most, num=len(x), sum=sum(x), sum_squares=sum(v * v for v in x), bucket_limit=limits, bucket=counts)

    def summary(**value):
        return v1.Summary(value=[v1.Summary.Value(**value)])

    messages = [v1.Event(wall_time=1.5, file_version="brain.Event:2"),
                v1.Event(wall_time=2.25, step=0, summary=summary(tag="epoch_loss", simple_value=0.0)),
                v1.Event(wall_time=3.0, step=70000, summary=summary(tag="batch_loss", simple_value=-0.15625)),
                v1.Event(wall_time=4.0, step=1, summary=summary(tag="dense/kernel/histogram", histo=histogram(values))),
                v1.Event(wall_time=5.0, step=2, summary=summary(tag="dense/bias/histogram", histo=histogram(np.zeros(3, np.float32))))]
    with tempfile.NamedTemporaryFile() as f:
        with tf.io.TFRecordWriter(f.name) as writer:
            for m in messages:
                writer.write(m.SerializeToString())
        array("events", pathlib.Path(f.name).read_bytes(), "unsigned char")


early_stopping()
reduce_lr()
csv()
names()
events()
head = ["/* SPDX-License-Identifier: MIT */",
        f"/* golden/callbacks.h - what Keras {keras.__version__} with TensorFlow {tf.__version__} decides and writes; made by make_callbacks.py. */",
        "#ifndef MICA_GOLDEN_CALLBACKS_H", "#define MICA_GOLDEN_CALLBACKS_H", ""]
pathlib.Path(__file__).with_name("callbacks.h").write_text("\n".join(head + out) + "\n\n#endif\n")
