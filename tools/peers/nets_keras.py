# SPDX-License-Identifier: MIT
"""nets_keras.py - the networks of mica bench nets in Keras (KERAS_BACKEND names tensorflow or jax), on random data: samples per
second of the last epoch.  usage: nets_keras.py --net NAME [--batch N] [--steps N] [--epochs N]"""
import argparse
import json
import os
import resource
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
began = time.time()
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers as k  # noqa: E402


def convolved(x, filters, kernel, stride):
    return k.BatchNormalization()(k.Conv2D(filters, kernel, stride, "same", use_bias=False)(x))


def residual(x, filters, stride):
    y = convolved(k.ReLU()(convolved(x, filters, 3, stride)), filters, 3, 1)
    return k.ReLU()(k.Add()([y, x if stride == 1 else convolved(x, filters, 1, stride)]))


def resnet20():
    x = first = keras.Input((32, 32, 3))
    x = k.ReLU()(convolved(x, 16, 3, 1))
    for filters in 16, 32, 64:
        for i in range(3):
            x = residual(x, filters, 2 if filters > 16 and i == 0 else 1)
    return keras.Model(first, k.Dense(10)(k.GlobalAveragePooling2D()(x)))


class Places(k.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, x):
        return x + self.w


def gpt(words=96, width=128, heads=4, blocks=4, steps=128):
    first = keras.Input((steps,), dtype="int32")
    x = Places()(k.Embedding(words, width)(first))
    for _ in range(blocks):
        z = k.LayerNormalization()(x)
        x = k.Add()([x, k.MultiHeadAttention(heads, width // heads)(z, z, use_causal_mask=True)])
        z = k.LayerNormalization()(x)
        x = k.Add()([x, k.Dense(width)(k.Dense(4 * width, "gelu")(z))])
    return keras.Model(first, k.Dense(words)(k.LayerNormalization()(x)))


def chain(sample, *layers, dtype="float32"):
    return keras.Sequential([keras.Input(sample, dtype=dtype), *layers])


def cnn():
    return chain((28, 28, 1), k.Conv2D(32, 3, activation="relu"), k.MaxPooling2D(), k.Conv2D(64, 3, activation="relu"), k.MaxPooling2D(),
                 k.Flatten(), k.Dropout(0.5), k.Dense(10))


def thin50():
    return chain((784,), *[k.Dense(64, "relu") for _ in range(50)], k.Dense(10))


def bn():
    blocks = [m for units in (512, 256, 128) for m in (k.Dense(units, use_bias=False), k.BatchNormalization(), k.ReLU(), k.Dropout(0.2))]
    return chain((784,), *blocks, k.Dense(10))


def lstm():
    return chain((28, 28), k.LSTM(128), k.Dense(10))


def text():
    return chain((200,), k.Embedding(20000, 64), k.GlobalAveragePooling1D(), k.Dense(64, "relu"), k.Dense(2), dtype="int32")


NETS = {  # how it is made, a sample, its numbers are below (0: reals), labels of a sample, classes
    "cnn": (cnn, (28, 28, 1), 0, (), 10), "resnet20": (resnet20, (32, 32, 3), 0, (), 10), "thin50": (thin50, (784,), 0, (), 10),
    "bn": (bn, (784,), 0, (), 10), "lstm": (lstm, (28, 28), 0, (), 10), "text": (text, (200,), 20000, (), 2),
    "gpt": (gpt, (128,), 96, (128,), 96)}

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--net", choices=NETS, required=True)
p.add_argument("--batch", type=int, default=128)
p.add_argument("--steps", type=int, default=10, help="of an epoch")
p.add_argument("--epochs", type=int, default=2, help="the last one counts")
o = p.parse_args()
make, sample, below, target, classes = NETS[o.net]
keras.utils.set_random_seed(1)
random = np.random.default_rng(0)
n = o.steps * o.batch
x = random.integers(0, below, (n, *sample), dtype="int32") if below else random.random((n, *sample), dtype="float32")
y = random.integers(0, classes, (n, *target), dtype="int32")
model = make()
model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x[:o.batch], y[:o.batch], batch_size=o.batch, verbose=0)
first = time.time() - began
for _ in range(o.epochs):
    start = time.time()
    loss = model.fit(x, y, batch_size=o.batch, verbose=0).history["loss"][0]
    seconds = time.time() - start
print(json.dumps({"rate": n / seconds, "first": first, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "loss": loss}))
