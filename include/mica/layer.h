/* SPDX-License-Identifier: MIT */
/* mica/layer.h - layers are values: a kind and its options.  mica_add copies them into a model.
   Each constructor is a macro over a struct whose zero is Keras' default: mica_dense(10, .activation = MICA_SOFTMAX).
   The plain function behind it takes the struct by pointer, for C++ and other languages. */
#ifndef MICA_LAYER_H
#define MICA_LAYER_H
#include "mica/graph.h"

MICA_BEGIN_DECLS

/* An activation: its name and its options, or a function of the user's.  Zero is linear.  Options that an activation does not
   have must be left out. */
typedef struct mica_activation {
	const char *name;      /* Keras'; NULL: "linear", or "custom" with call.  Borrowed; must outlive the model */
	double negative_slope; /* relu, from 0; 0: 0; leaky_relu, 0: 0.2 */
	double max_value;      /* relu, from 0; 0: none (INFINITY) */
	double threshold;      /* relu, threshold, 0: 0; hard_shrink, soft_shrink, from 0; 0: 0.5 */
	double alpha;          /* elu, celu (above 0); 0: 1 */
	double b;              /* squareplus, from 0; 0: 4 */
	double default_value;  /* threshold; 0: 0 */
	bool approximate;      /* gelu */
	mica_var (*call)(mica_var x, const void *payload);
	const void *payload;   /* of call; borrowed, must outlive the model */
} mica_activation;
/* MICA_ACTIVATION("elu", .alpha = 2), MICA_ACTIVATION("mine", .call = mine) */
#define MICA_ACTIVATION(...) ((mica_activation){.name = __VA_ARGS__})

#define MICA_LINEAR MICA_ACTIVATION("linear")                 /* x */
#define MICA_RELU MICA_ACTIVATION("relu")                     /* max(x, 0); in general x > threshold ? min(x, max_value) */
                                                              /* : negative_slope (x - threshold) */
#define MICA_SOFTMAX MICA_ACTIVATION("softmax")               /* e^x / sum e^x over the last axis */
#define MICA_SIGMOID MICA_ACTIVATION("sigmoid")               /* 1 / (1 + e^-x) */
#define MICA_TANH MICA_ACTIVATION("tanh")
#define MICA_ELU MICA_ACTIVATION("elu")                       /* x > 0 ? x : alpha (e^x - 1) */
#define MICA_SELU MICA_ACTIVATION("selu")                     /* 1.0507009873554805 (x > 0 ? x : 1.6732632423543772 (e^x - 1)) */
#define MICA_GELU MICA_ACTIVATION("gelu")                     /* x/2 (1 + erf(x / sqrt 2)); approximate: */
                                                              /* x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
#define MICA_SILU MICA_ACTIVATION("silu")                     /* x sigmoid(x) */
#define MICA_SWISH MICA_SILU
#define MICA_SOFTPLUS MICA_ACTIVATION("softplus")             /* log(1 + e^x) */
#define MICA_SOFTSIGN MICA_ACTIVATION("softsign")             /* x / (1 + |x|) */
#define MICA_LEAKY_RELU MICA_ACTIVATION("leaky_relu")         /* x > 0 ? x : negative_slope x */
#define MICA_HARD_SIGMOID MICA_ACTIVATION("hard_sigmoid")     /* clip(x/6 + 1/2, 0, 1) */
#define MICA_MISH MICA_ACTIVATION("mish")                     /* x tanh(softplus(x)) */
#define MICA_EXPONENTIAL MICA_ACTIVATION("exponential")       /* e^x */
#define MICA_LOG_SOFTMAX MICA_ACTIVATION("log_softmax")       /* x - log sum e^x over the last axis */
#define MICA_RELU6 MICA_ACTIVATION("relu6")                   /* clip(x, 0, 6) */
#define MICA_CELU MICA_ACTIVATION("celu")                     /* max(x, 0) + alpha (e^(min(x, 0) / alpha) - 1) */
#define MICA_SQUAREPLUS MICA_ACTIVATION("squareplus")         /* (x + sqrt(x^2 + b)) / 2 */
#define MICA_SOFT_SHRINK MICA_ACTIVATION("soft_shrink")       /* sign(x) max(|x| - threshold, 0) */
#define MICA_HARD_SHRINK MICA_ACTIVATION("hard_shrink")       /* |x| > threshold ? x : 0 */
#define MICA_TANH_SHRINK MICA_ACTIVATION("tanh_shrink")       /* x - tanh(x) */
#define MICA_THRESHOLD MICA_ACTIVATION("threshold")           /* x > threshold ? x : default_value */
#define MICA_SPARSE_PLUS MICA_ACTIVATION("sparse_plus")       /* 0 up to -1, x from 1, (x + 1)^2 / 4 between */
#define MICA_SPARSE_SIGMOID MICA_ACTIVATION("sparse_sigmoid") /* clip((x + 1) / 2, 0, 1) */
#define MICA_HARD_SILU MICA_ACTIVATION("hard_silu")           /* x hard_sigmoid(x) */
#define MICA_HARD_SWISH MICA_HARD_SILU
#define MICA_HARD_TANH MICA_ACTIVATION("hard_tanh")           /* clip(x, -1, 1) */
#define MICA_LOG_SIGMOID MICA_ACTIVATION("log_sigmoid")       /* -log(1 + e^-x) */
#define MICA_SPARSEMAX MICA_ACTIVATION("sparsemax")           /* max(x - t, 0), t such that the last axis adds up to 1 */
#define MICA_GLU MICA_ACTIVATION("glu")                       /* a sigmoid(b), the halves of the last axis */

