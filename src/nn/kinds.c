/* SPDX-License-Identifier: MIT */
/* nn/kinds.c - the library's kinds of parts: the one list of them; and a user's, of which a context was told. */
#include "device/device.h"
#include "nn/nn.h"

#include <string.h>

static const mica_kind *const kinds[] = {
	&mica_kind_linear, &mica_kind_relu, &mica_kind_softmax, &mica_kind_sigmoid, &mica_kind_tanh, &mica_kind_elu,
	&mica_kind_selu, &mica_kind_gelu, &mica_kind_silu, &mica_kind_softplus, &mica_kind_softsign, &mica_kind_leaky_relu,
	&mica_kind_hard_sigmoid, &mica_kind_mish, &mica_kind_exponential, &mica_kind_log_softmax, &mica_kind_relu6,
	&mica_kind_celu, &mica_kind_squareplus, &mica_kind_soft_shrink, &mica_kind_hard_shrink, &mica_kind_tanh_shrink,
	&mica_kind_threshold, &mica_kind_sparse_plus, &mica_kind_sparse_sigmoid, &mica_kind_hard_silu, &mica_kind_hard_tanh,
	&mica_kind_log_sigmoid, &mica_kind_sparsemax, &mica_kind_glu,

	&mica_kind_zeros, &mica_kind_ones, &mica_kind_constant, &mica_kind_glorot_uniform, &mica_kind_glorot_normal,
	&mica_kind_he_uniform, &mica_kind_he_normal, &mica_kind_lecun_uniform, &mica_kind_lecun_normal,
	&mica_kind_variance_scaling, &mica_kind_random_uniform, &mica_kind_random_normal, &mica_kind_truncated_normal,
	&mica_kind_orthogonal, &mica_kind_identity, &mica_kind_stft,

	&mica_kind_l1, &mica_kind_l2, &mica_kind_l1_l2, &mica_kind_orthogonal_regularizer,

	&mica_kind_max_norm, &mica_kind_unit_norm, &mica_kind_min_max_norm, &mica_kind_non_neg,

	&mica_kind_input, &mica_kind_flatten, &mica_kind_reshape, &mica_kind_dense, &mica_kind_einsum_dense, &mica_kind_permute,
	&mica_kind_repeat_vector, &mica_kind_activation, &mica_kind_relu_layer, &mica_kind_leaky_relu_layer, &mica_kind_elu_layer,
	&mica_kind_softmax_layer, &mica_kind_prelu, &mica_kind_dropout,
	&mica_kind_spatial_dropout, &mica_kind_alpha_dropout, &mica_kind_gaussian_dropout, &mica_kind_gaussian_noise,
	&mica_kind_batch_normalization, &mica_kind_layer_normalization, &mica_kind_group_normalization,
	&mica_kind_rms_normalization, &mica_kind_unit_normalization, &mica_kind_normalization, &mica_kind_rescaling,
	&mica_kind_activity_regularization,
	&mica_kind_conv1d, &mica_kind_conv2d, &mica_kind_conv3d, &mica_kind_conv1d_transpose, &mica_kind_conv2d_transpose,
	&mica_kind_conv3d_transpose, &mica_kind_depthwise_conv1d, &mica_kind_depthwise_conv2d, &mica_kind_separable_conv1d,
	&mica_kind_separable_conv2d, &mica_kind_max_pooling1d, &mica_kind_max_pooling2d, &mica_kind_max_pooling3d,
	&mica_kind_average_pooling1d, &mica_kind_average_pooling2d, &mica_kind_average_pooling3d,
	&mica_kind_global_max_pooling1d, &mica_kind_global_max_pooling2d, &mica_kind_global_max_pooling3d,
	&mica_kind_global_average_pooling1d, &mica_kind_global_average_pooling2d, &mica_kind_global_average_pooling3d,
	&mica_kind_adaptive_max_pooling1d, &mica_kind_adaptive_max_pooling2d, &mica_kind_adaptive_max_pooling3d,
	&mica_kind_adaptive_average_pooling1d, &mica_kind_adaptive_average_pooling2d, &mica_kind_adaptive_average_pooling3d,
	&mica_kind_zero_padding1d, &mica_kind_zero_padding2d, &mica_kind_zero_padding3d, &mica_kind_cropping1d,
	&mica_kind_cropping2d, &mica_kind_cropping3d, &mica_kind_up_sampling1d, &mica_kind_up_sampling2d, &mica_kind_up_sampling3d,
	&mica_kind_add, &mica_kind_subtract, &mica_kind_multiply, &mica_kind_average, &mica_kind_maximum, &mica_kind_minimum,
	&mica_kind_concatenate, &mica_kind_dot, &mica_kind_embedding, &mica_kind_simple_rnn, &mica_kind_lstm, &mica_kind_gru,
	&mica_kind_simple_rnn_cell, &mica_kind_lstm_cell, &mica_kind_gru_cell, &mica_kind_stacked_rnn_cells, &mica_kind_rnn,
	&mica_kind_masking, &mica_kind_bidirectional, &mica_kind_time_distributed, &mica_kind_spectral_normalization,
	&mica_kind_attention, &mica_kind_additive_attention, &mica_kind_multi_head_attention, &mica_kind_group_query_attention,

	&mica_kind_mean_squared_error, &mica_kind_mean_absolute_error, &mica_kind_mean_absolute_percentage_error,
	&mica_kind_mean_squared_logarithmic_error, &mica_kind_huber, &mica_kind_log_cosh, &mica_kind_cosine_similarity,
	&mica_kind_hinge, &mica_kind_squared_hinge, &mica_kind_categorical_hinge, &mica_kind_kl_divergence, &mica_kind_poisson,
	&mica_kind_binary_crossentropy, &mica_kind_categorical_crossentropy, &mica_kind_sparse_categorical_crossentropy,
	&mica_kind_binary_focal_crossentropy, &mica_kind_categorical_focal_crossentropy,
	&mica_kind_categorical_generalized_cross_entropy, &mica_kind_dice, &mica_kind_tversky, &mica_kind_circle, &mica_kind_ctc,

	&mica_kind_accuracy, &mica_kind_exact_accuracy, &mica_kind_binary_accuracy, &mica_kind_categorical_accuracy,
	&mica_kind_sparse_categorical_accuracy, &mica_kind_top_k_categorical_accuracy, &mica_kind_sparse_top_k_categorical_accuracy,
	&mica_kind_cosine_similarity_metric, &mica_kind_pearson_correlation, &mica_kind_concordance_correlation, &mica_kind_mean,
	&mica_kind_sum, &mica_kind_root_mean_squared_error, &mica_kind_r2_score, &mica_kind_true_positives,
	&mica_kind_true_negatives, &mica_kind_false_positives, &mica_kind_false_negatives, &mica_kind_precision, &mica_kind_recall,
	&mica_kind_sensitivity_at_specificity, &mica_kind_specificity_at_sensitivity, &mica_kind_precision_at_recall,
	&mica_kind_recall_at_precision, &mica_kind_auc, &mica_kind_f1_score, &mica_kind_fbeta_score, &mica_kind_iou,
	&mica_kind_mean_iou, &mica_kind_binary_iou, &mica_kind_one_hot_iou, &mica_kind_one_hot_mean_iou,

	&mica_kind_exponential_decay, &mica_kind_inverse_time_decay, &mica_kind_piecewise_constant_decay,
	&mica_kind_polynomial_decay, &mica_kind_cosine_decay, &mica_kind_cosine_decay_restarts, &mica_kind_one_cycle,

	&mica_kind_rmsprop, &mica_kind_sgd, &mica_kind_adam, &mica_kind_adamw, &mica_kind_adagrad, &mica_kind_adamax,
	&mica_kind_nadam, &mica_kind_lion, &mica_kind_lamb, &mica_kind_adadelta, &mica_kind_ftrl, &mica_kind_adafactor,
	&mica_kind_muon,
};

