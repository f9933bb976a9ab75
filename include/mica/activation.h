/* SPDX-License-Identifier: MIT */
/* mica/activation.h - activations: parts (part.h) that are functions f(x).
   MICA_RELU is one with Keras' defaults, MICA_RELU_OF(.max_value = 6) one with options, of which 0 is the default too. */
#ifndef MICA_ACTIVATION_H
#define MICA_ACTIVATION_H
#include "mica/part.h"

MICA_BEGIN_DECLS

/* Options; 0 stands for what the comment says. */
typedef struct mica_relu_opts {
	size_t size;
	double negative_slope; /* from 0; 0: 0 */
	double max_value;      /* from 0; 0: none (INFINITY) */
	double threshold;      /* 0: 0 */
} mica_relu_opts;
typedef struct mica_leaky_relu_opts { size_t size; double negative_slope; } mica_leaky_relu_opts;         /* from 0; 0: 0.2 */
typedef struct mica_elu_opts { size_t size; double alpha; } mica_elu_opts;                                /* 0: 1; of celu above 0 */
typedef struct mica_gelu_opts { size_t size; bool approximate; } mica_gelu_opts;
typedef struct mica_squareplus_opts { size_t size; double b; } mica_squareplus_opts;                      /* from 0; 0: 4 */
typedef struct mica_shrink_opts { size_t size; double threshold; } mica_shrink_opts;                      /* from 0; 0: 0.5 */
typedef struct mica_threshold_opts { size_t size; double threshold, default_value; } mica_threshold_opts; /* 0: 0 */
/* Of those that look along an axis: which, counted from the last where it is negative; 0: -1, the last; MICA_NONE: the first. */
typedef struct mica_along_opts { size_t size; int axis; } mica_along_opts;
/* A function of the user's: call adds nodes; payload is borrowed and must outlive the model. */
typedef struct mica_custom_activation_opts {
	size_t size;
	mica_var (*call)(mica_var x, const void *payload);
	const void *payload;
} mica_custom_activation_opts;

MICA_API extern const mica_kind mica_kind_linear, mica_kind_relu, mica_kind_softmax, mica_kind_sigmoid,
	mica_kind_tanh, mica_kind_elu, mica_kind_selu, mica_kind_gelu, mica_kind_silu, mica_kind_softplus,
	mica_kind_softsign, mica_kind_leaky_relu, mica_kind_hard_sigmoid, mica_kind_mish, mica_kind_exponential,
	mica_kind_log_softmax, mica_kind_relu6, mica_kind_celu, mica_kind_squareplus, mica_kind_soft_shrink,
	mica_kind_hard_shrink, mica_kind_tanh_shrink, mica_kind_threshold, mica_kind_sparse_plus, mica_kind_sparse_sigmoid,
	mica_kind_hard_silu, mica_kind_hard_tanh, mica_kind_log_sigmoid, mica_kind_sparsemax, mica_kind_glu,
	mica_kind_custom_activation;

#define MICA_LINEAR MICA_PART(mica_activation, &mica_kind_linear, NULL) /* x */
#define MICA_RELU MICA_PART(mica_activation, &mica_kind_relu, NULL) /* max(x, 0); in general */
                       /* x > threshold ? min(x, max_value) : negative_slope (x - threshold) */
