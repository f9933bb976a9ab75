/* SPDX-License-Identifier: MIT */
/* golden/spatial.h - what Keras 3.15.1 with TensorFlow 2.21.0 computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_SPATIAL_H
#define MICA_GOLDEN_SPATIAL_H
#include "golden/layer.h"

static const float numbers_conv1d[] = {
	6, 27, 26, 13, -42, -9, 9, 32, 11, -17, 7, -24, 1, -18, 18, 0, -16, -10, 7, -8, -12, -19, 44, -14,
	10, -47, 6, 6, 27, 26, 15, 19, -4, 5, -11, -7, 23, 19, -64, -65, 11, 15, 11, 19, 25, 23, 4, 1,
	-50, -53, 28, 28, -15, -12, -38, -35, 19, 21, -47, -11, 14, 42, -47, 7, 10, -17, 11, -55, 35, -29, 12, -12,
	-36, 35, 7, 12, 4, -1, 5,
};
static const golden_layer golden_conv1d = {"conv1d", {3, {2, 7, 2}}, {3, {2, 5, 3}}, 1, 0,
	"kernel bias", numbers_conv1d, sizeof numbers_conv1d / sizeof(float)};
static const float numbers_conv1d_same[] = {
	-8, -42, 12, 39, 11, 38, 1, -33, -12, -4, 33, 4, -20, 11, -24, 1, -18, 18, 1, -17, 9, 6, -21, -4,
	15, -22, -4, -23, 11, -21, 5, 33, -5, -11, -33, 0, 6, 27, 26, -6, -12, -7, -4, 5, -11, -7, 7, 7,
	-39, -35, 14, 11, 34, 35, -8, -3, 5, 6, -15, -12, -18, -23, 35, 34, 11, 14, -35, -39, 19, 23, -55, 45,
	-53, -4, 34, -5, 5, -79, 57, 52, -64, 7, -2, 51, -6, -40, 39, -25, -34, -47, 28, 10, 26, -24, 1, 5,
	-2,
};
static const golden_layer golden_conv1d_same = {"conv1d_same", {3, {2, 7, 2}}, {3, {2, 7, 3}}, 1, 0,
	"kernel bias", numbers_conv1d_same, sizeof numbers_conv1d_same / sizeof(float)};
static const float numbers_conv1d_causal[] = {
	6, -6, 18, -12, -7, 5, 23, -1, 18, -4, -49, 18, 16, -4, -31, 7, 14, -10, -17, -26, 13, 1, 33, -26,
	10, -4, -2, 18, -3, 21, 0, 20, -19, -36, -4, -19, 32, -26, 15, -25, -16, 27, 18, 3, 21, 2, -20, 45,
	-27, 31, -13, 2, 7, -13, 9, -16, -14, 30, -13, -22, 15, -15, -34, -2, 18, -88, -2, 14, -3, 12,
};
static const golden_layer golden_conv1d_causal = {"conv1d_causal", {3, {2, 7, 2}}, {3, {2, 7, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_causal, sizeof numbers_conv1d_causal / sizeof(float)};
static const float numbers_conv1d_stride[] = {
	31, -3, 29, -3, 27, -47, 12, -42, 23, -47, -12, -3, -14, -3, -37, 6, 10, -5, -20, 20, 15, -9, -19, 16,
	17, -6, -18, 12, 19, -3, -17, 8, 10, 19, -16, 4, 23, 3, -15, 0, 3, -49, 19, -4, -28, 9, 20, -8,
	33, -60, 15, -24, -47, 45, 34, 15, 12, -40, -9, -4, -6, 12,
};
static const golden_layer golden_conv1d_stride = {"conv1d_stride", {3, {2, 8, 2}}, {3, {2, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_stride, sizeof numbers_conv1d_stride / sizeof(float)};
static const float numbers_conv1d_causal_stride[] = {
	6, -6, 31, -3, 29, -3, 27, -47, -31, 7, -20, 30, 11, 19, 31, -3, 15, -9, -19, 16, 17, -6, -18, 12,
	19, -3, -17, 8, 11, -19, 23, 3, -15, 0, 3, -49, 19, -4, -28, 9, 20, -8, -14, 24, 7, -33, 1, -4,
	-5, 14, 22, 10, -66, -37, 15, -12, -6, 12,
};
static const golden_layer golden_conv1d_causal_stride = {"conv1d_causal_stride", {3, {2, 7, 2}}, {3, {2, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_causal_stride, sizeof numbers_conv1d_causal_stride / sizeof(float)};
static const float numbers_conv1d_groups[] = {
	-1, 0, 34, 39, 4, 2, 3, -2, 26, -8, 28, -24, 7, -4, 18, -11, -25, -6, 11, -6, 10, -3, -23, -10,
	19, -10, -6, -9, -8, 26, 23, -12, -14, -1, -6, 22, -17, 19, -33, 7, -4, 18, -13, -27, -8, 15, -2, 14,
	15, 23, -22, -12, 6, 4, 4, 6, -44, -38, 46, 34, -6, 8, -33, -37, 23, 21, -15, -15, 20, 22, -20, -16,
	15, 1, 40, 52, -35, -41, 5, 3, 3, 5, -41, -35, 27, 19, 19, 35, 0, -40, 8, -36, -12, 12, 1, 15,
	-4, 50, -48, 8, 4, -40, 4, -33, -13, 18, -39, 37, -41, 42, 6, 14, 4, 0, -4, 3, -1, 6,
};
static const golden_layer golden_conv1d_groups = {"conv1d_groups", {3, {2, 5, 4}}, {3, {2, 4, 6}}, 1, 0,
	"kernel bias", numbers_conv1d_groups, sizeof numbers_conv1d_groups / sizeof(float)};
static const float numbers_conv2d[] = {
	15, 69, -9, -20, -29, 6, 7, -37, 7, 16, -58, 11, 32, -33, -32, -58, 89, -6, -58, 89, -6, 61, -97, 42,
	11, 16, -1, -35, -16, 36, 25, 9, -51, -43, 32, -3, 15, 19, -4, 5, -41, -32, 15, 20, 14, 13, 25, 25,
	-41, -30, 28, -4, -35, -28, 34, -15, -9, 63, -4, -5, 52, 55, -33, -58, -39, -31, 17, 44, -24, -16, 15, 32,
	38, 11, -18, -20, -17, -18, -34, -35, 8, 7, -15, -15, 41, 41, -18, -16, -3, -12, 59, 6, -1, -9, 17, 59,
	13, 33, -41, -57, -3, -10, -9, -54, -55, 32, 21, 38, 27, 19, 30, 15, 11, -48, -20, -16, 29, -56, 24, 18,
	-30, 54, -4, 40, -59, 18, 33, -7, 29, -40, 45, -15, 8, 31, 29, -90, 55, -59, 35, -3, -15, 50, -50, 29,
	-56, 24, 18, -30, 54, -4, 40, -59, -15, 8, 31, -59, 56, -104, 29, -6, 14, 29, -90, 55, -59, 35, -3, -15,
	50, -50, 0, 5, -1,
};
static const golden_layer golden_conv2d = {"conv2d", {4, {2, 5, 4, 2}}, {4, {2, 3, 2, 3}}, 1, 0,
	"kernel bias", numbers_conv2d, sizeof numbers_conv2d / sizeof(float)};
static const float numbers_conv2d_same[] = {
	-33, 7, 66, -24, -56, 21, 64, -22, -73, 26, 32, -79, -16, 58, 27, -62, -18, 60, 13, -39, 31, 11, -54, 19,
	66, -24, -56, 21, 44, -38, -42, 20, 27, -47, -18, 30, 25, -47, 10, 19, 40, -73, 35, 29, -54, 19, 66, -24,
	-70, 30, 39, 17, -113, 45, 51, -119, -16, 58, 16, -35, -28, 41, 25, -60, 35, 29, -54, 19, 47, -34, 8, -1,
	29, -3, -71, 19, 27, -47, 14, 18, -10, 21, -4, 13, -1, 12, 2, 11, -5, -15, -49, -26, 32, -42, 3, 9,
	7, 5, 33, -4, 68, -53, -25, 59, 1, 11, 5, 7, -28, 0, -35, 63, -60, -60, 32, -42, 3, 9, 32, 4,
	10, -16, 23, -7, -18, 36, -4, 13, -11, -1, 12, 31, -42, 32, -60, -60, 32, -42, 31, 12, 8, -29, 11, 1,
	59, -25, -25, 59, -30, 16, 4, 32, 9, 3, -42, 32, -60, -60, 63, -35, 137, -155, -177, 110, 21, -195, 13, 45,
	98, 18, -43, 126, -90, 28, 69, -135, -110, 119, 32, -180, 15, -5, 81, 14, -10, 14,
};
static const golden_layer golden_conv2d_same = {"conv2d_same", {4, {2, 4, 5, 2}}, {4, {2, 4, 5, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_same, sizeof numbers_conv2d_same / sizeof(float)};
static const float numbers_conv2d_stride[] = {
	19, -42, -3, 8, 8, 5, -25, -44, -3, 8, 8, 3, 10, -5, -20, 20, 15, -9, -19, 16, 7, -13, 0, 0,
	-25, 15, 0, -15, 3, 23, 4, -16, 19, 10, 0, 0, 5, -13, 2, 17, 10, -47, -1, 15, -2, -41, 0, 0,
	-19, 11, 8, -17, -3, 19, 12, -18, 7, 10, 0, 0, 17, 1, -4, 13, 20, -33, -7, 11, -4, -41, 0, 0,
	-13, 7, 16, -19, -9, 15, 20, -20, -5, 10, 0, 0, 19, -16, 4, 13, 3, -28, 0, 15, -25, -10, 0, 0,
	27, -38, -18, 7, -8, -3, 2, 42, 12, -23, 0, 0, -18, 7, -8, -3, 2, 42, 12, -23, 0, 0, -23, 12,
	-8, -3, 2, 42, 12, -23, 0, 0, -23, 12, 42, 2, -15, 15,
};
static const golden_layer golden_conv2d_stride = {"conv2d_stride", {4, {1, 7, 6, 2}}, {4, {1, 3, 2, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_stride, sizeof numbers_conv2d_stride / sizeof(float)};
static const float numbers_conv2d_same_stride[] = {
	-64, 30, 32, -53, 44, 38, 36, -29, 10, 55, -23, 10, -33, 42, -19, -25, 48, -39, -20, 20, 5, -10, 10, 1,
	-19, 16, 7, -13, 10, 7, -18, 12, 0, -15, 25, 10, -22, 13, 4, -16, 19, 10, -19, 11, 8, -17, 3, 13,
	1, -44, 11, 0, 0, 11, 0, -44, 17, 7, -3, 9, 12, -18, 7, 10, -13, 7, 16, -19, 1, 10, -10, 5,
	20, -20, 27, 7, -35, 11, 7, -34, 24, 5, -36, 11, 13, -27, 21, 3, -20, 23, 0, -12, 18, -10, -16, 22,
	-6, -12, 21, -12, -12, 21, -28, 13, 23, -22, -8, -32, -6, 17, 16, -13, 8, 14, 4, 18, -33, 16, -2, 5,
	0, -1, 14, -31, 17, -4, 28, 8, 3, -12, -27, 18, -6, 19, -16, 9, 4, -21, -3, 9,
};
static const golden_layer golden_conv2d_same_stride = {"conv2d_same_stride", {4, {1, 6, 7, 2}}, {4, {1, 3, 3, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_same_stride, sizeof numbers_conv2d_same_stride / sizeof(float)};
static const float numbers_conv2d_dilation[] = {
	-7, 27, -19, -27, 35, 29, -21, -25, 43, -45, -2, -11, -3, -10, -4, -9, 10, -5, -10, 21, -9, 23, -8, 25,
	-17, 8, 10, 19, -6, 29, -27, -24, 7, -22, 20, -8, 5, -10, -18, 2, -13, -3, -8, -8, -16, 9, 13, -22,
	2, -18, -26, 32, 1, 16, 18, -10, 0, -15, 29, -6, 27, -7, 25, -8, 7, 10, 16, -19, 21, -10, -25, 33,
	-16, 10, -6, -12, 15, -28, -14, 8, 12, -22, 5, 36, 18, -34, 11, 24, 15, -28, -14, 8, 21, 15, -52, 7,
	18, -34, 11, 24, -6, 12,
};
static const golden_layer golden_conv2d_dilation = {"conv2d_dilation", {4, {1, 6, 5, 2}}, {4, {1, 2, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_dilation, sizeof numbers_conv2d_dilation / sizeof(float)};
static const float numbers_conv2d_same_dilation[] = {
	11, -38, -15, 40, 7, 13, -17, -28, 17, -34, -31, 11, -1, 3, -3, -27, 26, 24, -14, -36, -1, 30, 17, -27,
	7, 11, -13, -37, 11, -7, 37, -9, -7, 28, 28, -42, -28, -15, -2, 27, -10, -16, 20, -28, 44, -6, 1, 30,
	22, 2, 30, 1, -29, 28, -28, 20, 15, -26, 3, 9, 21, -42, -18, -23, -32, 25, -23, 25, 5, -37, -4, -33,
	26, -19, -20, -19, -20, 45, 26, 38, 3, 14, 17, 30, -15, 48, 5, 6, -39, 13, -11, -23, 22, 12, -51, 1,
	12, -90, 3, 25, -45, 6, 41, 33, -21, -11, 16, 28, 33, -16, 0, 43, 22, -26, -26, 16, -3, 9,
};
static const golden_layer golden_conv2d_same_dilation = {"conv2d_same_dilation", {4, {1, 5, 4, 2}}, {4, {1, 5, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_same_dilation, sizeof numbers_conv2d_same_dilation / sizeof(float)};
static const float numbers_conv2d_groups[] = {
	-19, -65, -2, -34, -11, 26, -15, -8, 26, -12, 23, 14, -39, -45, -52, 0, -9, 24, 1, -29, 28, -12, 54, -23,
	-59, -25, -47, 45, 48, 0, -5, 5, 30, -12, -3, -27, -19, 49, -28, 25, -7, 20, 12, 24, 2, -6, -25, -13,
	10, -20, 5, 1, 16, -13, -15, -18, 34, 26, -8, -9, -9, -8, 26, 34, -18, -15, -17, 39, -26, -37, -1, 2,
	25, -2, -18, -29, 36, -9, 39, -2, -32, -22, 62, -19, -14, -23, 34, 27, -2, 2, -32, -2, 39, 36, -29, -6,
	-18, -2, 25, -45, -36, 6, -11, 36, -27, -30, -3, 2, 32, -2, -25, -20, 27, -3, 68, -46, -28, 20, 20, 9,
	55, -25, 51, 16, -33, -21, -29, -27, -11, -28, -10, -37, -2, 26, -23, 2, 22, 38, 10, 34, 2, -38, 21, -22,
	51, 51, 59, 35, -11, -19, 3, -29, -40, -1, -31, -16, 10, -6, 8, -35, 16, 24, 18, 10, -33, 10, 6, 22,
	0, 5, -1, 4,
};
static const golden_layer golden_conv2d_groups = {"conv2d_groups", {4, {1, 4, 3, 6}}, {4, {1, 4, 3, 4}}, 1, 0,
	"kernel bias", numbers_conv2d_groups, sizeof numbers_conv2d_groups / sizeof(float)};
static const float numbers_conv2d_depth[] = {
	3, -22, -17, -4, -17, 11, 0, -23, 39, 8, 20, -26, 1, -8, -31, -17, -36, -3, 2, 18, 9, 6, 34, -18,
	10, 6, -12, 0, 10, 5, -8, 11, -11, 2, -2, 8, 3, 6, 16, -2, 10, 3, -11, 0, -27, 3, 1, 5,
	-1, 19, 20, -4, -28, -5, 9, -41, -41, 12, 15, -9, -1, 27, 14, 0, -16, -3, 2, -20, -17, -5, 16, -4,
	-1, 20, 4, -12, -21, 31, 41, -47, 36, -31, 7, 7, 11, -41, -21, 1, 2, 3,
};
static const golden_layer golden_conv2d_depth = {"conv2d_depth", {4, {1, 4, 4, 3}}, {4, {1, 3, 3, 3}}, 1, 0,
	"kernel bias", numbers_conv2d_depth, sizeof numbers_conv2d_depth / sizeof(float)};
static const float numbers_conv2d_pointwise[] = {
	2, -6, 30, 0, -16, 18, -25, -13, 21, -24, -25, 29, 25, -22, -25, 27, -4, -9, 30, 3, 0, -7, 30, 1,
	-18, 17, -25, -12, -14, 19, -25, -14, 23, -23, -25, 28, -6, -10, 30, 4, -2, -8, 30, 2, 2, -6, 30, 0,
	-16, 18, -25, -13, 21, -24, -25, 29, 25, -22, -25, 27, -4, -9, 30, 3, 0, -7, 30, 1, -18, 17, -25, -12,
	11, -4, -8, 23, -10, -10, 35, -16, -12, -30, 11, 8, -18, 5, 6, -17, 43, -18, 17, -7, -9, 29, -13, -11,
	-14, -19, 42, -24, 8, 7, -12, 2, 5, 11, -4, -8, 23, -10, -10, 35, -16, -12, -30, 11, 8, -18, 5, 6,
	-17, 43, -18, 17, -7, -9, -86, 90, -75, 2, 19, -74, 64, -95, 58, -62, 16, -16, 2, 4, -5, 8,
};
static const golden_layer golden_conv2d_pointwise = {"conv2d_pointwise", {4, {2, 3, 3, 3}}, {4, {2, 3, 3, 4}}, 1, 0,
	"kernel bias", numbers_conv2d_pointwise, sizeof numbers_conv2d_pointwise / sizeof(float)};
static const float numbers_conv2d_plain[] = {
	43, 0, 0, 36, 42, 0, 41, 0, 0, 43, 18, 0, 17, 0, 11, 28, 0, 16, 0, 0, 8, -4, -12, 26,
	-6, 0, 6, 15, -3, -9, -8, 31, -19, 2, -1, -40, -2, -17, 24, -27, 2, -7, -15, 25, -4, 19, 15, -4,
	15, -9, 42, -3, -5, 8, -8, -3, 22, -3, -4, 19, -7, -36, -10, -3, 42, -3,
};
static const golden_layer golden_conv2d_plain = {"conv2d_plain", {4, {1, 4, 4, 2}}, {4, {1, 3, 3, 2}}, 1, 0,
	"kernel", numbers_conv2d_plain, sizeof numbers_conv2d_plain / sizeof(float)};
static const float numbers_conv3d[] = {
	77, -18, -42, 5, -27, -15, -36, -3, -43, -45, 47, 66, -42, 5, 15, 6, -36, -3, 21, -2, 47, 66, -17, -54,
	10, -5, -10, 21, -19, 16, 15, -3, -26, 27, -39, 21, 19, 3, -14, 21, -31, 9, 13, -22, 2, -18, -10, 5,
	-12, -39, 36, -28, 39, 2, -25, -22, 56, -24, 63, -9, -1, -16, 90, -37, 7, 27, 11, -1, 61, -28, -25, 30,
	-20, 23, -16, 10, -6, -12, -36, 40, -42, 12, -26, -26, -16, 40, -42, -17, 9, 0, 0, 23, -25, -28, 20, 5,
	-18, -44, 4, 70, -18, 19, 26, -21, -18, -31, -18, 6, 26, 21, -18, 14, -18, 19, 26, -21, -18, -39, 26, 42,
	26, 21, -18, 14, 26, -37, -18, -44, 0, 5,
};
static const golden_layer golden_conv3d = {"conv3d", {5, {1, 3, 4, 3, 2}}, {5, {1, 2, 3, 2, 2}}, 1, 0,
	"kernel bias", numbers_conv3d, sizeof numbers_conv3d / sizeof(float)};
static const float numbers_conv3d_same[] = {
	-11, 19, -17, 25, 25, -17, -18, 9, 6, -42, 14, 26, -13, 21, -20, -23, 10, -5, -20, 20, 15, -9, -19, 16,
	-25, 15, 0, -15, 3, 23, 4, -16, 10, 7, -18, 12, 19, -3, -17, 8, -19, 11, 8, -17, -3, 19, 12, -18,
	10, 19, -16, 4, 23, 3, -15, 0, -13, 7, 16, -19, -9, 15, 20, -20, -12, -24, 19, -4, -28, 9, 20, -8,
	15, -8, -20, 23, 18, -22, -16, 22, -58, -31, 23, -6, 38, 8, -2, 33, -31, -13, 10, 0, -15, -7, 11, 18,
	48, -1, -58, -31, 11, -8, 8, 16, -6, 12,
};
static const golden_layer golden_conv3d_same = {"conv3d_same", {5, {1, 2, 4, 4, 2}}, {5, {1, 2, 2, 2, 2}}, 1, 0,
	"kernel bias", numbers_conv3d_same, sizeof numbers_conv3d_same / sizeof(float)};
static const float numbers_conv3d_dilation[] = {
	51, -39, 26, -34, 31, -13, 28, -30, 10, 5, 1, 10, 17, 13, -20, 1, 16, -18, -5, 8, 5, -3, -13, 9,
	-5, -19, -25, -7, 13, -19, -5, 9, 6, -29, 10, -20, -14, 36, 12, 12, 10, -20, -8, 22, 12, 12, 16, -34,
	-6, 14,
};
static const golden_layer golden_conv3d_dilation = {"conv3d_dilation", {5, {1, 2, 4, 3, 1}}, {5, {1, 1, 2, 2, 2}}, 1, 0,
	"kernel bias", numbers_conv3d_dilation, sizeof numbers_conv3d_dilation / sizeof(float)};
static const float numbers_conv1d_transpose[] = {
	2, -10, -21, -34, 8, -1, 90, 85, 10, 6, -9, -17, -13, -16, -11, -17, -38, -42, -22, -33, 12, 4, 34, 24,
	4, 29, -23, 1, 24, -8, -2, 19, 7, -5, 14, 22, -14, 10, -32, -17, 5, -17, -20, 0, -2, 10, -49, 13,
	-13, -33, 46, -20, 25, -18, -16, -27, 50, -23, 31, -14, -19, -21, 54, 7, -18, -32, 0, 5,
};
static const golden_layer golden_conv1d_transpose = {"conv1d_transpose", {3, {2, 4, 3}}, {3, {2, 6, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_transpose, sizeof numbers_conv1d_transpose / sizeof(float)};
static const float numbers_conv1d_transpose_stride[] = {
	7, 22, -6, -13, 20, -35, -12, 11, 8, 13, -7, -9, 18, -38, -13, 15, 7, 10, -8, -5, -6, -30, 30, -25,
	-7, 29, -9, -1, -8, -33, 29, -21, -7, 7, -3, 7, -32, 18, 7, -13, -13, -4, 46, 18, -5, 7, -16, 12,
	8, 27, -34, 17, 12, 29, 3, -36, -14, -15, 13, -19, -10, 15,
};
static const golden_layer golden_conv1d_transpose_stride = {"conv1d_transpose_stride", {3, {2, 4, 2}}, {3, {2, 8, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_transpose_stride, sizeof numbers_conv1d_transpose_stride / sizeof(float)};
static const float numbers_conv1d_transpose_more[] = {
	7, 22, -6, -13, 20, -35, -12, 11, 8, 13, -7, -9, 18, -38, -13, 15, 0, -5, 1, -5, 7, 10, -8, -5,
	-6, -30, 30, -25, -7, 29, -9, -1, -8, -33, 29, -21, -15, 23, 1, -5, -7, 7, -3, 7, -32, 18, -17, -4,
	46, 18, -5, 7, -1, 7, 3, -26, 4, 43, -5, -22, 52, 1, -34, -20, 12, -8, -30, -18, -3, 9,
};
static const golden_layer golden_conv1d_transpose_more = {"conv1d_transpose_more", {3, {2, 4, 2}}, {3, {2, 10, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_transpose_more, sizeof numbers_conv1d_transpose_more / sizeof(float)};
static const float numbers_conv1d_transpose_none[] = {
	-6, -13, 20, -35, -12, 11, 8, 13, -7, -9, 18, -38, -13, 15, -8, -5, -6, -30, 30, -25, -7, 29, -9, -1,
	-8, -33, 29, -21, 23, 11, -5, 7, -1, 7, 25, -34, -12, -15, -13, -4, 46, 18, -24, 14, 4, -36, 13, 8,
	10, 19, -32, 9, 18, -11, -32, 29, -3, 12,
};
static const golden_layer golden_conv1d_transpose_none = {"conv1d_transpose_none", {3, {2, 4, 2}}, {3, {2, 7, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_transpose_none, sizeof numbers_conv1d_transpose_none / sizeof(float)};
static const float numbers_conv1d_transpose_dilation[] = {
	7, 22, 7, -14, 0, 8, -6, -4, 6, -30, -12, 12, 12, -23, 0, -5, -14, 9, -12, 9, -43, 20, -41, 20,
	1, -17, -29, 13, 13, -29, -17, 1, 3, 3, -5, -11, -6, 12,
};
static const golden_layer golden_conv1d_transpose_dilation = {"conv1d_transpose_dilation", {3, {1, 4, 2}}, {3, {1, 8, 2}}, 1, 0,
	"kernel bias", numbers_conv1d_transpose_dilation, sizeof numbers_conv1d_transpose_dilation / sizeof(float)};
static const float numbers_conv2d_transpose[] = {
	2, -10, -21, -34, 8, -1, 90, 85, 10, 6, -9, -17, -26, -35, 46, 33, -49, -67, -81, -80, -22, 5, 12, 55,
	20, 18, 20, 21, 54, 13, 0, -33, -53, -67, -24, -18, -11, -16, -25, -24, -9, 36, 42, -19, 55, 10, 19, -4,
	4, 9, 14, 6, 7, 19, 8, 5, 24, -12, 25, -26, 5, 8, -44, 7, 6, -39, 9, 4, -34, 11, -31, 26,
	6, 7, 19, 8, 5, 24, -12, 25, -26, -32, -32, 12, 17, -33, 27, -30, 45, -12, 22, -31, 26, -25, 47, -13,
	-28, -51, 36, 13, -6, -36, -30, 45, -12, 22, -31, 26, -25, 47, -13, -28, -51, 36, 13, -6, -36, -56, -16, 13,
	-1, 9,
};
static const golden_layer golden_conv2d_transpose = {"conv2d_transpose", {4, {1, 3, 4, 3}}, {4, {1, 4, 6, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_transpose, sizeof numbers_conv2d_transpose / sizeof(float)};
static const float numbers_conv2d_transpose_stride[] = {
	7, 22, -6, -13, 1, -5, 7, -14, -12, 11, 1, -5, 14, -26, 1, -6, 1, -5, 2, -8, -17, 6, 1, -5,
	7, 16, -7, -9, 1, -5, 7, -20, -13, 15, 1, -5, 12, -23, -2, -4, 1, -5, 0, -5, -20, 8, 1, -5,
	7, 10, -8, -5, 1, -5, -15, -15, 30, -25, 1, -5, 10, -20, -5, -2, 1, -5, -13, 20, 32, -23, 1, -5,
	-38, -4, -35, 2, -37, -2, -45, 37, -36, 0, 44, -27, -16, -6, -46, -1, 23, -62, -40, -2, -46, -1, 23, -62,
	-40, -2, 51, -8, -3, 12,
};
static const golden_layer golden_conv2d_transpose_stride = {"conv2d_transpose_stride", {4, {1, 3, 2, 2}}, {4, {1, 6, 6, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_transpose_stride, sizeof numbers_conv2d_transpose_stride / sizeof(float)};
static const float numbers_conv2d_transpose_same[] = {
	7, 22, -6, -13, 20, -35, -12, 11, 1, -6, 21, -19, -32, 12, -3, -13, 34, 9, -15, 4, -12, -51, 3, 16,
	-2, -4, 17, -18, -29, 14, -7, -12, 28, 2, -12, 6, -39, -47, 50, -26, -5, -2, 13, -17, 29, -17, -11, 22,
	-6, 89, -68, 15, 38, 19, 18, 58, -23, -23, 26, -11, 15, -26, -26, -10, -12, -27, 2, 44, -6, 3, 11, -1,
	17, 14, 9, -25, 23, 13, 15, -26, -13, -7, -18, 0, 14, 23, 6, -24, -24, 6, 23, 14, -21, -6, 33, 12,
	-1, 9,
};
static const golden_layer golden_conv2d_transpose_same = {"conv2d_transpose_same", {4, {1, 3, 2, 2}}, {4, {1, 6, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_transpose_same, sizeof numbers_conv2d_transpose_same / sizeof(float)};
static const float numbers_conv2d_transpose_more[] = {
	1, -6, 21, -19, -14, 1, -17, 6, -3, -13, 22, 1, 34, 9, -15, 4, -9, -23, -2, -33, 3, 16, -3, -23,
	-2, -4, 17, -18, -8, 1, -20, 8, -7, -12, 28, 1, 28, 2, -12, 6, -8, -23, -30, -29, 50, -26, -13, -1,
	-5, -2, 13, -17, -2, 1, 32, -23, -11, 22, -21, -21, -6, 21, 10, -19, -25, 22, 30, 26, -8, -9, 20, 62,
	-25, 0, -13, 6, -23, 1, 22, -48, -21, 2, 46, 8, -16, -6, -46, -1, 23, -62, -40, -2, 51, -8, -34, -3,
	-37, -1, -1, -37, -31, -7, 27, 12, -25, -13, 44, 50, -6, 12,
};
static const golden_layer golden_conv2d_transpose_more = {"conv2d_transpose_more", {4, {1, 3, 2, 2}}, {4, {1, 5, 6, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_transpose_more, sizeof numbers_conv2d_transpose_more / sizeof(float)};
static const float numbers_conv2d_transpose_dilation[] = {
	-15, -15, -2, 4, 14, -41, -9, -1, -14, -30, 7, -19, 15, 21, -14, 8, -13, 20, 2, -14, 16, 5, -8, 0,
	-10, 25, 28, -34, 25, -31, -20, 7, 5, -2, -48, 4, -58, 39, -39, 4, -15, 20, 18, -33, 22, -34, -5, 11,
	-51, -6, 29, -34, 33, -6, -12, -16, 35, -3, -22, 30, 11, 21, -6, 28, 0, 5,
};
static const golden_layer golden_conv2d_transpose_dilation = {"conv2d_transpose_dilation", {4, {1, 3, 4, 2}}, {4, {1, 3, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv2d_transpose_dilation, sizeof numbers_conv2d_transpose_dilation / sizeof(float)};
static const float numbers_conv3d_transpose[] = {
	7, 22, -6, -13, 7, -14, -12, 11, 14, -26, 1, -6, 2, -8, -17, 6, 7, 16, -7, -9, 7, -20, -13, 15,
	12, -23, -2, -4, 0, -5, -20, 8, 27, -4, -23, 1, -19, -23, 51, -19, 37, -27, -13, 11, -22, 7, 48, -22,
	23, -9, -18, 5, -23, -28, 56, -15, 29, -25, -12, 11, -30, 9, 49, -22, 13, -17, -2, 1, -11, 22, -21, -21,
	16, -14, 1, 4, -9, 24, -19, -19, 9, -16, 4, 1, -15, 23, -15, -21, 10, -15, 5, 2, -15, 23, -15, -21,
	-1, 70, -42, -11, 22, -12, 36, 28, -10, -39, 70, 1, -42, -11, -28, -15, 3, -12, -28, -11, -26, -10, -2, 46,
	19, 7, -1, -14, 23, 9, 3, -12, 23, 9, 3, -12, -28, -11, -26, -10, -38, 39, 19, 7, -1, -14, 23, 9,
	-6, 14,
};
static const golden_layer golden_conv3d_transpose = {"conv3d_transpose", {5, {1, 2, 2, 2, 2}}, {5, {1, 3, 4, 4, 2}}, 1, 0,
	"kernel bias", numbers_conv3d_transpose, sizeof numbers_conv3d_transpose / sizeof(float)};
static const float numbers_conv3d_transpose_same[] = {
	7, 28, 0, -8, -7, 14, -4, 2, -13, -14, -1, 22, 28, -6, -16, -12, 6, 42, -4, -18, -18, 18, 51, 6,
	-12, -8, 0, 28, 22, -7, -18, -13, -57, 20, -66, 19, 55, -2, 19, 34, -9, 3, -17, -11, -3, 0, 3, -9,
	17, 32, 15, 6, 0, 0, 0, 0, 0, 0, 15, -21, -15, 9, 33, 12, -17, -11, -3, -3, -4, -4, 0, 0,
	0, 0, 0, 0, -13, 2, 11, -10, -10, -4, -5, -2, 30, 30, 0, 0, 0, 0, 0, 0, 0, 0, 5,
};
static const golden_layer golden_conv3d_transpose_same = {"conv3d_transpose_same", {5, {1, 2, 1, 2, 2}}, {5, {1, 4, 2, 4, 1}}, 1, 0,
	"kernel bias", numbers_conv3d_transpose_same, sizeof numbers_conv3d_transpose_same / sizeof(float)};
static const float numbers_depthwise_conv1d[] = {
	7, -1, 8, -9, 14, 32, -3, 18, 23, 3, 0, 3, -12, -10, 20, -6, 5, 11, 0, 9, -9, 6, -9, -40,
	0, 10, 5, -8, 11, -11, 2, 18, 11, 1, -12, 7, -1, -7, 12, 0, -20, 0, -10, -2, -20, -1, 3, -1,
	-2, -3, -5, 8, 0, -20, 5, -16, -23, 0, 0, -15, 36, -35, 35, 32, -20, 36, 28, 28, -51, 2, -2, 5,
};
static const golden_layer golden_depthwise_conv1d = {"depthwise_conv1d", {3, {2, 6, 3}}, {3, {2, 4, 3}}, 1, 0,
	"kernel bias", numbers_depthwise_conv1d, sizeof numbers_depthwise_conv1d / sizeof(float)};
static const float numbers_depthwise_conv1d_same[] = {
	26, -23, 5, 25, 24, -24, 5, 26, 16, -23, 0, -15, 20, -26, 5, -16, 18, -27, 5, -15, -14, 15, -15, -6,
	10, 1, -20, 16, 15, 0, -18, 8, 19, 6, -16, 0, -12, -18, 19, -8, -28, 18, 21, -16, -24, 13, 23, 20,
	7, -35, 13, -5, 14, 20, -16, 36, 1, -28, 15, -20, 3, 0, -3, 5,
};
static const golden_layer golden_depthwise_conv1d_same = {"depthwise_conv1d_same", {3, {2, 6, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_depthwise_conv1d_same, sizeof numbers_depthwise_conv1d_same / sizeof(float)};
static const float numbers_depthwise_conv1d_dilation[] = {
	1, -14, 14, 3, -6, -2, -20, 0, -7, -16, 28, 1, 0, 10, 2, 8, 4, 6, 0, -5, 5, -4, 10, -3,
	6, 4, 8, 2, 10, 0, 15, -2, 20, -1, 25, 0, 2, 1, 7, 7, -15, 15,
};
static const golden_layer golden_depthwise_conv1d_dilation = {"depthwise_conv1d_dilation", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, 0,
	"kernel bias", numbers_depthwise_conv1d_dilation, sizeof numbers_depthwise_conv1d_dilation / sizeof(float)};
static const float numbers_depthwise_conv2d[] = {
	12, 6, 0, 33, 1, 18, -57, 21, -33, 40, -7, 28, 33, -55, 11, 6, 35, -19, 41, -7, 11, 2, 5, 13,
	-1, -6, 0, -43, -8, 21, 7, -2, 11, 8, 39, -68, 10, 1, -18, 30, 26, -31, -17, 26, -17, -16, 7, 20,
	-27, 1, 31, -39, -32, 23, 17, -47, -41, 35, -38, -10, 33, 1, -29, 22, 30, -2, -40, 73, 80, -23, 20, -45,
	-16, 13, 10, -18, -23, -4, 26, -31, -20, 13, -25, 15, -27, 4, 3, 3, 52, -12, -3, 1, -27, 12, 23, -2,
	54, -24, -24, 54, 27, -14, 3, 3, 4, -27, -42, 50, -28, 11, -4, 4, -5, 5, -26, 52, 10, 2, 54, -18,
	-1, 7, -7, 1, -2, 6,
};
static const golden_layer golden_depthwise_conv2d = {"depthwise_conv2d", {4, {1, 4, 4, 3}}, {4, {1, 3, 2, 6}}, 1, 0,
	"kernel bias", numbers_depthwise_conv2d, sizeof numbers_depthwise_conv2d / sizeof(float)};
static const float numbers_depthwise_conv2d_same[] = {
	-43, -13, 7, 38, 24, 7, 25, -9, -47, -35, -27, 4, 6, 44, 28, 8, -41, 17, 0, 25, 2, 0, -25, 1,
	4, -30, -6, 8, 10, -3, 6, -11, 19, 3, -4, 14, 14, -1, 12, 19, -11, 6, -3, 10, 8, -6, -10, 4,
	-8, -33, 0, 2, 25, 0, -22, -8, -24, -20, -7, -24, 23, 15, -9, 7, 19, 12, 5, -5, -8, 10, 5, -4,
	13, 19, 6, -4, -15, 3, 31, 30, -5, 29, 21, -32, -15, -9, -20, -24, -26, 20, 21, 3, -22, 24, 30, -17,
	8, -12, 0, 4, 10, 4, 0, -9, 20, 5, 2, -1,
};
static const golden_layer golden_depthwise_conv2d_same = {"depthwise_conv2d_same", {4, {1, 5, 4, 3}}, {4, {1, 3, 2, 3}}, 1, 0,
	"kernel bias", numbers_depthwise_conv2d_same, sizeof numbers_depthwise_conv2d_same / sizeof(float)};
static const float numbers_depthwise_conv2d_dilation[] = {
	0, -20, -9, 4, 9, 4, -6, -4, -5, -16, 27, 1, 3, 7, 8, -14, -15, 1, 19, 3, -38, -2, 10, -18,
	-25, 3, 2, 1, 15, -4, 0, 6, 10, 0, 10, -3, 17, -4, -25, 1, -7, -24, -23, 1, -19, 22, -5, 17,
	-11, 6, 26, 8, 30, 7, 15, -6, 6, 16, 3, 8, 0, -36, 0, -20, -2, 31, 45, 23, 31, -2, -62, -51,
};
static const golden_layer golden_depthwise_conv2d_dilation = {"depthwise_conv2d_dilation", {4, {1, 4, 4, 2}}, {4, {1, 4, 4, 2}}, 1, 0,
	"kernel", numbers_depthwise_conv2d_dilation, sizeof numbers_depthwise_conv2d_dilation / sizeof(float)};
static const float numbers_separable_conv1d[] = {
	-2, 226, -16, -136, 15, 165, -20, -128, 22, 19, 59, -226, -93, -39, 21, 43, 18, 42, 15, 41, 12, 40, 17, 58,
	137, -115, 51, 67, 158, -160, 44, 23, 37, -40, 93, 56, -41, -26, 49, 74, 170, 95, 33, -7, -15, 15,
};
static const golden_layer golden_separable_conv1d = {"separable_conv1d", {3, {1, 6, 2}}, {3, {1, 6, 2}}, 1, 0,
	"depthwise_kernel pointwise_kernel bias", numbers_separable_conv1d, sizeof numbers_separable_conv1d / sizeof(float)};
static const float numbers_separable_conv1d_stride[] = {
	-31, -18, -27, -33, 16, -23, 20, 39, 25, 18, 73, 29, 16, 107, 33, 69, -134, 37, 50, -18, 125, 9, -28, 68,
	-70, -34, 26, -66, 65, 33, -52, 20, -130, -10, -20, 84, -50, -42, 34, -50, 85, 25, 46, 3, 203, 183, -162, 189,
	-142, -18, -29, -29, 5, 2, -1,
};
static const golden_layer golden_separable_conv1d_stride = {"separable_conv1d_stride", {3, {2, 6, 2}}, {3, {2, 3, 3}}, 1, 0,
	"depthwise_kernel pointwise_kernel bias", numbers_separable_conv1d_stride, sizeof numbers_separable_conv1d_stride / sizeof(float)};
static const float numbers_separable_conv2d[] = {
	-72, -101, -75, 136, -85, 101, -129, 184, -75, -76, 183, -31, 55, -208, 13, -78, 193, -31, -135, 214, -75, 128, -45, 101,
	-82, -51, -75, 50, -18, 97, 77, -44, -100, 65, 33, -127, 56, -108, -98, -55, 176, 85, -107, 109, -13, -237, -104, 125,
	138, 40, -17, -12, -62, 85, 114, 38, -61, -85, -18, -66, 18, 125, -41, 38, -7, -105, 34, 130, -48, 98, -178, 167,
	-392, 25, 314, 39, -373, -136, 399, 279, 265, 372, 35, -172, 347, 1, 2, 3,
};
static const golden_layer golden_separable_conv2d = {"separable_conv2d", {4, {1, 5, 4, 2}}, {4, {1, 3, 3, 3}}, 1, 0,
	"depthwise_kernel pointwise_kernel bias", numbers_separable_conv2d, sizeof numbers_separable_conv2d / sizeof(float)};
static const float numbers_separable_conv2d_stride[] = {
	-20, 34, -10, -11, -28, 44, 10, -76, 54, -361, 18, -91, 0, 100, 75, 25, -125, 30, 63, 20, -16, -95, 110, 60,
	33, -140, 86, 50, 0, 60, 51, 15, -85, 10, 39, 10, -16, -65, 62, 40, 25, -70, 38, 30, 0, 20, 27, 5,
	-45, -10, 15, 0, 58, 30, -52, -120, 16, 40, 179, -35, -64, 140, 64, 0, 74, 130, -52, -220, 16, 100, -210, -210,
	197, -258, -15, 15,
};
static const golden_layer golden_separable_conv2d_stride = {"separable_conv2d_stride", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, 0,
	"depthwise_kernel pointwise_kernel bias", numbers_separable_conv2d_stride, sizeof numbers_separable_conv2d_stride / sizeof(float)};
static const float numbers_separable_conv2d_dilation[] = {
	-22, 97, -20, 141, -36, 53, 10, -2, 100, -115, 82, -99, -175, 60, -143, 56, 64, -83, 46, -67, -111, 52, -79, 48,
	100, 70, 83, 57, -175, 25, -142, 25, 66, 44, 49, 31, -109, 25, -76, 25, 116, -120, -27, -34, 40, -50, 35, 20,
	-45, 50, 34, 28, 110, -100, 96, 82, -17, -52, -13, 102, -57, 38, -11, 94,
};
static const golden_layer golden_separable_conv2d_dilation = {"separable_conv2d_dilation", {4, {1, 4, 4, 2}}, {4, {1, 2, 2, 2}}, 1, 0,
	"depthwise_kernel pointwise_kernel", numbers_separable_conv2d_dilation, sizeof numbers_separable_conv2d_dilation / sizeof(float)};
static const float numbers_max_pooling1d[] = {
	1, 4, 2, 5, 3, 0, 4, 2, 5, 3, 1, 4, 0, 0, 0, 5, 0, 0, -1, 4, 0, 3, -2, 0,
	0, 0, -3, 0, 0, 2, -4, 0, 0, 1, 0, 0, -5, 0, 0, 0,
};
static const golden_layer golden_max_pooling1d = {"max_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_max_pooling1d, sizeof numbers_max_pooling1d / sizeof(float)};
static const float numbers_max_pooling1d_same[] = {
	1, 4, 2, 5, 3, 0, 4, 2, 5, 3, 0, 3, 0, 0, 0, 5, 0, 0, -1, 4, 0, 3, -2, 0,
	0, 0, -3, 0, 0, 2, -4, 0, -5, 1, 0, 0,
};
static const golden_layer golden_max_pooling1d_same = {"max_pooling1d_same", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_max_pooling1d_same, sizeof numbers_max_pooling1d_same / sizeof(float)};
static const float numbers_max_pooling1d_overlap[] = {
	1, 4, 2, 5, 2, 5, 3, 5, 4, 2, 5, 2, 5, 3, 5, 3, 0, 0, 0, 5, 0, 0, -3, 9,
	0, 0, -3, 0, 0, 0, -4, 0, 0, 1, 4, 0, 0, -3, 0, 0,
};
static const golden_layer golden_max_pooling1d_overlap = {"max_pooling1d_overlap", {3, {2, 6, 2}}, {3, {2, 4, 2}}, 1, 0,
	"", numbers_max_pooling1d_overlap, sizeof numbers_max_pooling1d_overlap / sizeof(float)};
static const float numbers_average_pooling1d[] = {
	-2, 1, -1, 2, 0, -2.5f, 1.5f, -1, 2.5f, 0, -2, 1, 0, 2.5f, 0, 2.5f, -0.5f, 2, -0.5f, 2, -1, 1.5f, -1, 1.5f,
	0, 0, -1.5f, 1, -1.5f, 1, -2, 0.5f, -2, 0.5f, -2.5f, 0, -2.5f, 0, 0, 0,
};
static const golden_layer golden_average_pooling1d = {"average_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_average_pooling1d, sizeof numbers_average_pooling1d / sizeof(float)};
static const float numbers_average_pooling1d_same[] = {
	-2.66666675f, 0.333333343f, -1.66666663f, 1.33333337f, 0, -2.5f, 0.333333343f, -0.333333343f, 1.33333337f, 0.666666687f, -2.5f, 0.5f, 0, 1.66666675f, 0, 1.66666675f, -0.333333343f, 3, -0.333333343f, 1.33333337f, -1.33333337f, 2.83333349f, -1, 1.5f,
	-1, 0.666666687f, -1, 0.666666687f, -2.33333349f, 1, -1.33333337f, 0.333333343f, -3.83333349f, 0.333333343f, -2.5f, 0,
};
static const golden_layer golden_average_pooling1d_same = {"average_pooling1d_same", {3, {2, 6, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_average_pooling1d_same, sizeof numbers_average_pooling1d_same / sizeof(float)};
static const float numbers_average_pooling1d_overlap[] = {
	-2.66666675f, 0.333333343f, -0.333333343f, 2.66666675f, -1.66666675f, 1.33333337f, 0.666666687f, 0, 0.333333343f, -0.333333343f, 2.66666675f, -1.66666675f, 1.33333337f, 0.666666687f, 0, -0.666666687f, 0, 1.66666675f, -0.333333343f, 3, -1, 4, -2, 3.00000024f,
	-1.66666675f, 1.66666675f, -1, 0.666666687f, -1.33333337f, 0.333333343f, -3, 0.333333343f, -1.33333325f, 0, 1.33333337f, -1, 3, -1, 1.33333337f, -0.666666687f,
};
static const golden_layer golden_average_pooling1d_overlap = {"average_pooling1d_overlap", {3, {2, 6, 2}}, {3, {2, 4, 2}}, 1, 0,
	"", numbers_average_pooling1d_overlap, sizeof numbers_average_pooling1d_overlap / sizeof(float)};
static const float numbers_max_pooling2d[] = {
	4, 1, 4, 5, 5, 0, 4, 5, 5, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, -2, 0, 0, 0, 0,
	0, 5, -1, 0, 0, 0, 4, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, -4, 0, 0, 0, 0, 0, 0,
	-3, 0, 0, 0, 2, 0, 1, -5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_max_pooling2d = {"max_pooling2d", {4, {1, 5, 4, 3}}, {4, {1, 2, 2, 3}}, 1, 0,
	"", numbers_max_pooling2d, sizeof numbers_max_pooling2d / sizeof(float)};
static const float numbers_max_pooling2d_same[] = {
	3, 4, 4, 5, 5, 4, 2, 5, 3, 1, 4, 2, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 0,
	0, 0, -1, 0, 0, 0, -2, 0, 0, 0, 0, 0, 0, 3, 0, 0, -3, 2, 0, 0, -4, 0, 0, 1,
	-5, 0, 0, 0,
};
static const golden_layer golden_max_pooling2d_same = {"max_pooling2d_same", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, 0,
	"", numbers_max_pooling2d_same, sizeof numbers_max_pooling2d_same / sizeof(float)};
static const float numbers_max_pooling2d_stride[] = {
	3, 4, 4, 5, 5, 5, 3, 4, 4, 5, 5, 5, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 4, 5,
	0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 2, 0, 0, 0, -1, 0, 0, 0, -4, 0, 0, -5, 0, 0,
	0, -7, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0,
};
static const golden_layer golden_max_pooling2d_stride = {"max_pooling2d_stride", {4, {1, 4, 5, 2}}, {4, {1, 4, 3, 2}}, 1, 0,
	"", numbers_max_pooling2d_stride, sizeof numbers_max_pooling2d_stride / sizeof(float)};
static const float numbers_average_pooling2d[] = {
	-1.75f, -1.5f, 1.5f, 2.5f, 0, -2.5f, 1.5f, 1.75f, -0.75f, -2.5f, 0.5f, 0.75f, 0, 1.25f, -0.25f, 0, 1.25f, -0.25f, 1, -0.5f, 0.75f, 1, -0.5f, 0.75f,
	0, 1.25f, -0.25f, 0, 1.25f, -0.25f, 1, -0.5f, 0.75f, 1, -0.5f, 0.75f, -0.75f, 0.5f, -1, -0.75f, 0.5f, -1, 0.25f, -1.25f, 0, 0.25f, -1.25f, 0,
	-0.75f, 0.5f, -1, -0.75f, 0.5f, -1, 0.25f, -1.25f, 0, 0.25f, -1.25f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_average_pooling2d = {"average_pooling2d", {4, {1, 5, 4, 3}}, {4, {1, 2, 2, 3}}, 1, 0,
	"", numbers_average_pooling2d, sizeof numbers_average_pooling2d / sizeof(float)};
static const float numbers_average_pooling2d_same[] = {
	-1, -0.75f, 0, 0.25f, 0.25f, 0.5f, -1.5f, 1.5f, 0.5f, -2, 1.5f, -1, 0, 1.25f, 0, 1.25f, -0.25f, 1, -0.25f, 1, 0, 1.25f, 0, 1.25f,
	-0.25f, 1, -0.25f, 1, -0.5f, 0.75f, -0.5f, 0.75f, -0.75f, 0.5f, -0.75f, 0.5f, -0.5f, 0.75f, -0.5f, 0.75f, -0.75f, 0.5f, -0.75f, 0.5f, -2, 0.5f, -2, 0.5f,
	-2.5f, 0, -2.5f, 0,
};
static const golden_layer golden_average_pooling2d_same = {"average_pooling2d_same", {4, {1, 5, 4, 2}}, {4, {1, 3, 2, 2}}, 1, 0,
	"", numbers_average_pooling2d_same, sizeof numbers_average_pooling2d_same / sizeof(float)};
static const float numbers_average_pooling2d_stride[] = {
	-0.75f, -0.5f, 0, 1.16666675f, 0.75f, 1, -1.33333337f, -0.166666672f, -0.888888896f, 0.888888896f, 0.166666672f, 1.33333337f, -0.666666687f, -1.33333337f, -0.222222224f, -0.888888896f, 0.833333373f, 0.166666672f, -1.25f, -1, -0.5f, -1.16666675f, 0.25f, 0.5f,
	-0.5f, 1.58333337f, -1.11111116f, 2.36111116f, -0.611111104f, 0.777777791f, -1.94444454f, 1.52777791f, -1.33333337f, 0.75f, 0.333333373f, 1.41666675f, 0.166666657f, 1.97222221f, -0.166666657f, 0.555555582f, -1.00000012f, 0.805555701f, -0.833333373f, 0.25f, 0.833333373f, -0.833333313f, 1, -1.77777779f,
	0.166666672f, -0.944444478f, -0.166666701f, -0.194444418f, -0.333333373f, 0.75f, 1.33333337f, -1.16666663f, 1.94444442f, -2.22222233f, 0.611111104f, -1.05555558f, 1.11111104f, -0.305555582f, 0.5f, 0.75f,
};
static const golden_layer golden_average_pooling2d_stride = {"average_pooling2d_stride", {4, {1, 4, 5, 2}}, {4, {1, 4, 3, 2}}, 1, 0,
	"", numbers_average_pooling2d_stride, sizeof numbers_average_pooling2d_stride / sizeof(float)};
static const float numbers_max_pooling3d[] = {
	5, 5, 4, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_max_pooling3d = {"max_pooling3d", {5, {1, 3, 4, 2, 2}}, {5, {1, 1, 2, 1, 2}}, 1, 0,
	"", numbers_max_pooling3d, sizeof numbers_max_pooling3d / sizeof(float)};
static const float numbers_max_pooling3d_same[] = {
	2, 5, 3, 3, 5, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 3, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -2, 0, 3, -3, 0, 0, 2,
};
static const golden_layer golden_max_pooling3d_same = {"max_pooling3d_same", {5, {1, 3, 3, 4, 1}}, {5, {1, 2, 2, 2, 1}}, 1, 0,
	"", numbers_max_pooling3d_same, sizeof numbers_max_pooling3d_same / sizeof(float)};
static const float numbers_average_pooling3d[] = {
	-0.875f, 0.75f, -0.25f, 0, 0, 0.625f, 0, 0.625f, 0, 0.625f, 0, 0.625f, -0.125f, 0.5f, -0.125f, 0.5f, -0.125f, 0.5f, -0.125f, 0.5f, 0, 0.625f, 0, 0.625f,
	0, 0.625f, 0, 0.625f, -0.125f, 0.5f, -0.125f, 0.5f, -0.125f, 0.5f, -0.125f, 0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_average_pooling3d = {"average_pooling3d", {5, {1, 3, 4, 2, 2}}, {5, {1, 1, 2, 1, 2}}, 1, 0,
	"", numbers_average_pooling3d, sizeof numbers_average_pooling3d / sizeof(float)};
static const float numbers_average_pooling3d_same[] = {
	-1.5f, 3, 0, -1, 0.833333373f, -2, -1.33333337f, -0.5f, 0, 0, 1.25f, 1.25f, 0, 0, 1.25f, 1.25f, -0.333333343f, -0.333333343f, 1.66666663f, 2, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, -0.333333343f, -0.333333343f, 0.416666657f, 0.75f, -0.333333343f, -0.333333343f, 0.416666657f, 0.75f, -1, -1, 0, 1,
};
static const golden_layer golden_average_pooling3d_same = {"average_pooling3d_same", {5, {1, 3, 3, 4, 1}}, {5, {1, 2, 2, 2, 1}}, 1, 0,
	"", numbers_average_pooling3d_same, sizeof numbers_average_pooling3d_same / sizeof(float)};
static const float numbers_global_max_pooling1d[] = {
	4, 5, 4, 5, 4, 5, 0, 0, -0, 0, 0, -0, 0, 5, -0, 0, 0, -0, 0, 0, -1, 0, -0, 0,
	4, -0, 0, 0, -0, 0, 0, -2, 0, 0, -0, 3,
};
static const golden_layer golden_global_max_pooling1d = {"global_max_pooling1d", {3, {2, 5, 3}}, {2, {2, 3}}, 1, 0,
	"", numbers_global_max_pooling1d, sizeof numbers_global_max_pooling1d / sizeof(float)};
static const float numbers_global_max_pooling1d_kept[] = {
	4, 5, 4, 5, 4, 5, 0, 0, -0, 0, 0, -0, 0, 5, -0, 0, 0, -0, 0, 0, -1, 0, -0, 0,
	4, -0, 0, 0, -0, 0, 0, -2, 0, 0, -0, 3,
};
static const golden_layer golden_global_max_pooling1d_kept = {"global_max_pooling1d_kept", {3, {2, 5, 3}}, {3, {2, 1, 3}}, 1, 0,
	"", numbers_global_max_pooling1d_kept, sizeof numbers_global_max_pooling1d_kept / sizeof(float)};
static const float numbers_global_average_pooling1d[] = {
	-0.200000003f, 0.600000024f, -0.800000012f, 0.800000012f, -0.600000024f, 0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0.800000012f, -0.400000006f, 0.600000024f,
	0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f,
};
static const golden_layer golden_global_average_pooling1d = {"global_average_pooling1d", {3, {2, 5, 3}}, {2, {2, 3}}, 1, 0,
	"", numbers_global_average_pooling1d, sizeof numbers_global_average_pooling1d / sizeof(float)};
static const float numbers_global_average_pooling1d_kept[] = {
	-0.200000003f, 0.600000024f, -0.800000012f, 0.800000012f, -0.600000024f, 0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0, 1, -0.200000003f, 0.800000012f, -0.400000006f, 0.600000024f,
	0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f, 0.800000012f, -0.400000006f, 0.600000024f,
};
static const golden_layer golden_global_average_pooling1d_kept = {"global_average_pooling1d_kept", {3, {2, 5, 3}}, {3, {2, 1, 3}}, 1, 0,
	"", numbers_global_average_pooling1d_kept, sizeof numbers_global_average_pooling1d_kept / sizeof(float)};
static const float numbers_global_max_pooling2d[] = {
	4, 5, 4, 5, 4, 5, 0, 0, -0, 0, 0, -0, 0, 5, -0, 0, 0, -0, 0, 0, -1, 0, 0, -0,
	4, -0, 0, 0, -0, 0, 0, -2, 0, 0, -0, 3, 0, -0, 0, 0, -0, 0,
};
static const golden_layer golden_global_max_pooling2d = {"global_max_pooling2d", {4, {2, 3, 2, 3}}, {2, {2, 3}}, 1, 0,
	"", numbers_global_max_pooling2d, sizeof numbers_global_max_pooling2d / sizeof(float)};
static const float numbers_global_max_pooling2d_kept[] = {
	4, 5, 4, 5, 4, 5, 0, 0, -0, 0, 0, -0, 0, 5, -0, 0, 0, -0, 0, 0, -1, 0, 0, -0,
	4, -0, 0, 0, -0, 0, 0, -2, 0, 0, -0, 3, 0, -0, 0, 0, -0, 0,
};
static const golden_layer golden_global_max_pooling2d_kept = {"global_max_pooling2d_kept", {4, {2, 3, 2, 3}}, {4, {2, 1, 1, 3}}, 1, 0,
	"", numbers_global_max_pooling2d_kept, sizeof numbers_global_max_pooling2d_kept / sizeof(float)};
static const float numbers_global_average_pooling2d[] = {
	-0.833333373f, 0.333333343f, -0.333333343f, 0, -0.666666687f, 0.5f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f,
	0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f,
};
static const golden_layer golden_global_average_pooling2d = {"global_average_pooling2d", {4, {2, 3, 2, 3}}, {2, {2, 3}}, 1, 0,
	"", numbers_global_average_pooling2d, sizeof numbers_global_average_pooling2d / sizeof(float)};
static const float numbers_global_average_pooling2d_kept[] = {
	-0.833333373f, 0.333333343f, -0.333333343f, 0, -0.666666687f, 0.5f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f, 0, 0.833333313f, -0.166666672f,
	0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f, 0.666666687f, -0.333333343f, 0.5f,
};
static const golden_layer golden_global_average_pooling2d_kept = {"global_average_pooling2d_kept", {4, {2, 3, 2, 3}}, {4, {2, 1, 1, 3}}, 1, 0,
	"", numbers_global_average_pooling2d_kept, sizeof numbers_global_average_pooling2d_kept / sizeof(float)};
static const float numbers_global_max_pooling3d[] = {
	3, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0,
};
static const golden_layer golden_global_max_pooling3d = {"global_max_pooling3d", {5, {1, 1, 2, 3, 2}}, {2, {1, 2}}, 1, 0,
	"", numbers_global_max_pooling3d, sizeof numbers_global_max_pooling3d / sizeof(float)};
static const float numbers_global_max_pooling3d_kept[] = {
	3, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0,
};
static const golden_layer golden_global_max_pooling3d_kept = {"global_max_pooling3d_kept", {5, {1, 1, 2, 3, 2}}, {5, {1, 1, 1, 1, 2}}, 1, 0,
	"", numbers_global_max_pooling3d_kept, sizeof numbers_global_max_pooling3d_kept / sizeof(float)};
static const float numbers_global_average_pooling3d[] = {
	-1, 0.166666672f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f,
};
static const golden_layer golden_global_average_pooling3d = {"global_average_pooling3d", {5, {1, 1, 2, 3, 2}}, {2, {1, 2}}, 1, 0,
	"", numbers_global_average_pooling3d, sizeof numbers_global_average_pooling3d / sizeof(float)};
static const float numbers_global_average_pooling3d_kept[] = {
	-1, 0.166666672f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f, 0, 0.833333313f,
};
static const golden_layer golden_global_average_pooling3d_kept = {"global_average_pooling3d_kept", {5, {1, 1, 2, 3, 2}}, {5, {1, 1, 1, 1, 2}}, 1, 0,
	"", numbers_global_average_pooling3d_kept, sizeof numbers_global_average_pooling3d_kept / sizeof(float)};
static const float numbers_adaptive_max_pooling1d[] = {
	1, 4, 2, 5, 3, 1, 5, 2, 5, 3, 1, 4, 0, 0, 0, 5, 0, 0, -1, 4, 0, 0, -2, 0,
	0, 3, 0, 0, 0, 2, -7, 0, 0, 1, 0, 0, -5, 0, 0, 0,
};
static const golden_layer golden_adaptive_max_pooling1d = {"adaptive_max_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_adaptive_max_pooling1d, sizeof numbers_adaptive_max_pooling1d / sizeof(float)};
static const float numbers_adaptive_max_pooling1d_whole[] = {
	1, 4, 3, 5, 4, 2, 5, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, -1, 0, 0, 0, -2, 0,
	0, 3, -3, 0, 0, 2, 0, 0,
};
static const golden_layer golden_adaptive_max_pooling1d_whole = {"adaptive_max_pooling1d_whole", {3, {2, 6, 2}}, {3, {2, 2, 2}}, 1, 0,
	"", numbers_adaptive_max_pooling1d_whole, sizeof numbers_adaptive_max_pooling1d_whole / sizeof(float)};
static const float numbers_adaptive_max_pooling1d_more[] = {
	-5, -2, 1, 4, 1, 4, 1, 4, -4, -1, 0, 5, -6, 9, -4, 1,
};
static const golden_layer golden_adaptive_max_pooling1d_more = {"adaptive_max_pooling1d_more", {3, {1, 3, 2}}, {3, {1, 5, 2}}, 1, 0,
	"", numbers_adaptive_max_pooling1d_more, sizeof numbers_adaptive_max_pooling1d_more / sizeof(float)};
static const float numbers_adaptive_max_pooling2d[] = {
	5, 4, 5, 4, 4, 5, 5, 4, 5, 5, 4, 5, 0, 0, 0, 9, 0, 0, 0, 3, 0, 0, 0, 0,
	0, 0, -2, 0, 0, 0, -8, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	-5, 0, 0, 0,
};
static const golden_layer golden_adaptive_max_pooling2d = {"adaptive_max_pooling2d", {4, {1, 5, 4, 2}}, {4, {1, 2, 3, 2}}, 1, 0,
	"", numbers_adaptive_max_pooling2d, sizeof numbers_adaptive_max_pooling2d / sizeof(float)};
static const float numbers_adaptive_max_pooling3d[] = {
	-2, 1, 4, -1, 5, 5, 3, 3, 0, 0, 5, -1, 0, 4, 0, 1, 0, 0, -1, 0,
};
static const golden_layer golden_adaptive_max_pooling3d = {"adaptive_max_pooling3d", {5, {1, 2, 2, 3, 1}}, {5, {1, 2, 2, 2, 1}}, 1, 0,
	"", numbers_adaptive_max_pooling3d, sizeof numbers_adaptive_max_pooling3d / sizeof(float)};
static const float numbers_adaptive_average_pooling1d[] = {
	-2.66666675f, 0.333333343f, -1.66666675f, 1.33333337f, -0.666666687f, -1.33333337f, 2.66666675f, -1.66666675f, 0, -0.666666687f, -2.66666675f, 0.333333343f, 0, 1.66666675f, 0, 1.66666675f, -0.333333343f, 3, -0.333333343f, 1.33333337f, -1, 2.33333349f, -0.666666687f, 1,
	-0.666666687f, 1, -1, 0.666666687f, -1, 0.666666687f, -2.33333349f, 1, -1.33333337f, 0.333333343f, -3, 0.333333343f, -1.66666675f, 0, -1.66666675f, 0,
};
static const golden_layer golden_adaptive_average_pooling1d = {"adaptive_average_pooling1d", {3, {2, 7, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_adaptive_average_pooling1d, sizeof numbers_adaptive_average_pooling1d / sizeof(float)};
static const float numbers_adaptive_average_pooling1d_whole[] = {
	-2.66666675f, 0.333333343f, 0.666666687f, 0, 0.333333343f, -0.333333343f, 0, -0.666666687f, 0, 1.66666675f, 0, 1.66666675f, 0, 1.66666675f, -0.333333343f, 1.33333337f, -0.333333343f, 1.33333337f, -0.333333343f, 1.33333337f, -0.666666687f, 1, -0.666666687f, 1,
	-0.666666687f, 1, -1, 0.666666687f, -1, 0.666666687f, -1, 0.666666687f,
};
static const golden_layer golden_adaptive_average_pooling1d_whole = {"adaptive_average_pooling1d_whole", {3, {2, 6, 2}}, {3, {2, 2, 2}}, 1, 0,
	"", numbers_adaptive_average_pooling1d_whole, sizeof numbers_adaptive_average_pooling1d_whole / sizeof(float)};
static const float numbers_adaptive_average_pooling1d_more[] = {
	-5, -2, -2, 1, 1, 4, -1.5f, 1.5f, -4, -1, -0.5f, 7, -4, 6, -5.5f, 2,
};
static const golden_layer golden_adaptive_average_pooling1d_more = {"adaptive_average_pooling1d_more", {3, {1, 3, 2}}, {3, {1, 5, 2}}, 1, 0,
	"", numbers_adaptive_average_pooling1d_more, sizeof numbers_adaptive_average_pooling1d_more / sizeof(float)};
static const float numbers_adaptive_average_pooling2d[] = {
	0, -0.666666687f, 0.5f, -0.166666687f, -0.833333313f, 0.333333313f, 0.333333313f, -0.333333313f, 0.833333313f, 0.166666687f, -0.5f, 0.666666687f, 0, 0.833333373f, -0.166666672f, 1.5f, -0.5f, 1.16666675f, -0.333333343f, 0.5f, 0, 0.833333373f, -0.166666672f, 1.5f,
	-0.5f, 1.16666675f, -0.333333343f, 0.5f, -0.5f, 1.16666675f, -1.33333337f, 2, -2, 1.33333337f, -1.16666675f, 0.5f, -0.5f, 0.333333343f, -1.16666675f, 0.5f, -1.5f, 0.166666672f, -0.833333373f, 0, -0.5f, 0.333333343f, -1.16666675f, 0.5f,
	-1.5f, 0.166666672f, -0.833333373f, 0,
};
static const golden_layer golden_adaptive_average_pooling2d = {"adaptive_average_pooling2d", {4, {1, 5, 4, 2}}, {4, {1, 2, 3, 2}}, 1, 0,
	"", numbers_adaptive_average_pooling2d, sizeof numbers_adaptive_average_pooling2d / sizeof(float)};
static const float numbers_adaptive_average_pooling3d[] = {
	-3.5f, -0.5f, 0, -2.5f, 3.5f, 1, 1.5f, -1, 0, 2.5f, 2.5f, -0.5f, 1.5f, 2, -1, 0.5f, 1.5f, -1.5f, -0.5f, 1,
};
static const golden_layer golden_adaptive_average_pooling3d = {"adaptive_average_pooling3d", {5, {1, 2, 2, 3, 1}}, {5, {1, 2, 2, 2, 1}}, 1, 0,
	"", numbers_adaptive_average_pooling3d, sizeof numbers_adaptive_average_pooling3d / sizeof(float)};
static const float numbers_zero_padding1d[] = {
	0, 0, -5, -2, 1, 4, -4, -1, 0, 0, 0, 0, 2, 5, -3, 0, 3, -5, 0, 0, -1, 4, -2, 3,
	-3, 2, 5, -1, 4, -2, 3, -3,
};
static const golden_layer golden_zero_padding1d = {"zero_padding1d", {3, {2, 3, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_zero_padding1d, sizeof numbers_zero_padding1d / sizeof(float)};
static const float numbers_zero_padding1d_ends[] = {
	0, 0, 0, 0, -5, -2, 1, 4, -4, -1, 0, 0, 0, 0, 2, 5, -3, 0, 3, -5, -2, 3, -3, 2,
	-4, 1, 4, -2, 3, -3, 2, -4,
};
static const golden_layer golden_zero_padding1d_ends = {"zero_padding1d_ends", {3, {2, 3, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_zero_padding1d_ends, sizeof numbers_zero_padding1d_ends / sizeof(float)};
static const float numbers_zero_padding2d[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -2, 1, 0, 0, 0, 0, 4,
	-4, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, -3, 2, 5, -1, 4,
};
static const golden_layer golden_zero_padding2d = {"zero_padding2d", {4, {1, 2, 3, 1}}, {4, {1, 6, 7, 1}}, 1, 0,
	"", numbers_zero_padding2d, sizeof numbers_zero_padding2d / sizeof(float)};
static const float numbers_zero_padding2d_ends[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -2, 1, 4, 0, 0, 0, 0, 0, 0, -4, -1, 2, 5,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, -5, 0, 5, -1, 1, -5, 0, 5,
};
static const golden_layer golden_zero_padding2d_ends = {"zero_padding2d_ends", {4, {1, 2, 2, 2}}, {4, {1, 5, 5, 2}}, 1, 0,
	"", numbers_zero_padding2d_ends, sizeof numbers_zero_padding2d_ends / sizeof(float)};
static const float numbers_zero_padding3d[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -2, 0,
	0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	-5, 0, 4, -2,
};
static const golden_layer golden_zero_padding3d = {"zero_padding3d", {5, {1, 1, 2, 2, 1}}, {5, {1, 3, 4, 4, 1}}, 1, 0,
	"", numbers_zero_padding3d, sizeof numbers_zero_padding3d / sizeof(float)};
static const float numbers_zero_padding3d_ends[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 4, 4, -2,
};
static const golden_layer golden_zero_padding3d_ends = {"zero_padding3d_ends", {5, {1, 2, 1, 2, 1}}, {5, {1, 3, 3, 4, 1}}, 1, 0,
	"", numbers_zero_padding3d_ends, sizeof numbers_zero_padding3d_ends / sizeof(float)};
static const float numbers_cropping1d[] = {
	1, 4, -4, -1, 2, 5, -2, 1, 4, -4, -1, 2, 0, 0, 0, 5, -1, 4, -2, 3, 0, 0, 0, 0,
	-3, 2, -4, 1, -5, 0, 0, 0,
};
static const golden_layer golden_cropping1d = {"cropping1d", {3, {2, 5, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_cropping1d, sizeof numbers_cropping1d / sizeof(float)};
static const float numbers_cropping1d_ends[] = {
	-5, -2, 1, 4, -4, -1, 3, -5, -2, 1, 4, -4, 0, 5, -1, 4, -2, 3, 0, 0, 0, 0, -3, 2,
	-4, 1, -5, 0, 0, 0, 0, 0,
};
static const golden_layer golden_cropping1d_ends = {"cropping1d_ends", {3, {2, 5, 2}}, {3, {2, 3, 2}}, 1, 0,
	"", numbers_cropping1d_ends, sizeof numbers_cropping1d_ends / sizeof(float)};
static const float numbers_cropping2d[] = {
	-5, -2, 1, 4, -4, -1, 2, 5, -3, 0, 3, -5, -2, 1, 4, -4, -1, 2, 0, 5, -1, 4, -2, 3,
	-3, 2, -4, 1, -5, 0, 5, -1, 4, -2, 3, -3,
};
static const golden_layer golden_cropping2d = {"cropping2d", {4, {1, 3, 3, 2}}, {4, {1, 3, 3, 2}}, 1, 0,
	"", numbers_cropping2d, sizeof numbers_cropping2d / sizeof(float)};
static const float numbers_cropping2d_ends[] = {
	4, -4, -1, 2, 1, 4, -4, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,
	-1, 4, 0, 0, 0, 0, 0, 0, -2, 3, -3, 2, 0, 0,
};
static const golden_layer golden_cropping2d_ends = {"cropping2d_ends", {4, {1, 3, 5, 2}}, {4, {1, 2, 2, 2}}, 1, 0,
	"", numbers_cropping2d_ends, sizeof numbers_cropping2d_ends / sizeof(float)};
static const float numbers_cropping3d[] = {
	3, -5, -1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, -1, 4, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0,
};
static const golden_layer golden_cropping3d = {"cropping3d", {5, {1, 3, 4, 3, 2}}, {5, {1, 1, 2, 1, 2}}, 1, 0,
	"", numbers_cropping3d, sizeof numbers_cropping3d / sizeof(float)};
static const float numbers_cropping3d_ends[] = {
	-2, 1, 4, -4, -1, 2, 5, -3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, -1, 4,
	-2, 3, -3, 2, 0, 0, 0, 0,
};
static const golden_layer golden_cropping3d_ends = {"cropping3d_ends", {5, {1, 2, 3, 2, 2}}, {5, {1, 1, 2, 2, 2}}, 1, 0,
	"", numbers_cropping3d_ends, sizeof numbers_cropping3d_ends / sizeof(float)};
static const float numbers_up_sampling1d[] = {
	-5, -2, -5, -2, 1, 4, 1, 4, -4, -1, -4, -1, 2, 5, 2, 5, -3, 0, -3, 0, 3, -5, 3, -5,
	-1, 9, -5, 5, -9, 1, 9, -3, 5, -7, 1, 0,
};
static const golden_layer golden_up_sampling1d = {"up_sampling1d", {3, {2, 3, 2}}, {3, {2, 6, 2}}, 1, 0,
	"", numbers_up_sampling1d, sizeof numbers_up_sampling1d / sizeof(float)};
static const float numbers_up_sampling2d[] = {
	-5, -2, -5, -2, -5, -2, 1, 4, 1, 4, 1, 4, -4, -1, -4, -1, -4, -1, -5, -2, -5, -2, -5, -2,
	1, 4, 1, 4, 1, 4, -4, -1, -4, -1, -4, -1, 2, 5, 2, 5, 2, 5, -3, 0, -3, 0, -3, 0,
	3, -5, 3, -5, 3, -5, 2, 5, 2, 5, 2, 5, -3, 0, -3, 0, -3, 0, 3, -5, 3, -5, 3, -5,
	0, 8, -18, 12, 8, -6, 13, -12, 6, -8, -12, 18,
};
static const golden_layer golden_up_sampling2d = {"up_sampling2d", {4, {1, 2, 3, 2}}, {4, {1, 4, 9, 2}}, 1, 0,
	"", numbers_up_sampling2d, sizeof numbers_up_sampling2d / sizeof(float)};
static const float numbers_up_sampling2d_bilinear[] = {
	-5, -2, -3.5f, -0.5f, -0.5f, 2.5f, 1, 4, -4.75f, -1.75f, -3.25f, -0.25f, -0.25f, 2.75f, 1.25f, 4.25f, -4.25f, -1.25f, -2.75f, 0.25f, 0.25f, 3.25f, 1.75f, 4.75f,
	-3.75f, -0.75f, -2.25f, 0.0625f, 0.75f, 1.6875f, 2.25f, 2.5f, -3.25f, -0.25f, -1.75f, -0.8125f, 1.25f, -1.9375f, 2.75f, -2.5f, -3, 0, -1.5f, -1.25f, 1.5f, -3.75f, 3, -5,
	-4.9375f, 7.5f, 0.4375f, 3.25f, -0.5625f, -0.5f, -0.6875f, 0.75f, 1.75f, -5.75f, 3, 3.75f,
};
static const golden_layer golden_up_sampling2d_bilinear = {"up_sampling2d_bilinear", {4, {1, 3, 2, 2}}, {4, {1, 6, 4, 2}}, 1, 0,
	"", numbers_up_sampling2d_bilinear, sizeof numbers_up_sampling2d_bilinear / sizeof(float)};
static const float numbers_up_sampling2d_bilinear_odd[] = {
	-5, -5, -4.625f, -3.875f, -3.125f, -2.375f, -1.625f, -0.875f, -0.125f, 0.625f, 1, 1, -5, -5, -4.625f, -3.875f, -3.125f, -2.375f, -1.625f, -0.875f, -0.125f, 0.625f, 1, 1,
	-1.99999952f, -1.99999952f, -2.08333325f, -2.24999952f, -2.41666651f, -2.58333325f, -2.29166675f, -1.54166675f, -0.791666746f, -0.0416667163f, 0.333333254f, 0.333333254f, 1.00000072f, 1.00000072f, 0.45833385f, -0.624999523f, -1.70833325f, -2.79166651f, -2.95833325f, -2.20833349f, -1.45833349f, -0.708333492f, -0.333333492f, -0.333333492f,
	4, 4, 3, 1, -1, -3, -3.625f, -2.875f, -2.125f, -1.375f, -1, -1, 4, 4, 3, 1, -1, -3, -3.625f, -2.875f, -2.125f, -1.375f, -1, -1,
	15.749999f, -6.20833302f, -3.875f, 0, -10.0416679f, 13.375001f,
};
static const golden_layer golden_up_sampling2d_bilinear_odd = {"up_sampling2d_bilinear_odd", {4, {1, 2, 3, 1}}, {4, {1, 6, 12, 1}}, 1, 0,
	"", numbers_up_sampling2d_bilinear_odd, sizeof numbers_up_sampling2d_bilinear_odd / sizeof(float)};
static const float numbers_up_sampling2d_bilinear_one[] = {
	-5, -2, -5, -2, 1, 4, 1, 4, -1, 9, -5, 5,
};
static const golden_layer golden_up_sampling2d_bilinear_one = {"up_sampling2d_bilinear_one", {4, {1, 2, 1, 2}}, {4, {1, 2, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_bilinear_one, sizeof numbers_up_sampling2d_bilinear_one / sizeof(float)};
static const float numbers_up_sampling2d_bicubic[] = {
	-5.61764765f, -4.8492918f, -3.22317028f, -1.62568927f, -0.171185613f, 1.8747704f, 4.51217842f, 2.90458035f, -2.5635469f, -5.14446449f, -4.61442757f, -3.77910399f, -2.01114392f, -0.266081214f, 1.33177459f, 2.39832354f, 2.93356538f, 1.32122374f, -2.19169903f, -3.85015059f, -2.49169326f, -1.51323366f, 0.557892859f, 2.61700869f,
	4.51848793f, 3.50924397f, -0.410722852f, -2.03438044f, -1.40591753f, -1.11046267f, 0.213005513f, 0.288492233f, 0.447101653f, 1.56396484f, 3.62792969f, 2.55383301f, -1.6583252f, -2.33027172f, 0.349566579f, 1.6135112f, 3.3504138f, 1.46675408f, -2.52415299f, -3.62792969f, -1.56396484f, -0.546020508f, -0.57409668f, 0.669489503f,
	3.01950288f, 4.12913609f, 2.3426013f, 0.453296125f, -3.54967761f, -4.65991211f, -2.59594727f, -0.531982422f, 1.53198242f, 2.62947297f, 2.75188208f, 2.8104322f, -2.8104322f, -2.75188184f, -2.62947297f, -1.53198242f, 0.531982422f, 2.59594727f, 4.65991211f, 3.54967761f, -0.453296125f, -2.3426013f, -4.12913609f, -3.01950288f,
	-0.669489563f, 0.57409668f, 0.546020508f, 1.56396484f, 3.62792969f, 2.52415299f, -1.4667542f, -3.3504138f, -1.6135112f, -0.349566549f, 2.33027172f, 1.6583252f, -2.55383301f, -3.62792969f, -1.56396484f, -0.447101653f, -0.288492262f, -0.213005513f, 1.11046267f, 1.40591741f, 2.0343802f, 0.410722762f, -3.50924397f, -4.51848745f,
	-2.61700869f, -0.557892919f, 1.51323354f, 2.49169326f, 3.85015059f, 2.19169903f, -1.32122362f, -2.93356538f, -2.39832354f, -1.33177459f, 0.266081214f, 2.01114416f, 3.77910399f, 4.61442757f, 5.14446449f, 2.5635469f, -2.90458035f, -4.51217842f, -1.87477028f, 0.171185598f, 1.62568927f, 3.22317028f, 4.8492918f, 5.61764765f,
	-1.3038516e-07f, 8.13465309f, 3.03667903f, -1.14273155f, -4.44183397f, -8.13465214f, 1.93715096e-07f, 8.15775299f, 2.96546364f, -1.14273131f, -3.0414257f, -8.1561842f, 0.00832276046f, 8.16951752f, 3.02467036f, 1.09496987f, -3.00294733f, -8.27175903f, -0.145294771f, 8.31697941f, 5.12962723f, 0.98091656f, -3.01468635f, -7.97038841f,
	0.0873377174f, 8.54682827f, 5.12962675f, 1.08683932f, -2.99186039f, -7.41369009f,
};
static const golden_layer golden_up_sampling2d_bicubic = {"up_sampling2d_bicubic", {4, {1, 6, 5, 1}}, {4, {1, 12, 10, 1}}, 1, 0,
	"", numbers_up_sampling2d_bicubic, sizeof numbers_up_sampling2d_bicubic / sizeof(float)};
static const float numbers_up_sampling2d_bicubic_odd[] = {
	-5.10520649f, -2.10520625f, 0.89479363f, 3.89479351f, -5, -2, 1, 4, -4.75892401f, -1.75892377f, 1.24107623f, 4.61983109f, -4.39245939f, -1.39245915f, 1.60754085f, 5.39329529f, -4, -1, 2, 5, -3.66699219f, -0.666992188f, 2.33300781f, 2.07792568f,
	-3.33300781f, -0.333007812f, 2.66699219f, -2.07792568f, -3, 0, 3, -5, -2.60754085f, 0.392459154f, 3.39245939f, -5.39329576f, -2.24107623f, 0.758923709f, 3.75892377f, -4.61983109f, -2, 1, 4, -4, -1.89479351f, 1.10520625f, 4.10520601f, -3.89479351f,
	-1.10520625f, 1.89479351f, 6.05206299f, -3.10520601f, -1, 2, 5, -3, -0.758923709f, 2.24107623f, 2.21048236f, -2.75892377f, -0.392459154f, 2.60754108f, -1.86116326f, -2.39245915f, 0, 3, -5, -2, 0.333007812f, 3.33300805f, -5.48180628f, -1.66699219f,
	0.666992188f, 3.66699243f, -4.73981857f, -1.33300781f, 1, 4, -4, -1, 1.39245915f, 4.39245892f, -3.60754085f, -0.607540846f, 1.75892377f, 4.75892401f, -3.24107623f, -0.241076291f, 2, 5, -3, 0, 2.10520625f, 5.10520649f, -2.89479351f, 0.105206311f,
	-3.32992268f, 9.15193462f, -6.36959076f, 5.29745293f, 6.17695379f, -6.45682192f, 2.4308672f, -0.857421637f, -6.17695427f, 2.33922005f, -0.882827342f, 3.04078078f, 3.32992268f, -0.0343337059f, 3.82155061f, -3.48081207f, -1.439852f, 2.25778461f, -4.47951984f, -0.781882882f, 2.87988353f, -3.81775379f, -0.0804485232f, 4.22191381f,
	-4.22191381f, 0.0804486871f, 3.81775403f, -2.87988329f, 0.781882763f, 4.47951984f, -2.25778508f, 1.43985224f,
};
static const golden_layer golden_up_sampling2d_bicubic_odd = {"up_sampling2d_bicubic_odd", {4, {2, 4, 2, 2}}, {4, {2, 12, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_bicubic_odd, sizeof numbers_up_sampling2d_bicubic_odd / sizeof(float)};
static const float numbers_up_sampling2d_bicubic_one[] = {
	-5.69261074f, -2.69261074f, -5.69261074f, -2.69261074f, -5.45315313f, -2.45315337f, -5.45315313f, -2.45315337f, -5, -2, -5, -2, -4.06550169f, -1.06550193f, -4.06550169f, -1.06550193f, -2.72576284f, 0.274237394f, -2.72576284f, 0.274237394f, -1.27423739f, 1.72576272f, -1.27423739f, 1.72576272f,
	0.0655018687f, 3.06550193f, 0.0655018687f, 3.06550193f, 1, 4, 1, 4, 1.45315337f, 4.45315313f, 1.45315337f, 4.45315313f, 1.69261074f, 4.69261074f, 1.69261074f, 4.69261074f, -5.68626356f, 11.2800179f, 2.68626356f, -2.28001904f,
};
static const golden_layer golden_up_sampling2d_bicubic_one = {"up_sampling2d_bicubic_one", {4, {1, 2, 1, 2}}, {4, {1, 10, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_bicubic_one, sizeof numbers_up_sampling2d_bicubic_one / sizeof(float)};
static const float numbers_up_sampling2d_lanczos3[] = {
	-5.59279442f, -5.01027918f, -3.60283709f, -2.15952229f, -1.01737952f, 2.08371711f, 5.47822762f, 3.04291582f, -2.32342577f, -5.78823423f, -4.86987829f, -3.96515012f, -2.04888844f, 0.266385615f, 1.60044372f, 2.84471154f, 3.38802171f, 0.88879931f, -2.36779594f, -4.29582739f, -3.06802034f, -1.98083675f, 0.183085799f, 3.41555786f,
	5.10575247f, 3.67947459f, 0.0419884175f, -2.21227217f, -1.95043182f, -1.38726401f, 1.00612223f, 0.663321853f, 0.344476402f, 1.91963518f, 4.02722168f, 2.21407437f, -2.3948648f, -2.82345533f, 0.466729999f, 2.84720135f, 4.30708504f, 1.84353256f, -2.08671021f, -3.9175756f, -1.78093052f, -0.795143962f, -1.42460847f, 0.334794044f,
	3.28922272f, 4.98825359f, 2.65112758f, 0.114156015f, -3.76938295f, -5.71199799f, -3.26012325f, -0.0134829581f, 2.27973795f, 3.16701865f, 2.88640809f, 2.39537287f, -2.39537287f, -2.88640833f, -3.16701889f, -2.27973795f, 0.0134830363f, 3.26012373f, 5.71199894f, 3.76938295f, -0.114156008f, -2.65112758f, -4.98825407f, -3.28922272f,
	-0.334794044f, 1.42460811f, 0.795143783f, 1.78093052f, 3.91757584f, 2.08671045f, -1.84353292f, -4.30708504f, -2.84720182f, -0.466730058f, 2.8234551f, 2.39486456f, -2.21407437f, -4.02722216f, -1.91963589f, -0.344476491f, -0.663321912f, -1.00612235f, 1.38726389f, 1.9504317f, 2.21227193f, -0.0419885442f, -3.67947435f, -5.10575247f,
	-3.4155581f, -0.18308574f, 1.98083663f, 3.06801987f, 4.29582787f, 2.36779571f, -0.88879925f, -3.38802123f, -2.84471154f, -1.60044384f, -0.266385615f, 2.04888868f, 3.96515012f, 4.86987829f, 5.78823423f, 2.32342577f, -3.04291558f, -5.47822762f, -2.08371711f, 1.01737964f, 2.15952277f, 3.60283709f, 5.01027918f, 5.59279442f,
	0.000157887116f, 9.24088764f, 2.44665742f, -1.38696682f, -4.44094849f, -9.23606396f, -0.00906938594f, 9.41453648f, 2.59940624f, -1.36323619f, -2.44497943f, -9.39359856f, 0.117372215f, 9.47188854f, 2.32708192f, 1.26608443f, -2.4747057f, -9.56814575f, -0.507439852f, 9.60177803f, 5.30927849f, 0.677764952f, -2.59190917f, -8.98986816f,
	0.383703232f, 8.55196095f, 5.31877422f, 1.21115935f, -2.60422945f, -7.9273324f,
};
static const golden_layer golden_up_sampling2d_lanczos3 = {"up_sampling2d_lanczos3", {4, {1, 6, 5, 1}}, {4, {1, 12, 10, 1}}, 1, 0,
	"", numbers_up_sampling2d_lanczos3, sizeof numbers_up_sampling2d_lanczos3 / sizeof(float)};
static const float numbers_up_sampling2d_lanczos3_odd[] = {
	-5.12028456f, -2.12028503f, 0.879714847f, 3.38821149f, -5, -2, 1.00000012f, 4, -4.79101562f, -1.79101574f, 1.20898473f, 5.00812244f, -4.43147182f, -1.43147206f, 1.56852818f, 5.74126387f, -4, -1, 2, 5, -3.64292693f, -0.642926931f, 2.35707307f, 2.0359273f,
	-3.35707259f, -0.357072949f, 2.64292669f, -2.03592873f, -3, 9.20527441e-08f, 3, -5, -2.5685277f, 0.431472421f, 3.4314723f, -5.74126434f, -2.20898438f, 0.791015744f, 3.79101562f, -5.00812149f, -2, 1.00000012f, 4, -3.99999976f, -1.87971485f, 1.12028527f, 4.12028503f, -3.38821173f,
	-1.12028515f, 1.87971473f, 6.69435406f, -3.12028503f, -1.00000012f, 2, 5, -3, -0.791015565f, 2.20898461f, 2.23644686f, -2.79101562f, -0.431471914f, 2.56852818f, -1.54037571f, -2.43147206f, 1.38079102e-07f, 3, -5, -2, 0.357073277f, 3.35707307f, -6.32809019f, -1.64292681f,
	0.642927051f, 3.64292645f, -5.43557692f, -1.35707295f, 1, 4, -3.99999976f, -1.00000012f, 1.43147242f, 4.4314723f, -3.25088692f, -0.568527818f, 1.79101574f, 4.79101562f, -3.08355522f, -0.20898445f, 2, 5, -3, -1.15065923e-07f, 2.12028527f, 5.12028551f, -2.87971473f, 0.120285101f,
	-3.30431914f, 9.55186462f, -6.02418804f, 4.82919168f, 6.18540764f, -6.72322941f, 1.73254061f, -0.321702749f, -6.18540716f, 1.94609892f, -0.866261125f, 3.38325834f, 3.30431843f, 0.225266546f, 4.15790844f, -3.89074802f, -1.03423417f, 1.7916826f, -4.07174397f, -1.24582672f, 2.54172444f, -3.28419495f, -0.420766085f, 4.75331545f,
	-4.75331831f, 0.420768499f, 3.28419137f, -2.54172254f, 1.24582815f, 4.07174206f, -1.79168153f, 1.03423297f,
};
static const golden_layer golden_up_sampling2d_lanczos3_odd = {"up_sampling2d_lanczos3_odd", {4, {2, 4, 2, 2}}, {4, {2, 12, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_lanczos3_odd, sizeof numbers_up_sampling2d_lanczos3_odd / sizeof(float)};
static const float numbers_up_sampling2d_lanczos3_one[] = {
	-6.49627066f, -3.4962709f, -6.49627066f, -3.4962709f, -5.87336206f, -2.87336206f, -5.87336206f, -2.87336206f, -5, -2, -5, -2, -3.90438318f, -0.904382885f, -3.90438318f, -0.904382885f, -2.65346217f, 0.346537948f, -2.65346217f, 0.346537948f, -1.34653747f, 1.65346265f, -1.34653747f, 1.65346265f,
	-0.0956168175f, 2.90438342f, -0.0956168175f, 2.90438342f, 1.00000012f, 4, 1.00000012f, 4, 1.87336206f, 4.87336206f, 1.87336206f, 4.87336206f, 2.4962709f, 5.49627113f, 2.4962709f, 5.49627113f, -7.47842264f, 13.9283142f, 4.47842312f, -4.92831707f,
};
static const golden_layer golden_up_sampling2d_lanczos3_one = {"up_sampling2d_lanczos3_one", {4, {1, 2, 1, 2}}, {4, {1, 10, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_lanczos3_one, sizeof numbers_up_sampling2d_lanczos3_one / sizeof(float)};
static const float numbers_up_sampling2d_lanczos5[] = {
	-5.45728827f, -4.61651754f, -3.49905968f, -2.80676174f, -1.66735423f, 1.87423658f, 5.41982317f, 3.1383934f, -2.01379037f, -5.69656706f, -5.1880579f, -4.06757641f, -1.9931829f, 0.396332413f, 1.82286298f, 3.16119885f, 3.61923313f, 0.88852644f, -2.51915836f, -4.6138401f, -3.16125298f, -2.3598268f, -0.130110994f, 3.60166335f,
	5.4080925f, 3.91491199f, 0.394071549f, -2.07509971f, -2.16635394f, -1.54156673f, 1.63196099f, 0.702168167f, 0.349805027f, 2.34228253f, 4.14543962f, 1.71410322f, -2.99590158f, -3.19439626f, 0.446712613f, 3.59803843f, 4.81622076f, 2.00579309f, -1.89121914f, -3.66528201f, -1.8265543f, -1.14396524f, -1.93160892f, -0.127316475f,
	3.24042344f, 5.63255739f, 2.61403966f, -0.0139718093f, -3.90222096f, -6.04874468f, -3.43387747f, 0.416596711f, 2.8793273f, 3.26176453f, 2.73656416f, 2.2607131f, -2.2607131f, -2.73656368f, -3.26176453f, -2.8793273f, -0.416596472f, 3.43387794f, 6.04874516f, 3.90222168f, 0.013972044f, -2.61403966f, -5.63255739f, -3.24042273f,
	0.127316773f, 1.93160892f, 1.14396513f, 1.82655442f, 3.66528225f, 1.89121914f, -2.00579357f, -4.81622076f, -3.5980382f, -0.446712196f, 3.19439626f, 2.99590158f, -1.71410346f, -4.14544058f, -2.34228253f, -0.349804878f, -0.702168226f, -1.63196087f, 1.54156685f, 2.1663537f, 2.07509971f, -0.39407149f, -3.91491103f, -5.4080925f,
	-3.60166335f, 0.130110919f, 2.35982704f, 3.16125298f, 4.6138401f, 2.51915836f, -0.888526857f, -3.61923361f, -3.16119885f, -1.82286334f, -0.396332651f, 1.99318337f, 4.06757832f, 5.18805933f, 5.69656754f, 2.01379013f, -3.13839388f, -5.41982365f, -1.87423635f, 1.66735423f, 2.8067615f, 3.49905968f, 4.61651897f, 5.45728827f,
	0.0350644216f, 9.61213112f, 1.78734541f, -0.912082791f, -4.55654526f, -9.67612457f, -0.121470869f, 9.72976971f, 2.12464285f, -0.769367754f, -1.70557904f, -9.83385944f, 0.411248505f, 9.77170467f, 1.49571121f, 0.757277489f, -1.67165923f, -9.82057285f, -0.866424203f, 10.0010109f, 5.47660494f, -0.0760056078f, -2.00783277f, -9.38367844f,
	0.58462739f, 8.5043869f, 5.43342972f, 0.948508322f, -2.16229081f, -8.10997391f,
};
static const golden_layer golden_up_sampling2d_lanczos5 = {"up_sampling2d_lanczos5", {4, {1, 6, 5, 1}}, {4, {1, 12, 10, 1}}, 1, 0,
	"", numbers_up_sampling2d_lanczos5, sizeof numbers_up_sampling2d_lanczos5 / sizeof(float)};
static const float numbers_up_sampling2d_lanczos5_odd[] = {
	-5.18390751f, -2.18390727f, 0.816092849f, 3.0766573f, -5, -2, 1.00000012f, 3.99999976f, -4.72798014f, -1.72797978f, 1.2720207f, 4.99533176f, -4.37939548f, -1.37939537f, 1.62060499f, 5.63544416f, -3.99999976f, -1.00000012f, 2, 5, -3.6549418f, -0.654941738f, 2.34505844f, 2.11771488f,
	-3.3450582f, -0.345058084f, 2.65494204f, -2.11771655f, -3, 8.80405508e-08f, 3, -5, -2.62060428f, 0.379395694f, 3.37939548f, -5.63544369f, -2.27202034f, 0.727979898f, 3.72797966f, -4.99533081f, -2, 1.00000012f, 4, -3.99999976f, -1.81609285f, 1.18390751f, 4.18390751f, -3.07665634f,
	-1.18390763f, 1.81609285f, 7.02817917f, -3.18390727f, -1.00000012f, 2, 5, -3, -0.72797966f, 2.27202058f, 2.14490795f, -2.72797966f, -0.379395157f, 2.62060475f, -1.43322337f, -2.37939525f, 1.72283038e-07f, 3, -5, -2, 0.345058501f, 3.34505844f, -6.8908f, -1.6549418f,
	0.654941976f, 3.65494156f, -6.01261663f, -1.34505832f, 1, 3.99999976f, -3.99999976f, -1.00000012f, 1.3793956f, 4.37939548f, -2.83293962f, -0.620604515f, 1.7279799f, 4.72797966f, -2.68359756f, -0.27202037f, 2, 5, -3, -1.42420319e-07f, 2.18390727f, 5.18390751f, -3.36642265f, 0.183907196f,
	-3.26487446f, 9.41524696f, -5.47298098f, 4.18361616f, 6.07462215f, -6.66968489f, 1.26788974f, 0.334601939f, -6.0746212f, 2.00369883f, -1.01018512f, 3.89437413f, 3.2648735f, 0.250739694f, 4.21527624f, -4.41259241f, -0.595865905f, 1.18784547f, -3.59163737f, -1.80792642f, 2.1140852f, -2.66962743f, -0.890143454f, 5.3261447f,
	-5.3261466f, 0.890145779f, 2.66962528f, -2.11408281f, 1.80792785f, 3.5916357f, -1.18784428f, 0.595863938f,
};
static const golden_layer golden_up_sampling2d_lanczos5_odd = {"up_sampling2d_lanczos5_odd", {4, {2, 4, 2, 2}}, {4, {2, 12, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_lanczos5_odd, sizeof numbers_up_sampling2d_lanczos5_odd / sizeof(float)};
static const float numbers_up_sampling2d_lanczos5_one[] = {
	-7.03128576f, -4.03128529f, -7.03128576f, -4.03128529f, -6.07311296f, -3.07311296f, -6.07311296f, -3.07311296f, -5, -2, -5, -2, -3.83778739f, -0.837787449f, -3.83778739f, -0.837787449f, -2.61905527f, 0.380945086f, -2.61905527f, 0.380945086f, -1.38094473f, 1.61905527f, -1.38094473f, 1.61905527f,
	-0.162212193f, 2.83778787f, -0.162212193f, 2.83778787f, 1.00000012f, 4, 1.00000012f, 4, 2.07311249f, 5.07311249f, 2.07311249f, 5.07311249f, 3.03128552f, 6.03128529f, 3.03128552f, 6.03128529f, -8.51436329f, 15.5275688f, 5.51436329f, -6.52756882f,
};
static const golden_layer golden_up_sampling2d_lanczos5_one = {"up_sampling2d_lanczos5_one", {4, {1, 2, 1, 2}}, {4, {1, 10, 2, 2}}, 1, 0,
	"", numbers_up_sampling2d_lanczos5_one, sizeof numbers_up_sampling2d_lanczos5_one / sizeof(float)};
static const float numbers_up_sampling3d[] = {
	-5, -2, -5, -2, 1, 4, 1, 4, -5, -2, -5, -2, 1, 4, 1, 4, -4, -1, -4, -1, 2, 5, 2, 5,
	-4, -1, -4, -1, 2, 5, 2, 5, -5, -2, -5, -2, 1, 4, 1, 4, -5, -2, -5, -2, 1, 4, 1, 4,
	-4, -1, -4, -1, 2, 5, 2, 5, -4, -1, -4, -1, 2, 5, 2, 5, -7, 0, 10, 6, 6, 2, -10, -3,
};
static const golden_layer golden_up_sampling3d = {"up_sampling3d", {5, {1, 1, 2, 2, 2}}, {5, {1, 2, 4, 4, 2}}, 1, 0,
	"", numbers_up_sampling3d, sizeof numbers_up_sampling3d / sizeof(float)};

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
	CASE(adaptive_max_pooling1d, mica_adaptive_max_pooling1d(3)) \
	CASE(adaptive_max_pooling1d_whole, mica_adaptive_max_pooling1d(2)) \
	CASE(adaptive_max_pooling1d_more, mica_adaptive_max_pooling1d(5)) \
	CASE(adaptive_max_pooling2d, mica_adaptive_max_pooling2d(.output_size = {2, 3})) \
	CASE(adaptive_max_pooling3d, mica_adaptive_max_pooling3d(2)) \
	CASE(adaptive_average_pooling1d, mica_adaptive_average_pooling1d(3)) \
	CASE(adaptive_average_pooling1d_whole, mica_adaptive_average_pooling1d(2)) \
	CASE(adaptive_average_pooling1d_more, mica_adaptive_average_pooling1d(5)) \
	CASE(adaptive_average_pooling2d, mica_adaptive_average_pooling2d(.output_size = {2, 3})) \
	CASE(adaptive_average_pooling3d, mica_adaptive_average_pooling3d(2)) \
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
	CASE(up_sampling2d_bicubic, mica_up_sampling2d(2, .interpolation = MICA_BICUBIC)) \
	CASE(up_sampling2d_bicubic_odd, mica_up_sampling2d(.factors = {3, 1}, .interpolation = MICA_BICUBIC)) \
	CASE(up_sampling2d_bicubic_one, mica_up_sampling2d(.factors = {5, 2}, .interpolation = MICA_BICUBIC)) \
	CASE(up_sampling2d_lanczos3, mica_up_sampling2d(2, .interpolation = MICA_LANCZOS3)) \
	CASE(up_sampling2d_lanczos3_odd, mica_up_sampling2d(.factors = {3, 1}, .interpolation = MICA_LANCZOS3)) \
	CASE(up_sampling2d_lanczos3_one, mica_up_sampling2d(.factors = {5, 2}, .interpolation = MICA_LANCZOS3)) \
	CASE(up_sampling2d_lanczos5, mica_up_sampling2d(2, .interpolation = MICA_LANCZOS5)) \
	CASE(up_sampling2d_lanczos5_odd, mica_up_sampling2d(.factors = {3, 1}, .interpolation = MICA_LANCZOS5)) \
	CASE(up_sampling2d_lanczos5_one, mica_up_sampling2d(.factors = {5, 2}, .interpolation = MICA_LANCZOS5)) \
	CASE(up_sampling3d, mica_up_sampling3d())

#endif