/* The name of activation i, from 0; NULL past the last.  The activation of a name or an alias ("swish", "hard_swish"), with
   the library's own copy of the name; false if there is none. */
MICA_API const char *mica_activation_name(size_t i);
MICA_API bool mica_activation_parse(const char *name, mica_activation *out);
/* The activation as nodes; EINVAL in the graph for an unknown name or an option out of range. */
MICA_API mica_var mica_activate(mica_var x, mica_activation a);

/* Initializers (Keras 1.3).  DEFAULT is glorot_uniform for kernels and zeros for biases.  "Normal" ones are truncated at
   two standard deviations. */
typedef enum mica_initializer {
	MICA_INIT_DEFAULT, MICA_ZEROS, MICA_ONES,
	MICA_GLOROT_UNIFORM, MICA_GLOROT_NORMAL, MICA_HE_UNIFORM, MICA_HE_NORMAL, MICA_LECUN_UNIFORM, MICA_LECUN_NORMAL,
	MICA_RANDOM_UNIFORM,    /* -0.05 .. 0.05 */
	MICA_RANDOM_NORMAL,     /* mean 0, standard deviation 0.05 */
	MICA_TRUNCATED_NORMAL   /* the same, redrawn beyond two standard deviations */
} mica_initializer;
/* Fills values (count of shape) by the initializer; the same seed and stream give the same values everywhere. */
MICA_API mica_status mica_initialize(float *values, mica_shape shape, mica_initializer init, uint64_t seed, uint32_t stream);

typedef struct mica_layer mica_layer;
typedef struct mica_layer_kind mica_layer_kind;

typedef struct mica_input_opts { size_t size, dim[MICA_MAX_RANK]; const char *name; } mica_input_opts;
typedef struct mica_flatten_opts { size_t size; const char *name; } mica_flatten_opts;
typedef struct mica_reshape_opts { size_t size, dim[MICA_MAX_RANK]; const char *name; } mica_reshape_opts;
typedef struct mica_dense_opts {
	size_t size;
	size_t units;                        /* 1 or more */
	mica_activation activation;          /* none: linear */
	bool no_bias;
	mica_initializer kernel_initializer; /* 0: glorot_uniform */
	mica_initializer bias_initializer;   /* 0: zeros */
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
typedef struct mica_build mica_build;
typedef struct mica_custom_layer_opts {
	size_t size;
	mica_var (*call)(mica_build *b, mica_var x, void *payload);
	void *payload; /* borrowed; must outlive the model */
	const char *name;
} mica_custom_layer_opts;

struct mica_layer {
	const mica_layer_kind *kind;
	union {
		mica_input_opts input;
		mica_flatten_opts flatten;
		mica_reshape_opts reshape;
		mica_dense_opts dense;
		mica_activation_opts activation;
		mica_dropout_opts dropout;
		mica_custom_layer_opts custom;
	} opts;
};

MICA_API mica_layer mica_layer_input(const mica_input_opts *o);
MICA_API mica_layer mica_layer_flatten(const mica_flatten_opts *o);
MICA_API mica_layer mica_layer_reshape(const mica_reshape_opts *o);
MICA_API mica_layer mica_layer_dense(const mica_dense_opts *o);
MICA_API mica_layer mica_layer_activation(const mica_activation_opts *o);
MICA_API mica_layer mica_layer_dropout(const mica_dropout_opts *o);
MICA_API mica_layer mica_layer_custom(const mica_custom_layer_opts *o);

#define mica_input(...) mica_layer_input(&(mica_input_opts){MICA_OPTS(mica_input_opts), .dim = {__VA_ARGS__}})
#define mica_flatten(...) mica_layer_flatten(&(mica_flatten_opts){MICA_OPTS(mica_flatten_opts), __VA_ARGS__})
#define mica_reshape(...) mica_layer_reshape(&(mica_reshape_opts){MICA_OPTS(mica_reshape_opts), .dim = {__VA_ARGS__}})
#define mica_dense(...) mica_layer_dense(&(mica_dense_opts){MICA_OPTS(mica_dense_opts), __VA_ARGS__})
#define mica_activation_layer(...) mica_layer_activation(&(mica_activation_opts){MICA_OPTS(mica_activation_opts), __VA_ARGS__})
#define mica_dropout(...) mica_layer_dropout(&(mica_dropout_opts){MICA_OPTS(mica_dropout_opts), __VA_ARGS__})
#define mica_custom_layer(...) mica_layer_custom(&(mica_custom_layer_opts){MICA_OPTS(mica_custom_layer_opts), __VA_ARGS__})

/* For call of a custom layer: a trainable weight of this layer, made at the first call and found again by name later
   (init 0: glorot_uniform, zeros below rank 2); uniform numbers in [0, 1), new ones at every step and different for every
   use; whether the call is for training; the graph. */
MICA_API mica_var mica_layer_weight(mica_build *b, const char *name, mica_shape s, mica_initializer init);
MICA_API mica_var mica_layer_random(mica_build *b, mica_shape s);
MICA_API bool mica_layer_training(const mica_build *b);
MICA_API mica_graph *mica_layer_graph(const mica_build *b);

MICA_END_DECLS
#endif
