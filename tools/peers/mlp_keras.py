# SPDX-License-Identifier: MIT
"""mlp_keras.py - Keras on TensorFlow: model.fit."""
import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
began = time.time()
from common import emit, mnist, options
import keras
from keras import layers

o = options(__doc__)
keras.utils.set_random_seed(o.seed)
x, y = mnist(o.data, "train")
xt, yt = mnist(o.data, "test")
model = keras.Sequential([keras.Input((784,))])
for n in o.hidden:
    model.add(layers.Dense(n, o.activation))
    if o.dropout:
        model.add(layers.Dropout(o.dropout))
model.add(layers.Dense(10, "softmax"))
adam = o.optimizer == "adam"
optimizer = keras.optimizers.Adam(o.lr) if adam else keras.optimizers.SGD(o.lr, momentum=o.momentum)
model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:o.batch], y[:o.batch], batch_size=o.batch, verbose=0)
first = time.time() - began
for epoch in range(o.epochs):
    start = time.time()
    model.fit(x, y, batch_size=o.batch, verbose=0)
    seconds = time.time() - start
    emit(epoch=epoch + 1, seconds=seconds, samples_per_second=len(x) / seconds)
emit(test_accuracy=model.evaluate(xt, yt, batch_size=o.batch, verbose=0)[1], first_step_seconds=first)
