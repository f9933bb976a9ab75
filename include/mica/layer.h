/* SPDX-License-Identifier: MIT */
/* mica/layer.h - activations, initializers and layers: parts (part.h) that networks are made of.
   Each constructor is a macro over the part's kind and a struct of options whose zero is Keras' default:
   mica_dense(10, .activation = MICA_SOFTMAX) is {&mica_kind_dense, &(mica_dense_opts){...}}, which is what C++ and other
   languages write. */
#ifndef MICA_LAYER_H
#define MICA_LAYER_H
#include "mica/part.h"

MICA_BEGIN_DECLS

/* ---- activations: f(x) ---- */

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
#define MICA_SOFTMAX MICA_PART(mica_activation, &mica_kind_softmax, NULL) /* e^x / sum e^x over the last axis */
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
#define MICA_LOG_SOFTMAX MICA_PART(mica_activation, &mica_kind_log_softmax, NULL) /* x - log sum e^x over the last axis */
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
#define MICA_SPARSEMAX MICA_PART(mica_activation, &mica_kind_sparsemax, NULL) /* max(x - t, 0), t such that the last axis adds up to 1 */
#define MICA_GLU MICA_PART(mica_activation, &mica_kind_glu, NULL) /* a sigmoid(b), the halves of the last axis */
#define MICA_SWISH MICA_SILU
#define MICA_HARD_SWISH MICA_HARD_SILU
/* With options: MICA_ELU_OF(.alpha = 2) */
#define MICA_RELU_OF(...) MICA_ACTIVATION_(relu, mica_relu_opts, __VA_ARGS__)
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

/* ---- initializers (Keras 1.3) ---- */

/* Numbers depend on the seed, the stream and an element's place only: the same weights on every device and machine.  Normal
   ones are truncated at two standard deviations, but for random_normal. */
typedef struct mica_constant_opts { size_t size; double value; } mica_constant_opts;                         /* 0: 0 */
typedef struct mica_random_uniform_opts { size_t size; double minval, maxval; } mica_random_uniform_opts;    /* 0: -0.05; 0: 0.05 */
typedef struct mica_random_normal_opts {
	size_t size;
	double mean, stddev;   /* 0: 0; from 0, 0: 0.05 */
	int truncated;         /* redrawn beyond two standard deviations: 1, or MICA_NONE; 0: by the kind */
} mica_random_normal_opts;
/* Variance scaling: of variance scale / fan, which glorot, he and lecun are with other defaults. */
typedef enum mica_fan { MICA_FAN_IN = 1, MICA_FAN_OUT, MICA_FAN_AVERAGE } mica_fan;
typedef enum mica_distribution { MICA_TRUNCATED = 1, MICA_UNTRUNCATED_NORMAL, MICA_UNIFORM } mica_distribution;
typedef struct mica_variance_scaling_opts {
	size_t size;
	double scale;          /* above 0; 0: 1 */
	int mode;              /* a mica_fan; 0: MICA_FAN_IN */
	int distribution;      /* a mica_distribution; 0: MICA_TRUNCATED */
} mica_variance_scaling_opts;
MICA_API extern const mica_kind mica_kind_zeros, mica_kind_ones, mica_kind_constant, mica_kind_glorot_uniform,
	mica_kind_glorot_normal, mica_kind_he_uniform, mica_kind_he_normal, mica_kind_lecun_uniform, mica_kind_lecun_normal,
	mica_kind_variance_scaling, mica_kind_random_uniform, mica_kind_random_normal, mica_kind_truncated_normal;
