/* SPDX-License-Identifier: MIT */
/* mica/layer.h - layers: parts (part.h) that networks are made of, and what a layer may ask for while it is called.
   Each constructor is a macro over the part's kind and a struct of options whose zero is Keras' default:
   mica_dense(10, .activation = MICA_SOFTMAX) is {&mica_kind_dense, &(mica_dense_opts){...}}, which is what C++ and other
   languages write. */
#ifndef MICA_LAYER_H
#define MICA_LAYER_H
#include "mica/activation.h"
#include "mica/weight.h"

MICA_BEGIN_DECLS

/* Dimensions of one sample, up to the first 0; members of their own, so that names can stand behind them: mica_input(28, 28,
   .name = "image"). */
#define MICA_DIMENSIONS size_t d0, d1, d2, d3, d4, d5, d6, d7
typedef struct mica_input_opts {
	size_t size;
	MICA_DIMENSIONS;
	const char *name;
	mica_dtype type;                     /* 0: F32; integers stay what they are, for embeddings */
	size_t batch;                        /* samples in every batch, which stateful layers have to know; 0: any number */
} mica_input_opts;
typedef struct mica_flatten_opts { size_t size; const char *name; } mica_flatten_opts;
typedef struct mica_reshape_opts { size_t size; MICA_DIMENSIONS; const char *name; } mica_reshape_opts;
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
/* A dense layer over any axes: y = einsum(equation, x, kernel), as "abc,cd->abd"; the batch is the first axis.  Letters of the kernel that
   are the output's have the sizes that output says, the others the input's.  ... stands for any axes, at the left or at the right
   end of input and output: "...x,xy->...y". */
typedef struct mica_einsum_dense_opts {
	size_t size;
	const char *equation;
	size_t output[MICA_MAX_RANK];        /* the output's sizes after the batch, those of ... left out; MICA_INFER: the input's */
	const char *bias_axes;               /* letters of the output that a bias has; NULL: there is none */
	mica_activation activation;          /* none: linear */
	mica_initializer kernel_initializer; /* none: glorot_uniform, of the axes that are summed over and those that are new */
	mica_initializer bias_initializer;   /* none: zeros */
	mica_regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint kernel_constraint, bias_constraint;
	const char *name;
} mica_einsum_dense_opts;
typedef struct mica_permute_opts { size_t size; MICA_DIMENSIONS; const char *name; } mica_permute_opts;
typedef struct mica_repeat_vector_opts { size_t size; size_t n; const char *name; } mica_repeat_vector_opts; /* 1 or more */
typedef struct mica_activation_opts { size_t size; mica_activation activation; const char *name; } mica_activation_opts;
/* Activations with options of their own, or weights, as layers. */
typedef struct mica_relu_layer_opts {
	size_t size;
	double max_value;      /* from 0; 0: none (INFINITY) */
	double negative_slope; /* from 0; 0: 0 */
	double threshold;      /* from 0; 0: 0 */
	const char *name;
} mica_relu_layer_opts;
typedef struct mica_leaky_relu_layer_opts { size_t size; double negative_slope; const char *name; } mica_leaky_relu_layer_opts; /* from 0; 0: 0.3 */
typedef struct mica_elu_layer_opts { size_t size; double alpha; const char *name; } mica_elu_layer_opts; /* 0: 1 */
/* e^x / sum e^x along the axis (as of mica_along_opts), or over several but the batch together: .axes = {-2, -1}, up to the first
   0. A second input, or else the input's mask, says where 0 is given and nothing counted. */
typedef struct mica_softmax_layer_opts { size_t size; int axis; int axes[MICA_MAX_RANK]; const char *name; } mica_softmax_layer_opts;
typedef struct mica_prelu_opts {
	size_t size;
	mica_initializer alpha_initializer; /* none: zeros */
	mica_regularizer alpha_regularizer;
	mica_constraint alpha_constraint;
	size_t shared_axes[MICA_MAX_RANK];  /* along which alpha is one number; axis 1 is the sample's first */
	const char *name;
} mica_prelu_opts;
typedef struct mica_dropout_opts {
	size_t size;
	double rate;   /* 0 to 1 */
	uint64_t seed; /* 0: the model's; MICA_NONE: the seed 0 */
	size_t noise_shape[MICA_MAX_RANK]; /* a sample's shape with 1 along the axes that are kept or dropped as one; none: its shape */
	const char *name;
} mica_dropout_opts;

/* Normalization.  Means, variances (biased) and norms are over the axes that are named; gamma, beta: learned scale and shift,
   left out by no_scale and no_center.  axis counts from the batch, which is 0 and none of them, or from the end where it is
   negative; 0: -1, the last.  axes are bits, MICA_AXIS(1) | MICA_AXIS(2); 0: the last. */
