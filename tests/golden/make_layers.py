#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes spatial.h, single.h and network.h: what Keras (TensorFlow backend) computes by layers with one input, and its gradients, for tests/nn.

Run with a Python that has keras and tensorflow: python tests/golden/make_layers.py [HEADER...]
A case is a layer here, the same one in C, and the shape of its input.  Element i of operand k is
(i * (3 + k % 7) + 3 k) % 11 - 5, where k is 0 for the input, 1, 2, ... for the weights and 9 for what the output's gradient is:
small whole numbers, whose sums of products are exact.  The input may be multiplied by a number, and one added.
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
from common import spread  # noqa: E402

k = keras.layers
SEED = 9


def operand(shape, number):
    i = np.arange(np.prod(shape, dtype=int))
    return ((i * (3 + number % 7) + 3 * number) % 11 - 5).reshape(shape).astype(np.float32)


def word(v):
    text = "%.9g" % v
    return text if text.lstrip("-").isdigit() else text + "f"


def compute(layer, shape, scale, shift):
    """The output, and the gradients of the input and of each weight."""
    x = tf.constant(operand(shape, 0) * np.float32(scale) + np.float32(shift))
    layer.build(shape)
    for i, w in enumerate(layer.weights):
        w.assign(operand(w.shape, 1 + i))

    # Plain kernels lack some groups and dilations on CPUs, the compiler some interpolations.
    @tf.function(jit_compile=getattr(layer, "interpolation", "nearest") in ["nearest", "bilinear"])
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True) if isinstance(layer, k.BatchNormalization) else layer(x)
            total = tf.reduce_sum(y * operand(y.shape, SEED))
        slopes = tape.gradient(total, [x] + [w.value for w in layer.trainable_variables], unconnected_gradients="zero")
        return [y] + [tf.convert_to_tensor(s) for s in slopes]
    return [np.asarray(v) for v in run(x)]


def sizes(shape):
    return f"{{{len(shape)}, {{{', '.join(map(str, shape))}}}}}"


def case(name, layer, in_c, shape, scale=1, shift=0):
    """Lines of the header, and the name with the layer in C."""
    numbers = compute(layer, shape, scale, shift)
    flat = np.concatenate([v.ravel() for v in numbers])
    words = [word(v) for v in flat]
    lines = [f"static const float numbers_{name}[] = {{"]
    lines += ["\t" + ", ".join(words[i:i + 24]) + "," for i in range(0, len(words), 24)]
    names = " ".join(w.name for w in layer.weights)
    lines += ["};", f"static const golden_layer golden_{name} = {{\"{name}\", {sizes(shape)}, {sizes(numbers[0].shape)}, {word(scale)}, {word(shift)},",
              f"\t\"{names}\", numbers_{name}, sizeof numbers_{name} / sizeof(float)}};"]
    return lines, f"\tCASE({name}, {in_c})"


