/* SPDX-License-Identifier: MIT */
/* keras/rows.c - the options that are not Keras' keys as they are.  An option has the first row that is about its kind; the others, which
   are most, have their own name as a key and their value as it is. */
#include "keras/translate.h"

#include <string.h>

#define RECURRENT "simple_rnn lstm gru"
#define HEADS "multi_head_attention group_query_attention"
#define SCALED "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal"
#define CONV_1_TO_3 "conv1d conv2d conv3d"
#define CONVOLUTIONS CONV_1_TO_3 " conv1d_transpose conv2d_transpose conv3d_transpose depthwise_conv1d depthwise_conv2d " \
	"separable_conv1d separable_conv2d"
#define POOLINGS "max_pooling1d max_pooling2d max_pooling3d average_pooling1d average_pooling2d average_pooling3d"
#define ADAPTIVE "adaptive_max_pooling1d adaptive_max_pooling2d adaptive_max_pooling3d adaptive_average_pooling1d " \
	"adaptive_average_pooling2d adaptive_average_pooling3d"
#define PADDINGS "zero_padding1d zero_padding2d zero_padding3d"
#define CROPPINGS "cropping1d cropping2d cropping3d"
#define COUNTS "true_positives true_negatives false_positives false_negatives"
#define REDUCTIONS "sum_over_batch_size|sum|mean|mean_with_sample_weight|none"

