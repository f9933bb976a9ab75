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

/* ---- regularizers and constraints (Keras 1.4) ---- */

typedef struct mica_l1_opts { size_t size; double l1; } mica_l1_opts;                    /* from 0; 0: 0.01 */
typedef struct mica_l2_opts { size_t size; double l2; } mica_l2_opts;                    /* from 0; 0: 0.01 */
typedef struct mica_l1_l2_opts { size_t size; double l1, l2; } mica_l1_l2_opts;          /* from 0; 0: 0 */
/* columns: of columns rather than rows; of matrices only. */
typedef struct mica_orthogonal_regularizer_opts { size_t size; double factor; bool columns; } mica_orthogonal_regularizer_opts; /* from 0; 0: 0.01 */
#define mica_l1(...) MICA_REGULARIZER_(l1, __VA_ARGS__)             /* l1 sum |w| */
#define mica_l2(...) MICA_REGULARIZER_(l2, __VA_ARGS__)             /* l2 sum w^2 */
#define mica_l1_l2(...) MICA_REGULARIZER_(l1_l2, __VA_ARGS__)       /* both */
/* factor times the mean of |r_i r_j| over pairs of different rows r of length 1. */
#define mica_orthogonal_regularizer(...) MICA_REGULARIZER_(orthogonal_regularizer, __VA_ARGS__)
#define MICA_REGULARIZER_(id, ...) \
	MICA_PART(mica_regularizer, &mica_kind_##id, &(mica_##id##_opts){MICA_OPTS(mica_##id##_opts), __VA_ARGS__})

/* A norm is that over an axis of the weight, counted from the last where it is negative; 0 is the first, Keras' default. */
typedef struct mica_max_norm_opts { size_t size; double max_value; int axis; } mica_max_norm_opts; /* from 0; 0: 2 */
typedef struct mica_unit_norm_opts { size_t size; int axis; } mica_unit_norm_opts;
typedef struct mica_min_max_norm_opts {
	size_t size;
	double min_value, max_value; /* from 0; 0: 0; 0: 1 */
	double rate;                 /* 0 to 1; 0: 1 */
	int axis;
} mica_min_max_norm_opts;
#define mica_max_norm(...) MICA_CONSTRAINT_(max_norm, __VA_ARGS__)         /* w min(|w|, max_value) / (1e-7 + |w|) */
#define mica_unit_norm(...) MICA_CONSTRAINT_(unit_norm, __VA_ARGS__)       /* w / (1e-7 + |w|) */
#define mica_min_max_norm(...) MICA_CONSTRAINT_(min_max_norm, __VA_ARGS__) /* w (rate clip(|w|, min, max) + (1 - rate) |w|) / (1e-7 + |w|) */
#define mica_non_neg() MICA_PART(mica_constraint, &mica_kind_non_neg, NULL) /* max(w, 0) */
#define MICA_CONSTRAINT_(id, ...) \
	MICA_PART(mica_constraint, &mica_kind_##id, &(mica_##id##_opts){MICA_OPTS(mica_##id##_opts), __VA_ARGS__})
MICA_API extern const mica_kind mica_kind_l1, mica_kind_l2, mica_kind_l1_l2, mica_kind_orthogonal_regularizer, mica_kind_max_norm,
	mica_kind_unit_norm, mica_kind_min_max_norm, mica_kind_non_neg;

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
	mica_regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint kernel_constraint, bias_constraint;
	const char *name;                    /* NULL: "dense", "dense_1", ...; copied by mica_add */
} mica_dense_opts;
typedef struct mica_activation_opts { size_t size; mica_activation activation; const char *name; } mica_activation_opts;
typedef struct mica_dropout_opts {
	size_t size;
	double rate;   /* 0 to 1 */
	uint64_t seed; /* 0: the model's; MICA_NONE: the seed 0 */
	const char *name;
} mica_dropout_opts;

/* Normalization.  Means, variances (biased) and norms are over the axes that are named; gamma, beta: learned scale and shift,
   left out by no_scale and no_center. */
typedef struct mica_batch_normalization_opts {
	size_t size;
	double momentum;           /* from 0, below 1; 0: 0.99 */
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer; /* none: 0, 1, 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	const char *name;
} mica_batch_normalization_opts; /* over all axes but the last: of the batch while training, else the moving ones */
typedef struct mica_layer_normalization_opts {
	size_t size;
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer; /* none: 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	const char *name;
} mica_layer_normalization_opts; /* over the last axis */
typedef struct mica_group_normalization_opts {
	size_t size;
	long groups;               /* of the last axis, which it divides; 0: 32; -1: a group for each element */
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer; /* none: 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	const char *name;
} mica_group_normalization_opts; /* over a group of the last axis and all axes but the first */
typedef struct mica_rms_normalization_opts { size_t size; double epsilon; const char *name; } mica_rms_normalization_opts; /* from 0; 0: 1e-6 */
typedef struct mica_unit_normalization_opts { size_t size; const char *name; } mica_unit_normalization_opts;

/* Noise, while training only. */
typedef struct mica_gaussian_noise_opts { size_t size; double stddev; uint64_t seed; const char *name; } mica_gaussian_noise_opts; /* from 0 */
typedef struct mica_gaussian_dropout_opts { size_t size; double rate; uint64_t seed; const char *name; } mica_gaussian_dropout_opts; /* from 0, below 1 */
typedef struct mica_alpha_dropout_opts { size_t size; double rate; uint64_t seed; const char *name; } mica_alpha_dropout_opts; /* from 0, below 1 */
typedef struct mica_spatial_dropout_opts { size_t size; double rate; uint64_t seed; const char *name; } mica_spatial_dropout_opts; /* 0 to 1 */

/* Its input, of which the penalty is added to the loss. */
typedef struct mica_activity_regularization_opts { size_t size; double l1, l2; const char *name; } mica_activity_regularization_opts; /* from 0 */

/* A layer of the user's: call adds nodes and returns the output; weights come from mica_layer_weight. */
typedef struct mica_custom_layer_opts {
	size_t size;
	mica_var (*call)(mica_build *b, mica_var x, void *payload);
	void *payload; /* borrowed; must outlive the model */
	const char *name;
} mica_custom_layer_opts;

MICA_API extern const mica_kind mica_kind_input, mica_kind_flatten, mica_kind_reshape, mica_kind_dense, mica_kind_activation,
	mica_kind_dropout, mica_kind_custom_layer, mica_kind_batch_normalization, mica_kind_layer_normalization,
	mica_kind_group_normalization, mica_kind_rms_normalization, mica_kind_unit_normalization, mica_kind_gaussian_noise,
	mica_kind_gaussian_dropout, mica_kind_alpha_dropout, mica_kind_spatial_dropout, mica_kind_activity_regularization;
#define MICA_LAYER_(name, ...) \
	MICA_PART(mica_layer, &mica_kind_##name, &(mica_##name##_opts){MICA_OPTS(mica_##name##_opts), __VA_ARGS__})
#define mica_input(...) MICA_LAYER_(input, .dim = {__VA_ARGS__})
#define mica_flatten(...) MICA_LAYER_(flatten, __VA_ARGS__)
#define mica_reshape(...) MICA_LAYER_(reshape, .dim = {__VA_ARGS__})
#define mica_dense(...) MICA_LAYER_(dense, __VA_ARGS__)
#define mica_activation_layer(...) MICA_LAYER_(activation, __VA_ARGS__)
#define mica_dropout(...) MICA_LAYER_(dropout, __VA_ARGS__)
#define mica_custom_layer(...) MICA_LAYER_(custom_layer, __VA_ARGS__)
#define mica_batch_normalization(...) MICA_LAYER_(batch_normalization, __VA_ARGS__) /* gamma (x - mean) / sqrt(variance + epsilon) + beta */
#define mica_layer_normalization(...) MICA_LAYER_(layer_normalization, __VA_ARGS__) /* the same */
#define mica_group_normalization(...) MICA_LAYER_(group_normalization, __VA_ARGS__) /* the same */
#define mica_rms_normalization(...) MICA_LAYER_(rms_normalization, __VA_ARGS__)     /* scale x / sqrt(mean x^2 + epsilon), of the last axis */
#define mica_unit_normalization(...) MICA_LAYER_(unit_normalization, __VA_ARGS__)   /* x / |x|, of the last axis */
#define mica_gaussian_noise(...) MICA_LAYER_(gaussian_noise, __VA_ARGS__)           /* x + stddev n */
#define mica_gaussian_dropout(...) MICA_LAYER_(gaussian_dropout, __VA_ARGS__)       /* x (1 + sqrt(rate / (1 - rate)) n) */
#define mica_alpha_dropout(...) MICA_LAYER_(alpha_dropout, __VA_ARGS__)             /* keeps mean and variance behind SELU */
#define mica_spatial_dropout(...) MICA_LAYER_(spatial_dropout, __VA_ARGS__)         /* whole channels (last axis) of a sample */
#define mica_activity_regularization(...) MICA_LAYER_(activity_regularization, __VA_ARGS__) /* adds (l1 sum |x| + l2 sum x^2) / batch */

/* For call of a layer: a trainable weight of this layer, made at the first call and found again by name later. */
typedef struct mica_weight_opts {
	size_t size;
	mica_initializer initializer;  /* none: glorot_uniform, zeros below rank 2 */
	mica_regularizer regularizer;  /* what it adds to the loss */
	mica_constraint constraint;    /* what is made of it after each update */
} mica_weight_opts;
MICA_API mica_var mica_layer_weight(mica_build *b, const char *name, mica_shape s, const mica_weight_opts *o);
/* mica_weight(b, "scale", MICA_SHAPE(n), .initializer = MICA_ONES) */
#define mica_weight(b, name, ...) MICA_WEIGHT_(b, name, __VA_ARGS__, MICA_OPTS(mica_weight_opts))
#define MICA_WEIGHT_(b, name, shape, ...) mica_layer_weight(b, name, shape, &(mica_weight_opts){__VA_ARGS__})
/* A value of this layer that no optimizer changes, and what it is after this step of training; returns value. */
MICA_API mica_var mica_layer_state(mica_build *b, const char *name, mica_shape s, mica_initializer init);
MICA_API mica_var mica_layer_state_assign(mica_build *b, const char *name, mica_var value);
/* Adds a scalar to the loss, of training and of evaluate. */
MICA_API void mica_layer_loss(mica_build *b, mica_var penalty);
/* Uniform numbers in [0, 1), and normal ones of deviation 1, new ones at every step and different for every use; whether the
   call is for training; the graph. */
MICA_API mica_var mica_layer_random(mica_build *b, mica_shape s);
MICA_API mica_var mica_layer_normal(mica_build *b, mica_shape s);
MICA_API bool mica_layer_training(const mica_build *b);
MICA_API mica_graph *mica_layer_graph(const mica_build *b);

MICA_END_DECLS
#endif