typedef struct mica_batch_normalization_opts {
	size_t size;
	double momentum;           /* from 0, below 1; 0: 0.99 */
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer; /* none: 0, 1, 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	int axis;
	const char *name;
} mica_batch_normalization_opts; /* over all axes but that: of the batch while training (without the steps a mask hides), else the moving ones */
typedef struct mica_layer_normalization_opts {
	size_t size;
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer; /* none: 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	int axes;
	const char *name;
} mica_layer_normalization_opts; /* over those axes */
typedef struct mica_group_normalization_opts {
	size_t size;
	long groups;               /* of the axis, which it divides; 0: 32; -1: a group for each element */
	double epsilon;            /* from 0; 0: 1e-3 */
	bool no_center, no_scale;
	mica_initializer beta_initializer, gamma_initializer; /* none: 0, 1 */
	mica_regularizer beta_regularizer, gamma_regularizer;
	mica_constraint beta_constraint, gamma_constraint;
	int axis;
	const char *name;
} mica_group_normalization_opts; /* over a group of the axis and all other axes but the first */
typedef struct mica_rms_normalization_opts {
	size_t size;
	double epsilon;            /* from 0; 0: 1e-6 */
	int axes;
	const char *name;
} mica_rms_normalization_opts;
typedef struct mica_unit_normalization_opts { size_t size; int axes; const char *name; } mica_unit_normalization_opts;

/* (x - mean) / max(sqrt(variance), 1e-7), by states of these names, one number for each place along the axes that are named: what the
   data is like, and not trained.  They are 0 and 1, or as is said here, until mica_adapt (model.h) sets them. */
typedef struct mica_normalization_opts {
	size_t size;
	int axes;                  /* MICA_AXIS(1) | ...; 0: the last; MICA_NONE: none, one mean and variance for all */
	double mean, variance;     /* 0: 0 and 1 */
	bool invert;               /* x max(sqrt(variance), 1e-7) + mean */
	const char *name;
} mica_normalization_opts;

/* x scale + offset, of reals or whole numbers: levels of 0 to 255 as 0 to 1. */
typedef struct mica_rescaling_opts { size_t size; double scale; double offset; const char *name; } mica_rescaling_opts; /* scale: 0: 1/255 */

/* Noise, while training only. */
typedef struct mica_gaussian_noise_opts { size_t size; double stddev; uint64_t seed; const char *name; } mica_gaussian_noise_opts; /* from 0 */
typedef struct mica_gaussian_dropout_opts { size_t size; double rate; uint64_t seed; const char *name; } mica_gaussian_dropout_opts; /* from 0, below 1 */
typedef struct mica_alpha_dropout_opts {
	size_t size;
	double rate;   /* from 0, below 1 */
	uint64_t seed;
	size_t noise_shape[MICA_MAX_RANK]; /* as of dropout */
	const char *name;
} mica_alpha_dropout_opts;
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
	mica_kind_einsum_dense, mica_kind_permute, mica_kind_repeat_vector, mica_kind_relu_layer, mica_kind_leaky_relu_layer,
	mica_kind_elu_layer, mica_kind_softmax_layer, mica_kind_prelu,
	mica_kind_dropout, mica_kind_custom_layer, mica_kind_batch_normalization, mica_kind_layer_normalization,
	mica_kind_group_normalization, mica_kind_rms_normalization, mica_kind_unit_normalization, mica_kind_normalization, mica_kind_rescaling,
	mica_kind_gaussian_noise,
	mica_kind_gaussian_dropout, mica_kind_alpha_dropout, mica_kind_spatial_dropout, mica_kind_activity_regularization;
#define MICA_LAYER_(name, ...) \
	MICA_PART(mica_layer, &mica_kind_##name, &(mica_##name##_opts){MICA_OPTS(mica_##name##_opts), __VA_ARGS__})
#define mica_input(...) MICA_LAYER_(input, __VA_ARGS__)
#define mica_flatten(...) MICA_LAYER_(flatten, __VA_ARGS__)
#define mica_reshape(...) MICA_LAYER_(reshape, __VA_ARGS__)
#define mica_dense(...) MICA_LAYER_(dense, __VA_ARGS__)
/* mica_einsum_dense("abc,cd->abd", {MICA_INFER, 64}, .bias_axes = "d"); weights "kernel" and "bias" */
#define mica_einsum_dense(...) MICA_LAYER_(einsum_dense, __VA_ARGS__)
#define mica_permute(...) MICA_LAYER_(permute, __VA_ARGS__) /* mica_permute(2, 1): the sample's axes, from 1, in that order */
#define mica_repeat_vector(...) MICA_LAYER_(repeat_vector, __VA_ARGS__) /* (features) becomes (n, features) */
#define mica_relu_layer(...) MICA_LAYER_(relu_layer, __VA_ARGS__)
#define mica_leaky_relu_layer(...) MICA_LAYER_(leaky_relu_layer, __VA_ARGS__)
#define mica_elu_layer(...) MICA_LAYER_(elu_layer, __VA_ARGS__)
#define mica_prelu(...) MICA_LAYER_(prelu, __VA_ARGS__) /* x > 0 ? x : alpha x, where alpha is learned */
/* Of one input, or of a second one that is its mask: true (or above 0.5) where an element counts; the others are 0. */
#define mica_softmax_layer(...) MICA_LAYER_(softmax_layer, __VA_ARGS__)
#define mica_activation_layer(...) MICA_LAYER_(activation, __VA_ARGS__)
#define mica_dropout(...) MICA_LAYER_(dropout, __VA_ARGS__)
#define mica_custom_layer(...) MICA_LAYER_(custom_layer, __VA_ARGS__)
#define mica_batch_normalization(...) MICA_LAYER_(batch_normalization, __VA_ARGS__) /* gamma (x - mean) / sqrt(variance + epsilon) + beta */
#define mica_layer_normalization(...) MICA_LAYER_(layer_normalization, __VA_ARGS__) /* the same */
#define mica_group_normalization(...) MICA_LAYER_(group_normalization, __VA_ARGS__) /* the same */
#define mica_rms_normalization(...) MICA_LAYER_(rms_normalization, __VA_ARGS__)     /* scale x / sqrt(mean x^2 + epsilon) */
#define mica_unit_normalization(...) MICA_LAYER_(unit_normalization, __VA_ARGS__)   /* x / |x| */
#define mica_normalization(...) MICA_LAYER_(normalization, __VA_ARGS__)             /* by what the data is like */
#define mica_rescaling(...) MICA_LAYER_(rescaling, __VA_ARGS__)                     /* mica_rescaling(1 / 127.5, -1) */
#define mica_gaussian_noise(...) MICA_LAYER_(gaussian_noise, __VA_ARGS__)           /* x + stddev n */
#define mica_gaussian_dropout(...) MICA_LAYER_(gaussian_dropout, __VA_ARGS__)       /* x (1 + sqrt(rate / (1 - rate)) n) */
#define mica_alpha_dropout(...) MICA_LAYER_(alpha_dropout, __VA_ARGS__)             /* keeps mean and variance behind SELU */
#define mica_spatial_dropout(...) MICA_LAYER_(spatial_dropout, __VA_ARGS__)         /* whole channels (last axis) of a sample */
#define mica_activity_regularization(...) MICA_LAYER_(activity_regularization, __VA_ARGS__) /* adds (l1 sum |x| + l2 sum x^2) / batch */

/* ---- for the function of a layer ---- */

/* A layer that was made, with its weights, and can be called several times (model.h). */
typedef struct mica_instance mica_instance;

/* The inputs of this call; NULL past the last. */
MICA_API size_t mica_layer_inputs(const mica_build *b);
MICA_API mica_var mica_layer_input(const mica_build *b, size_t i);
/* An output beside the one that the function returns, (batch, ...); they are numbered in the order of these calls, from 1. */
MICA_API void mica_layer_output(mica_build *b, mica_var also);
/* The mask that belongs to a node: BOOL of (batch, steps), false where a step is to be skipped; NULL: none.  A layer whose kind
   says .masks hands the first input's on. */
MICA_API mica_var mica_layer_mask(const mica_build *b, mica_var x);
MICA_API void mica_layer_set_mask(mica_build *b, mica_var x, mica_var mask);
/* Calls a layer inside of this one, whose weights are this one's: "block/dense/kernel" for mica_sublayer(b, "dense",
   mica_dense(4), x).  x: one node, or as many as the layer takes.  The first form returns its first output; the function puts
   n_more of the others into more, which may be NULL where n_more is 0. */
#define mica_sublayer(b, name, layer, ...) \
	mica_layer_sublayer(b, name, layer, (const mica_var[]){__VA_ARGS__, NULL}, MICA_TO_THE_LAST, NULL, 0)
/* In place of a number of inputs: up to the first NULL, or to MICA_LAST_SYMBOL (model.h). */
#define MICA_TO_THE_LAST ((size_t)-1)
MICA_API mica_var mica_layer_sublayer(mica_build *b, const char *name, mica_layer layer, const mica_var *x, size_t n,
                                      mica_var *more, size_t n_more);

/* A trainable weight of this layer, made at the first call and found again by name later. */
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
/* A value of this layer that no optimizer changes, and what it is after this step, of training or not; returns value. */
MICA_API mica_var mica_layer_state(mica_build *b, const char *name, mica_shape s, mica_initializer init);
MICA_API mica_var mica_layer_state_assign(mica_build *b, const char *name, mica_var value);
/* Adds a scalar to the loss, of training and of evaluate. */
MICA_API void mica_layer_loss(mica_build *b, mica_var penalty);
/* Uniform numbers in [0, 1), and normal ones of deviation 1, new ones at every step and different for every use; whether the
   call is for training; the graph. */
MICA_API mica_var mica_layer_random(mica_build *b, mica_shape s);
MICA_API mica_var mica_layer_normal(mica_build *b, mica_shape s);
MICA_API bool mica_layer_training(const mica_build *b);
/* Whether the layer's weights are trained (mica_set_trainable). */
MICA_API bool mica_layer_trainable(const mica_build *b);
MICA_API mica_graph *mica_layer_graph(const mica_build *b);

MICA_END_DECLS
#endif
