/* SPDX-License-Identifier: MIT */
/* golden/single.h - what Keras 3.15.1 with TensorFlow 2.21.0 computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_SINGLE_H
#define MICA_GOLDEN_SINGLE_H
#include "golden/layer.h"

static const float numbers_relu[] = {
	0, 0, 1, 4, 0, 0, 2, 5, 0, 0, 3, 0, 0, 1, 4, 0, 0, 2, 5, 0, 0, 0, -1, 4,
	0, 0, -3, 2, 0, 0, -5, 0, 0, -1, 4, 0, 0, -3, 2, 0,
};
static const golden_layer golden_relu = {"relu", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_relu, sizeof numbers_relu / sizeof(float)};
static const float numbers_relu_all[] = {
	-1.5f, -0.75f, 0, 3, -1.25f, -0.5f, 2, 3, -1, -0.25f, 3, -1.5f, -0.75f, 0, 3, -1.25f, -0.5f, 2, 3, -1, 0, 1.25f, 0, 0,
	-0.5f, 0.75f, -3, 0, -1, 0.25f, -5, 0, 1.25f, 0, 0, -0.5f, 0.75f, -3, 0, -1,
};
static const golden_layer golden_relu_all = {"relu_all", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_relu_all, sizeof numbers_relu_all / sizeof(float)};
static const float numbers_relu_most_0[] = {
	-2.5f, -1, 0, 0, -2, -0.5f, 0, 0, -1.5f, 0, 0, 2.5f, 0, 0, -1, 1.5f, 0, 0, -2, 0,
};
static const golden_layer golden_relu_most_0 = {"relu_most_0", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_relu_most_0, sizeof numbers_relu_most_0 / sizeof(float)};
static const float numbers_leaky_relu[] = {
	-1.5f, -0.600000024f, 1, 4, -1.20000005f, -0.300000012f, 2, 5, -0.900000036f, 0, 3, -1.5f, -0.600000024f, 1, 4, -1.20000005f, -0.300000012f, 2, 5, -0.900000036f, 0, 1.5f, -1, 4,
	-0.600000024f, 0.900000036f, -3, 2, -1.20000005f, 0.300000012f, -5, 0, 1.5f, -1, 4, -0.600000024f, 0.900000036f, -3, 2, -1.20000005f,
};
static const golden_layer golden_leaky_relu = {"leaky_relu", {3, {2, 5, 2}}, {3, {2, 5, 2}}, 1, 0,
	"", numbers_leaky_relu, sizeof numbers_leaky_relu / sizeof(float)};
static const float numbers_leaky_relu_half[] = {
	-2.5f, -1, 1, 4, -2, -0.5f, 2, 5, -1.5f, 0, 0, 2.5f, -1, 4, -1, 1.5f, -3, 2, -2, 0.5f,
};
static const golden_layer golden_leaky_relu_half = {"leaky_relu_half", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_leaky_relu_half, sizeof numbers_leaky_relu_half / sizeof(float)};
static const float numbers_leaky_relu_0[] = {
	-0, -0, 1, 4, -0, -0, 2, 5, -0, 0, 0, 0, -1, 4, -0, 0, -3, 2, -0, 0,
};
static const golden_layer golden_leaky_relu_0 = {"leaky_relu_0", {2, {2, 5}}, {2, {2, 5}}, 1, 0,
	"", numbers_leaky_relu_0, sizeof numbers_leaky_relu_0 / sizeof(float)};
static const float numbers_elu[] = {
	-0.917914987f, -0.63212055f, 0.5f, 2, -0.864664733f, -0.393469334f, 1, 2.5f, -0.776869833f, 0, 0, 1.83939719f, -1, 4, -0.270670533f, 1.819592f, -3, 2, -0.892520666f, 1,
};
static const golden_layer golden_elu = {"elu", {2, {2, 5}}, {2, {2, 5}}, 0.5f, 0,
	"", numbers_elu, sizeof numbers_elu / sizeof(float)};
static const float numbers_elu_half[] = {
	-0.458957493f, -0.316060275f, 0.5f, 2, -0.432332367f, -0.196734667f, 1, 2.5f, -0.388434917f, 0, 0, 0.919698596f, -1, 4, -0.135335267f, 0.909796f, -3, 2, -0.446260333f, 0.5f,
};
static const golden_layer golden_elu_half = {"elu_half", {2, {2, 5}}, {2, {2, 5}}, 0.5f, 0,
	"", numbers_elu_half, sizeof numbers_elu_half / sizeof(float)};
static const float numbers_prelu[] = {
	10, -4, 1, 4, -12, 4, 2, 5, 9, 0, 3, 10, 4, 1, 4, 4, -3, 2, 5, -12, 0, 3, -25, 4,
	0, 10, -1, 4, -6, -12, -3, 2, 12, 0, -5, 0, -10, -1, 4, 2, 9, -3, 2, -16, 0, -5, 0, -10,
	-10, -10, -0, 8, 5, -3, -0, 12, 12, -0, -0, -10,
};
static const golden_layer golden_prelu = {"prelu", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu, sizeof numbers_prelu / sizeof(float)};
static const float numbers_prelu_shared[] = {
	10, -4, 1, 4, 8, -2, 2, 5, 6, 0, 3, -10, 4, 1, 4, -8, 2, 2, 5, -6, 0, 3, 10, -4,
	0, 10, -1, 4, 4, 6, -3, 2, 8, 0, -5, 0, -10, -1, 4, -4, -6, -3, 2, -8, 0, -5, 0, 10,
	7, -3,
};
static const golden_layer golden_prelu_shared = {"prelu_shared", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu_shared, sizeof numbers_prelu_shared / sizeof(float)};
static const float numbers_prelu_shared_last[] = {
	10, 4, 1, 4, 20, 5, 2, 5, -9, 0, 3, 20, 4, 1, 4, -8, 5, 2, 5, 3, 0, 3, 20, 8,
	0, -10, -1, 4, 10, -15, -3, 2, -12, 0, -5, 0, -10, -1, 4, -4, -15, -3, 2, 4, 0, -5, 0, -20,
	-20, 8, 2, 12, 12, -10,
};
static const golden_layer golden_prelu_shared_last = {"prelu_shared_last", {4, {2, 3, 2, 2}}, {4, {2, 3, 2, 2}}, 1, 0,
	"alpha", numbers_prelu_shared_last, sizeof numbers_prelu_shared_last / sizeof(float)};
static const float numbers_softmax[] = {
	0.00865168963f, 0.0387741812f, 0.17377384f, 0.778800249f, 0.00865168963f, 0.0387741812f, 0.17377384f, 0.778800249f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.0385577716f, 0.172803953f, 0.77445358f, 0.0141846128f, 0.168587044f, 0.755554676f, 0.0138384672f, 0.0620197058f,
	-0.0271256249f, 0.0723022893f, -0.718606591f, 0.673430145f, -0.0271256268f, 0.0723022893f, -0.718606651f, 0.673430026f, -0.00564119825f, 0.838737667f, -0.887760103f, 0.0546631701f, 0.0736673176f, -0.706669629f, 0.705194116f, -0.0721915886f, 0.0736673176f, -0.706669629f, 0.705194116f, -0.0721915886f, 0.724770546f, -1.28513205f, 0.0456543192f, 0.514706969f,
};
static const golden_layer golden_softmax = {"softmax", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax, sizeof numbers_softmax / sizeof(float)};
static const float numbers_softmax_first[] = {
	0.186323732f, 0.186323732f, 0.186323732f, 0.375963837f, 0.307195902f, 0.307195902f, 0.307195902f, 0.619859576f, 0.506480396f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.186323732f, 0.186323732f, 0.375963837f, 0.186323732f, 0.307195902f, 0.307195902f, 0.619859576f, 0.307195902f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.506480396f,
	0.491953045f, 0.491952986f, 0.491953045f, 0.472370505f, 0.196701646f, 0.196701571f, 0.196701646f, -0.46091184f, -0.688654602f, -0.688654721f, -0.688654602f, -0.0114587611f, 0.491952986f, 0.491953045f, 0.472370505f, -0.546109438f, 0.196701571f, 0.196701646f, -0.46091184f, -1.51477396f, -0.688654721f, -0.688654602f, -0.0114587611f, 2.06088352f,
};
static const golden_layer golden_softmax_first = {"softmax_first", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_first, sizeof numbers_softmax_first / sizeof(float)};
static const float numbers_softmax_middle[] = {
	0.186323732f, 0.186323732f, 0.186323732f, 0.375963837f, 0.307195902f, 0.307195902f, 0.307195902f, 0.619859576f, 0.506480396f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.186323732f, 0.186323732f, 0.375963837f, 0.186323732f, 0.307195902f, 0.307195902f, 0.619859576f, 0.307195902f, 0.506480396f, 0.506480396f, 0.00417658081f, 0.506480396f,
	0.491953045f, 0.491952986f, 0.491953045f, 0.472370505f, 0.196701646f, 0.196701571f, 0.196701646f, -0.46091184f, -0.688654602f, -0.688654721f, -0.688654602f, -0.0114587611f, 0.491952986f, 0.491953045f, 0.472370505f, -0.546109438f, 0.196701571f, 0.196701646f, -0.46091184f, -1.51477396f, -0.688654721f, -0.688654602f, -0.0114587611f, 2.06088352f,
};
static const golden_layer golden_softmax_middle = {"softmax_middle", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_middle, sizeof numbers_softmax_middle / sizeof(float)};
static const float numbers_softmax_hiding[] = {
	0, 0, 0.182425514f, 0.817574441f, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 1, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 0.182425514f, 0.817574441f, 0, 0, 1, 0, 0,
	0, 0, -0.745732248f, 0.745732307f, 0, 0, -0.745732248f, 0.745732307f, 0, 0, 0, 0, 0, -0.745732248f, 0.745732307f, 0, 0, -0.745732248f, 0.745732307f, 0, 0, 0, 0, 0,
};
static const golden_layer golden_softmax_hiding = {"softmax_hiding", {3, {2, 3, 4}}, {3, {2, 3, 4}}, 0.5f, 0,
	"", numbers_softmax_hiding, sizeof numbers_softmax_hiding / sizeof(float)};
static const float numbers_softmax_hiding_all[] = {
	0, 0, 0, 0, 0, 0, 0, 0,
};
static const golden_layer golden_softmax_hiding_all = {"softmax_hiding_all", {2, {1, 4}}, {2, {1, 4}}, 0.5f, -4,
	"", numbers_softmax_hiding_all, sizeof numbers_softmax_hiding_all / sizeof(float)};
static const float numbers_activation_softmax[] = {
	0.00733594503f, 0.0214289576f, 0.643914282f, 0.660360754f, 0.00788327213f, 0.236882836f, 0.242933139f, 0.709629595f, 0.0871443227f, 0.0893701091f, 0.261058152f, 0.0320586041f, 0.0214289576f, 0.643914282f, 0.643914282f, 0.00788327213f, 0.236882836f, 0.236882836f, 0.709629595f, 0.0871443227f, 0.0871443227f, 0.261058152f, 0.0320586041f, 0.0320586041f,
	-0.0146866627f, 0.102744423f, -0.46243152f, 1.31939173f, -0.0173853468f, 0.777412295f, -1.21515489f, 1.27353919f, -0.324016243f, -0.0895500705f, -1.35889816f, 0.00903549511f, 0.102744423f, -0.46243152f, 1.21542299f, -0.0173853468f, 0.777412295f, -1.21105063f, 1.27353919f, -0.324016243f, -0.0969433561f, -1.35889816f, 0.00903549511f, 0.0925709456f,
};
static const golden_layer golden_activation_softmax = {"activation_softmax", {3, {2, 4, 3}}, {3, {2, 4, 3}}, 0.5f, 0,
	"", numbers_activation_softmax, sizeof numbers_activation_softmax / sizeof(float)};
static const float numbers_activation_log_softmax[] = {
	-4.91496897f, -3.84301209f, -0.440189689f, -0.414969027f, -4.84301233f, -1.44018972f, -1.41496897f, -0.343012154f, -2.4401896f, -2.41496897f, -1.34301209f, -3.4401896f, -3.84301209f, -0.440189689f, -0.440189689f, -4.84301233f, -1.44018972f, -1.44018972f, -0.343012154f, -2.4401896f, -2.4401896f, -1.34301209f, -3.4401896f, -3.4401896f,
	-0.014671891f, 5, 0.287828565f, 2.67927837f, -2, 3.47376561f, -3.48586631f, 2, -3.82571125f, 0.821259737f, -5, 0.0641172156f, 5, 0.287828565f, -0.507399976f, -2, 3.47376561f, -4.65817976f, 2, -3.82571125f, 0.389989674f, -5, 0.0641172156f, 4.77558994f,
};
static const golden_layer golden_activation_log_softmax = {"activation_log_softmax", {3, {2, 4, 3}}, {3, {2, 4, 3}}, 0.5f, 0,
	"", numbers_activation_log_softmax, sizeof numbers_activation_log_softmax / sizeof(float)};
static const float numbers_activation_glu[] = {
	-1.82764649f, -0.924141824f, 0.0912127644f, 1, -1.63514888f, -0.0379290879f, -0.924141824f, 0.0912127644f, 1, -1.63514888f, -0.0379290879f, 0.268941432f, 0, 4.62070894f, -0.182425529f, 2, -1.63514888f, 0.227574527f, -0, -0.350518554f, -0.0745732337f, 2, 0.59658587f, -0.105155572f,
	-2.77242541f, 0.364851058f, -2, 0.817574441f, -0.379290879f, 0, 0.21031113f, 0.149146467f, -2, -0.298292935f, 0.175259277f, 0,
};
static const golden_layer golden_activation_glu = {"activation_glu", {3, {2, 4, 3}}, {3, {2, 2, 3}}, 0.5f, 0,
	"", numbers_activation_glu, sizeof numbers_activation_glu / sizeof(float)};
static const float numbers_average_hiding[] = {
	1.5f, 4.5f, 4, -4, 1.5f, 4.5f, 0, 0, 0, 2.5f, 0, 0, 0, 2.5f, 0, 0, -0.333333343f, 1.33333337f, 0, 0, -0.333333343f, 1.33333337f, 0, 0,
	-0.333333343f, 1.33333337f, 0, 0, 0, 0, -1, 1.5f, 0, 0, -1, 1.5f,
};
static const golden_layer golden_average_hiding = {"average_hiding", {3, {3, 5, 2}}, {2, {3, 2}}, 1, 0,
	"", numbers_average_hiding, sizeof numbers_average_hiding / sizeof(float)};
static const float numbers_permute[] = {
	-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, -5, -2, -1, 0, 1, 2, 3, 4, 5, -5, -4, -3, -2,
	0, 4, -3, 1, 5, -2, 2, -5, -1, 3, -4, 0, 5, -2, 2, -5, -1, 3, -4, 0, 4, -3, 1, 5,
};
static const golden_layer golden_permute = {"permute", {3, {2, 3, 4}}, {3, {2, 4, 3}}, 1, 0,
	"", numbers_permute, sizeof numbers_permute / sizeof(float)};
static const float numbers_permute_three[] = {
	-5, 1, -4, 2, -3, 3, -2, 4, -1, 5, 0, -5, -2, 4, -1, 5, 0, -5, 1, -4, 2, -3, 3, -2,
	1, -4, 2, -3, 3, -2, 4, -1, 5, 0, -5, 1, 4, -1, 5, 0, -5, 1, -4, 2, -3, 3, -2, 4,
	0, 5, 5, -1, -1, 4, 4, -2, -2, 3, 3, -3, -3, 2, 2, -4, -4, 1, 1, -5, -5, 0, 0, 5,
	-1, 4, 4, -2, -2, 3, 3, -3, -3, 2, 2, -4, -4, 1, 1, -5, -5, 0, 0, 5, 5, -1, -1, 4,
};
static const golden_layer golden_permute_three = {"permute_three", {4, {2, 3, 4, 2}}, {4, {2, 2, 3, 4}}, 1, 0,
	"", numbers_permute_three, sizeof numbers_permute_three / sizeof(float)};
static const float numbers_repeat_vector[] = {
	-5, -2, 1, 4, -5, -2, 1, 4, -5, -2, 1, 4, -4, -1, 2, 5, -4, -1, 2, 5, -4, -1, 2, 5,
	-6, 9, -9, 6, 9, -9, 6, -1,
};
static const golden_layer golden_repeat_vector = {"repeat_vector", {2, {2, 4}}, {3, {2, 3, 4}}, 1, 0,
	"", numbers_repeat_vector, sizeof numbers_repeat_vector / sizeof(float)};
static const float numbers_embedding[] = {
	-2, 2, -5, 1, 5, -2, 4, -3, 1, -4, 0, 4, -1, 3, -4, 2, -5, -1, 5, -2, 2, -3, 1, 5,
	0, 4, -3, 3, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, -1, 5, -1, 4, -1, 4,
	-2, 4, -2, 3, -2, 3, -3, 3, -3, 2, -3, 2, -4, 2, -4, 1, 0, 0, 0, 1, -5, 0, -5, 0,
	5,
};
static const golden_layer golden_embedding = {"embedding", {2, {2, 5}}, {3, {2, 5, 3}}, 1, 5,
	"embeddings", numbers_embedding, sizeof numbers_embedding / sizeof(float)};
static const float numbers_embedding_image[] = {
	-2, 2, 0, 4, 2, -5, 4, -3, -5, -1, -3, 1, -1, 3, 1, 5, 3, -4, 5, -2, -4, 0, -2, 2,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, -4, 1, 3, -3, -1, 4, -5, 0, 2, -4,
	-2, 3, 5, -1, 1, -5, -3, 2, 4, -2,
};
static const golden_layer golden_embedding_image = {"embedding_image", {3, {2, 3, 2}}, {4, {2, 3, 2, 2}}, 1, 5,
	"embeddings", numbers_embedding_image, sizeof numbers_embedding_image / sizeof(float)};
static const float numbers_einsum_matrix[] = {
	5, -7, 25, 2, 11, -19, -5, 20, 6, -9, 20, 5, 11, -4, 23, -10, 35, -16, 14, -26, 22, -18, -4, 1,
	-5, 0, -6, 9, -9, 6,
};
static const golden_layer golden_einsum_matrix = {"einsum_matrix", {2, {3, 2}}, {2, {3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_matrix, sizeof numbers_einsum_matrix / sizeof(float)};
static const float numbers_einsum_plain[] = {
	4, 0, 25, 0, 10, 0, 0, 15, 5, 0, 20, 0, 5, 0, 2, 2, 33, -12, 14, 0, 25, 2, -4, 0,
	7, 8,
};
static const golden_layer golden_einsum_plain = {"einsum_plain", {2, {3, 2}}, {2, {3, 4}}, 1, 0,
	"kernel", numbers_einsum_plain, sizeof numbers_einsum_plain / sizeof(float)};
static const float numbers_einsum_steps[] = {
	5, -7, 25, 2, 11, -19, -5, 20, 6, -9, 20, 5, 12, -21, -10, 23, 7, -11, 15, 8, -20, 21, -15, -18,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 3, 0, -3, 5,
};
static const golden_layer golden_einsum_steps = {"einsum_steps", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_steps, sizeof numbers_einsum_steps / sizeof(float)};
static const float numbers_einsum_bias[] = {
	5, -1, 26, -2, 5, -19, -10, 10, 5, -4, 20, 0, 12, -15, -9, 19, 1, -11, 10, -2, -21, 26, -15, -23,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 14, -2, -7,
};
static const golden_layer golden_einsum_bias = {"einsum_bias", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_bias, sizeof numbers_einsum_bias / sizeof(float)};
static const float numbers_einsum_both[] = {
	5, -7, 25, 2, 9, -10, -7, 18, 2, -2, 16, 1, 12, -21, -10, 23, 5, -2, 13, 6, -24, 28, -19, -22,
	11, -4, 23, -10, 35, -16, -30, 11, -18, 5, -17, 43, 18, -34, 24, 5, 16, 21, 15, -35, 5, 4, 3, 2,
	1, 0, -1, -2, -3, -4, -5, 5,
};
static const golden_layer golden_einsum_both = {"einsum_both", {3, {2, 3, 2}}, {3, {2, 3, 4}}, 1, 0,
	"kernel bias", numbers_einsum_both, sizeof numbers_einsum_both / sizeof(float)};
static const float numbers_einsum_heads[] = {
	29, -40, 34, 31, -38, 36, 33, -42, 26, 39, -36, 32, -7, -11, 7, -8, -12, 6, -3, -13, -1, 0, -10, 2,
	-7, 11, -4, 14, 14, -4, 11, -7, -9, 3, -7, 5, -32, -34, 8, 6, -7, -22, 7, -8, 21, -16, 5, -16,
	7, -14, 9, -1, 17, -10, 7, -20, -3, 14, -48, 51, -48, 51, -48, 7, 4, 2, 0, -2, -4, 5,
};
static const golden_layer golden_einsum_heads = {"einsum_heads", {3, {2, 2, 4}}, {4, {2, 2, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_heads, sizeof numbers_einsum_heads / sizeof(float)};
static const float numbers_einsum_joined[] = {
	6, 27, 26, -17, 7, -24, 4, -13, 3, -19, 44, -14, 15, 19, 23, 27, -24, -20, -27, -22, -17, -12, 15, 20,
	30, 25, 20, 15, -12, -17, -12, -16, -20, -24, 27, 23, 19, -58, 19, 14, -3, 13, -24, 19, -26, 15, -3, 12,
	10, -3, 17, -28, 19, -22, 2, 0, -2,
};
static const golden_layer golden_einsum_joined = {"einsum_joined", {4, {2, 2, 2, 3}}, {3, {2, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_joined, sizeof numbers_einsum_joined / sizeof(float)};
static const float numbers_einsum_each[] = {
	21, -13, 3, 17, 6, 2, -28, -6, -9, 17, -35, 17, 10, -5, -19, 16, 9, -16, 10, 13, -16, 4, 15, -25,
	-6, -21, -15, 0, 11, 1, -4, 16, -7, -12, 27, -3, -3, 7, -5, 5, -7, 3,
};
static const golden_layer golden_einsum_each = {"einsum_each", {3, {2, 3, 2}}, {3, {2, 3, 2}}, 1, 0,
	"kernel bias", numbers_einsum_each, sizeof numbers_einsum_each / sizeof(float)};
static const float numbers_einsum_left[] = {
	13, -21, 33, -5, 9, -21, 10, -16, 24, -8, 14, -30, 7, -11, 15, 0, -14, 5, 15, 19, -27, -22, 30, 25,
	-12, -16, -32, -24, 25, 23, -3, -33, 3, 34, -60, 33, 5, 2, -1,
};
static const golden_layer golden_einsum_left = {"einsum_left", {3, {2, 3, 2}}, {3, {2, 3, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left, sizeof numbers_einsum_left / sizeof(float)};
static const float numbers_einsum_left_batch[] = {
	17, 3, 22, 15, 17, 8, 15, 19, 23, 27, -27, -22, -17, -12, -16, -17, -7, -4, -8, -1, 8, 1, 5, 20,
	10, 11, 4, 3, 2,
};
static const golden_layer golden_einsum_left_batch = {"einsum_left_batch", {2, {2, 4}}, {2, {2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left_batch, sizeof numbers_einsum_left_batch / sizeof(float)};
static const float numbers_einsum_left_two[] = {
	17, 3, 22, 15, 17, 8, 2, -24, 16, 0, -10, 2, -2, 4, -12, -4, -26, 7, -6, -12, -7, -8, 2, -21,
	1, -17, 9, -1, -3, -5, -3, 11, -19, 17, 3, 22, 15, 19, 23, 27, -27, -22, -17, -12, 30, 25, 20, 15,
	-12, -16, -20, -24, -32, -24, -16, -8, 25, 23, 21, 19, -17, -18, -19, -20, -15, -15, -15, -15, 20, 21, 22, 23,
	-22, -20, -18, -16, 35, 27, 19, 11, 15, 19, 23, 27, -33, -36, -6, -11, -43, 46, 44, -17, 10, 11, 42, 7,
	0, 5, -1,
};
static const golden_layer golden_einsum_left_two = {"einsum_left_two", {4, {2, 3, 2, 4}}, {4, {2, 3, 2, 3}}, 1, 0,
	"kernel bias", numbers_einsum_left_two, sizeof numbers_einsum_left_two / sizeof(float)};
static const float numbers_einsum_right[] = {
	12, 6, -18, 24, 29, -13, 8, 2, 10, -36, 1, 25, 8, -17, 5, -5, 2, 7, -1, 19, 23, -2, 11, 1,
	-1, 4, -13, 7, -1, 9, 19, 1, -2, -5, 3, 9, 15, 5, -2, -9, 4, 0, -4,
};
static const golden_layer golden_einsum_right = {"einsum_right", {3, {2, 4, 2}}, {3, {2, 3, 2}}, 1, 0,
	"kernel bias", numbers_einsum_right, sizeof numbers_einsum_right / sizeof(float)};

#define GOLDEN_SINGLE(CASE) \
	CASE(relu, mica_relu_layer()) \
	CASE(relu_all, mica_relu_layer(3, .negative_slope = 0.25, .threshold = 1)) \
	CASE(relu_most_0, mica_relu_layer(MICA_ZERO, .negative_slope = 0.5)) \
	CASE(leaky_relu, mica_leaky_relu_layer()) \
	CASE(leaky_relu_half, mica_leaky_relu_layer(0.5)) \
	CASE(leaky_relu_0, mica_leaky_relu_layer(MICA_ZERO)) \
	CASE(elu, mica_elu_layer()) \
	CASE(elu_half, mica_elu_layer(0.5)) \
	CASE(prelu, mica_prelu()) \
	CASE(prelu_shared, mica_prelu(.shared_axes = {1, 2})) \
	CASE(prelu_shared_last, mica_prelu(.shared_axes = {3})) \
	CASE(softmax, mica_softmax_layer()) \
	CASE(softmax_first, mica_softmax_layer(1)) \
	CASE(softmax_middle, mica_softmax_layer(-2)) \
	CASE(softmax_hiding, mica_custom_layer(.call = hiding_softmax)) \
	CASE(softmax_hiding_all, mica_custom_layer(.call = hiding_softmax)) \
	CASE(activation_softmax, mica_activation_layer(MICA_SOFTMAX_OF(.axis = 1))) \
	CASE(activation_log_softmax, mica_activation_layer(MICA_LOG_SOFTMAX_OF(.axis = 1))) \
	CASE(activation_glu, mica_activation_layer(MICA_GLU_OF(.axis = 1))) \
	CASE(average_hiding, mica_custom_layer(.call = hiding_average)) \
	CASE(permute, mica_permute(2, 1)) \
	CASE(permute_three, mica_permute(3, 1, 2)) \
	CASE(repeat_vector, mica_repeat_vector(3)) \
	CASE(embedding, mica_embedding(11, 3)) \
	CASE(embedding_image, mica_embedding(11, 2)) \
	CASE(einsum_matrix, mica_einsum_dense("ab,bc->ac", {4}, .bias_axes = "c")) \
	CASE(einsum_plain, mica_einsum_dense("ab,bc->ac", {4}, .activation = MICA_RELU)) \
	CASE(einsum_steps, mica_einsum_dense("abc,cd->abd", {MICA_INFER, 4}, .bias_axes = "d")) \
	CASE(einsum_bias, mica_einsum_dense("abc,cd->abd", {3, 4}, .bias_axes = "b")) \
	CASE(einsum_both, mica_einsum_dense("abc,cd->abd", {3, 4}, .bias_axes = "db")) \
	CASE(einsum_heads, mica_einsum_dense("abc,cde->abde", {MICA_INFER, 2, 3}, .bias_axes = "de")) \
	CASE(einsum_joined, mica_einsum_dense("abde,dec->abc", {MICA_INFER, 3}, .bias_axes = "c")) \
	CASE(einsum_each, mica_einsum_dense("abc,bcd->abd", {3, 2}, .bias_axes = "bd")) \
	CASE(einsum_left, mica_einsum_dense("...x,xy->...y", {3}, .bias_axes = "y")) \
	CASE(einsum_left_batch, mica_einsum_dense("...x,xy->...y", {3}, .bias_axes = "y")) \
	CASE(einsum_left_two, mica_einsum_dense("...xy,yz->...xz", {2, 3}, .bias_axes = "z")) \
	CASE(einsum_right, mica_einsum_dense("ab...,bc->ac...", {3}, .bias_axes = "c"))

#endif