#define MICA_SOFTMAX MICA_PART(mica_activation, &mica_kind_softmax, NULL) /* e^x / sum e^x along an axis */
#define MICA_SIGMOID MICA_PART(mica_activation, &mica_kind_sigmoid, NULL) /* 1 / (1 + e^-x) */
#define MICA_TANH MICA_PART(mica_activation, &mica_kind_tanh, NULL) /* tanh(x) */
#define MICA_ELU MICA_PART(mica_activation, &mica_kind_elu, NULL) /* x > 0 ? x : alpha (e^x - 1) */
#define MICA_SELU MICA_PART(mica_activation, &mica_kind_selu, NULL) /* 1.0507009873554805 (x > 0 ? x : 1.6732632423543772 (e^x - 1)) */
#define MICA_GELU MICA_PART(mica_activation, &mica_kind_gelu, NULL) /* x/2 (1 + erf(x / sqrt 2)); */
                       /* approximate: x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
#define MICA_SILU MICA_PART(mica_activation, &mica_kind_silu, NULL) /* x sigmoid(x) */
#define MICA_SOFTPLUS MICA_PART(mica_activation, &mica_kind_softplus, NULL) /* log(1 + e^x) */
#define MICA_SOFTSIGN MICA_PART(mica_activation, &mica_kind_softsign, NULL) /* x / (1 + |x|) */
#define MICA_LEAKY_RELU MICA_PART(mica_activation, &mica_kind_leaky_relu, NULL) /* x > 0 ? x : negative_slope x */
#define MICA_HARD_SIGMOID MICA_PART(mica_activation, &mica_kind_hard_sigmoid, NULL) /* clip(x/6 + 1/2, 0, 1) */
#define MICA_MISH MICA_PART(mica_activation, &mica_kind_mish, NULL) /* x tanh(softplus(x)) */
#define MICA_EXPONENTIAL MICA_PART(mica_activation, &mica_kind_exponential, NULL) /* e^x */
#define MICA_LOG_SOFTMAX MICA_PART(mica_activation, &mica_kind_log_softmax, NULL) /* x - log sum e^x along an axis */
#define MICA_RELU6 MICA_PART(mica_activation, &mica_kind_relu6, NULL) /* clip(x, 0, 6) */
#define MICA_CELU MICA_PART(mica_activation, &mica_kind_celu, NULL) /* max(x, 0) + alpha (e^(min(x, 0) / alpha) - 1) */
#define MICA_SQUAREPLUS MICA_PART(mica_activation, &mica_kind_squareplus, NULL) /* (x + sqrt(x^2 + b)) / 2 */
#define MICA_SOFT_SHRINK MICA_PART(mica_activation, &mica_kind_soft_shrink, NULL) /* sign(x) max(|x| - threshold, 0) */
#define MICA_HARD_SHRINK MICA_PART(mica_activation, &mica_kind_hard_shrink, NULL) /* |x| > threshold ? x : 0 */
#define MICA_TANH_SHRINK MICA_PART(mica_activation, &mica_kind_tanh_shrink, NULL) /* x - tanh(x) */
#define MICA_THRESHOLD MICA_PART(mica_activation, &mica_kind_threshold, NULL) /* x > threshold ? x : default_value */
#define MICA_SPARSE_PLUS MICA_PART(mica_activation, &mica_kind_sparse_plus, NULL) /* 0 up to -1, x from 1, (x + 1)^2 / 4 between */
#define MICA_SPARSE_SIGMOID MICA_PART(mica_activation, &mica_kind_sparse_sigmoid, NULL) /* clip((x + 1) / 2, 0, 1) */
#define MICA_HARD_SILU MICA_PART(mica_activation, &mica_kind_hard_silu, NULL) /* x hard_sigmoid(x) */
#define MICA_HARD_TANH MICA_PART(mica_activation, &mica_kind_hard_tanh, NULL) /* clip(x, -1, 1) */
#define MICA_LOG_SIGMOID MICA_PART(mica_activation, &mica_kind_log_sigmoid, NULL) /* -log(1 + e^-x) */
#define MICA_SPARSEMAX MICA_PART(mica_activation, &mica_kind_sparsemax, NULL) /* max(x - t, 0), t such that the axis adds up to 1 */
#define MICA_GLU MICA_PART(mica_activation, &mica_kind_glu, NULL) /* a sigmoid(b), the halves of an axis */
#define MICA_SWISH MICA_SILU
#define MICA_HARD_SWISH MICA_HARD_SILU
/* With options: MICA_ELU_OF(.alpha = 2) */
#define MICA_RELU_OF(...) MICA_ACTIVATION_(relu, mica_relu_opts, __VA_ARGS__)
#define MICA_SOFTMAX_OF(...) MICA_ACTIVATION_(softmax, mica_along_opts, __VA_ARGS__)
#define MICA_LOG_SOFTMAX_OF(...) MICA_ACTIVATION_(log_softmax, mica_along_opts, __VA_ARGS__)
#define MICA_SPARSEMAX_OF(...) MICA_ACTIVATION_(sparsemax, mica_along_opts, __VA_ARGS__)
#define MICA_GLU_OF(...) MICA_ACTIVATION_(glu, mica_along_opts, __VA_ARGS__)
#define MICA_ELU_OF(...) MICA_ACTIVATION_(elu, mica_elu_opts, __VA_ARGS__)
#define MICA_GELU_OF(...) MICA_ACTIVATION_(gelu, mica_gelu_opts, __VA_ARGS__)
#define MICA_LEAKY_RELU_OF(...) MICA_ACTIVATION_(leaky_relu, mica_leaky_relu_opts, __VA_ARGS__)
#define MICA_CELU_OF(...) MICA_ACTIVATION_(celu, mica_elu_opts, __VA_ARGS__)
#define MICA_SQUAREPLUS_OF(...) MICA_ACTIVATION_(squareplus, mica_squareplus_opts, __VA_ARGS__)
#define MICA_SOFT_SHRINK_OF(...) MICA_ACTIVATION_(soft_shrink, mica_shrink_opts, __VA_ARGS__)
#define MICA_HARD_SHRINK_OF(...) MICA_ACTIVATION_(hard_shrink, mica_shrink_opts, __VA_ARGS__)
#define MICA_THRESHOLD_OF(...) MICA_ACTIVATION_(threshold, mica_threshold_opts, __VA_ARGS__)
#define MICA_ACTIVATION_(name, type, ...) \
	MICA_PART(mica_activation, &mica_kind_##name, &(type){MICA_OPTS(type), __VA_ARGS__})
/* MICA_CUSTOM_ACTIVATION(.call = mine, .payload = &my_data) */
#define MICA_CUSTOM_ACTIVATION(...) MICA_ACTIVATION_(custom_activation, mica_custom_activation_opts, __VA_ARGS__)

/* The activation as nodes; none is linear.  EINVAL in the graph for an option out of range. */
MICA_API mica_var mica_activate(mica_var x, mica_activation a);

MICA_END_DECLS
#endif