def spatial():
    yield "conv1d", k.Conv1D(3, 3), "mica_conv1d(3, 3)", (2, 7, 2)
    yield "conv1d_same", k.Conv1D(3, 4, padding="same"), "mica_conv1d(3, 4, .padding = MICA_SAME)", (2, 7, 2)
    yield "conv1d_causal", k.Conv1D(2, 3, padding="causal", dilation_rate=2), \
        "mica_conv1d(2, 3, .padding = MICA_CAUSAL, .dilation = {2})", (2, 7, 2)
    yield "conv1d_stride", k.Conv1D(2, 3, strides=2, padding="same"), "mica_conv1d(2, 3, .strides = {2}, .padding = MICA_SAME)", (2, 8, 2)
    yield "conv1d_causal_stride", k.Conv1D(2, 3, strides=2, padding="causal"), \
        "mica_conv1d(2, 3, .strides = {2}, .padding = MICA_CAUSAL)", (2, 7, 2)
    yield "conv1d_groups", k.Conv1D(6, 2, groups=2), "mica_conv1d(6, 2, .groups = 2)", (2, 5, 4)
    yield "conv2d", k.Conv2D(3, 3), "mica_conv2d(3, 3)", (2, 5, 4, 2)
    yield "conv2d_same", k.Conv2D(2, (2, 3), padding="same"), "mica_conv2d(2, .kernel_size = {2, 3}, .padding = MICA_SAME)", (2, 4, 5, 2)
    yield "conv2d_stride", k.Conv2D(2, 3, strides=2), "mica_conv2d(2, 3, .strides = {2})", (1, 7, 6, 2)
    yield "conv2d_same_stride", k.Conv2D(2, 3, strides=(2, 3), padding="same"), \
        "mica_conv2d(2, 3, .strides = {2, 3}, .padding = MICA_SAME)", (1, 6, 7, 2)
    yield "conv2d_dilation", k.Conv2D(2, (3, 2), dilation_rate=(2, 1)), "mica_conv2d(2, .kernel_size = {3, 2}, .dilation = {2, 1})", (1, 6, 5, 2)
    yield "conv2d_same_dilation", k.Conv2D(2, 3, dilation_rate=2, padding="same"), \
        "mica_conv2d(2, 3, .dilation = {2}, .padding = MICA_SAME)", (1, 5, 4, 2)
    yield "conv2d_groups", k.Conv2D(4, 2, groups=2, padding="same"), "mica_conv2d(4, 2, .groups = 2, .padding = MICA_SAME)", (1, 4, 3, 6)
    yield "conv2d_depth", k.Conv2D(3, 2, groups=3), "mica_conv2d(3, 2, .groups = 3)", (1, 4, 4, 3)
    yield "conv2d_pointwise", k.Conv2D(4, 1), "mica_conv2d(4, 1)", (2, 3, 3, 3)
    yield "conv2d_plain", k.Conv2D(2, 2, use_bias=False, activation="relu"), "mica_conv2d(2, 2, .no_bias = true, .activation = MICA_RELU)", (1, 4, 4, 2)
    yield "conv3d", k.Conv3D(2, 2), "mica_conv3d(2, 2)", (1, 3, 4, 3, 2)
    yield "conv3d_same", k.Conv3D(2, (1, 2, 3), strides=(1, 2, 2), padding="same"), \
        "mica_conv3d(2, .kernel_size = {1, 2, 3}, .strides = {1, 2, 2}, .padding = MICA_SAME)", (1, 2, 4, 4, 2)
    yield "conv3d_dilation", k.Conv3D(2, 2, dilation_rate=(1, 2, 1)), "mica_conv3d(2, 2, .dilation = {1, 2, 1})", (1, 2, 4, 3, 1)

    yield "conv1d_transpose", k.Conv1DTranspose(2, 3), "mica_conv1d_transpose(2, 3)", (2, 4, 3)
    yield "conv1d_transpose_stride", k.Conv1DTranspose(2, 3, strides=2, padding="same"), \
        "mica_conv1d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME)", (2, 4, 2)
    yield "conv1d_transpose_more", k.Conv1DTranspose(2, 3, strides=2, output_padding=1), \
        "mica_conv1d_transpose(2, 3, .strides = {2}, .output_padding = {1})", (2, 4, 2)
    yield "conv1d_transpose_none", k.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=0), \
        "mica_conv1d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME, .output_padding = {MICA_NONE})", (2, 4, 2)
    yield "conv1d_transpose_dilation", k.Conv1DTranspose(2, 3, dilation_rate=2), "mica_conv1d_transpose(2, 3, .dilation = {2})", (1, 4, 2)
    yield "conv2d_transpose", k.Conv2DTranspose(2, (2, 3)), "mica_conv2d_transpose(2, .kernel_size = {2, 3})", (1, 3, 4, 3)
    yield "conv2d_transpose_stride", k.Conv2DTranspose(2, 2, strides=(2, 3)), "mica_conv2d_transpose(2, 2, .strides = {2, 3})", (1, 3, 2, 2)
    yield "conv2d_transpose_same", k.Conv2DTranspose(2, 3, strides=2, padding="same"), \
        "mica_conv2d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME)", (1, 3, 2, 2)
    yield "conv2d_transpose_more", k.Conv2DTranspose(2, 3, strides=(2, 3), padding="same", output_padding=(0, 2)), \
        "mica_conv2d_transpose(2, 3, .strides = {2, 3}, .padding = MICA_SAME, .output_padding = {MICA_NONE, 2})", (1, 3, 2, 2)
    yield "conv2d_transpose_dilation", k.Conv2DTranspose(2, 2, dilation_rate=2, padding="same"), \
        "mica_conv2d_transpose(2, 2, .dilation = {2}, .padding = MICA_SAME)", (1, 3, 4, 2)
    yield "conv3d_transpose", k.Conv3DTranspose(2, 2, strides=(1, 2, 2)), "mica_conv3d_transpose(2, 2, .strides = {1, 2, 2})", (1, 2, 2, 2, 2)
    yield "conv3d_transpose_same", k.Conv3DTranspose(1, 3, strides=2, padding="same"), \
        "mica_conv3d_transpose(1, 3, .strides = {2}, .padding = MICA_SAME)", (1, 2, 1, 2, 2)

    yield "depthwise_conv1d", k.DepthwiseConv1D(3), "mica_depthwise_conv1d(3)", (2, 6, 3)
    yield "depthwise_conv1d_same", k.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2), \
        "mica_depthwise_conv1d(3, .strides = {2}, .padding = MICA_SAME, .depth_multiplier = 2)", (2, 6, 2)
    yield "depthwise_conv1d_dilation", k.DepthwiseConv1D(2, dilation_rate=3), "mica_depthwise_conv1d(2, .dilation = {3})", (2, 6, 2)
    yield "depthwise_conv2d", k.DepthwiseConv2D((2, 3), depth_multiplier=2), \
        "mica_depthwise_conv2d(.kernel_size = {2, 3}, .depth_multiplier = 2)", (1, 4, 4, 3)
    yield "depthwise_conv2d_same", k.DepthwiseConv2D(3, strides=2, padding="same"), \
        "mica_depthwise_conv2d(3, .strides = {2}, .padding = MICA_SAME)", (1, 5, 4, 3)
    yield "depthwise_conv2d_dilation", k.DepthwiseConv2D(2, dilation_rate=2, padding="same", use_bias=False), \
        "mica_depthwise_conv2d(2, .dilation = {2}, .padding = MICA_SAME, .no_bias = true)", (1, 4, 4, 2)
    yield "separable_conv1d", k.SeparableConv1D(2, 3, padding="same", depth_multiplier=2), \
        "mica_separable_conv1d(2, 3, .padding = MICA_SAME, .depth_multiplier = 2)", (1, 6, 2)
    yield "separable_conv1d_stride", k.SeparableConv1D(3, 2, strides=2), "mica_separable_conv1d(3, 2, .strides = {2})", (2, 6, 2)
    yield "separable_conv2d", k.SeparableConv2D(3, (3, 2)), "mica_separable_conv2d(3, .kernel_size = {3, 2})", (1, 5, 4, 2)
    yield "separable_conv2d_stride", k.SeparableConv2D(2, 3, strides=2, padding="same"), \
        "mica_separable_conv2d(2, 3, .strides = {2}, .padding = MICA_SAME)", (1, 5, 4, 2)
    yield "separable_conv2d_dilation", k.SeparableConv2D(2, 2, dilation_rate=2, depth_multiplier=2, use_bias=False), \
        "mica_separable_conv2d(2, 2, .dilation = {2}, .depth_multiplier = 2, .no_bias = true)", (1, 4, 4, 2)

    for kind, layer, of in [("max", k.MaxPooling1D, "max"), ("average", k.AveragePooling1D, "average")]:
        yield f"{kind}_pooling1d", layer(2), f"mica_{of}_pooling1d()", (2, 7, 2)
        yield f"{kind}_pooling1d_same", layer(3, strides=2, padding="same"), f"mica_{of}_pooling1d(3, .strides = {{2}}, .padding = MICA_SAME)", (2, 6, 2)
        yield f"{kind}_pooling1d_overlap", layer(3, strides=1), f"mica_{of}_pooling1d(3, .strides = {{1}})", (2, 6, 2)
    for kind, layer in [("max", k.MaxPooling2D), ("average", k.AveragePooling2D)]:
        yield f"{kind}_pooling2d", layer(2), f"mica_{kind}_pooling2d(2)", (1, 5, 4, 3)
        yield f"{kind}_pooling2d_same", layer((2, 3), padding="same"), f"mica_{kind}_pooling2d(.pool_size = {{2, 3}}, .padding = MICA_SAME)", (1, 5, 4, 2)
        yield f"{kind}_pooling2d_stride", layer(3, strides=(1, 2), padding="same"), \
            f"mica_{kind}_pooling2d(3, .strides = {{1, 2}}, .padding = MICA_SAME)", (1, 4, 5, 2)
    for kind, layer in [("max", k.MaxPooling3D), ("average", k.AveragePooling3D)]:
        yield f"{kind}_pooling3d", layer(2), f"mica_{kind}_pooling3d(2)", (1, 3, 4, 2, 2)
        yield f"{kind}_pooling3d_same", layer((1, 2, 3), strides=2, padding="same"), \
            f"mica_{kind}_pooling3d(.pool_size = {{1, 2, 3}}, .strides = {{2}}, .padding = MICA_SAME)", (1, 3, 3, 4, 1)
    for d, shape in [(1, (2, 5, 3)), (2, (2, 3, 2, 3)), (3, (1, 1, 2, 3, 2))]:
        for kind in ["Max", "Average"]:
            layer = getattr(k, f"Global{kind}Pooling{d}D")
            in_c = f"mica_global_{kind.lower()}_pooling{d}d"
            yield in_c[5:], layer(), in_c + "()", shape
            yield in_c[5:] + "_kept", layer(keepdims=True), in_c + "(.keepdims = true)", shape

    for kind in ["Max", "Average"]:
        in_c = f"mica_adaptive_{kind.lower()}_pooling"
        for d, name, output, output_in_c, shape in [
                (1, "", 3, "3", (2, 7, 2)), (1, "_whole", 2, "2", (2, 6, 2)), (1, "_more", 5, "5", (1, 3, 2)),
                (2, "", (2, 3), ".output_size = {2, 3}", (1, 5, 4, 2)),
                (3, "", (2, 2, 2), "2", (1, 2, 2, 3, 1))]:
            yield f"{in_c[5:]}{d}d{name}", getattr(k, f"Adaptive{kind}Pooling{d}D")(output), f"{in_c}{d}d({output_in_c})", shape

    yield "zero_padding1d", k.ZeroPadding1D(), "mica_zero_padding1d()", (2, 3, 2)
    yield "zero_padding1d_ends", k.ZeroPadding1D((2, 0)), "mica_zero_padding1d(.before = {2})", (2, 3, 2)
    yield "zero_padding2d", k.ZeroPadding2D(2), "mica_zero_padding2d(2)", (1, 2, 3, 1)
    yield "zero_padding2d_ends", k.ZeroPadding2D(((1, 2), (0, 3))), "mica_zero_padding2d(.before = {1, 0}, .after = {2, 3})", (1, 2, 2, 2)
    yield "zero_padding3d", k.ZeroPadding3D(), "mica_zero_padding3d()", (1, 1, 2, 2, 1)
    yield "zero_padding3d_ends", k.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), "mica_zero_padding3d(.before = {1, 0, 1}, .after = {0, 2, 1})", (1, 2, 1, 2, 1)
    yield "cropping1d", k.Cropping1D(), "mica_cropping1d()", (2, 5, 2)
    yield "cropping1d_ends", k.Cropping1D((0, 2)), "mica_cropping1d(.after = {2})", (2, 5, 2)
    yield "cropping2d", k.Cropping2D(), "mica_cropping2d()", (1, 3, 3, 2)
    yield "cropping2d_ends", k.Cropping2D(((1, 0), (2, 1))), "mica_cropping2d(.before = {1, 2}, .after = {0, 1})", (1, 3, 5, 2)
    yield "cropping3d", k.Cropping3D(), "mica_cropping3d()", (1, 3, 4, 3, 2)
    yield "cropping3d_ends", k.Cropping3D(((1, 0), (0, 1), (0, 0))), "mica_cropping3d(.before = {1}, .after = {0, 1})", (1, 2, 3, 2, 2)

    yield "up_sampling1d", k.UpSampling1D(), "mica_up_sampling1d()", (2, 3, 2)
    yield "up_sampling2d", k.UpSampling2D((2, 3)), "mica_up_sampling2d(.factors = {2, 3})", (1, 2, 3, 2)
    yield "up_sampling2d_bilinear", k.UpSampling2D(2, interpolation="bilinear"), "mica_up_sampling2d(2, .interpolation = MICA_BILINEAR)", (1, 3, 2, 2)
    yield "up_sampling2d_bilinear_odd", k.UpSampling2D((3, 4), interpolation="bilinear"), \
        "mica_up_sampling2d(.factors = {3, 4}, .interpolation = MICA_BILINEAR)", (1, 2, 3, 1)
    yield "up_sampling2d_bilinear_one", k.UpSampling2D((1, 2), interpolation="bilinear"), \
        "mica_up_sampling2d(.factors = {1, 2}, .interpolation = MICA_BILINEAR)", (1, 2, 1, 2)
    for how in ["bicubic", "lanczos3", "lanczos5"]:
        in_c = f".interpolation = MICA_{how.upper()})"
        yield f"up_sampling2d_{how}", k.UpSampling2D(2, interpolation=how), "mica_up_sampling2d(2, " + in_c, (1, 6, 5, 1)
        yield f"up_sampling2d_{how}_odd", k.UpSampling2D((3, 1), interpolation=how), "mica_up_sampling2d(.factors = {3, 1}, " + in_c, (2, 4, 2, 2)
        yield f"up_sampling2d_{how}_one", k.UpSampling2D((5, 2), interpolation=how), "mica_up_sampling2d(.factors = {5, 2}, " + in_c, (1, 2, 1, 2)
    yield "up_sampling3d", k.UpSampling3D(), "mica_up_sampling3d()", (1, 1, 2, 2, 2)


