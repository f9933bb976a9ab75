/* SPDX-License-Identifier: MIT */
/* mica/weight.h - what is said of a weight: how it starts (initializers), what it adds to the loss (regularizers), what it may be
   (constraints).  All of them are parts (part.h), whose options of 0 are Keras' defaults. */
#ifndef MICA_WEIGHT_H
#define MICA_WEIGHT_H
#include "mica/part.h"

MICA_BEGIN_DECLS

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
	int input_axes, output_axes; /* bits (MICA_AXIS) of those that count as in, and as out; 0: the last two, and those before them as both */
} mica_variance_scaling_opts;
/* Gain times what is said: matrices whose rows, or columns if these are fewer, are orthogonal and of length 1, all axes but the last as
   one; the unit matrix, in matrices only. */
typedef struct mica_gain_opts { size_t size; double gain; } mica_gain_opts;                                  /* 0: 1 */
/* A kernel (taps, 1, bands) of a conv1d that makes a short-time Fourier transform: a window over taps times the cosine, or the sine, of
   -pi tap band / (bands - 1).  density: over the root of the window's sum of squares; spectrum: over its sum; nothing without a window. */
typedef enum mica_stft_window { MICA_HANN = 1, MICA_HAMMING, MICA_BLACKMAN, MICA_BARTLETT, MICA_BOXCAR, MICA_NO_WINDOW } mica_stft_window;
typedef enum mica_stft_scaling { MICA_DENSITY = 1, MICA_SPECTRUM, MICA_NO_SCALING } mica_stft_scaling;
typedef struct mica_stft_opts {
	size_t size;
	bool imaginary;        /* the sine */
	int window;            /* a mica_stft_window; 0: MICA_HANN */
	int scaling;           /* a mica_stft_scaling; 0: MICA_DENSITY */
	bool periodic;         /* the window goes on behind its last tap rather than ends there */
} mica_stft_opts;
MICA_API extern const mica_kind mica_kind_zeros, mica_kind_ones, mica_kind_constant, mica_kind_glorot_uniform,
	mica_kind_glorot_normal, mica_kind_he_uniform, mica_kind_he_normal, mica_kind_lecun_uniform, mica_kind_lecun_normal,
	mica_kind_variance_scaling, mica_kind_random_uniform, mica_kind_random_normal, mica_kind_truncated_normal,
	mica_kind_orthogonal, mica_kind_identity, mica_kind_stft;
#define MICA_ZEROS MICA_PART(mica_initializer, &mica_kind_zeros, NULL)
#define MICA_ONES MICA_PART(mica_initializer, &mica_kind_ones, NULL)
#define MICA_GLOROT_UNIFORM MICA_PART(mica_initializer, &mica_kind_glorot_uniform, NULL)
#define MICA_GLOROT_NORMAL MICA_PART(mica_initializer, &mica_kind_glorot_normal, NULL)
#define MICA_HE_UNIFORM MICA_PART(mica_initializer, &mica_kind_he_uniform, NULL)
#define MICA_HE_NORMAL MICA_PART(mica_initializer, &mica_kind_he_normal, NULL)
#define MICA_LECUN_UNIFORM MICA_PART(mica_initializer, &mica_kind_lecun_uniform, NULL)
#define MICA_LECUN_NORMAL MICA_PART(mica_initializer, &mica_kind_lecun_normal, NULL)
#define MICA_IDENTITY MICA_PART(mica_initializer, &mica_kind_identity, NULL)
#define MICA_VARIANCE_SCALING MICA_PART(mica_initializer, &mica_kind_variance_scaling, NULL)
#define MICA_RANDOM_UNIFORM MICA_PART(mica_initializer, &mica_kind_random_uniform, NULL)
#define MICA_RANDOM_NORMAL MICA_PART(mica_initializer, &mica_kind_random_normal, NULL)
#define MICA_TRUNCATED_NORMAL MICA_PART(mica_initializer, &mica_kind_truncated_normal, NULL)
#define MICA_ORTHOGONAL MICA_PART(mica_initializer, &mica_kind_orthogonal, NULL)
#define MICA_STFT MICA_PART(mica_initializer, &mica_kind_stft, NULL)
#define MICA_STFT_OF(...) MICA_INITIALIZER_(stft, mica_stft_opts, __VA_ARGS__) /* MICA_STFT_OF(.imaginary = true) */
#define MICA_CONSTANT_OF(...) MICA_INITIALIZER_(constant, mica_constant_opts, __VA_ARGS__) /* MICA_CONSTANT_OF(0.5) */
#define MICA_RANDOM_UNIFORM_OF(...) MICA_INITIALIZER_(random_uniform, mica_random_uniform_opts, __VA_ARGS__)
#define MICA_RANDOM_NORMAL_OF(...) MICA_INITIALIZER_(random_normal, mica_random_normal_opts, __VA_ARGS__)
#define MICA_TRUNCATED_NORMAL_OF(...) MICA_INITIALIZER_(truncated_normal, mica_random_normal_opts, __VA_ARGS__)
#define MICA_ORTHOGONAL_OF(...) MICA_INITIALIZER_(orthogonal, mica_gain_opts, __VA_ARGS__)
#define MICA_IDENTITY_OF(...) MICA_INITIALIZER_(identity, mica_gain_opts, __VA_ARGS__)
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

/* A norm is that over an axis of the weight, counted from the last where it is negative; 0 is the first, Keras' default.  axes: bits of
   several in its place, of a convolution's filters MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2). */
typedef struct mica_max_norm_opts { size_t size; double max_value; int axis, axes; } mica_max_norm_opts; /* from 0; 0: 2 */
typedef struct mica_unit_norm_opts { size_t size; int axis, axes; } mica_unit_norm_opts;
typedef struct mica_min_max_norm_opts {
	size_t size;
	double min_value, max_value; /* from 0; 0: 0; 0: 1 */
	double rate;                 /* 0 to 1; 0: 1 */
	int axis, axes;
} mica_min_max_norm_opts;
#define mica_max_norm(...) MICA_CONSTRAINT_(max_norm, __VA_ARGS__)         /* w min(|w|, max_value) / (1e-7 + |w|) */
#define mica_unit_norm(...) MICA_CONSTRAINT_(unit_norm, __VA_ARGS__)       /* w / (1e-7 + |w|) */
#define mica_min_max_norm(...) MICA_CONSTRAINT_(min_max_norm, __VA_ARGS__) /* w (rate clip(|w|, min, max) + (1 - rate) |w|) / (1e-7 + |w|) */
#define mica_non_neg() MICA_PART(mica_constraint, &mica_kind_non_neg, NULL) /* max(w, 0) */
#define MICA_CONSTRAINT_(id, ...) \
	MICA_PART(mica_constraint, &mica_kind_##id, &(mica_##id##_opts){MICA_OPTS(mica_##id##_opts), __VA_ARGS__})
MICA_API extern const mica_kind mica_kind_l1, mica_kind_l2, mica_kind_l1_l2, mica_kind_orthogonal_regularizer, mica_kind_max_norm,
	mica_kind_unit_norm, mica_kind_min_max_norm, mica_kind_non_neg;

MICA_END_DECLS
#endif