static const mica__keras_row rows[] = {
	/* flags that are the other way round, so that their zero is the default */
	{.option = "no_bias", .key = "use_bias", .how = MICA__INVERTED},
	{.option = "no_center", .key = "center", .how = MICA__INVERTED},
	{.option = "no_scale", .key = "use_scale", .how = MICA__INVERTED, .kinds = "additive_attention"},
	{.option = "no_scale", .key = "scale", .how = MICA__INVERTED},
	{.option = "no_unit_forget_bias", .key = "unit_forget_bias", .how = MICA__INVERTED, .kinds = "lstm lstm_cell"},
	{.option = "no_unit_forget_bias", .how = MICA__IMPLIED},
	{.option = "no_reset_after", .key = "reset_after", .how = MICA__INVERTED, .kinds = "gru gru_cell"},
	{.option = "no_reset_after", .how = MICA__IMPLIED},
	{.option = "keep_diagonal", .key = "remove_diagonal", .how = MICA__INVERTED},
	{.option = "no_nesterov", .key = "nesterov", .how = MICA__INVERTED},
	{.option = "include_embeddings", .key = "exclude_embeddings", .how = MICA__INVERTED},
	{.option = "one_hot_y_true", .key = "sparse_y_true", .how = MICA__INVERTED},
	{.option = "one_hot_y_pred", .key = "sparse_y_pred", .how = MICA__INVERTED},
	{.option = "columns", .key = "mode", .how = MICA__NAMED, .names = "rows|columns"},
	{.option = "seed", .key = "seed", .how = MICA__SEEDED},

	/* initializers, of which glorot and its like are one with other numbers */
	{.option = "scale", .how = MICA__IMPLIED, .kinds = SCALED},
	{.option = "mode", .how = MICA__IMPLIED, .kinds = SCALED},
	{.option = "distribution", .how = MICA__IMPLIED, .kinds = SCALED},
	{.option = "mode", .key = "mode", .how = MICA__NAMED, .kinds = "variance_scaling", .names = "fan_in|fan_out|fan_avg", .from = 1},
	{.option = "distribution", .key = "distribution", .how = MICA__NAMED, .kinds = "variance_scaling",
	 .names = "truncated_normal|untruncated_normal|uniform", .from = 1},
	{.option = "input_axes", .key = "input_axes", .how = MICA__AXES, .names = "null"},
	{.option = "output_axes", .key = "output_axes", .how = MICA__AXES, .names = "null"},
	{.option = "value", .how = MICA__IMPLIED, .kinds = "zeros ones"},
	{.option = "truncated", .how = MICA__IMPLIED},
	{.option = "gain", .key = "gain", .how = MICA__EXTRA, .kinds = "identity"},
	{.option = "imaginary", .key = "side", .how = MICA__NAMED, .names = "real|imag"},
	{.option = "window", .key = "window", .how = MICA__NAMED, .kinds = "stft", .names = "hann|hamming|blackman|bartlett|boxcar|", .from = 1},
	{.option = "scaling", .key = "scaling", .how = MICA__NAMED, .kinds = "stft", .names = "density|spectrum|", .from = 1},
	/* constraints */
	{.option = "axis", .key = "axis", .how = MICA__NORM_AXES, .kinds = "max_norm unit_norm min_max_norm"},
	{.option = "axes", .how = MICA__IMPLIED, .kinds = "max_norm unit_norm min_max_norm"},

	/* layers */
	{.option = "max_value", .key = "max_value", .how = MICA__OR_NULL, .kinds = "re_lu"},
	{.option = "dims", .key = "target_shape", .how = MICA__SIZES, .kinds = "reshape"},
	{.option = "dims", .key = "dims", .how = MICA__LISTED, .kinds = "permute"},
	{.option = "output", .key = "output_shape", .how = MICA__SIZES, .kinds = "einsum_dense"},
	{.option = "axis", .key = "axis", .how = MICA__AXIS_LIST, .kinds = "softmax"},
	{.option = "axes", .how = MICA__IMPLIED, .kinds = "softmax"},
	{.option = "shared_axes", .key = "shared_axes", .how = MICA__LISTED},
	{.option = "noise_shape", .key = "noise_shape", .how = MICA__NOISE},
	{.option = "axes", .key = "axis", .how = MICA__AXES, .kinds = "layer_normalization rms_normalization unit_normalization", .names = "-1"},
	{.option = "axes", .key = "axis", .how = MICA__AXES, .kinds = "normalization", .names = "none"},
	{.option = "mean", .how = MICA__IMPLIED, .kinds = "normalization"}, /* by its weights */
	{.option = "variance", .how = MICA__IMPLIED, .kinds = "normalization"},
	{.option = "kernel", .how = MICA__IMPLIED, .kinds = CONVOLUTIONS},
	{.option = "kernel_size", .key = "kernel_size", .how = MICA__SPATIAL, .names = "kernel"},
	{.option = "strides", .key = "strides", .how = MICA__SPATIAL},
	{.option = "dilation", .key = "dilation_rate", .how = MICA__SPATIAL},
	{.option = "output_padding", .key = "output_padding", .how = MICA__SPATIAL},
	{.option = "padding", .key = "padding", .how = MICA__NAMED, .names = "valid|same|causal"},
	{.option = "pool", .how = MICA__IMPLIED, .kinds = POOLINGS},
	{.option = "pool_size", .key = "pool_size", .how = MICA__SPATIAL, .names = "pool"},
	{.option = "output", .how = MICA__IMPLIED, .kinds = ADAPTIVE},
	{.option = "output_size", .key = "output_size", .how = MICA__SPATIAL, .names = "output"},
	{.option = "factor", .how = MICA__IMPLIED, .kinds = "up_sampling1d up_sampling2d up_sampling3d"},
	{.option = "factors", .key = "size", .how = MICA__SPATIAL, .names = "factor"},
	{.option = "interpolation", .key = "interpolation", .how = MICA__NAMED, .kinds = "up_sampling2d",
	 .names = "nearest|bilinear|bicubic|lanczos3|lanczos5"},
	{.option = "interpolation", .how = MICA__ABSENT},
	{.option = "all", .key = "padding", .how = MICA__EDGES, .kinds = PADDINGS},
	{.option = "all", .key = "cropping", .how = MICA__EDGES, .kinds = CROPPINGS},
	{.option = "before", .how = MICA__IMPLIED},
	{.option = "after", .how = MICA__IMPLIED},
	{.option = "axes", .key = "axes", .how = MICA__PAIR, .kinds = "dot"},
	{.option = "recurrent_activation", .how = MICA__IMPLIED, .kinds = "simple_rnn simple_rnn_cell"},
	{.option = "c0", .key = "cells", .how = MICA__CELLS},
#define IN_CELLS(c) {.option = #c, .how = MICA__IMPLIED}
	IN_CELLS(c1), IN_CELLS(c2), IN_CELLS(c3), IN_CELLS(c4), IN_CELLS(c5), IN_CELLS(c6), IN_CELLS(c7),
	{.option = "merge", .key = "merge_mode", .how = MICA__NAMED, .kinds = "bidirectional", .names = "concat|sum|mul|ave|", .from = 1},
	{.option = "concat", .key = "score_mode", .how = MICA__NAMED, .kinds = "attention", .names = "dot|concat"},
	{.option = "use_causal_mask", .how = MICA__IMPLIED},
	{.option = "return_attention_scores", .how = MICA__IMPLIED}, /* said where it is called */
	{.option = "key_dim", .key = "head_dim", .how = MICA__AS_IS, .kinds = "group_query_attention"},
	{.option = "num_heads", .key = "num_query_heads", .how = MICA__AS_IS, .kinds = "group_query_attention"},
	{.option = "value_dim", .how = MICA__ABSENT, .kinds = "group_query_attention"},
	{.option = "output", .how = MICA__ABSENT, .kinds = "group_query_attention"},
	{.option = "attention_axes", .how = MICA__ABSENT, .kinds = "group_query_attention"},
	{.option = "num_key_value_heads", .how = MICA__ABSENT, .kinds = "multi_head_attention"},
	{.option = "value_dim", .key = "value_dim", .how = MICA__OR_NULL, .kinds = "multi_head_attention"},
	{.option = "output", .key = "output_shape", .how = MICA__LISTED, .kinds = "multi_head_attention"},
	{.option = "attention_axes", .key = "attention_axes", .how = MICA__LISTED, .kinds = "multi_head_attention"},
	{.option = "sliding_window", .key = "sliding_window", .how = MICA__OR_NULL, .kinds = HEADS},

	/* losses and metrics */
	{.option = "reduction", .how = MICA__IMPLIED, .kinds = "cosine_similarity_metric"},
	{.option = "reduction", .key = "reduction", .how = MICA__NAMED, .names = REDUCTIONS, .from = 1},
	{.option = "delta", .key = "delta", .how = MICA__EXTRA},
	{.option = "axis", .key = "axis", .how = MICA__EXTRA, .kinds = "cosine_similarity sparse_categorical_crossentropy binary_crossentropy"},
	{.option = "label_smoothing", .key = "label_smoothing", .how = MICA__EXTRA, .kinds = "sparse_categorical_crossentropy"},
	{.option = "apply_class_balancing", .key = "apply_class_balancing", .how = MICA__EXTRA},
	{.option = "axes", .key = "axis", .how = MICA__AXES, .kinds = "dice tversky", .names = "null"},
	{.option = "from_sorted_ids", .key = "from_sorted_ids", .how = MICA__EXTRA},
	{.option = "class_aggregation", .key = "class_aggregation", .how = MICA__NAMED, .names = "uniform_average|variance_weighted_average|",
	 .from = 1},
	{.option = "average", .key = "average", .how = MICA__NAMED, .names = "|micro|macro|weighted", .from = 1},
	{.option = "threshold", .key = "threshold", .how = MICA__OR_NULL, .kinds = "f1_score fbeta_score"},
	{.option = "curve", .key = "curve", .how = MICA__NAMED, .names = "ROC|PR|PRGAIN", .from = 1},
	{.option = "summation_method", .key = "summation_method", .how = MICA__NAMED, .names = "interpolation|minoring|majoring", .from = 1},
	{.option = "thresholds", .key = "thresholds", .how = MICA__LISTED},
	{.option = "label_weights", .key = "label_weights", .how = MICA__LISTED},
	{.option = "top_k", .how = MICA__ABSENT, .kinds = COUNTS},
	{.option = "class_id", .how = MICA__ABSENT, .kinds = COUNTS},
	{.option = "top_k", .key = "top_k", .how = MICA__OR_NULL},
	{.option = "class_id", .key = "class_id", .how = MICA__OR_NULL},
	{.option = "ignore_class", .key = "ignore_class", .how = MICA__OR_NULL},
	{.option = "target_class_ids", .how = MICA__ABSENT, .kinds = "mean_iou one_hot_mean_iou"},
	{.option = "target_class_ids", .key = "target_class_ids", .how = MICA__LISTED},
	{.option = "at", .key = "specificity", .how = MICA__AS_IS, .kinds = "sensitivity_at_specificity"},
	{.option = "at", .key = "sensitivity", .how = MICA__AS_IS, .kinds = "specificity_at_sensitivity"},
	{.option = "at", .key = "recall", .how = MICA__AS_IS, .kinds = "precision_at_recall"},
	{.option = "at", .key = "precision", .how = MICA__AS_IS, .kinds = "recall_at_precision"},

	/* optimizers and schedules */
	{.option = "learning_rate", .key = "learning_rate", .how = MICA__RATE},
	{.option = "schedule", .how = MICA__IMPLIED},
	{.option = "weight_decay", .key = "weight_decay", .how = MICA__OR_NULL},
	{.option = "clipnorm", .key = "clipnorm", .how = MICA__OR_NULL},
	{.option = "clipvalue", .key = "clipvalue", .how = MICA__OR_NULL},
	{.option = "global_clipnorm", .key = "global_clipnorm", .how = MICA__OR_NULL},
	{.option = "exclude_from_weight_decay", .how = MICA__ABSENT},
	{.option = "gradient_accumulation_steps", .key = "gradient_accumulation_steps", .how = MICA__OR_NULL},
	{.option = "ema_overwrite_frequency", .key = "ema_overwrite_frequency", .how = MICA__OR_NULL},
	{.option = "exclude_layers", .key = "exclude_layers", .how = MICA__TEXTS},
	{.option = "rms_rate", .key = "rms_rate", .how = MICA__OR_NULL},
	{.option = "boundaries", .key = "boundaries", .how = MICA__LISTED},
	{.option = "values", .key = "values", .how = MICA__LISTED},
	{.option = "warmup_target", .key = "warmup_target", .how = MICA__OR_NULL},
};