class Hiding(k.Layer):
    """A layer that is given a mask: where the input is above 0, or the first feature of a step is."""
    def __init__(self, layer, steps=False):
        super().__init__()
        self.layer, self.steps = layer, steps

    def build(self, shape):
        self.layer.build(shape)

    def call(self, x):
        mask = x > 0
        more = {"training": True} if isinstance(self.layer, k.BatchNormalization) else {}
        return self.layer(x, mask=mask[..., 0] if self.steps else mask, **more)


def single():
    yield "relu", k.ReLU(), "mica_relu_layer()", (2, 5, 2)
    yield "relu_all", k.ReLU(max_value=3, negative_slope=0.25, threshold=1), "mica_relu_layer(3, .negative_slope = 0.25, .threshold = 1)", (2, 5, 2)
    yield "relu_most_0", k.ReLU(max_value=0, negative_slope=0.5), "mica_relu_layer(MICA_ZERO, .negative_slope = 0.5)", (2, 5)
    yield "leaky_relu", k.LeakyReLU(), "mica_leaky_relu_layer()", (2, 5, 2)
    yield "leaky_relu_half", k.LeakyReLU(0.5), "mica_leaky_relu_layer(0.5)", (2, 5)
    yield "leaky_relu_0", k.LeakyReLU(0), "mica_leaky_relu_layer(MICA_ZERO)", (2, 5)
    yield "elu", k.ELU(), "mica_elu_layer()", (2, 5), 0.5
    yield "elu_half", k.ELU(0.5), "mica_elu_layer(0.5)", (2, 5), 0.5
    yield "prelu", k.PReLU(), "mica_prelu()", (2, 3, 2, 2)
    yield "prelu_shared", k.PReLU(shared_axes=[1, 2]), "mica_prelu(.shared_axes = {1, 2})", (2, 3, 2, 2)
    yield "prelu_shared_last", k.PReLU(shared_axes=[3]), "mica_prelu(.shared_axes = {3})", (2, 3, 2, 2)
    yield "softmax", k.Softmax(), "mica_softmax_layer()", (2, 3, 4), 0.5
    yield "softmax_first", k.Softmax(axis=1), "mica_softmax_layer(1)", (2, 3, 4), 0.5
    yield "softmax_middle", k.Softmax(axis=-2), "mica_softmax_layer(-2)", (2, 3, 4), 0.5
    yield "softmax_axes", k.Softmax(axis=(1, 2)), "mica_softmax_layer(.axes = {1, 2})", (2, 3, 4), 0.5
    yield "softmax_axes_apart", k.Softmax(axis=(-1, 1)), "mica_softmax_layer(.axes = {-1, 1})", (2, 3, 2, 4), 0.5
    yield "softmax_axes_hiding", Hiding(k.Softmax(axis=[1, -1])), "mica_custom_layer(.call = hiding_softmax_over_two)", (2, 3, 4), 0.5
    yield "softmax_hiding", Hiding(k.Softmax()), "mica_custom_layer(.call = hiding_softmax)", (2, 3, 4), 0.5
    yield "softmax_hiding_all", Hiding(k.Softmax()), "mica_custom_layer(.call = hiding_softmax)", (1, 4), 0.5, -4
    for name, f in [("softmax", keras.activations.softmax), ("log_softmax", keras.activations.log_softmax), ("glu", keras.activations.glu)]:
        yield f"activation_{name}", k.Activation(lambda x: f(x, axis=1)), f"mica_activation_layer(MICA_{name.upper()}_OF(.axis = 1))", (2, 4, 3), 0.5
    yield "average_hiding", Hiding(k.GlobalAveragePooling1D(), True), "mica_custom_layer(.call = hiding_average)", (3, 5, 2)
    yield "batch_normalization", k.BatchNormalization(), "mica_batch_normalization()", (3, 4, 2)
    yield "batch_normalization_first", k.BatchNormalization(axis=1, epsilon=0.5), "mica_batch_normalization(.axis = 1, .epsilon = 0.5)", (3, 4, 2)
    yield "batch_normalization_hiding", Hiding(k.BatchNormalization(), True), "mica_custom_layer(.call = hiding_normalization)", (3, 4, 2)
    yield "layer_normalization", k.LayerNormalization(), "mica_layer_normalization()", (2, 3, 4)
    yield "layer_normalization_first", k.LayerNormalization(axis=1), "mica_layer_normalization(.axes = MICA_AXIS(1))", (2, 3, 4)
    yield "layer_normalization_both", k.LayerNormalization(axis=[1, 2]), "mica_layer_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))", (2, 3, 4)
    yield "layer_normalization_outer", k.LayerNormalization(axis=[1, 3]), "mica_layer_normalization(.axes = MICA_AXIS(3) | MICA_AXIS(1))", (2, 3, 2, 2)
    yield "group_normalization", k.GroupNormalization(2), "mica_group_normalization(2)", (2, 3, 4)
    yield "group_normalization_first", k.GroupNormalization(2, axis=1), "mica_group_normalization(2, .axis = 1)", (2, 4, 3)
    yield "rescaling", k.Rescaling(0.5, offset=-1.5), "mica_rescaling(0.5, -1.5)", (2, 3)
    yield "rms_normalization", k.RMSNormalization(), "mica_rms_normalization()", (2, 3, 4)
    yield "rms_normalization_both", k.RMSNormalization(axis=[-2, -1]), "mica_rms_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))", (2, 3, 2)
    yield "unit_normalization", k.UnitNormalization(), "mica_unit_normalization()", (2, 3, 4)
    yield "unit_normalization_first", k.UnitNormalization(axis=1), "mica_unit_normalization(.axes = MICA_AXIS(1))", (2, 3, 4)
    yield "unit_normalization_both", k.UnitNormalization(axis=[1, 2]), "mica_unit_normalization(.axes = MICA_AXIS(1) | MICA_AXIS(2))", (2, 3, 4)
    yield "permute", k.Permute((2, 1)), "mica_permute(2, 1)", (2, 3, 4)
    yield "permute_three", k.Permute((3, 1, 2)), "mica_permute(3, 1, 2)", (2, 3, 4, 2)
    yield "repeat_vector", k.RepeatVector(3), "mica_repeat_vector(3)", (2, 4)
    yield "embedding", k.Embedding(11, 3), "mica_embedding(11, 3)", (2, 5), 1, 5
    yield "embedding_image", k.Embedding(11, 2), "mica_embedding(11, 2)", (2, 3, 2), 1, 5

    def einsum(name, equation, output, shape, bias=None, **more):
        in_c = ", ".join("MICA_INFER" if n is None else str(n) for n in (output if isinstance(output, tuple) else (output,)))
        bias_in_c = f', .bias_axes = "{bias}"' if bias else ""
        more_in_c = ", .activation = MICA_RELU" if more else ""
        return (f"einsum_{name}", k.EinsumDense(equation, output, bias_axes=bias, **more),
                f'mica_einsum_dense("{equation}", {{{in_c}}}{bias_in_c}{more_in_c})', shape)
    yield einsum("matrix", "ab,bc->ac", 4, (3, 2), "c")
    yield einsum("plain", "ab,bc->ac", 4, (3, 2), activation="relu")
    yield einsum("steps", "abc,cd->abd", (None, 4), (2, 3, 2), "d")
    yield einsum("bias", "abc,cd->abd", (3, 4), (2, 3, 2), "b")
    yield einsum("both", "abc,cd->abd", (3, 4), (2, 3, 2), "db")
    yield einsum("heads", "abc,cde->abde", (None, 2, 3), (2, 2, 4), "de")
    yield einsum("joined", "abde,dec->abc", (None, 3), (2, 2, 2, 3), "c")
    yield einsum("each", "abc,bcd->abd", (3, 2), (2, 3, 2), "bd")
    yield einsum("left", "...x,xy->...y", 3, (2, 3, 2), "y")
    yield einsum("left_batch", "...x,xy->...y", 3, (2, 4), "y")
    yield einsum("left_two", "...xy,yz->...xz", (2, 3), (2, 3, 2, 4), "z")
    yield einsum("right", "ab...,bc->ac...", 3, (2, 4, 2), "c")