const mica_kind *mica_kind_at(mica_part_type t, size_t i)
{
	for (size_t k = 0; k < MICA__COUNT(kinds); k++)
		if (kinds[k]->type == t && i-- == 0)
			return kinds[k];
	return NULL;
}

const mica_kind *mica_kind_find(mica_part_type t, const char *name)
{
	for (size_t k = 0; name && k < MICA__COUNT(kinds); k++)
		if (kinds[k]->type == t && (strcmp(kinds[k]->name, name) == 0 ||
		                            (kinds[k]->alias && strcmp(kinds[k]->alias, name) == 0)))
			return kinds[k];
	return NULL;
}

/* ---- the user's ---- */

const mica_kind *mica__kind_find(mica_context *ctx, mica_part_type t, const char *name)
{
	const mica__kinds *own = mica__context_kinds(ctx);

	for (size_t i = 0; i < own->n; i++)
		if (own->at[i]->type == t && strcmp(own->at[i]->name, name) == 0)
			return own->at[i];
	return mica_kind_find(t, name);
}

static mica_status add_kind(mica_context *ctx, const mica_kind *kind)
{
	mica__kinds *own = mica__context_kinds(ctx);

	if (!kind || !kind->name)
		return mica__fail(MICA_EINVAL, "register: no kind, or one without a name");
	if (!strchr(kind->name, '/') || mica__name_fault(kind->name))
		return mica__fail(MICA_EINVAL, "register: the name \"%s\" %s; give one as \"mine/%s\"", kind->name,
		                  mica__name_fault(kind->name) ? mica__name_fault(kind->name) : "has no slash, and may become the library's",
		                  kind->name);
	const mica_kind *there = mica__kind_find(ctx, kind->type, kind->name);
	if (there)
		return there == kind ? MICA_OK : mica__fail(MICA_EINVAL, "register: there is another %s \"%s\"; names must differ",
		                                            mica_part_type_name(kind->type), kind->name);
	mica_status st = mica__grow(&own->at, &own->capacity, own->n + 1, sizeof *own->at);
	if (st == MICA_OK)
		own->at[own->n++] = kind;
	return st;
}

mica_status mica_register(mica_context *ctx, const mica_kind *kind)
{
	return ctx ? mica__context_record(ctx, add_kind(ctx, kind)) : mica__fail_null("register: no context; check what mica_open returned");
}