mica__keras_row mica__keras_row_of(const mica_kind *kind, const char *option)
{
	const char *name = kind->type == MICA_METRIC && !strcmp(kind->name, "cosine_similarity") ? "cosine_similarity_metric" : kind->name;

	for (size_t i = 0; i < MICA__COUNT(rows); i++)
		if (!strcmp(rows[i].option, option) && (!rows[i].kinds || mica__keras_listed(rows[i].kinds, name)))
			return rows[i];
	return (mica__keras_row){.option = option, .key = option};
}

/* Keys that say what is said elsewhere, or nothing that changes a result here. */
static const char known[] = "name trainable dtype seed unroll implementation synchronized renorm_momentum relative_step fn num_labels";

/* Nothing is said by null and false, and by the only order of axes that there is here. */
static bool says_nothing(const char *key, const json_t *value)
{
	const char *text = json_string_value(value);

	return json_is_null(value) || json_is_false(value) || (!strcmp(key, "data_format") && text && !strcmp(text, "channels_last"));
}

static bool is_option(const mica_kind *kind, const char *key)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		mica__keras_row row = mica__keras_row_of(kind, kind->fields[i].name);
		if (row.key && !strcmp(row.key, key))
			return true;
	}
	return false;
}

mica_status mica__keras_keys_known(const mica_kind *kind, const json_t *config, const char *also, const char *where)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)config, key, value)
		if (!mica__keras_listed(known, key) && !mica__keras_listed(also, key) && !says_nothing(key, value) && !is_option(kind, key))
			return mica__fail(MICA_EUNSUPPORTED, "%s: mica has nothing for \"%.40s\" of %s as it is there", where,
			                  mica__name_fault(key) ? "(not printable)" : key, kind->name);
	return MICA_OK;
}