#define MICA_ZEROS MICA_PART(mica_initializer, &mica_kind_zeros, NULL)
#define MICA_ONES MICA_PART(mica_initializer, &mica_kind_ones, NULL)
#define MICA_GLOROT_UNIFORM MICA_PART(mica_initializer, &mica_kind_glorot_uniform, NULL)
#define MICA_GLOROT_NORMAL MICA_PART(mica_initializer, &mica_kind_glorot_normal, NULL)
#define MICA_HE_UNIFORM MICA_PART(mica_initializer, &mica_kind_he_uniform, NULL)
#define MICA_HE_NORMAL MICA_PART(mica_initializer, &mica_kind_he_normal, NULL)
#define MICA_LECUN_UNIFORM MICA_PART(mica_initializer, &mica_kind_lecun_uniform, NULL)
#define MICA_LECUN_NORMAL MICA_PART(mica_initializer, &mica_kind_lecun_normal, NULL)
#define MICA_RANDOM_UNIFORM MICA_PART(mica_initializer, &mica_kind_variance_scaling, mica_kind_random_uniform, NULL)
#define MICA_RANDOM_NORMAL MICA_PART(mica_initializer, &mica_kind_random_normal, NULL)
#define MICA_TRUNCATED_NORMAL MICA_PART(mica_initializer, &mica_kind_truncated_normal, NULL)
#define MICA_CONSTANT_OF(...) MICA_INITIALIZER_(constant, mica_constant_opts, __VA_ARGS__) /* MICA_CONSTANT_OF(0.5) */
#define MICA_RANDOM_UNIFORM_OF(...) MICA_INITIALIZER_(random_uniform, mica_random_uniform_opts, __VA_ARGS__)
#define MICA_RANDOM_NORMAL_OF(...) MICA_INITIALIZER_(random_normal, mica_random_normal_opts, __VA_ARGS__)
#define MICA_TRUNCATED_NORMAL_OF(...) MICA_INITIALIZER_(truncated_normal, mica_random_normal_opts, __VA_ARGS__)
#define MICA_VARIANCE_SCALING_OF(...) MICA_INITIALIZER_(variance_scaling, mica_variance_scaling_opts, __VA_ARGS__)
#define MICA_INITIALIZER_(name, type, ...) \
	MICA_PART(mica_initializer, &mica_kind_##name, &(type){MICA_OPTS(type), __VA_ARGS__})

/* Fills values (count of shape); none: glorot_uniform, zeros below rank 2.  EINVAL. */
MICA_API mica_status mica_initialize(float *values, mica_shape shape, mica_initializer init, uint64_t seed, uint32_t stream);

/* ---- layers ---- */

typedef struct mica_input_opts { size_t size, dim[MICA_MAX_RANK]; const char *name; } mica_input_opts;
typedef struct mica_flatten_opts { size_t size; const char *name; } mica_flatten_opts;
typedef struct mica_reshape_opts { size_t size, dim[MICA_MAX_RANK]; const char *name; } mica_reshape_opts;
typedef struct mica_dense_opts {
	size_t size;
	size_t units;                        /* 1 or more */
	mica_activation activation;          /* none: linear */
	bool no_bias;
	mica_initializer kernel_initializer; /* none: glorot_uniform */
	mica_initializer bias_initializer;   /* none: zeros */
	const char *name;                    /* NULL: "dense", "dense_1", ...; copied by mica_add */
} mica_dense_opts;
typedef struct mica_activation_opts { size_t size; mica_activation activation; const char *name; } mica_activation_opts;
typedef struct mica_dropout_opts {
	size_t size;
	double rate;   /* 0 to 1 */
	uint64_t seed; /* 0: the model's; MICA_NONE: the seed 0 */
	const char *name;
} mica_dropout_opts;

/* A layer of the user's: call adds nodes and returns the output; weights come from mica_layer_weight. */
typedef struct mica_custom_layer_opts {
	size_t size;
	mica_var (*call)(mica_build *b, mica_var x, void *payload);
	void *payload; /* borrowed; must outlive the model */
	const char *name;
} mica_custom_layer_opts;

MICA_API extern const mica_kind mica_kind_input, mica_kind_flatten, mica_kind_reshape, mica_kind_dense, mica_kind_activation,
	mica_kind_dropout, mica_kind_custom_layer;
#define MICA_LAYER_(name, ...) \
	MICA_PART(mica_layer, &mica_kind_##name, &(mica_##name##_opts){MICA_OPTS(mica_##name##_opts), __VA_ARGS__})
#define mica_input(...) MICA_LAYER_(input, .dim = {__VA_ARGS__})
#define mica_flatten(...) MICA_LAYER_(flatten, __VA_ARGS__)
#define mica_reshape(...) MICA_LAYER_(reshape, .dim = {__VA_ARGS__})
#define mica_dense(...) MICA_LAYER_(dense, __VA_ARGS__)
#define mica_activation_layer(...) MICA_LAYER_(activation, __VA_ARGS__)
#define mica_dropout(...) MICA_LAYER_(dropout, __VA_ARGS__)
#define mica_custom_layer(...) MICA_LAYER_(custom_layer, __VA_ARGS__)

/* For call of a custom layer: a trainable weight of this layer, made at the first call and found again by name later
   (init 0: glorot_uniform, zeros below rank 2); uniform numbers in [0, 1), new ones at every step and different for every
   use; whether the call is for training; the graph. */
MICA_API mica_var mica_layer_weight(mica_build *b, const char *name, mica_shape s, mica_initializer init);
MICA_API mica_var mica_layer_random(mica_build *b, mica_shape s);
MICA_API bool mica_layer_training(const mica_build *b);
MICA_API mica_graph *mica_layer_graph(const mica_build *b);

MICA_END_DECLS
#endif
