/* SPDX-License-Identifier: MIT */
/* mica/spatial.h - layers over one to three spatial axes: convolution, pooling, and what is added, cut off or repeated there.
   A sample is (spatial..., channels); mica_reshape(28, 28, 1) makes it so.  What is said for each axis is said in one of two ways:

     mica_conv2d(32, 3)                             3 x 3
     mica_conv2d(32, .kernel_size = {3, 5})         3 x 5

   An array has a number for each spatial axis; what is left out is as the first: .strides = {2} is 2 along each.  Sizes along an
   axis follow Keras: windows that reach over r = (kernel - 1) * dilation + 1 elements make (n - r) / stride + 1 outputs of n,
   rounded down (MICA_VALID), or n / stride, rounded up (MICA_SAME).  EINVAL for an option out of range, ESHAPE for a sample that
   has no such axes or is smaller than the window. */
#ifndef MICA_SPATIAL_H
#define MICA_SPATIAL_H
#include "mica/layer.h"

MICA_BEGIN_DECLS

#define MICA_SPATIAL_(name, type, ...) MICA_PART(mica_layer, &mica_kind_##name, &(type){MICA_OPTS(type), __VA_ARGS__})

/* ---- convolution: weights "kernel" and "bias" (filters); no tap is flipped ---- */

typedef struct mica_conv_opts {
	size_t size;
	size_t filters;                       /* 1 or more */
	size_t kernel;                        /* elements of a window along every axis */
	size_t kernel_size[MICA_WINDOW_AXES]; /* along each, in place of kernel */
	size_t strides[MICA_WINDOW_AXES];     /* 0: 1 */
	mica_padding padding;                 /* MICA_VALID, MICA_SAME; MICA_CAUSAL of one axis only */
	size_t dilation[MICA_WINDOW_AXES];    /* elements from one tap to the next; 0: 1 */
	size_t groups;                        /* of channels that do not see one another; divides channels and filters; 0: 1 */
	mica_activation activation;           /* none: linear */
	bool no_bias;
	mica_initializer kernel_initializer;  /* none: glorot_uniform */
	mica_initializer bias_initializer;    /* none: zeros */
	mica_regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint kernel_constraint, bias_constraint;
	const char *name;                     /* NULL: "conv2d", "conv2d_1", ... */
} mica_conv_opts;
/* kernel: (kernel..., channels / groups, filters). */
#define mica_conv1d(...) MICA_SPATIAL_(conv1d, mica_conv_opts, __VA_ARGS__)
#define mica_conv2d(...) MICA_SPATIAL_(conv2d, mica_conv_opts, __VA_ARGS__)
#define mica_conv3d(...) MICA_SPATIAL_(conv3d, mica_conv_opts, __VA_ARGS__)

typedef struct mica_conv_transpose_opts {
	size_t size;
	size_t filters;                       /* 1 or more */
	size_t kernel;                        /* elements of a window along every axis */
	size_t kernel_size[MICA_WINDOW_AXES]; /* along each, in place of kernel */
	size_t strides[MICA_WINDOW_AXES];     /* 0: 1 */
	mica_padding padding;                 /* MICA_VALID, MICA_SAME */
	long output_padding[MICA_WINDOW_AXES]; /* elements more, less than the stride; MICA_NONE: 0 of them; 0: not given */
	size_t dilation[MICA_WINDOW_AXES];    /* 0: 1 */
	mica_activation activation;           /* none: linear */
	bool no_bias;
	mica_initializer kernel_initializer;  /* none: glorot_uniform */
	mica_initializer bias_initializer;    /* none: zeros */
	mica_regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint kernel_constraint, bias_constraint;
	const char *name;
} mica_conv_transpose_opts;
/* The other way: n elements become n * stride (MICA_SAME) or n * stride + max(r - stride, 0) (MICA_VALID); with output padding p
   (n - 1) * stride + r - 2 * (r / 2) + p, or (n - 1) * stride + r + p.  kernel: (kernel..., filters, channels). */
#define mica_conv1d_transpose(...) MICA_SPATIAL_(conv1d_transpose, mica_conv_transpose_opts, __VA_ARGS__)
#define mica_conv2d_transpose(...) MICA_SPATIAL_(conv2d_transpose, mica_conv_transpose_opts, __VA_ARGS__)
#define mica_conv3d_transpose(...) MICA_SPATIAL_(conv3d_transpose, mica_conv_transpose_opts, __VA_ARGS__)

typedef struct mica_depthwise_conv_opts {
	size_t size;
	size_t kernel;                        /* elements of a window along every axis */
	size_t kernel_size[MICA_WINDOW_AXES]; /* along each, in place of kernel */
	size_t strides[MICA_WINDOW_AXES];     /* 0: 1 */
	mica_padding padding;                 /* MICA_VALID, MICA_SAME */
	size_t dilation[MICA_WINDOW_AXES];    /* 0: 1 */
	size_t depth_multiplier;              /* filters of each channel; 0: 1 */
	mica_activation activation;           /* none: linear */
	bool no_bias;
	mica_initializer depthwise_initializer; /* none: glorot_uniform */
	mica_initializer bias_initializer;    /* none: zeros */
	mica_regularizer depthwise_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint depthwise_constraint, bias_constraint;
	const char *name;
} mica_depthwise_conv_opts;
/* Each channel by filters of its own.  kernel: (kernel..., channels, depth_multiplier), bias: (channels * depth_multiplier). */
#define mica_depthwise_conv1d(...) MICA_SPATIAL_(depthwise_conv1d, mica_depthwise_conv_opts, __VA_ARGS__)
#define mica_depthwise_conv2d(...) MICA_SPATIAL_(depthwise_conv2d, mica_depthwise_conv_opts, __VA_ARGS__)