def network():
    """20 steps of a small convolutional network, from the weights of a formula: the loss of each."""
    rows, steps = 16, 20
    x = spread(rows * 7 * 6 * 2, 60, 1).reshape(rows, 7, 6, 2)
    labels = ((spread(rows, 61, 1) + 1) * 1.5).astype(np.int32).clip(0, 2)
    m = keras.Sequential([
        keras.Input((7, 6, 2)), k.Conv2D(6, 3, padding="same", activation="relu"), k.MaxPooling2D(2), k.BatchNormalization(),
        k.DepthwiseConv2D(2, padding="same"), k.Conv2DTranspose(5, 3, strides=2, padding="same", activation="relu"),
        k.SeparableConv2D(4, 2), k.PReLU(shared_axes=[1, 2]), k.GlobalAveragePooling2D(), k.Dense(3, activation="softmax")])
    for i, w in enumerate(m.trainable_weights):
        if len(w.shape) > 1 and w.name != "alpha":
            w.assign(spread(np.prod(w.shape, dtype=int), 70 + i, 0.6).reshape(w.shape))
    m.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    losses = [m.train_on_batch(x, labels, return_dict=True)["loss"] for _ in range(steps)]
    losses.append(m.evaluate(x, labels, batch_size=rows, verbose=0))
    filters, c = spread(36, 80, 1).reshape(2, 3, 2, 3), keras.constraints
    constrained = {"max_norm": c.MaxNorm(1, axis=[0, 1, 2]), "unit_norm": c.UnitNorm(axis=[0, 1, 2]),
                   "min_max_norm": c.MinMaxNorm(0.5, 1.5, rate=0.7, axis=[0, 1, 2])}
    more = [f"static const float golden_{name}[36] = {{{', '.join(word(v) for v in np.ravel(f(filters)))}}};" for name, f in constrained.items()]
    return ([f"enum {{ NETWORK_ROWS = {rows}, NETWORK_STEPS = {steps}, NETWORK_PARAMETERS = {m.count_params()} }};",
             "/* The loss of each step, and then of evaluate. */",
             f"static const float golden_network[{steps + 1}] = {{", "\t" + ", ".join(word(v) for v in losses) + ",", "};",
             "/* Filters (2, 3, 2, 3), each of which has a norm. */"] + more)


HEAD = """/* SPDX-License-Identifier: MIT */
/* golden/{name}.h - what Keras {keras} with TensorFlow {tf} computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_{upper}_H
#define MICA_GOLDEN_{upper}_H
#include "golden/layer.h"
"""
here = pathlib.Path(__file__).parent
parts = {"spatial": spatial, "single": single, "network": network}
for name in sys.argv[1:] or parts:
    lines = [HEAD.format(name=name, upper=name.upper(), keras=keras.__version__, tf=tf.__version__)]
    if name == "network":
        lines += network()
    else:
        made = [case(*c) for c in parts[name]()]
        lines += [line for numbers, _ in made for line in numbers]
        lines += ["", f"#define GOLDEN_{name.upper()}(CASE) \\", " \\\n".join(entry for _, entry in made)]
    lines += ["", "#endif", ""]
    (here / (name + ".h")).write_text("\n".join(lines))
