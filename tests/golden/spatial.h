/* SPDX-License-Identifier: MIT */
/* golden/spatial.h - what Keras 3.15.1 with TensorFlow 2.21.0 computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_SPATIAL_H
#define MICA_GOLDEN_SPATIAL_H
#include "golden/layer.h"

static const float numbers_conv1d[] = {
	26, 41, -32, -5, 29, 8, -3, -49, 4, 10, 5, 11, 1, 37, -4, 7, 1, 17, -2, 33, 2, 0, -45, -2,
	24, -2, -28, 26, 41, -32, -37, 8, -15, 1, 39, -15, 52, -15, 21, 7, -27, 18, -43, 14, -38, 11, -20, 4,
	38, -15, 73, -48, 53, -15, 17, 4, -39, 11, -19, 18, 0, 33, 5, -1, -36, 14, 42, 27, 12, -69, 35, 10,
	-4, -89, -3, 50, -2, -5, 3,
};
static const golden_layer golden_conv1d = {"conv1d", {3, {2, 7, 2}}, {3, {2, 5, 3}}, 1, "kernel bias",
	numbers_conv1d, sizeof numbers_conv1d / sizeof(float)};
static const float numbers_conv1d_same[] = {
	28, 21, -30, 6, 57, -24, 15, 7, -12, 2, -43, 22, 0, 17, 23, 1, 37, -4, -22, -10, 13, 4, -35, 14,
	-8, 15, 27, 23, 9, -16, 10, -63, -26, 19, 8, -14, 26, 41, -32, 11, 9, -4, -15, 1, 39, -15, 54, -1,
	43, -11, -45, 23, -100, 24, -22, 15, 44, -30, 53, -15, -1, 6, -100, 29, -45, 19, 43, -13, 52, -13, 13, -36,
	-52, -52, -36, 13, 11, -7, 63, -31, -8, 26, -30, -26, 33, 18, 54, -53, -30, 11, 8, -8, 23, 10, -6, 3,
	1,
};
static const golden_layer golden_conv1d_same = {"conv1d_same", {3, {2, 7, 2}}, {3, {2, 7, 3}}, 1, "kernel bias",
	numbers_conv1d_same, sizeof numbers_conv1d_same / sizeof(float)};
static const float numbers_conv1d_causal[] = {
	-19, -13, -7, -13, -6, 4, 0, -14, 15, 27, 30, 28, -21, -15, 21, 9, -11, -13, 3, -1, -2, -8, -12, -10,
	25, 13, -26, -8, -21, -4, -21, 6, 23, -39, -21, 11, 26, 6, -12, 0, 2, 10, -21, 0, 34, -23, -21, -2,
	11, 31, 3, -29, -24, 4, 12, -8, 14, -9, -44, 4, -59, 0, 11, -39, 0, -40, -28, -27, -4, 5,
};
static const golden_layer golden_conv1d_causal = {"conv1d_causal", {3, {2, 7, 2}}, {3, {2, 7, 2}}, 1, "kernel bias",
	numbers_conv1d_causal, sizeof numbers_conv1d_causal / sizeof(float)};
static const float numbers_conv1d_stride[] = {
	8, 12, -28, -30, 46, 60, -11, -23, 51, 53, -29, -33, 56, 46, -20, -26, -12, 9, -3, -15, 24, -37, -3, 25,
	-42, 21, -3, -23, 24, -31, -3, 17, -24, 25, -3, -31, 24, -25, -3, 9, 2, 0, 8, 16, 2, 3, -3, 1,
	-46, -36, 52, 21, -15, -32, -38, -8, 46, 14, -34, -28, -8, 5,
};
static const golden_layer golden_conv1d_stride = {"conv1d_stride", {3, {2, 8, 2}}, {3, {2, 4, 2}}, 1, "kernel bias",
	numbers_conv1d_stride, sizeof numbers_conv1d_stride / sizeof(float)};
static const float numbers_conv1d_causal_stride[] = {
	-19, -13, 8, 12, -28, -30, 46, 60, 21, 9, -19, -25, -33, -23, 8, 12, 24, -37, -3, 25, -42, 21, -3, -23,
	24, -31, -3, 17, -18, 2, 24, -25, -3, 9, 2, 0, 8, 16, 2, 3, -3, 1, -6, -2, 37, 13, -44, 3,
	40, 4, -30, 5, -24, 16, 52, 18, -8, 5,
};
static const golden_layer golden_conv1d_causal_stride = {"conv1d_causal_stride", {3, {2, 7, 2}}, {3, {2, 4, 2}}, 1, "kernel bias",
	numbers_conv1d_causal_stride, sizeof numbers_conv1d_causal_stride / sizeof(float)};
static const float numbers_conv1d_groups[] = {
	16, 4, -19, 9, -5, -19, 9, 4, -12, 12, 16, 20, 2, 4, -5, -7, -7, -7, -5, 4, 2, 18, 14, 10,
	-19, 4, 16, -9, 1, 11, -26, 4, 23, -6, 0, 6, 22, -40, 8, -3, -1, 1, -7, 59, -7, 0, -2, -4,
	-37, -35, -9, -12, 22, 27, -3, -8, 21, 28, 19, 16, -24, -26, -3, -4, 29, 23, -12, -12, 23, 29, 9, 10,
	-26, -24, 19, 22, 28, 21, -3, 2, 27, 22, -3, 4, -35, -37, 14, 18, -50, -1, 70, 10, -1, -1, 13, 32,
	-48, -28, -25, 66, 70, -1, -50, -21, 24, 25, -32, -12, 30, -4, 22, -40, -2, 0, 2, 4, -5, -3,
};
static const golden_layer golden_conv1d_groups = {"conv1d_groups", {3, {2, 5, 4}}, {3, {2, 4, 6}}, 1, "kernel bias",
	numbers_conv1d_groups, sizeof numbers_conv1d_groups / sizeof(float)};
static const float numbers_conv2d[] = {
	61, -7, -42, 37, 81, 37, 31, -7, -12, -48, 48, 56, 56, 48, -48, -12, -7, 31, -12, -7, 31, -3, 15, -55,
	-42, -7, 61, -55, 15, -3, -50, -84, 36, 36, -84, -50, -37, 8, -15, 1, 17, 0, 25, -15, 24, -1, 53, -2,
	20, -57, -41, 28, 32, -35, -87, 41, -84, 77, 3, 33, -54, 43, 1, 47, 16, -4, 20, -75, 6, 8, 21, -82,
	24, -35, 9, 3, 19, -6, 34, -24, 50, -30, 21, -12, 46, -42, 59, -45, 5, 11, -51, 32, -26, 27, -172, 86,
	-74, 96, -4, 36, -14, 31, 21, 29, 26, -43, 17, -75, 14, -43, 18, -27, 16, 4, 12, 2, 12, 12, -10, -21,
	-22, -1, 1, 32, 8, 12, 42, -60, 34, -58, 4, -32, 29, 46, 12, -18, 40, 1, -30, -50, -21, -20, 36, 12,
	12, -10, -21, -22, -1, 1, 32, 8, -32, 29, 46, -32, 28, -33, 34, 5, 20, 12, -18, 40, 1, -30, -50, -21,
	-20, 36, 0, 3, -5,
};
static const golden_layer golden_conv2d = {"conv2d", {4, {2, 5, 4, 2}}, {4, {2, 3, 2, 3}}, 1, "kernel bias",
	numbers_conv2d, sizeof numbers_conv2d / sizeof(float)};
static const float numbers_conv2d_same[] = {
	16, -27, 13, -16, 18, 27, -54, 37, 24, -53, 11, 14, -28, 23, -12, -22, 26, -45, 22, 35, -16, 33, 30, -59,
	13, -16, 18, 27, -46, 35, -16, -2, 46, 60, 6, 6, -23, -37, -19, -33, 7, 5, -52, 41, 30, -59, 13, -16,
	16, 35, -20, 24, 28, -41, 22, 35, -28, 23, -8, -20, 8, -23, 20, 31, -52, 41, 30, -59, 1, -20, 27, 23,
	-28, -30, -24, -18, 46, 60, -14, -2, 15, -46, -15, 36, -15, -42, -15, 34, -21, -29, 12, 4, 23, 21, -5, 35,
	22, 16, -20, 23, -38, 28, 48, -74, -46, 72, 3, -79, 12, 30, 22, -80, 40, -4, 23, 21, -5, 35, 11, 4,
	-1, 9, -4, 5, 29, -40, -15, 36, -27, -19, -67, 67, 2, -84, 40, -4, 23, 21, -24, 40, 26, 36, -6, 30,
	-34, 0, 48, -74, 8, 47, 31, -83, -47, 67, 2, -84, 40, -4, 7, 21, 164, 74, -104, 170, -37, -140, -13, -24,
	-9, -9, -4, -3, 42, -96, 126, 63, -93, 139, -2, -97, -34, -33, -34, 9, -6, 4,
};
static const golden_layer golden_conv2d_same = {"conv2d_same", {4, {2, 4, 5, 2}}, {4, {2, 4, 5, 2}}, 1, "kernel bias",
	numbers_conv2d_same, sizeof numbers_conv2d_same / sizeof(float)};
static const float numbers_conv2d_stride[] = {
	-50, -37, 88, -38, 8, 122, -74, -77, 88, -38, -16, 60, -12, 9, -3, -15, 24, -37, -3, 25, -24, 4, 0, 0,
	15, 3, -9, 12, 10, -29, 11, 17, -10, 18, 0, 0, -9, 14, -18, -17, -13, -19, 22, -7, -14, 12, 0, 0,
	16, 7, -13, 11, 13, -31, 7, 16, -8, 12, 0, 0, -7, 22, -26, -19, -7, -12, 14, -9, -10, 11, 0, 0,
	17, 11, -17, 10, 16, -33, 3, 15, -6, 6, 0, 0, 25, -3, -31, 18, -25, 14, 9, -12, 0, 12, 0, 0,
	-9, -24, 5, 17, 8, 14, 0, 0, 14, 8, 17, 5, 5, 17, 8, 14, 0, 0, 14, 8, 17, 5, -24, -9,
	8, 14, 0, 0, 14, 8, 17, 5, -24, -9, 23, -1, -9, 9,
};
static const golden_layer golden_conv2d_stride = {"conv2d_stride", {4, {1, 7, 6, 2}}, {4, {1, 3, 2, 2}}, 1, "kernel bias",
	numbers_conv2d_stride, sizeof numbers_conv2d_stride / sizeof(float)};
static const float numbers_conv2d_same_stride[] = {
	-66, -42, -80, -72, -4, -43, -41, -57, 28, -46, 93, 14, 51, 2, 110, 27, -30, 55, -3, -15, 6, -6, 18, -31,
	-3, 25, -24, 4, -18, 17, -3, -23, -9, 12, 0, -12, 10, -17, 11, 17, -10, 18, 16, 7, -13, 11, -18, 23,
	-24, 17, -55, 22, 22, -55, 22, 0, 23, -18, -26, 21, 7, 16, -8, 12, 17, 11, -17, 10, 4, -24, 12, -9,
	3, 15, 25, -2, 4, 21, 25, -10, -34, 19, -16, 15, -7, 5, 17, -4, 12, -35, 6, 14, 13, -5, -1, 14,
	-4, 0, -36, 8, 8, -36, -13, 6, -12, -43, -32, -11, 28, -26, 55, 9, -20, 5, 34, -42, 24, 52, -28, 21,
	32, -27, 61, 8, -14, 4, 11, -25, 31, 46, -12, 6, -9, -30, -39, -12, -11, 1, -4, 1,
};
static const golden_layer golden_conv2d_same_stride = {"conv2d_same_stride", {4, {1, 6, 7, 2}}, {4, {1, 3, 3, 2}}, 1, "kernel bias",
	numbers_conv2d_same_stride, sizeof numbers_conv2d_same_stride / sizeof(float)};
static const float numbers_conv2d_dilation[] = {
	70, -23, 31, -2, -52, -25, -47, 40, -59, -50, -32, 37, 6, -8, 99, 24, -12, 9, 15, -46, -21, 42, 9, -46,
	-3, 17, -24, 25, 3, -46, 11, 9, 8, 9, -3, 1, 6, -6, -9, 7, 22, -25, -2, 9, 11, -13, 18, -10,
	5, 11, 14, 1, -43, 2, 13, -5, -9, 12, 11, 5, -23, 29, 9, -2, -8, 12, -17, 10, 7, -9, 6, -29,
	5, 28, -4, 0, 8, -44, -37, -42, -5, 37, 16, -16, 10, -15, 20, 42, 8, -44, -37, -42, 1, 3, -33, 16,
	10, -15, 20, 42, -8, 5,
};
static const golden_layer golden_conv2d_dilation = {"conv2d_dilation", {4, {1, 6, 5, 2}}, {4, {1, 2, 4, 2}}, 1, "kernel bias",
	numbers_conv2d_dilation, sizeof numbers_conv2d_dilation / sizeof(float)};
static const float numbers_conv2d_same_dilation[] = {
	33, 48, -38, 39, 17, -67, 39, 17, 24, 45, 8, -8, 17, -61, 6, 12, -36, 23, -24, -26, 36, -4, 50, 70,
	-19, 24, 35, 8, 51, 17, -44, 6, 32, -29, -13, -23, 12, 6, -61, 17, 17, 43, 7, 6, 3, 7, -6, 15,
	-45, 16, -11, 12, -11, -38, 2, -19, -28, -19, 28, 13, -32, -1, 20, 16, -9, 30, 6, 7, 3, 53, -14, -2,
	40, 26, -22, -30, 1, -2, -5, -2, -5, 5, -36, 1, -9, 75, -36, 3, -29, 45, 8, 10, -2, 8, -3, -58,
	-37, -57, 1, -17, -62, -26, -1, -19, -16, 8, 16, 1, 55, -42, 11, 67, 68, 13, -19, -3, -4, 1,
};
static const golden_layer golden_conv2d_same_dilation = {"conv2d_same_dilation", {4, {1, 5, 4, 2}}, {4, {1, 5, 4, 2}}, 1, "kernel bias",
	numbers_conv2d_same_dilation, sizeof numbers_conv2d_same_dilation / sizeof(float)};
static const float numbers_conv2d_groups[] = {
	-40, 63, 29, 46, -69, -28, 41, 18, -14, -20, 26, 10, 60, 21, 21, 17, 53, -26, -66, 11, 22, 22, -58, -13,
	-60, 23, 46, 21, -67, -24, 25, -40, -19, -13, 34, -3, 14, -13, -49, -20, 25, -22, -12, -3, 5, 15, 23, 17,
	-12, -3, 6, -31, 25, 4, -3, -12, 12, -40, 34, 20, -8, -16, 20, -28, 25, 12, 23, -7, -4, -10, -23, 8,
	-9, 9, -6, 4, -21, -24, -2, -4, -6, 12, -22, -23, 18, 13, -14, 14, -29, 5, 34, -19, -6, 28, -24, -21,
	41, -32, -6, 3, 30, 2, -31, 22, -2, 5, 20, 24, -33, 30, 16, 8, -16, 48, -26, 17, 16, -28, -6, -6,
	-55, -4, -80, 1, 33, -5, 28, -13, 33, -6, 48, 6, -28, 26, 3, -11, 32, -32, 14, -30, 15, 9, 3, 50,
	54, -63, 27, -40, -2, 37, 19, 20, -14, 27, -11, 25, 44, -30, 37, 22, -40, 34, -15, -3, 8, 10, -12, -6,
	0, 3, -5, -2,
};
static const golden_layer golden_conv2d_groups = {"conv2d_groups", {4, {1, 4, 3, 6}}, {4, {1, 4, 3, 4}}, 1, "kernel bias",
	numbers_conv2d_groups, sizeof numbers_conv2d_groups / sizeof(float)};
static const float numbers_conv2d_depth[] = {
	22, 4, 6, 0, 12, 0, 0, 20, -6, 0, -19, 26, 0, -11, 20, 0, -3, 14, -11, -20, 2, -11, -12, -4,
	-11, -4, -32, 0, -12, -25, 4, -1, 25, 2, 5, 6, -12, -1, -2, -10, -3, -20, 15, 12, 16, 15, -16, -18,
	-5, 4, 0, -13, 7, 25, 4, 27, 2, 4, -12, -10, -13, -2, 7, 3, -10, 20, 7, 0, 2, 9, 10, -2,
	-10, 0, -2, 18, 16, -26, 24, 17, -30, -57, -24, -31, -51, -23, -24, -6, -1, 4,
};
static const golden_layer golden_conv2d_depth = {"conv2d_depth", {4, {1, 4, 4, 3}}, {4, {1, 3, 3, 3}}, 1, "kernel bias",
	numbers_conv2d_depth, sizeof numbers_conv2d_depth / sizeof(float)};
static const float numbers_conv2d_pointwise[] = {
	5, 15, -30, -20, -20, -26, 23, 17, -23, -23, 21, 21, -26, -20, 19, 25, 15, 5, 17, 7, 12, 8, 15, 11,
	9, 11, 13, 15, 6, 14, 11, 19, 14, 6, -24, -32, 11, 9, -26, -28, 8, 12, -28, -24, 5, 15, -30, -20,
	-20, -26, 23, 17, -23, -23, 21, 21, -26, -20, 19, 25, 15, 5, 17, 7, 12, 8, 15, 11, 9, 11, 13, 15,
	-43, 22, 10, -41, 14, 14, -39, 6, 18, 7, 9, 0, 9, 1, 4, 11, -7, 8, 35, -26, -32, 37, -34, -28,
	6, 13, -2, 8, 5, 2, 10, -3, 6, -43, 22, 10, -41, 14, 14, -39, 6, 18, 7, 9, 0, 9, 1, 4,
	11, -7, 8, 35, -26, -32, 90, -12, -70, 59, -16, 95, 8, -145, -12, -106, 86, 80, 10, -2, -14, 7,
};
static const golden_layer golden_conv2d_pointwise = {"conv2d_pointwise", {4, {2, 3, 3, 3}}, {4, {2, 3, 3, 4}}, 1, "kernel bias",
	numbers_conv2d_pointwise, sizeof numbers_conv2d_pointwise / sizeof(float)};
static const float numbers_conv2d_plain[] = {
	0, 0, 21, 53, 0, 17, 13, 33, 0, 19, 26, 0, 17, 32, 0, 18, 19, 0, 0, 0, 18, -31, -19, 37,
	-4, -20, 12, -23, -47, 36, 19, -65, 17, 13, -4, 2, 25, -4, 4, 20, 16, -21, 2, 10, -35, 2, 21, 1,
	-16, 12, 23, 22, -23, -74, -36, 28, 28, 20, 18, 24, 27, -50, -8, 30, 23, 22,
};
static const golden_layer golden_conv2d_plain = {"conv2d_plain", {4, {1, 4, 4, 2}}, {4, {1, 3, 3, 2}}, 1, "kernel",
	numbers_conv2d_plain, sizeof numbers_conv2d_plain / sizeof(float)};
static const float numbers_conv3d[] = {
	-4, 13, 11, -13, 19, 89, 89, 19, -13, 11, 13, -4, 11, -13, -51, -39, 89, 19, -39, -51, 13, -4, 50, -8,
	-12, 9, 15, -46, -3, 25, -12, 11, 0, -39, 7, 0, -12, 17, 1, -37, 8, -4, 18, -10, 5, 11, 12, -9,
	5, 12, 19, 14, -13, 19, 6, 26, -78, 12, 27, -24, 10, 31, -79, 13, 22, -28, 39, 3, -75, 21, 24, -9,
	12, -35, 5, 28, -4, 0, 8, -28, 12, 20, -1, -12, 12, -29, 10, 19, -7, -12, 16, 8, 9, 11, -15, 6,
	21, 20, -1, -58, -12, 18, 21, 50, 21, -8, -12, -42, -1, 56, 21, 22, -12, 18, 21, 50, -12, -39, -12, 15,
	-1, 56, 21, 22, -34, -34, 21, 20, 0, 3,
};
static const golden_layer golden_conv3d = {"conv3d", {5, {1, 3, 4, 3, 2}}, {5, {1, 2, 3, 2, 2}}, 1, "kernel bias",
	numbers_conv3d, sizeof numbers_conv3d / sizeof(float)};
static const float numbers_conv3d_same[] = {
	67, -14, -36, -19, 96, 33, -48, 25, -18, -19, -16, -30, -66, -49, 82, 25, -12, 9, -3, -15, 24, -37, -3, 25,
	15, 3, -9, 12, 10, -29, 11, 17, -18, 17, -3, -23, 24, -31, -3, 17, 16, 7, -13, 11, 13, -31, 7, 16,
	-24, 25, -3, -31, 24, -25, -3, 9, 17, 11, -17, 10, 16, -33, 3, 15, 14, 0, 8, 16, 2, 3, -3, 1,
	-37, 4, 12, -35, 19, 9, -1, 14, -26, -46, -5, 22, 27, -20, -18, -18, 1, 60, 10, -23, -1, -41, -13, 27,
	19, -15, -26, -46, -15, 12, 16, -16, -8, 5,
};
static const golden_layer golden_conv3d_same = {"conv3d_same", {5, {1, 2, 4, 4, 2}}, {5, {1, 2, 2, 2, 2}}, 1, "kernel bias",
	numbers_conv3d_same, sizeof numbers_conv3d_same / sizeof(float)};
static const float numbers_conv3d_dilation[] = {
	21, 27, 16, -24, -5, -16, 12, -23, -12, 27, -31, -18, 29, -23, -3, -18, 25, -3, -26, 17, 6, -30, 4, 12,
	-26, 2, 15, 13, -17, 16, 18, -13, -9, 0, 23, 17, 7, 25, 39, 9, 23, 17, -44, -32, 39, 9, -28, -40,
	-8, 4,
};
static const golden_layer golden_conv3d_dilation = {"conv3d_dilation", {5, {1, 2, 4, 3, 1}}, {5, {1, 1, 2, 2, 2}}, 1, "kernel bias",
	numbers_conv3d_dilation, sizeof numbers_conv3d_dilation / sizeof(float)};
static const float numbers_conv1d_transpose[] = {
	-7, -10, -31, 14, -35, 32, -78, 43, -51, 33, -31, 20, 30, 0, 55, -9, 57, -23, 58, -23, 26, -10, -14, -1,
	20, 29, -28, 24, -6, -36, 17, 25, -22, 21, -10, -30, -33, 17, 34, -7, -18, 4, -36, 13, 40, -10, -22, 10,
	-28, -12, 48, -23, 18, -40, 15, -40, 26, 42, 12, -40, -19, -24, 48, -14, 6, -40, 0, 3,
};
static const golden_layer golden_conv1d_transpose = {"conv1d_transpose", {3, {2, 4, 3}}, {3, {2, 6, 2}}, 1, "kernel bias",
	numbers_conv1d_transpose, sizeof numbers_conv1d_transpose / sizeof(float)};
static const float numbers_conv1d_transpose_stride[] = {
	3, -18, -6, 6, -31, 2, -6, -18, 13, -13, 5, 13, -9, 27, 5, -11, -3, -10, -6, -2, 13, -25, 5, 29,
	-9, 15, 5, 5, -9, 33, 5, -19, 20, 18, 25, 11, 30, 26, -36, -30, -15, -21, -54, -50, -27, -13, -10, -14,
	-39, -8, -28, 17, 38, -24, 38, -21, -29, 51, -23, 51, -6, 9,
};
static const golden_layer golden_conv1d_transpose_stride = {"conv1d_transpose_stride", {3, {2, 4, 2}}, {3, {2, 8, 2}}, 1, "kernel bias",
	numbers_conv1d_transpose_stride, sizeof numbers_conv1d_transpose_stride / sizeof(float)};
static const float numbers_conv1d_transpose_more[] = {
	3, -18, -6, 6, -31, 2, -6, -18, 13, -13, 5, 13, -9, 27, 5, -11, 17, 1, 1, 1, -3, -10, -6, -2,
	13, -25, 5, 29, -9, 15, 5, 5, -9, 33, 5, -19, 23, -1, 1, 1, 20, 18, 25, 11, 30, 26, -20, -14,
	-54, -50, -27, -13, -22, -20, 16, 28, -26, 44, -26, 14, 40, -27, -15, -35, 18, 12, -37, 48, -4, 1,
};
static const golden_layer golden_conv1d_transpose_more = {"conv1d_transpose_more", {3, {2, 4, 2}}, {3, {2, 10, 2}}, 1, "kernel bias",
	numbers_conv1d_transpose_more, sizeof numbers_conv1d_transpose_more / sizeof(float)};
static const float numbers_conv1d_transpose_none[] = {
	-6, 6, -31, 2, -6, -18, 13, -13, 5, 13, -9, 27, 5, -11, -6, -2, 13, -25, 5, 29, -9, 15, 5, 5,
	-9, 33, 5, -19, -29, -21, -27, -13, -22, -20, 24, 34, 11, 13, -15, -21, -54, -50, -11, -7, -25, -48, -9, 17,
	26, -1, -18, 2, -1, -24, 27, -2, -4, 5,
};
static const golden_layer golden_conv1d_transpose_none = {"conv1d_transpose_none", {3, {2, 4, 2}}, {3, {2, 7, 2}}, 1, "kernel bias",
	numbers_conv1d_transpose_none, sizeof numbers_conv1d_transpose_none / sizeof(float)};
static const float numbers_conv1d_transpose_dilation[] = {
	3, -18, -15, 6, 4, 2, -14, 2, -11, 9, 7, -21, -1, 7, 17, 1, 12, -18, -13, 17, 17, -3, -8, 10,
	-5, -28, -11, -16, -7, -24, -13, -12, -9, -20, -26, 25, -8, 5,
};
static const golden_layer golden_conv1d_transpose_dilation = {"conv1d_transpose_dilation", {3, {1, 4, 2}}, {3, {1, 8, 2}}, 1, "kernel bias",
	numbers_conv1d_transpose_dilation, sizeof numbers_conv1d_transpose_dilation / sizeof(float)};
static const float numbers_conv2d_transpose[] = {
	-7, -10, -31, 14, -35, 32, -78, 43, -51, 33, -31, 20, 59, 4, 7, 10, 38, -8, 67, -14, 49, -13, -4, -28,
	-18, -17, -24, -41, 11, -10, -4, 6, 0, 28, 11, 32, 33, -13, 38, -25, 30, -21, 14, -5, -30, 1, -15, -7,
	18, 66, -29, 50, -2, -10, 16, 62, -24, 48, -6, -5, -21, -12, 8, -33, -47, 16, -23, -16, 13, -13, -7, -34,
	50, -2, -10, 16, 62, -24, 48, -6, -5, -41, 47, 14, -15, -41, 43, -52, 31, -51, 32, -51, 31, 17, 43, -41,
	-20, -39, 41, -2, 11, -31, -52, 31, -51, 32, -51, 31, 17, 43, -41, -20, -39, 41, -2, 11, -31, 38, 6, 7,
	-5, 1,
};
static const golden_layer golden_conv2d_transpose = {"conv2d_transpose", {4, {1, 3, 4, 3}}, {4, {1, 4, 6, 2}}, 1, "kernel bias",
	numbers_conv2d_transpose, sizeof numbers_conv2d_transpose / sizeof(float)};
static const float numbers_conv2d_transpose_stride[] = {
	3, -18, -6, 6, 1, 1, -15, 6, -6, -18, 1, 1, -15, -3, 31, -12, 1, 1, 3, -9, 34, 0, 1, 1,
	11, -3, 5, 13, 1, 1, -7, 21, 5, -11, 1, 1, -1, 7, -18, 1, 1, 1, 17, 1, -15, 13, 1, 1,
	-3, -10, -6, -2, 1, 1, 23, -19, 5, 29, 1, 1, -9, -5, 32, -8, 1, 1, -13, 11, -20, -7, 1, 1,
	39, 31, -43, 2, -47, 3, 47, 29, 43, 30, 38, 1, 10, 13, -11, 19, 23, -30, 13, 31, -11, 19, 23, -30,
	13, 31, 3, 15, -4, 5,
};
static const golden_layer golden_conv2d_transpose_stride = {"conv2d_transpose_stride", {4, {1, 3, 2, 2}}, {4, {1, 6, 6, 2}}, 1, "kernel bias",
	numbers_conv2d_transpose_stride, sizeof numbers_conv2d_transpose_stride / sizeof(float)};
static const float numbers_conv2d_transpose_same[] = {
	3, -18, -6, 6, -31, 2, -6, -18, 31, -12, 0, 34, 24, 2, -12, 31, -8, -10, 10, -3, -8, 50, -14, -9,
	-18, 1, 9, -16, -13, 23, -3, -19, -7, -6, 6, -4, 39, -40, -7, 45, 32, -8, -4, 33, -28, -11, 17, -14,
	85, 62, 21, 61, -76, -56, -85, -86, 30, -14, 49, 37, 36, -6, -40, 33, 16, -38, 50, -10, 8, -19, -27, 20,
	-33, 31, -32, -18, 13, 21, 36, -6, -19, 18, 12, 2, -41, 42, 30, -23, 24, -11, -37, 34, -27, 16, 16, -9,
	-5, 1,
};
static const golden_layer golden_conv2d_transpose_same = {"conv2d_transpose_same", {4, {1, 3, 2, 2}}, {4, {1, 6, 4, 2}}, 1, "kernel bias",
	numbers_conv2d_transpose_same, sizeof numbers_conv2d_transpose_same / sizeof(float)};
static const float numbers_conv2d_transpose_more[] = {
	31, -12, 0, 34, -9, 3, 34, 0, -12, 31, -3, -15, -8, -10, 10, -3, -5, 37, -2, 14, -14, -9, 7, 34,
	-18, 1, 9, -16, 3, 11, -15, 13, -3, -19, 9, -7, -7, -6, 6, -4, -3, -24, 43, -15, -7, 45, -13, -5,
	32, -8, -4, 33, -7, -3, -20, -7, 17, -14, -1, 23, 54, -8, -62, -28, -78, -47, 94, 82, 32, 18, -26, -98,
	2, -40, 2, 33, 2, 18, 2, -30, 13, 10, 2, 28, 10, 13, -11, 19, 23, -30, 13, 31, 3, 15, -62, 21,
	5, 7, 10, -3, 4, 9, 9, -1, -41, 11, 8, 1, -8, 5,
};
static const golden_layer golden_conv2d_transpose_more = {"conv2d_transpose_more", {4, {1, 3, 2, 2}}, {4, {1, 5, 6, 2}}, 1, "kernel bias",
	numbers_conv2d_transpose_more, sizeof numbers_conv2d_transpose_more / sizeof(float)};
static const float numbers_conv2d_transpose_dilation[] = {
	23, -19, -2, 2, -9, 57, 5, 5, 19, -21, 20, -5, 56, 1, -14, -3, -13, 11, 36, -4, 2, -9, -17, 5,
	12, -15, -19, 4, -1, -15, 12, 16, 11, 12, -9, 26, 4, 20, 38, 24, -3, 3, 39, 29, 1, 9, -31, -27,
	-29, 12, 38, -37, 14, -34, 5, -5, 24, 6, -37, 38, 6, -13, 12, -13, 0, 3,
};
static const golden_layer golden_conv2d_transpose_dilation = {"conv2d_transpose_dilation", {4, {1, 3, 4, 2}}, {4, {1, 3, 4, 2}}, 1, "kernel bias",
	numbers_conv2d_transpose_dilation, sizeof numbers_conv2d_transpose_dilation / sizeof(float)};
static const float numbers_conv3d_transpose[] = {
	3, -18, -6, 6, -15, 6, -6, -18, -15, -3, 31, -12, 3, -9, 34, 0, 11, -3, 5, 13, -7, 21, 5, -11,
	-1, 7, -18, 1, 17, 1, -15, 13, -4, 23, -16, 0, 10, 11, 1, 13, -28, -12, 37, -24, -8, 4, -39, -5,
	13, -12, 7, 15, -17, 9, 13, -27, 1, 9, -5, 3, 43, 3, -26, 33, -4, 33, -7, -3, 17, -14, -1, 23,
	-10, -6, -2, -9, -19, 5, 29, -13, 5, -17, 5, 5, -7, -20, 11, -13, 5, 5, 5, 5, 29, 5, -19, 23,
	25, -4, 63, 68, -54, 9, -49, 4, -12, 0, 4, -49, 63, 68, 68, 63, 48, -6, -7, 30, -7, -33, 48, -8,
	-7, 29, -62, -12, 4, 24, 48, -6, 4, 24, 48, -6, -7, 30, -7, -33, 48, -7, -7, 29, -62, -12, 4, 24,
	-8, 4,
};
static const golden_layer golden_conv3d_transpose = {"conv3d_transpose", {5, {1, 2, 2, 2, 2}}, {5, {1, 3, 4, 4, 2}}, 1, "kernel bias",
	numbers_conv3d_transpose, sizeof numbers_conv3d_transpose / sizeof(float)};
static const float numbers_conv3d_transpose_same[] = {
	3, -18, -22, 6, 6, -15, -22, 3, 34, -9, 33, -3, -18, -6, 11, -6, -2, -4, 29, 8, 3, 1, -28, 1,
	-16, 3, -9, 9, -3, 5, 33, 5, 82, 93, 3, -6, -64, -103, 42, 21, 10, -37, -7, 8, 24, -7, 8, -33,
	-9, 12, 20, -8, 0, 0, 0, 0, 0, 0, -5, 4, -11, 16, 16, -9, -7, 8, 42, -2, 12, -10, 0, 0,
	0, 0, 0, 0, -18, 3, 16, 2, 5, -2, -25, 10, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 3,
};
static const golden_layer golden_conv3d_transpose_same = {"conv3d_transpose_same", {5, {1, 2, 1, 2, 2}}, {5, {1, 4, 2, 4, 1}}, 1, "kernel bias",
	numbers_conv3d_transpose_same, sizeof numbers_conv3d_transpose_same / sizeof(float)};
static const float numbers_depthwise_conv1d[] = {
	14, -6, -22, -6, 2, -30, -4, 10, 6, -2, 18, -13, 4, -13, 18, 6, 6, 10, 8, -30, 2, 10, -22, -6,
	0, -12, -25, 4, -1, 25, 2, -10, -14, -16, 6, 14, 27, 2, 8, -15, 15, 0, -6, 20, -10, 7, -21, -18,
	-4, 21, 21, 0, -18, -6, -6, -10, 17, 9, 0, 12, -1, 20, -19, 0, 63, -22, 1, 7, -3, -1, 1, 3,
};
static const golden_layer golden_depthwise_conv1d = {"depthwise_conv1d", {3, {2, 6, 3}}, {3, {2, 4, 3}}, 1, "kernel bias",
	numbers_depthwise_conv1d, sizeof numbers_depthwise_conv1d / sizeof(float)};
static const float numbers_depthwise_conv1d_same[] = {
	13, 25, -4, -12, -13, -15, -14, -14, 8, 18, 31, 35, -10, -18, -12, -18, 19, 19, 33, 35, -10, -6, -10, -12,
	-12, -31, -3, 25, -12, -19, -3, 17, -12, -13, -3, 9, 14, -7, 8, 1, 10, -1, 8, -7, 10, 5, 8, -15,
	2, -38, -7, 2, -8, -5, -8, -11, -1, -10, -4, 5, 15, 0, -15, 3,
};
static const golden_layer golden_depthwise_conv1d_same = {"depthwise_conv1d_same", {3, {2, 6, 2}}, {3, {2, 3, 4}}, 1, "kernel bias",
	numbers_depthwise_conv1d_same, sizeof numbers_depthwise_conv1d_same / sizeof(float)};
static const float numbers_depthwise_conv1d_dilation[] = {
	31, -7, -15, -10, -6, -2, -3, -3, 6, -6, -18, -9, 0, -12, 10, 8, -2, -16, 0, 9, -25, -6, 5, 12,
	8, 4, -4, -20, 6, 0, -20, -3, 10, 15, -15, 0, 22, -9, 40, -27, -9, 9,
};
static const golden_layer golden_depthwise_conv1d_dilation = {"depthwise_conv1d_dilation", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, "kernel bias",
	numbers_depthwise_conv1d_dilation, sizeof numbers_depthwise_conv1d_dilation / sizeof(float)};
static const float numbers_depthwise_conv2d[] = {
	-25, 27, 8, 20, -31, -4, -42, -22, -7, 17, -22, 6, -27, -37, -19, -25, 5, -30, -22, -42, -34, -28, 14, -20,
	37, 42, 53, 29, 41, 10, 42, 37, 38, 26, 6, 75, -12, -31, -3, -3, 1, -11, 32, 1, -13, 11, 11, 3,
	26, -17, -10, 35, 11, -12, -61, 10, 27, -4, 2, 3, -17, 13, 5, 14, 4, 6, -18, 1, -34, 17, -3, 27,
	17, 2, 12, -21, -9, 31, 1, -11, 27, 18, 0, -37, -11, -39, -26, 28, 23, -17, -6, -8, -24, 23, 22, -14,
	-1, -10, -22, 18, 21, -11, -24, 19, 15, -14, -3, 39, -19, 17, 17, -19, -4, 42, -14, 15, 19, -24, 28, -10,
	-5, 2, -2, 5, 1, -3,
};
static const golden_layer golden_depthwise_conv2d = {"depthwise_conv2d", {4, {1, 4, 4, 3}}, {4, {1, 3, 2, 6}}, 1, "kernel bias",
	numbers_depthwise_conv2d, sizeof numbers_depthwise_conv2d / sizeof(float)};
static const float numbers_depthwise_conv2d_same[] = {
	-35, -8, 5, -3, -10, -8, -6, 44, 40, -5, 22, -20, -5, -13, -35, 7, 28, -30, 0, 0, 10, 0, 15, -15,
	-4, -3, 7, 8, 5, 12, 8, 16, 0, -12, -7, 18, 12, 30, 11, 15, -5, -16, -8, 0, -4, 16, -5, 6,
	6, 1, -6, -20, -15, 0, 14, 16, -6, 9, -3, -6, -56, -6, -26, 3, 10, 4, 6, 0, 4, -12, -25, -6,
	5, 5, 14, -4, 20, -12, 10, 5, 36, 5, 10, -4, 9, 9, 16, -18, -13, -20, -21, 32, -15, 13, 22, 14,
	-5, -8, -19, -4, -8, -20, -12, -11, -25, 3, -1, -5,
};
static const golden_layer golden_depthwise_conv2d_same = {"depthwise_conv2d_same", {4, {1, 5, 4, 3}}, {4, {1, 3, 2, 3}}, 1, "kernel bias",
	numbers_depthwise_conv2d_same, sizeof numbers_depthwise_conv2d_same / sizeof(float)};
static const float numbers_depthwise_conv2d_dilation[] = {
	3, 25, -10, 7, -16, 0, 2, 2, -10, 35, 3, -16, 39, -26, 1, 13, -8, 0, 4, -23, 40, 11, 0, 8,
	0, -12, 21, -19, -25, 22, -6, 4, 6, 0, 4, 35, -11, -4, 15, -15, -3, -6, 11, -19, 6, 5, 22, -29,
	-5, -16, -20, -22, 8, -9, -29, 22, -1, -2, -7, 23, 3, -13, -15, 15, 9, 2, 47, 40, 21, 14, -49, -34,
};
static const golden_layer golden_depthwise_conv2d_dilation = {"depthwise_conv2d_dilation", {4, {1, 4, 4, 2}}, {4, {1, 4, 4, 2}}, 1, "kernel",
	numbers_depthwise_conv2d_dilation, sizeof numbers_depthwise_conv2d_dilation / sizeof(float)};
static const float numbers_separable_conv1d[] = {
	-34, -43, 22, 13, 104, 95, -56, -65, -40, -49, 92, 83, 42, -80, -12, 90, -12, -66, -12, 86, -12, -70, 42, 10,
	60, 60, 17, 17, -41, -41, -8, -8, 20, 20, -14, -14, -36, -45, -120, -39, 11, 98, 43, 76, -9, 9,
};
static const golden_layer golden_separable_conv1d = {"separable_conv1d", {3, {1, 6, 2}}, {3, {1, 6, 2}}, 1, "depthwise_kernel pointwise_kernel bias",
	numbers_separable_conv1d, sizeof numbers_separable_conv1d / sizeof(float)};
static const float numbers_separable_conv1d_stride[] = {
	11, 2, 4, 34, 25, 27, -20, -29, -27, 36, 27, 29, -18, -27, -25, -17, -26, -24, 4, 8, -10, -6, -6, -12,
	15, 9, 6, 12, -15, -9, -4, -8, 10, 6, 8, 16, -20, -12, -2, -4, 5, 3, 44, -43, 24, 25, 44, -202,
	190, 65, 207, -25, 3, -1, -5,
};
static const golden_layer golden_separable_conv1d_stride = {"separable_conv1d_stride", {3, {2, 6, 2}}, {3, {2, 3, 3}}, 1, "depthwise_kernel pointwise_kernel bias",
	numbers_separable_conv1d_stride, sizeof numbers_separable_conv1d_stride / sizeof(float)};
static const float numbers_separable_conv2d[] = {
	36, 27, 29, -14, -23, -21, 24, 15, 17, 1, -8, -6, 28, 19, 21, 55, 46, 48, -23, -32, -30, 26, 17, 19,
	-2, -11, -9, 4, 8, -16, -18, 21, 21, -15, -9, -6, -6, 27, 29, -34, -28, 14, 18, -18, -30, 32, 22, 13,
	31, -33, -17, 14, -2, -34, -42, -2, 16, 18, 28, 24, 12, 0, -12, -24, -12, 0, 12, -37, 74, 20, -56, -40,
	38, 6, -37, -43, -31, 36, -40, -94, 139, -101, 149, -30, -418, -6, -1, 4,
};
static const golden_layer golden_separable_conv2d = {"separable_conv2d", {4, {1, 5, 4, 2}}, {4, {1, 3, 3, 3}}, 1, "depthwise_kernel pointwise_kernel bias",
	numbers_separable_conv2d, sizeof numbers_separable_conv2d / sizeof(float)};
static const float numbers_separable_conv2d_stride[] = {
	44, 35, 30, 21, -4, -13, -9, -18, 18, 9, -39, -48, -9, -15, 12, 6, 21, 29, -28, -14, -22, -5, 34, 18,
	40, -29, -46, -22, -15, -25, 20, 10, 15, 15, -20, -10, -34, -3, 50, 26, 28, -35, -30, -14, -21, -35, 28, 14,
	9, 1, -12, -6, -56, 60, -11, -60, 38, -10, -74, 14, 14, -41, 53, -7, -56, 48, -13, -52, 26, -6, 278, 254,
	-207, -135, -9, 9,
};
static const golden_layer golden_separable_conv2d_stride = {"separable_conv2d_stride", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, "depthwise_kernel pointwise_kernel bias",
	numbers_separable_conv2d_stride, sizeof numbers_separable_conv2d_stride / sizeof(float)};
static const float numbers_separable_conv2d_dilation[] = {
	43, 43, 63, 63, 46, 46, -22, -22, -18, 24, 42, -56, 0, -24, 0, 56, -30, 40, 30, -40, 0, -40, 0, 40,
	18, -6, -42, 14, 3, 12, -7, -28, 30, -10, -30, 10, 5, 20, -5, -20, -16, -16, 11, 11, -40, -40, -24, -24,
	-24, -24, 80, 80, 84, 84, -32, -32, -262, -178, 211, 265, -58, 89, -72, 33,
};
static const golden_layer golden_separable_conv2d_dilation = {"separable_conv2d_dilation", {4, {1, 4, 4, 2}}, {4, {1, 2, 2, 2}}, 1, "depthwise_kernel pointwise_kernel",
	numbers_separable_conv2d_dilation, sizeof numbers_separable_conv2d_dilation / sizeof(float)};
static const float numbers_max_pooling1d[] = {
	-2, 5, 4, 0, -1, 3, 5, 4, 3, -1, -2, 5, 0, 0, 0, 3, 0, 0, -5, -2, 0, 4, 1, 0,
	0, 0, -4, 0, 0, -1, 0, 0, 2, 5, 0, 0, -3, 0, 0, 0,
};
static const golden_layer golden_max_pooling1d = {"max_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_max_pooling1d, sizeof numbers_max_pooling1d / sizeof(float)};
static const float numbers_max_pooling1d_same[] = {
	1, 5, 4, 3, -1, 3, 5, 4, 3, 4, 3, 2, 0, 0, 0, 3, 0, 0, -5, 0, 0, 2, 1, 0,
	0, 0, -4, 0, 0, 4, 0, 0, -1, 0, 0, 0,
};
static const golden_layer golden_max_pooling1d_same = {"max_pooling1d_same", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_max_pooling1d_same, sizeof numbers_max_pooling1d_same / sizeof(float)};
static const float numbers_max_pooling1d_overlap[] = {
	1, 5, 4, 5, 4, 3, 4, 3, 5, 4, 5, 4, 3, 4, 3, 2, 0, 0, 0, 1, 0, 0, -8, 0,
	0, 3, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0, 1,
};
static const golden_layer golden_max_pooling1d_overlap = {"max_pooling1d_overlap", {3, {2, 6, 2}}, {3, {2, 4, 2}}, 1, "",
	numbers_max_pooling1d_overlap, sizeof numbers_max_pooling1d_overlap / sizeof(float)};
static const float numbers_average_pooling1d[] = {
	-3.5f, 3.5f, 2.5f, -1.5f, -2.5f, -1, 1, 2.5f, 1.5f, -2.5f, -3.5f, 3.5f, 0, 1.5f, 0, 1.5f, -2.5f, -1, -2.5f, -1, 0.5f, 2, 0.5f, 2,
	0, 0, -2, -0.5f, -2, -0.5f, 1, 2.5f, 1, 2.5f, -1.5f, 0, -1.5f, 0, 0, 0,
};
static const golden_layer golden_average_pooling1d = {"average_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_average_pooling1d, sizeof numbers_average_pooling1d / sizeof(float)};
static const float numbers_average_pooling1d_same[] = {
	-2, 1.33333337f, 0.333333343f, 0, -2.5f, -1, 1.33333337f, 1, 0, -0.333333343f, -1, 0.5f, 0, 1, 0, 1, -1.66666675f, 0.333333313f, -1.66666675f, -0.666666687f, -1.16666675f, 1.33333325f, 0.5f, 2,
	-1.33333337f, -0.333333343f, -1.33333337f, -0.333333343f, -0.666666687f, 1.33333337f, 0.666666687f, 1.66666675f, -0.833333313f, 1.66666675f, -1.5f, 0,
};
static const golden_layer golden_average_pooling1d_same = {"average_pooling1d_same", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_average_pooling1d_same, sizeof numbers_average_pooling1d_same / sizeof(float)};
static const float numbers_average_pooling1d_overlap[] = {
	-2, 1.33333337f, 1, 0.666666687f, 0.333333343f, 0, -0.333333343f, -0.666666687f, 1.33333337f, 1, 0.666666687f, 0.333333343f, 0, -0.333333343f, -0.666666687f, -1, 0, 1, -1.66666675f, 0.333333313f, -1.33333337f, 1.66666675f, -2.66666675f, 0.333333343f,
	-1, 1, -1.33333337f, -0.333333343f, 0.666666687f, 1.66666675f, -0.333333313f, 1.66666675f, 0.666666687f, 0, -0.666666687f, -1.33333337f, 0.333333313f, -1.33333337f, -0.666666687f, 0.333333343f,
};
static const golden_layer golden_average_pooling1d_overlap = {"average_pooling1d_overlap", {3, {2, 6, 2}}, {3, {2, 4, 2}}, 1, "",
	numbers_average_pooling1d_overlap, sizeof numbers_average_pooling1d_overlap / sizeof(float)};
static const float numbers_max_pooling2d[] = {
	5, 2, 5, 4, 0, 3, 5, 5, 1, 3, 3, 5, 0, 3, 0, 0, 0, 0, -2, 1, 0, 0, 0, 0,
	0, 0, -5, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, -1, 2, 0, 0, 0, 0, -3, 0, 0, 0, 0,
	-4, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_max_pooling2d = {"max_pooling2d", {4, {1, 5, 4, 3}}, {4, {1, 2, 2, 3}}, 1, "",
	numbers_max_pooling2d, sizeof numbers_max_pooling2d / sizeof(float)};
static const float numbers_max_pooling2d_same[] = {
	-1, 5, 5, 1, 1, 5, 4, 3, 2, -2, 5, 4, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, -5, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, -4, 0, 0, -1, 0, 0, 2, 5,
	-3, 0, 0, 0,
};
static const golden_layer golden_max_pooling2d_same = {"max_pooling2d_same", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, "",
	numbers_max_pooling2d_same, sizeof numbers_max_pooling2d_same / sizeof(float)};
static const float numbers_max_pooling2d_stride[] = {
	2, 5, 5, 5, 4, 4, 3, 5, 5, 5, 4, 4, 3, 3, 5, 5, 5, 4, 3, 3, 5, 5, 5, 4,
	0, 0, 0, 5, 0, 0, -2, 0, 0, 0, 0, 0, 0, 0, -5, 0, 0, 0, 0, 0, -2, 0, 0, 0,
	0, -2, 0, 0, 0, 0, 0, -3, 0, 0, 0, 0, 9, 0, 0, 3,
};
static const golden_layer golden_max_pooling2d_stride = {"max_pooling2d_stride", {4, {1, 4, 5, 2}}, {4, {1, 4, 3, 2}}, 1, "",
	numbers_max_pooling2d_stride, sizeof numbers_max_pooling2d_stride / sizeof(float)};
static const float numbers_average_pooling2d[] = {
	0.75f, -0.5f, 1, 1.5f, -2.5f, -1, 1, 2.5f, -1.5f, -1, 0.5f, -0.75f, 0, 0.75f, -1.25f, 0, 0.75f, -1.25f, -0.5f, 0.25f, 1, -0.5f, 0.25f, 1,
	0, 0.75f, -1.25f, 0, 0.75f, -1.25f, -0.5f, 0.25f, 1, -0.5f, 0.25f, 1, -1, -0.25f, 0.5f, -1, -0.25f, 0.5f, 1.25f, -0.75f, 0, 1.25f, -0.75f, 0,
	-1, -0.25f, 0.5f, -1, -0.25f, 0.5f, 1.25f, -0.75f, 0, 1.25f, -0.75f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_average_pooling2d = {"average_pooling2d", {4, {1, 5, 4, 3}}, {4, {1, 2, 2, 3}}, 1, "",
	numbers_average_pooling2d, sizeof numbers_average_pooling2d / sizeof(float)};
static const float numbers_average_pooling2d_same[] = {
	-3, 1.25f, 3, -1, -1, 0.5f, -0.5f, 1, 0.5f, -3.5f, 1, 2.5f, 0, 0.75f, 0, 0.75f, -1.25f, -0.5f, -1.25f, -0.5f, 0, 0.75f, 0, 0.75f,
	-1.25f, -0.5f, -1.25f, -0.5f, 0.25f, 1, 0.25f, 1, -1, -0.25f, -1, -0.25f, 0.25f, 1, 0.25f, 1, -1, -0.25f, -1, -0.25f, 1, 2.5f, 1, 2.5f,
	-1.5f, 0, -1.5f, 0,
};
static const golden_layer golden_average_pooling2d_same = {"average_pooling2d_same", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, "",
	numbers_average_pooling2d_same, sizeof numbers_average_pooling2d_same / sizeof(float)};
static const float numbers_average_pooling2d_stride[] = {
	-1.5f, 0, 1.16666675f, 0.833333373f, -0.75f, 0.75f, -1.33333337f, 0.166666672f, 0.111111112f, 1, 0.333333343f, 0, -1, -1.33333337f, 0.444444448f, 0.111111112f, 0.666666687f, 0.333333343f, -1.75f, -0.25f, 0, -0.333333343f, 1.75f, 0.5f,
	-0.666666687f, 0.583333313f, -1.27777779f, 0.805555582f, -0.611111164f, 0.222222239f, -0.861111164f, 1.22222221f, -0.25f, 1, -0.166666687f, -0.25000006f, -1, 0.0833333209f, -0.833333373f, 0.333333343f, -0.416666687f, 0.666666687f, 0.416666687f, 0.333333313f, -0.416666687f, -0.5f, 0.416666687f, -0.333333373f,
	0.833333373f, 0.166666687f, 1, 0.25f, 0.166666687f, 0.0833333135f, 0.25f, -0.333333373f, 0.861111164f, -0.722222269f, 0.611111164f, -0.388888896f, 1.27777791f, -0.305555582f, 0.666666687f, 0.0833333135f,
};
static const golden_layer golden_average_pooling2d_stride = {"average_pooling2d_stride", {4, {1, 4, 5, 2}}, {4, {1, 4, 3, 2}}, 1, "",
	numbers_average_pooling2d_stride, sizeof numbers_average_pooling2d_stride / sizeof(float)};
static const float numbers_max_pooling3d[] = {
	4, 5, 5, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_max_pooling3d = {"max_pooling3d", {5, {1, 3, 4, 2, 2}}, {5, {1, 1, 2, 1, 2}}, 1, "",
	numbers_max_pooling3d, sizeof numbers_max_pooling3d / sizeof(float)};
static const float numbers_max_pooling3d_same[] = {
	4, 5, 3, -1, 5, 3, 2, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, -5, -2, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, -5, 0,
};
static const golden_layer golden_max_pooling3d_same = {"max_pooling3d_same", {5, {1, 3, 3, 4, 1}}, {5, {1, 2, 2, 2, 1}}, 1, "",
	numbers_max_pooling3d_same, sizeof numbers_max_pooling3d_same / sizeof(float)};
static const float numbers_average_pooling3d[] = {
	-0.875f, 0.625f, 0.125f, 0.25f, 0, 0.375f, 0, 0.375f, 0, 0.375f, 0, 0.375f, -0.625f, -0.25f, -0.625f, -0.25f, -0.625f, -0.25f, -0.625f, -0.25f, 0, 0.375f, 0, 0.375f,
	0, 0.375f, 0, 0.375f, -0.625f, -0.25f, -0.625f, -0.25f, -0.625f, -0.25f, -0.625f, -0.25f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_average_pooling3d = {"average_pooling3d", {5, {1, 3, 4, 2, 2}}, {5, {1, 1, 2, 1, 2}}, 1, "",
	numbers_average_pooling3d, sizeof numbers_average_pooling3d / sizeof(float)};
static const float numbers_average_pooling3d_same[] = {
	-0.5f, 1.75f, -0.666666687f, -3, 0.666666687f, -0.75f, -1.33333337f, 0, 0, 0, 0.75f, 0.75f, 0, 0, 0.75f, 0.75f, -1.66666675f, -1.66666675f, -2.66666675f, -1, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0.166666672f, 0.166666672f, 1.16666663f, 1, 0.166666672f, 0.166666672f, 1.16666663f, 1, -1.33333337f, -1.33333337f, -1.83333337f, -0.5f,
};
static const golden_layer golden_average_pooling3d_same = {"average_pooling3d_same", {5, {1, 3, 3, 4, 1}}, {5, {1, 2, 2, 2, 1}}, 1, "",
	numbers_average_pooling3d_same, sizeof numbers_average_pooling3d_same / sizeof(float)};
static const float numbers_global_max_pooling1d[] = {
	5, 2, 5, 1, 5, 4, 0, 3, -0, 0, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0, -5, -2, 0, 4,
	-0, 0, 0, -0, 0, 0, -0, 1, 0, -0, 0, 0,
};
static const golden_layer golden_global_max_pooling1d = {"global_max_pooling1d", {3, {2, 5, 3}}, {2, {2, 3}}, 1, "",
	numbers_global_max_pooling1d, sizeof numbers_global_max_pooling1d / sizeof(float)};
static const float numbers_global_max_pooling1d_kept[] = {
	5, 2, 5, 1, 5, 4, 0, 3, -0, 0, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0, -5, -2, 0, 4,
	-0, 0, 0, -0, 0, 0, -0, 1, 0, -0, 0, 0,
};
static const golden_layer golden_global_max_pooling1d_kept = {"global_max_pooling1d_kept", {3, {2, 5, 3}}, {3, {2, 1, 3}}, 1, "",
	numbers_global_max_pooling1d_kept, sizeof numbers_global_max_pooling1d_kept / sizeof(float)};
static const float numbers_global_average_pooling1d[] = {
	1.80000007f, 0, -1.80000007f, -1, -0.600000024f, 2, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, -0.400000006f, 0.200000003f, 0.800000012f,
	-0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f,
};
static const golden_layer golden_global_average_pooling1d = {"global_average_pooling1d", {3, {2, 5, 3}}, {2, {2, 3}}, 1, "",
	numbers_global_average_pooling1d, sizeof numbers_global_average_pooling1d / sizeof(float)};
static const float numbers_global_average_pooling1d_kept[] = {
	1.80000007f, 0, -1.80000007f, -1, -0.600000024f, 2, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, 0, 0.600000024f, -1, -0.400000006f, 0.200000003f, 0.800000012f,
	-0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f, -0.400000006f, 0.200000003f, 0.800000012f,
};
static const golden_layer golden_global_average_pooling1d_kept = {"global_average_pooling1d_kept", {3, {2, 5, 3}}, {3, {2, 1, 3}}, 1, "",
	numbers_global_average_pooling1d_kept, sizeof numbers_global_average_pooling1d_kept / sizeof(float)};
static const float numbers_global_max_pooling2d[] = {
	5, 2, 5, 0, 5, 3, 0, 3, -0, 0, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0, -5, 0, 0, -0,
	-2, 0, 4, -0, 0, 0, -0, 1, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0,
};
static const golden_layer golden_global_max_pooling2d = {"global_max_pooling2d", {4, {2, 3, 2, 3}}, {2, {2, 3}}, 1, "",
	numbers_global_max_pooling2d, sizeof numbers_global_max_pooling2d / sizeof(float)};
static const float numbers_global_max_pooling2d_kept[] = {
	5, 2, 5, 0, 5, 3, 0, 3, -0, 0, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0, -5, 0, 0, -0,
	-2, 0, 4, -0, 0, 0, -0, 1, 0, -0, 0, 0, -0, 0, 0, -0, 0, 0,
};
static const golden_layer golden_global_max_pooling2d_kept = {"global_max_pooling2d_kept", {4, {2, 3, 2, 3}}, {4, {2, 1, 1, 3}}, 1, "",
	numbers_global_max_pooling2d_kept, sizeof numbers_global_max_pooling2d_kept / sizeof(float)};
static const float numbers_global_average_pooling2d[] = {
	1.66666675f, -0.5f, -0.833333373f, -2.5f, 0.833333373f, 0.5f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f,
	-0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f,
};
static const golden_layer golden_global_average_pooling2d = {"global_average_pooling2d", {4, {2, 3, 2, 3}}, {2, {2, 3}}, 1, "",
	numbers_global_average_pooling2d, sizeof numbers_global_average_pooling2d / sizeof(float)};
static const float numbers_global_average_pooling2d_kept[] = {
	1.66666675f, -0.5f, -0.833333373f, -2.5f, 0.833333373f, 0.5f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f, 0, 0.5f, -0.833333313f,
	-0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f, -0.333333343f, 0.166666672f, 0.666666687f,
};
static const golden_layer golden_global_average_pooling2d_kept = {"global_average_pooling2d_kept", {4, {2, 3, 2, 3}}, {4, {2, 1, 1, 3}}, 1, "",
	numbers_global_average_pooling2d_kept, sizeof numbers_global_average_pooling2d_kept / sizeof(float)};
static const float numbers_global_max_pooling3d[] = {
	4, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_global_max_pooling3d = {"global_max_pooling3d", {5, {1, 1, 2, 3, 2}}, {2, {1, 2}}, 1, "",
	numbers_global_max_pooling3d, sizeof numbers_global_max_pooling3d / sizeof(float)};
static const float numbers_global_max_pooling3d_kept[] = {
	4, 5, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_global_max_pooling3d_kept = {"global_max_pooling3d_kept", {5, {1, 1, 2, 3, 2}}, {5, {1, 1, 1, 1, 2}}, 1, "",
	numbers_global_max_pooling3d_kept, sizeof numbers_global_max_pooling3d_kept / sizeof(float)};
static const float numbers_global_average_pooling3d[] = {
	-1.16666675f, 0.333333343f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f,
};
static const golden_layer golden_global_average_pooling3d = {"global_average_pooling3d", {5, {1, 1, 2, 3, 2}}, {2, {1, 2}}, 1, "",
	numbers_global_average_pooling3d, sizeof numbers_global_average_pooling3d / sizeof(float)};
static const float numbers_global_average_pooling3d_kept[] = {
	-1.16666675f, 0.333333343f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f, 0, 0.5f,
};
static const golden_layer golden_global_average_pooling3d_kept = {"global_average_pooling3d_kept", {5, {1, 1, 2, 3, 2}}, {5, {1, 1, 1, 1, 2}}, 1, "",
	numbers_global_average_pooling3d_kept, sizeof numbers_global_average_pooling3d_kept / sizeof(float)};
static const float numbers_zero_padding1d[] = {
	0, 0, -5, 2, -2, 5, 1, -3, 0, 0, 0, 0, 4, 0, -4, 3, -1, -5, 0, 0, -5, -2, 1, 4,
	-4, -1, 3, -5, -2, 1, 4, -4,
};
static const golden_layer golden_zero_padding1d = {"zero_padding1d", {3, {2, 3, 2}}, {3, {2, 5, 2}}, 1, "",
	numbers_zero_padding1d, sizeof numbers_zero_padding1d / sizeof(float)};
static const float numbers_zero_padding1d_ends[] = {
	0, 0, 0, 0, -5, 2, -2, 5, 1, -3, 0, 0, 0, 0, 4, 0, -4, 3, -1, -5, 1, 4, -4, -1,
	2, 5, -2, 1, 4, -4, -1, 2,
};
static const golden_layer golden_zero_padding1d_ends = {"zero_padding1d_ends", {3, {2, 3, 2}}, {3, {2, 5, 2}}, 1, "",
	numbers_zero_padding1d_ends, sizeof numbers_zero_padding1d_ends / sizeof(float)};
static const float numbers_zero_padding2d[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, 2, -2, 0, 0, 0, 0, 5,
	1, -3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, -4, -1, 3, -5, -2,
};
static const golden_layer golden_zero_padding2d = {"zero_padding2d", {4, {1, 2, 3, 1}}, {4, {1, 6, 7, 1}}, 1, "",
	numbers_zero_padding2d, sizeof numbers_zero_padding2d / sizeof(float)};
static const float numbers_zero_padding2d_ends[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, 2, -2, 5, 0, 0, 0, 0, 0, 0, 1, -3, 4, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, -3, 0, 3, -5, 5, -3, 0, 3,
};
static const golden_layer golden_zero_padding2d_ends = {"zero_padding2d_ends", {4, {1, 2, 2, 2}}, {4, {1, 5, 5, 2}}, 1, "",
	numbers_zero_padding2d_ends, sizeof numbers_zero_padding2d_ends / sizeof(float)};
static const float numbers_zero_padding3d[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, 2, 0,
	0, -2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	-3, 0, -2, 1,
};
static const golden_layer golden_zero_padding3d = {"zero_padding3d", {5, {1, 1, 2, 2, 1}}, {5, {1, 3, 4, 4, 1}}, 1, "",
	numbers_zero_padding3d, sizeof numbers_zero_padding3d / sizeof(float)};
static const float numbers_zero_padding3d_ends[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, -2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -2, -2, 1,
};
static const golden_layer golden_zero_padding3d_ends = {"zero_padding3d_ends", {5, {1, 2, 1, 2, 1}}, {5, {1, 3, 3, 4, 1}}, 1, "",
	numbers_zero_padding3d_ends, sizeof numbers_zero_padding3d_ends / sizeof(float)};
static const float numbers_cropping1d[] = {
	-2, 5, 1, -3, 4, 0, 2, -2, 5, 1, -3, 4, 0, 0, 0, 3, -5, -2, 1, 4, 0, 0, 0, 0,
	-4, -1, 2, 5, -3, 0, 0, 0,
};
static const golden_layer golden_cropping1d = {"cropping1d", {3, {2, 5, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_cropping1d, sizeof numbers_cropping1d / sizeof(float)};
static const float numbers_cropping1d_ends[] = {
	-5, 2, -2, 5, 1, -3, -1, -5, 2, -2, 5, 1, 0, 3, -5, -2, 1, 4, 0, 0, 0, 0, -4, -1,
	2, 5, -3, 0, 0, 0, 0, 0,
};
static const golden_layer golden_cropping1d_ends = {"cropping1d_ends", {3, {2, 5, 2}}, {3, {2, 3, 2}}, 1, "",
	numbers_cropping1d_ends, sizeof numbers_cropping1d_ends / sizeof(float)};
static const float numbers_cropping2d[] = {
	-5, 2, -2, 5, 1, -3, 4, 0, -4, 3, -1, -5, 2, -2, 5, 1, -3, 4, 0, 3, -5, -2, 1, 4,
	-4, -1, 2, 5, -3, 0, 3, -5, -2, 1, 4, -4,
};
static const golden_layer golden_cropping2d = {"cropping2d", {4, {1, 3, 3, 2}}, {4, {1, 3, 3, 2}}, 1, "",
	numbers_cropping2d, sizeof numbers_cropping2d / sizeof(float)};
static const float numbers_cropping2d_ends[] = {
	5, 1, -3, 4, -2, 5, 1, -3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3,
	-5, -2, 0, 0, 0, 0, 0, 0, 1, 4, -4, -1, 0, 0,
};
static const golden_layer golden_cropping2d_ends = {"cropping2d_ends", {4, {1, 3, 5, 2}}, {4, {1, 2, 2, 2}}, 1, "",
	numbers_cropping2d_ends, sizeof numbers_cropping2d_ends / sizeof(float)};
static const float numbers_cropping3d[] = {
	-1, -5, -3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, -5, -2, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_cropping3d = {"cropping3d", {5, {1, 3, 4, 3, 2}}, {5, {1, 1, 2, 1, 2}}, 1, "",
	numbers_cropping3d, sizeof numbers_cropping3d / sizeof(float)};
static const float numbers_cropping3d_ends[] = {
	2, -2, 5, 1, -3, 4, 0, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, -5, -2,
	1, 4, -4, -1, 0, 0, 0, 0,
};
static const golden_layer golden_cropping3d_ends = {"cropping3d_ends", {5, {1, 2, 3, 2, 2}}, {5, {1, 1, 2, 2, 2}}, 1, "",
	numbers_cropping3d_ends, sizeof numbers_cropping3d_ends / sizeof(float)};
static const float numbers_up_sampling1d[] = {
	-5, 2, -5, 2, -2, 5, -2, 5, 1, -3, 1, -3, 4, 0, 4, 0, -4, 3, -4, 3, -1, -5, -1, -5,
	-5, 1, -3, 3, -1, 5, 1, -4, 3, -2, 5, 0,
};
static const golden_layer golden_up_sampling1d = {"up_sampling1d", {3, {2, 3, 2}}, {3, {2, 6, 2}}, 1, "",
	numbers_up_sampling1d, sizeof numbers_up_sampling1d / sizeof(float)};
static const float numbers_up_sampling2d[] = {
	-5, 2, -5, 2, -5, 2, -2, 5, -2, 5, -2, 5, 1, -3, 1, -3, 1, -3, -5, 2, -5, 2, -5, 2,
	-2, 5, -2, 5, -2, 5, 1, -3, 1, -3, 1, -3, 4, 0, 4, 0, 4, 0, -4, 3, -4, 3, -4, 3,
	-1, -5, -1, -5, -1, -5, 4, 0, 4, 0, 4, 0, -4, 3, -4, 3, -4, 3, -1, -5, -1, -5, -1, -5,
	0, 7, -13, 5, 7, -8, -1, -5, 8, -7, -5, 13,
};
static const golden_layer golden_up_sampling2d = {"up_sampling2d", {4, {1, 2, 3, 2}}, {4, {1, 4, 9, 2}}, 1, "",
	numbers_up_sampling2d, sizeof numbers_up_sampling2d / sizeof(float)};
static const float numbers_up_sampling2d_bilinear[] = {
	-5, 2, -4.25f, 2.75f, -2.75f, 4.25f, -2, 5, -3.5f, 0.75f, -2.75f, 1.5f, -1.25f, 3, -0.5f, 3.75f, -0.5f, -1.75f, 0.25f, -1, 1.75f, 0.5f, 2.5f, 1.25f,
	-0.25f, -1.5f, 0.5f, -1.4375f, 2, -1.3125f, 2.75f, -1.25f, -2.75f, 1.5f, -2, 0.1875f, -0.5f, -2.4375f, 0.25f, -3.75f, -4, 3, -3.25f, 1, -1.75f, -3, -1, -5,
	-2, 4.5f, -4, -0.25f, -0.75f, -1.8125f, 2.75f, 3.0625f, 0.5f, -1.9375f, -1.5f, -2.5625f,
};
static const golden_layer golden_up_sampling2d_bilinear = {"up_sampling2d_bilinear", {4, {1, 3, 2, 2}}, {4, {1, 6, 4, 2}}, 1, "",
	numbers_up_sampling2d_bilinear, sizeof numbers_up_sampling2d_bilinear / sizeof(float)};
static const float numbers_up_sampling2d_bilinear_odd[] = {
	-5, -5, -4.125f, -2.375f, -0.625f, 1.125f, 1.5f, 0.5f, -0.5f, -1.5f, -2, -2, -5, -5, -4.125f, -2.375f, -0.625f, 1.125f, 1.5f, 0.5f, -0.5f, -1.5f, -2, -2,
	-1.66666615f, -1.66666615f, -1.24999964f, -0.416666269f, 0.416666806f, 1.25f, 1.16666675f, 0.166666567f, -0.833333313f, -1.83333337f, -2.33333349f, -2.33333349f, 1.66666746f, 1.66666746f, 1.6250006f, 1.54166698f, 1.45833349f, 1.375f, 0.833333254f, -0.166666746f, -1.16666675f, -2.16666675f, -2.66666675f, -2.66666675f,
	5, 5, 4.5f, 3.5f, 2.5f, 1.5f, 0.5f, -0.5f, -1.5f, -2.5f, -3, -3, 5, 5, 4.5f, 3.5f, 2.5f, 1.5f, 0.5f, -0.5f, -1.5f, -2.5f, -3, -3,
	-7.41666603f, 3.33333254f, 3.08333325f, 2.29166651f, 6.16666698f, -6.45833397f,
};
static const golden_layer golden_up_sampling2d_bilinear_odd = {"up_sampling2d_bilinear_odd", {4, {1, 2, 3, 1}}, {4, {1, 6, 12, 1}}, 1, "",
	numbers_up_sampling2d_bilinear_odd, sizeof numbers_up_sampling2d_bilinear_odd / sizeof(float)};
static const float numbers_up_sampling2d_bilinear_one[] = {
	-5, 2, -5, 2, -2, 5, -2, 5, -5, 1, -3, 3,
};
static const golden_layer golden_up_sampling2d_bilinear_one = {"up_sampling2d_bilinear_one", {4, {1, 2, 1, 2}}, {4, {1, 2, 2, 2}}, 1, "",
	numbers_up_sampling2d_bilinear_one, sizeof numbers_up_sampling2d_bilinear_one / sizeof(float)};
static const float numbers_up_sampling3d[] = {
	-5, 2, -5, 2, -2, 5, -2, 5, -5, 2, -5, 2, -2, 5, -2, 5, 1, -3, 1, -3, 4, 0, 4, 0,
	1, -3, 1, -3, 4, 0, 4, 0, -5, 2, -5, 2, -2, 5, -2, 5, -5, 2, -5, 2, -2, 5, -2, 5,
	1, -3, 1, -3, 4, 0, 4, 0, 1, -3, 1, -3, 4, 0, 4, 0, -2, 0, -5, -3, -3, -1, 5, 7,
};
static const golden_layer golden_up_sampling3d = {"up_sampling3d", {5, {1, 1, 2, 2, 2}}, {5, {1, 2, 4, 4, 2}}, 1, "",
	numbers_up_sampling3d, sizeof numbers_up_sampling3d / sizeof(float)};

#define GOLDEN_SPATIAL(CASE) \
	CASE(conv1d, mica_conv1d(3, 3)) \
	CASE(conv1d_same, mica_conv1d(3, 4, .padding = MICA_SAME)) \
	CASE(conv1d_causal, mica_conv1d(2, 3, .padding = MICA_CAUSAL, .dilation = {2})) \
	CASE(conv1d_stride, mica_conv1d(2, 3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(conv1d_causal_stride, mica_conv1d(2, 3, .strides = {2}, .padding = MICA_CAUSAL)) \
	CASE(conv1d_groups, mica_conv1d(6, 2, .groups = 2)) \
	CASE(conv2d, mica_conv2d(3, 3)) \
	CASE(conv2d_same, mica_conv2d(2, .kernel_size = {2, 3}, .padding = MICA_SAME)) \
	CASE(conv2d_stride, mica_conv2d(2, 3, .strides = {2})) \
	CASE(conv2d_same_stride, mica_conv2d(2, 3, .strides = {2, 3}, .padding = MICA_SAME)) \
	CASE(conv2d_dilation, mica_conv2d(2, .kernel_size = {3, 2}, .dilation = {2, 1})) \
	CASE(conv2d_same_dilation, mica_conv2d(2, 3, .dilation = {2}, .padding = MICA_SAME)) \
	CASE(conv2d_groups, mica_conv2d(4, 2, .groups = 2, .padding = MICA_SAME)) \
	CASE(conv2d_depth, mica_conv2d(3, 2, .groups = 3)) \
	CASE(conv2d_pointwise, mica_conv2d(4, 1)) \
	CASE(conv2d_plain, mica_conv2d(2, 2, .no_bias = true, .activation = MICA_RELU)) \
	CASE(conv3d, mica_conv3d(2, 2)) \
	CASE(conv3d_same, mica_conv3d(2, .kernel_size = {1, 2, 3}, .strides = {1, 2, 2}, .padding = MICA_SAME)) \
	CASE(conv3d_dilation, mica_conv3d(2, 2, .dilation = {1, 2, 1})) \
	CASE(conv1d_transpose, mica_conv1d_transpose(2, 3)) \
	CASE(conv1d_transpose_stride, mica_conv1d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(conv1d_transpose_more, mica_conv1d_transpose(2, 3, .strides = {2}, .output_padding = {1})) \
	CASE(conv1d_transpose_none, mica_conv1d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME, .output_padding = {MICA_NONE})) \
	CASE(conv1d_transpose_dilation, mica_conv1d_transpose(2, 3, .dilation = {2})) \
	CASE(conv2d_transpose, mica_conv2d_transpose(2, .kernel_size = {2, 3})) \
	CASE(conv2d_transpose_stride, mica_conv2d_transpose(2, 2, .strides = {2, 3})) \
	CASE(conv2d_transpose_same, mica_conv2d_transpose(2, 3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(conv2d_transpose_more, mica_conv2d_transpose(2, 3, .strides = {2, 3}, .padding = MICA_SAME, .output_padding = {MICA_NONE, 2})) \
	CASE(conv2d_transpose_dilation, mica_conv2d_transpose(2, 2, .dilation = {2}, .padding = MICA_SAME)) \
	CASE(conv3d_transpose, mica_conv3d_transpose(2, 2, .strides = {1, 2, 2})) \
	CASE(conv3d_transpose_same, mica_conv3d_transpose(1, 3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(depthwise_conv1d, mica_depthwise_conv1d(3)) \
	CASE(depthwise_conv1d_same, mica_depthwise_conv1d(3, .strides = {2}, .padding = MICA_SAME, .depth_multiplier = 2)) \
	CASE(depthwise_conv1d_dilation, mica_depthwise_conv1d(2, .dilation = {3})) \
	CASE(depthwise_conv2d, mica_depthwise_conv2d(.kernel_size = {2, 3}, .depth_multiplier = 2)) \
	CASE(depthwise_conv2d_same, mica_depthwise_conv2d(3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(depthwise_conv2d_dilation, mica_depthwise_conv2d(2, .dilation = {2}, .padding = MICA_SAME, .no_bias = true)) \
	CASE(separable_conv1d, mica_separable_conv1d(2, 3, .padding = MICA_SAME, .depth_multiplier = 2)) \
	CASE(separable_conv1d_stride, mica_separable_conv1d(3, 2, .strides = {2})) \
	CASE(separable_conv2d, mica_separable_conv2d(3, .kernel_size = {3, 2})) \
	CASE(separable_conv2d_stride, mica_separable_conv2d(2, 3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(separable_conv2d_dilation, mica_separable_conv2d(2, 2, .dilation = {2}, .depth_multiplier = 2, .no_bias = true)) \
	CASE(max_pooling1d, mica_max_pooling1d()) \
	CASE(max_pooling1d_same, mica_max_pooling1d(3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(max_pooling1d_overlap, mica_max_pooling1d(3, .strides = {1})) \
	CASE(average_pooling1d, mica_average_pooling1d()) \
	CASE(average_pooling1d_same, mica_average_pooling1d(3, .strides = {2}, .padding = MICA_SAME)) \
	CASE(average_pooling1d_overlap, mica_average_pooling1d(3, .strides = {1})) \
	CASE(max_pooling2d, mica_max_pooling2d(2)) \
	CASE(max_pooling2d_same, mica_max_pooling2d(.pool_size = {2, 3}, .padding = MICA_SAME)) \
	CASE(max_pooling2d_stride, mica_max_pooling2d(3, .strides = {1, 2}, .padding = MICA_SAME)) \
	CASE(average_pooling2d, mica_average_pooling2d(2)) \
	CASE(average_pooling2d_same, mica_average_pooling2d(.pool_size = {2, 3}, .padding = MICA_SAME)) \
	CASE(average_pooling2d_stride, mica_average_pooling2d(3, .strides = {1, 2}, .padding = MICA_SAME)) \
	CASE(max_pooling3d, mica_max_pooling3d(2)) \
	CASE(max_pooling3d_same, mica_max_pooling3d(.pool_size = {1, 2, 3}, .strides = {2}, .padding = MICA_SAME)) \
	CASE(average_pooling3d, mica_average_pooling3d(2)) \
	CASE(average_pooling3d_same, mica_average_pooling3d(.pool_size = {1, 2, 3}, .strides = {2}, .padding = MICA_SAME)) \
	CASE(global_max_pooling1d, mica_global_max_pooling1d()) \
	CASE(global_max_pooling1d_kept, mica_global_max_pooling1d(.keepdims = true)) \
	CASE(global_average_pooling1d, mica_global_average_pooling1d()) \
	CASE(global_average_pooling1d_kept, mica_global_average_pooling1d(.keepdims = true)) \
	CASE(global_max_pooling2d, mica_global_max_pooling2d()) \
	CASE(global_max_pooling2d_kept, mica_global_max_pooling2d(.keepdims = true)) \
	CASE(global_average_pooling2d, mica_global_average_pooling2d()) \
	CASE(global_average_pooling2d_kept, mica_global_average_pooling2d(.keepdims = true)) \
	CASE(global_max_pooling3d, mica_global_max_pooling3d()) \
	CASE(global_max_pooling3d_kept, mica_global_max_pooling3d(.keepdims = true)) \
	CASE(global_average_pooling3d, mica_global_average_pooling3d()) \
	CASE(global_average_pooling3d_kept, mica_global_average_pooling3d(.keepdims = true)) \
	CASE(zero_padding1d, mica_zero_padding1d()) \
	CASE(zero_padding1d_ends, mica_zero_padding1d(.before = {2})) \
	CASE(zero_padding2d, mica_zero_padding2d(2)) \
	CASE(zero_padding2d_ends, mica_zero_padding2d(.before = {1, 0}, .after = {2, 3})) \
	CASE(zero_padding3d, mica_zero_padding3d()) \
	CASE(zero_padding3d_ends, mica_zero_padding3d(.before = {1, 0, 1}, .after = {0, 2, 1})) \
	CASE(cropping1d, mica_cropping1d()) \
	CASE(cropping1d_ends, mica_cropping1d(.after = {2})) \
	CASE(cropping2d, mica_cropping2d()) \
	CASE(cropping2d_ends, mica_cropping2d(.before = {1, 2}, .after = {0, 1})) \
	CASE(cropping3d, mica_cropping3d()) \
	CASE(cropping3d_ends, mica_cropping3d(.before = {1}, .after = {0, 1})) \
	CASE(up_sampling1d, mica_up_sampling1d()) \
	CASE(up_sampling2d, mica_up_sampling2d(.factors = {2, 3})) \
	CASE(up_sampling2d_bilinear, mica_up_sampling2d(2, .interpolation = MICA_BILINEAR)) \
	CASE(up_sampling2d_bilinear_odd, mica_up_sampling2d(.factors = {3, 4}, .interpolation = MICA_BILINEAR)) \
	CASE(up_sampling2d_bilinear_one, mica_up_sampling2d(.factors = {1, 2}, .interpolation = MICA_BILINEAR)) \
	CASE(up_sampling3d, mica_up_sampling3d())

#endif