typedef struct mica_separable_conv_opts {
	size_t size;
	size_t filters;                       /* 1 or more */
	size_t kernel;                        /* elements of a window along every axis */
	size_t kernel_size[MICA_WINDOW_AXES]; /* along each, in place of kernel */
	size_t strides[MICA_WINDOW_AXES];     /* 0: 1 */
	mica_padding padding;                 /* MICA_VALID, MICA_SAME */
	size_t dilation[MICA_WINDOW_AXES];    /* 0: 1 */
	size_t depth_multiplier;              /* 0: 1 */
	mica_activation activation;           /* none: linear */
	bool no_bias;
	mica_initializer depthwise_initializer, pointwise_initializer; /* none: glorot_uniform */
	mica_initializer bias_initializer;    /* none: zeros */
	mica_regularizer depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer;
	mica_constraint depthwise_constraint, pointwise_constraint, bias_constraint;
	const char *name;
} mica_separable_conv_opts;
/* Depthwise, then each place by itself.  depthwise_kernel: (kernel..., channels, depth_multiplier), pointwise_kernel:
   (1..., channels * depth_multiplier, filters). */
#define mica_separable_conv1d(...) MICA_SPATIAL_(separable_conv1d, mica_separable_conv_opts, __VA_ARGS__)
#define mica_separable_conv2d(...) MICA_SPATIAL_(separable_conv2d, mica_separable_conv_opts, __VA_ARGS__)

/* ---- pooling: of each channel, over what a window sees ---- */

typedef struct mica_pooling_opts {
	size_t size;
	size_t pool;                          /* elements of a window along every axis; 0: 2 */
	size_t pool_size[MICA_WINDOW_AXES];   /* along each, in place of pool */
	size_t strides[MICA_WINDOW_AXES];     /* 0: as many as the window has along that axis */
	mica_padding padding;                 /* MICA_VALID, MICA_SAME: what lies outside does not count */
	const char *name;
} mica_pooling_opts;
#define mica_max_pooling1d(...) MICA_SPATIAL_(max_pooling1d, mica_pooling_opts, __VA_ARGS__)
#define mica_max_pooling2d(...) MICA_SPATIAL_(max_pooling2d, mica_pooling_opts, __VA_ARGS__)
#define mica_max_pooling3d(...) MICA_SPATIAL_(max_pooling3d, mica_pooling_opts, __VA_ARGS__)
#define mica_average_pooling1d(...) MICA_SPATIAL_(average_pooling1d, mica_pooling_opts, __VA_ARGS__)
#define mica_average_pooling2d(...) MICA_SPATIAL_(average_pooling2d, mica_pooling_opts, __VA_ARGS__)
#define mica_average_pooling3d(...) MICA_SPATIAL_(average_pooling3d, mica_pooling_opts, __VA_ARGS__)

/* Over all there is: (spatial..., channels) becomes (channels), or (1..., channels) with keepdims.  The average of one axis leaves out
   the steps that the sample's mask hides. */
typedef struct mica_global_pooling_opts { size_t size; bool keepdims; const char *name; } mica_global_pooling_opts;
#define mica_global_max_pooling1d(...) MICA_SPATIAL_(global_max_pooling1d, mica_global_pooling_opts, __VA_ARGS__)
#define mica_global_max_pooling2d(...) MICA_SPATIAL_(global_max_pooling2d, mica_global_pooling_opts, __VA_ARGS__)
#define mica_global_max_pooling3d(...) MICA_SPATIAL_(global_max_pooling3d, mica_global_pooling_opts, __VA_ARGS__)
#define mica_global_average_pooling1d(...) MICA_SPATIAL_(global_average_pooling1d, mica_global_pooling_opts, __VA_ARGS__)
#define mica_global_average_pooling2d(...) MICA_SPATIAL_(global_average_pooling2d, mica_global_pooling_opts, __VA_ARGS__)
#define mica_global_average_pooling3d(...) MICA_SPATIAL_(global_average_pooling3d, mica_global_pooling_opts, __VA_ARGS__)

/* Over as many windows as there are to be outputs: output i of o sees elements floor(i n / o) to ceil((i + 1) n / o) - 1 of n. */
typedef struct mica_adaptive_pooling_opts {
	size_t size;
	size_t output;                        /* outputs along every axis */
	size_t output_size[MICA_WINDOW_AXES]; /* along each, in place of output */
	const char *name;
} mica_adaptive_pooling_opts;
#define mica_adaptive_max_pooling1d(...) MICA_SPATIAL_(adaptive_max_pooling1d, mica_adaptive_pooling_opts, __VA_ARGS__)
#define mica_adaptive_max_pooling2d(...) MICA_SPATIAL_(adaptive_max_pooling2d, mica_adaptive_pooling_opts, __VA_ARGS__)
#define mica_adaptive_max_pooling3d(...) MICA_SPATIAL_(adaptive_max_pooling3d, mica_adaptive_pooling_opts, __VA_ARGS__)
#define mica_adaptive_average_pooling1d(...) MICA_SPATIAL_(adaptive_average_pooling1d, mica_adaptive_pooling_opts, __VA_ARGS__)
#define mica_adaptive_average_pooling2d(...) MICA_SPATIAL_(adaptive_average_pooling2d, mica_adaptive_pooling_opts, __VA_ARGS__)
#define mica_adaptive_average_pooling3d(...) MICA_SPATIAL_(adaptive_average_pooling3d, mica_adaptive_pooling_opts, __VA_ARGS__)

/* ---- padding, cropping, up-sampling ---- */

typedef struct mica_edge_opts {
	size_t size;
	long all;                                                 /* elements at both ends of every axis; MICA_NONE: 0 of them */
	size_t before[MICA_WINDOW_AXES], after[MICA_WINDOW_AXES]; /* of each, in place of all; what is left out is 0 */
	const char *name;
} mica_edge_opts;
/* Zeros more; without options 1 at each end. */
#define mica_zero_padding1d(...) MICA_SPATIAL_(zero_padding1d, mica_edge_opts, __VA_ARGS__)
#define mica_zero_padding2d(...) MICA_SPATIAL_(zero_padding2d, mica_edge_opts, __VA_ARGS__)
#define mica_zero_padding3d(...) MICA_SPATIAL_(zero_padding3d, mica_edge_opts, __VA_ARGS__)
/* Elements less; without options 1 at each end, of two axes none. */
#define mica_cropping1d(...) MICA_SPATIAL_(cropping1d, mica_edge_opts, __VA_ARGS__)
#define mica_cropping2d(...) MICA_SPATIAL_(cropping2d, mica_edge_opts, __VA_ARGS__)
#define mica_cropping3d(...) MICA_SPATIAL_(cropping3d, mica_edge_opts, __VA_ARGS__)

/* What a new element is made of: the one it lies in; of what is around it, along each axis two, four (Keys' cubic, a = -1/2), 6 or 10
   elements (sinc(d) sinc(d / r), for a distance d below r = 3 or 5).  Beyond the last, the first two take the last again; the others are
   weighted means of what there is. */
typedef enum mica_interpolation { MICA_NEAREST, MICA_BILINEAR, MICA_BICUBIC, MICA_LANCZOS3, MICA_LANCZOS5 } mica_interpolation;
typedef struct mica_up_sampling_opts {
	size_t size;
	size_t factor;                    /* how many of each element along every axis; 0: 2 */
	size_t factors[MICA_WINDOW_AXES]; /* along each, in place of factor */
	mica_interpolation interpolation; /* others than MICA_NEAREST: of two axes only */
	const char *name;
} mica_up_sampling_opts;
#define mica_up_sampling1d(...) MICA_SPATIAL_(up_sampling1d, mica_up_sampling_opts, __VA_ARGS__)
#define mica_up_sampling2d(...) MICA_SPATIAL_(up_sampling2d, mica_up_sampling_opts, __VA_ARGS__)
#define mica_up_sampling3d(...) MICA_SPATIAL_(up_sampling3d, mica_up_sampling_opts, __VA_ARGS__)

MICA_API extern const mica_kind mica_kind_conv1d, mica_kind_conv2d, mica_kind_conv3d, mica_kind_conv1d_transpose,
	mica_kind_conv2d_transpose, mica_kind_conv3d_transpose, mica_kind_depthwise_conv1d, mica_kind_depthwise_conv2d,
	mica_kind_separable_conv1d, mica_kind_separable_conv2d, mica_kind_max_pooling1d, mica_kind_max_pooling2d,
	mica_kind_max_pooling3d, mica_kind_average_pooling1d, mica_kind_average_pooling2d, mica_kind_average_pooling3d,
	mica_kind_global_max_pooling1d, mica_kind_global_max_pooling2d, mica_kind_global_max_pooling3d,
	mica_kind_global_average_pooling1d, mica_kind_global_average_pooling2d, mica_kind_global_average_pooling3d,
	mica_kind_adaptive_max_pooling1d, mica_kind_adaptive_max_pooling2d, mica_kind_adaptive_max_pooling3d,
	mica_kind_adaptive_average_pooling1d, mica_kind_adaptive_average_pooling2d, mica_kind_adaptive_average_pooling3d,
	mica_kind_zero_padding1d, mica_kind_zero_padding2d, mica_kind_zero_padding3d, mica_kind_cropping1d,
	mica_kind_cropping2d, mica_kind_cropping3d, mica_kind_up_sampling1d, mica_kind_up_sampling2d, mica_kind_up_sampling3d;

MICA_END_DECLS
#endif
