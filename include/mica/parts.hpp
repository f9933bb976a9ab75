/* SPDX-License-Identifier: MIT */
/* mica/parts.hpp - failures, parts and kinds (mica/part.h) for C++20; mica/mica.hpp, which includes it, says how they are used.
   A part is a value: it owns a copy of its options and of all that they refer to but payloads. */
#ifndef MICA_PARTS_HPP
#define MICA_PARTS_HPP
#include <algorithm>
#include <array>
#include <concepts>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "mica/mica.h"

#if defined __GNUC__ && !defined __clang__ /* which warns of what designated initializers leave out, as is meant here */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif

namespace mica {

/* ---- failures ---- */

class error : public std::runtime_error {
public:
	error(mica_status s, const char *text) : std::runtime_error(text), status_(s) {}
	mica_status status() const noexcept { return status_; }

private:
	mica_status status_;
};

namespace detail {

/* What a function of the user's threw, on its way through C. */
inline thread_local std::exception_ptr thrown;

inline void check(mica_status st)
{
	if (st == MICA_OK)
		return;
	if (thrown)
		std::rethrow_exception(std::exchange(thrown, nullptr));
	throw error(st, mica_error(nullptr));
}

template <class T> T *made(T *p)
{
	if (!p)
		check(mica_context_status(nullptr));
	return p;
}

} // namespace detail

/* ---- parts ---- */

/* C: mica_layer, mica_loss, ...; payload: what its options borrow beside parts and texts. */
template <class C> class part {
public:
	part(const mica_kind *kind, const void *options, std::shared_ptr<const void> payload = {})
	{
		mica_part p = {kind, options};
		detail::check(mica_part_keep(&p));
		p_ = {new mica_part(p), [payload](mica_part *kept) { mica_part_drop(kept); delete kept; }};
	}
	operator C() const noexcept { return {*p_}; }

private:
	std::shared_ptr<mica_part> p_;
};
using activation = part<mica_activation>;
using initializer = part<mica_initializer>;
using regularizer = part<mica_regularizer>;
using constraint = part<mica_constraint>;
using loss = part<mica_loss>;
using metric = loss;
using schedule = part<mica_schedule>;
using optimizer = part<mica_optimizer>;
using callback = part<mica_callback>;
using algorithm = part<mica_algorithm>;

/* What stands for an input or a result while a network is written down. */
class symbol {
public:
	explicit symbol(mica_symbol *s) : s_(detail::made(s)) {}
	operator mica_symbol *() const noexcept { return s_; }
	symbol beside(size_t i) const { return symbol(mica_symbol_beside(s_, i)); }

private:
	mica_symbol *s_;
};

/* A layer; called with symbols it is made in their model: mica::dense(30)(x), mica::concatenate()(x, y). */
class layer : public part<mica_layer> {
public:
	using part::part;
	template <std::convertible_to<mica_symbol *>... S> symbol operator()(const S &...x) const
	{
		mica_symbol *const in[] = {x...};
		return symbol(mica_apply_layer(*this, in, sizeof...(x)));
	}
};

/* A layer that was made, which may be called several times. */
class instance {
public:
	explicit instance(mica_instance *i) : i_(detail::made(i)) {}
	operator mica_instance *() const noexcept { return i_; }
	template <std::convertible_to<mica_symbol *>... S> symbol operator()(const S &...x) const
	{
		mica_symbol *const in[] = {x...};
		return symbol(mica_call_layer(i_, in, sizeof...(x)));
	}

private:
	mica_instance *i_;
};

namespace detail {

template <class M> struct member;
template <class O, class T> struct member<T O::*> { using type = T; };
template <class O, class T, size_t N> struct member<T (O::*)[N]> { using type = std::array<T, N>; };

template <class T> void set(T &to, T from) { to = from; }
template <class T, size_t N> void set(T (&to)[N], const std::array<T, N> &from) { std::copy(from.begin(), from.end(), to); }

/* Makes parts of a kind: P(options), P(first, ..., options), where the first options need no names. */
template <class P, class O, auto... First> struct maker {
	const mica_kind *kind;

	P operator()(O o = {}) const
	{
		o.size = sizeof o;
		return P(kind, &o);
	}
	P operator()(typename member<decltype(First)>::type... first, O o = {}) const
		requires(sizeof...(First) > 0)
	{
		(set(o.*First, first), ...);
		return (*this)(o);
	}
};
/* Of a kind without options. */
template <class P> struct maker<P, void> {
	const mica_kind *kind;

	P operator()() const { return P(kind, nullptr); }
};
/* Of layers that begin with dimensions: mica::input(28, 28), mica::input({28, 28}, {.name = "image"}). */
template <class O> struct shaped {
	const mica_kind *kind;

	layer operator()(std::initializer_list<size_t> dimensions, O o = {}) const
	{
		size_t O::*const at[] = {&O::d0, &O::d1, &O::d2, &O::d3, &O::d4, &O::d5, &O::d6, &O::d7}, O::*const *d = at;
		if (dimensions.size() > std::size(at))
			throw error(MICA_EINVAL, "more than 8 dimensions");
		for (size_t size : dimensions)
			o.*(*d++) = size;
		o.size = sizeof o;
		return layer(kind, &o);
	}
	layer operator()(std::integral auto... dimensions) const { return (*this)({static_cast<size_t>(dimensions)...}); }
};

} // namespace detail

/* ---- kinds: options, those that may stand first without names, and what has them.  C's headers say what they are. ---- */

#define MICA_K(name) name{&mica_kind_##name}
template <class P> using plain = detail::maker<P, void>;
template <class P, class O, auto... First> using maker = detail::maker<P, O, First...>;

inline constexpr plain<activation> MICA_K(linear), MICA_K(sigmoid), MICA_K(tanh), MICA_K(selu), MICA_K(silu), MICA_K(softplus),
	MICA_K(softsign), MICA_K(hard_sigmoid), MICA_K(mish), MICA_K(exponential), MICA_K(relu6), MICA_K(tanh_shrink), MICA_K(sparse_plus),
	MICA_K(sparse_sigmoid), MICA_K(hard_silu), MICA_K(hard_tanh), MICA_K(log_sigmoid);
inline constexpr maker<activation, mica_relu_opts> MICA_K(relu);
inline constexpr maker<activation, mica_along_opts> MICA_K(softmax), MICA_K(log_softmax), MICA_K(sparsemax), MICA_K(glu);
inline constexpr maker<activation, mica_elu_opts, &mica_elu_opts::alpha> MICA_K(elu), MICA_K(celu);
inline constexpr maker<activation, mica_gelu_opts> MICA_K(gelu);
inline constexpr maker<activation, mica_leaky_relu_opts, &mica_leaky_relu_opts::negative_slope> MICA_K(leaky_relu);
inline constexpr maker<activation, mica_squareplus_opts, &mica_squareplus_opts::b> MICA_K(squareplus);
inline constexpr maker<activation, mica_shrink_opts, &mica_shrink_opts::threshold> MICA_K(soft_shrink), MICA_K(hard_shrink);
inline constexpr maker<activation, mica_threshold_opts, &mica_threshold_opts::threshold> MICA_K(threshold);
inline constexpr maker<activation, mica_custom_activation_opts> MICA_K(custom_activation);

inline constexpr plain<initializer> MICA_K(zeros), MICA_K(ones), MICA_K(glorot_uniform), MICA_K(glorot_normal), MICA_K(he_uniform),
	MICA_K(he_normal), MICA_K(lecun_uniform), MICA_K(lecun_normal);
inline constexpr maker<initializer, mica_constant_opts, &mica_constant_opts::value> MICA_K(constant);
inline constexpr maker<initializer, mica_random_uniform_opts> MICA_K(random_uniform);
inline constexpr maker<initializer, mica_random_normal_opts> MICA_K(random_normal), MICA_K(truncated_normal);
inline constexpr maker<initializer, mica_gain_opts, &mica_gain_opts::gain> MICA_K(orthogonal), MICA_K(identity);
inline constexpr maker<initializer, mica_stft_opts> MICA_K(stft);
inline constexpr maker<initializer, mica_variance_scaling_opts> MICA_K(variance_scaling);
inline constexpr maker<regularizer, mica_l1_opts, &mica_l1_opts::l1> MICA_K(l1);
inline constexpr maker<regularizer, mica_l2_opts, &mica_l2_opts::l2> MICA_K(l2);
inline constexpr maker<regularizer, mica_l1_l2_opts, &mica_l1_l2_opts::l1, &mica_l1_l2_opts::l2> MICA_K(l1_l2);
inline constexpr maker<regularizer, mica_orthogonal_regularizer_opts, &mica_orthogonal_regularizer_opts::factor>
	MICA_K(orthogonal_regularizer);
inline constexpr plain<constraint> MICA_K(non_neg);
inline constexpr maker<constraint, mica_max_norm_opts, &mica_max_norm_opts::max_value> MICA_K(max_norm);
inline constexpr maker<constraint, mica_unit_norm_opts> MICA_K(unit_norm);
inline constexpr maker<constraint, mica_min_max_norm_opts> MICA_K(min_max_norm);

inline constexpr detail::shaped<mica_input_opts> MICA_K(input);
inline constexpr detail::shaped<mica_reshape_opts> MICA_K(reshape);
inline constexpr detail::shaped<mica_permute_opts> MICA_K(permute);
inline constexpr maker<layer, mica_flatten_opts> MICA_K(flatten);
inline constexpr maker<layer, mica_dense_opts, &mica_dense_opts::units> MICA_K(dense);
inline constexpr maker<layer, mica_einsum_dense_opts, &mica_einsum_dense_opts::equation, &mica_einsum_dense_opts::output>
	MICA_K(einsum_dense);
inline constexpr maker<layer, mica_repeat_vector_opts, &mica_repeat_vector_opts::n> MICA_K(repeat_vector);
inline constexpr maker<layer, mica_activation_opts, &mica_activation_opts::activation> activation_layer{&mica_kind_activation};
inline constexpr maker<layer, mica_relu_layer_opts> MICA_K(relu_layer);
inline constexpr maker<layer, mica_leaky_relu_layer_opts, &mica_leaky_relu_layer_opts::negative_slope> MICA_K(leaky_relu_layer);
inline constexpr maker<layer, mica_elu_layer_opts, &mica_elu_layer_opts::alpha> MICA_K(elu_layer);
inline constexpr maker<layer, mica_softmax_layer_opts, &mica_softmax_layer_opts::axis> MICA_K(softmax_layer);
inline constexpr maker<layer, mica_prelu_opts> MICA_K(prelu);
inline constexpr maker<layer, mica_dropout_opts, &mica_dropout_opts::rate> MICA_K(dropout);
inline constexpr maker<layer, mica_gaussian_noise_opts, &mica_gaussian_noise_opts::stddev> MICA_K(gaussian_noise);
inline constexpr maker<layer, mica_gaussian_dropout_opts, &mica_gaussian_dropout_opts::rate> MICA_K(gaussian_dropout);
inline constexpr maker<layer, mica_alpha_dropout_opts, &mica_alpha_dropout_opts::rate> MICA_K(alpha_dropout);
inline constexpr maker<layer, mica_spatial_dropout_opts, &mica_spatial_dropout_opts::rate> MICA_K(spatial_dropout);
inline constexpr maker<layer, mica_activity_regularization_opts> MICA_K(activity_regularization);
inline constexpr maker<layer, mica_custom_layer_opts> MICA_K(custom_layer);
inline constexpr maker<layer, mica_batch_normalization_opts> MICA_K(batch_normalization);
inline constexpr maker<layer, mica_layer_normalization_opts> MICA_K(layer_normalization);
inline constexpr maker<layer, mica_group_normalization_opts, &mica_group_normalization_opts::groups> MICA_K(group_normalization);
inline constexpr maker<layer, mica_rescaling_opts, &mica_rescaling_opts::scale, &mica_rescaling_opts::offset> MICA_K(rescaling);
inline constexpr maker<layer, mica_rms_normalization_opts> MICA_K(rms_normalization);
inline constexpr maker<layer, mica_unit_normalization_opts> MICA_K(unit_normalization);
inline constexpr maker<layer, mica_normalization_opts> MICA_K(normalization);
inline constexpr maker<layer, mica_nested_opts, &mica_nested_opts::model> MICA_K(nested);

inline constexpr maker<layer, mica_conv_opts, &mica_conv_opts::filters, &mica_conv_opts::kernel> MICA_K(conv1d), MICA_K(conv2d),
	MICA_K(conv3d);
inline constexpr maker<layer, mica_conv_transpose_opts, &mica_conv_transpose_opts::filters, &mica_conv_transpose_opts::kernel>
	MICA_K(conv1d_transpose), MICA_K(conv2d_transpose), MICA_K(conv3d_transpose);
inline constexpr maker<layer, mica_depthwise_conv_opts, &mica_depthwise_conv_opts::kernel> MICA_K(depthwise_conv1d),
	MICA_K(depthwise_conv2d);
inline constexpr maker<layer, mica_separable_conv_opts, &mica_separable_conv_opts::filters, &mica_separable_conv_opts::kernel>
	MICA_K(separable_conv1d), MICA_K(separable_conv2d);
inline constexpr maker<layer, mica_pooling_opts, &mica_pooling_opts::pool> MICA_K(max_pooling1d), MICA_K(max_pooling2d),
	MICA_K(max_pooling3d), MICA_K(average_pooling1d), MICA_K(average_pooling2d), MICA_K(average_pooling3d);
inline constexpr maker<layer, mica_global_pooling_opts> MICA_K(global_max_pooling1d), MICA_K(global_max_pooling2d),
	MICA_K(global_max_pooling3d), MICA_K(global_average_pooling1d), MICA_K(global_average_pooling2d), MICA_K(global_average_pooling3d);
inline constexpr maker<layer, mica_adaptive_pooling_opts, &mica_adaptive_pooling_opts::output> MICA_K(adaptive_max_pooling1d),
	MICA_K(adaptive_max_pooling2d), MICA_K(adaptive_max_pooling3d), MICA_K(adaptive_average_pooling1d), MICA_K(adaptive_average_pooling2d),
	MICA_K(adaptive_average_pooling3d);
inline constexpr maker<layer, mica_edge_opts, &mica_edge_opts::all> MICA_K(zero_padding1d), MICA_K(zero_padding2d), MICA_K(zero_padding3d),
	MICA_K(cropping1d), MICA_K(cropping2d), MICA_K(cropping3d);
inline constexpr maker<layer, mica_up_sampling_opts, &mica_up_sampling_opts::factor> MICA_K(up_sampling1d), MICA_K(up_sampling2d),
	MICA_K(up_sampling3d);

inline constexpr maker<layer, mica_embedding_opts, &mica_embedding_opts::input_dim, &mica_embedding_opts::output_dim> MICA_K(embedding);
inline constexpr maker<layer, mica_masking_opts, &mica_masking_opts::mask_value> MICA_K(masking);
inline constexpr maker<layer, mica_recurrent_opts, &mica_recurrent_opts::units> MICA_K(simple_rnn), MICA_K(lstm), MICA_K(gru);
inline constexpr maker<layer, mica_recurrent_cell_opts, &mica_recurrent_cell_opts::units> MICA_K(simple_rnn_cell), MICA_K(lstm_cell),
	MICA_K(gru_cell);
inline constexpr maker<layer, mica_stacked_rnn_cells_opts, &mica_stacked_rnn_cells_opts::c0, &mica_stacked_rnn_cells_opts::c1,
	&mica_stacked_rnn_cells_opts::c2, &mica_stacked_rnn_cells_opts::c3, &mica_stacked_rnn_cells_opts::c4, &mica_stacked_rnn_cells_opts::c5,
	&mica_stacked_rnn_cells_opts::c6, &mica_stacked_rnn_cells_opts::c7> MICA_K(stacked_rnn_cells);
inline constexpr maker<layer, mica_rnn_opts, &mica_rnn_opts::cell> MICA_K(rnn);
inline constexpr maker<layer, mica_attention_layer_opts> MICA_K(attention);
inline constexpr maker<layer, mica_additive_attention_opts> MICA_K(additive_attention);
inline constexpr maker<layer, mica_multi_head_attention_opts, &mica_multi_head_attention_opts::num_heads,
	&mica_multi_head_attention_opts::key_dim> MICA_K(multi_head_attention), MICA_K(group_query_attention);
inline constexpr maker<layer, mica_bidirectional_opts, &mica_bidirectional_opts::layer> MICA_K(bidirectional);
inline constexpr maker<layer, mica_time_distributed_opts, &mica_time_distributed_opts::layer> MICA_K(time_distributed);
inline constexpr maker<layer, mica_spectral_normalization_opts, &mica_spectral_normalization_opts::layer> MICA_K(spectral_normalization);
inline constexpr maker<layer, mica_merge_opts> merge_add{&mica_kind_add}, merge_subtract{&mica_kind_subtract},
	merge_multiply{&mica_kind_multiply}, merge_average{&mica_kind_average}, merge_maximum{&mica_kind_maximum},
	merge_minimum{&mica_kind_minimum};
inline constexpr maker<layer, mica_concatenate_opts, &mica_concatenate_opts::axis> MICA_K(concatenate);
inline constexpr maker<layer, mica_dot_opts> MICA_K(dot);

inline constexpr maker<loss, mica_loss_opts> MICA_K(mean_squared_error), MICA_K(mean_absolute_error),
	MICA_K(mean_absolute_percentage_error), MICA_K(mean_squared_logarithmic_error), MICA_K(log_cosh), MICA_K(hinge), MICA_K(squared_hinge),
	MICA_K(categorical_hinge), MICA_K(kl_divergence), MICA_K(poisson), MICA_K(ctc);
inline constexpr maker<loss, mica_huber_opts, &mica_huber_opts::delta> MICA_K(huber);
inline constexpr maker<loss, mica_cosine_opts> MICA_K(cosine_similarity);
inline constexpr maker<loss, mica_crossentropy_opts> MICA_K(binary_crossentropy), MICA_K(categorical_crossentropy);
inline constexpr maker<loss, mica_sparse_crossentropy_opts> MICA_K(sparse_categorical_crossentropy);
inline constexpr maker<loss, mica_focal_crossentropy_opts> MICA_K(binary_focal_crossentropy), MICA_K(categorical_focal_crossentropy);
inline constexpr maker<loss, mica_generalized_crossentropy_opts> MICA_K(categorical_generalized_cross_entropy);
inline constexpr maker<loss, mica_dice_opts> MICA_K(dice);
inline constexpr maker<loss, mica_tversky_opts> MICA_K(tversky);
inline constexpr maker<loss, mica_circle_opts> MICA_K(circle);
inline constexpr maker<loss, mica_custom_loss_opts> MICA_K(custom_loss);

inline constexpr maker<metric, mica_metric_opts> MICA_K(exact_accuracy), MICA_K(categorical_accuracy), MICA_K(sparse_categorical_accuracy),
	MICA_K(mean), MICA_K(sum), MICA_K(root_mean_squared_error);
inline constexpr maker<metric, mica_accuracy_opts> MICA_K(accuracy), MICA_K(binary_accuracy);
inline constexpr maker<metric, mica_top_k_opts, &mica_top_k_opts::k> MICA_K(top_k_categorical_accuracy),
	MICA_K(sparse_top_k_categorical_accuracy);
inline constexpr maker<metric, mica_correlation_opts> MICA_K(pearson_correlation), MICA_K(concordance_correlation);
inline constexpr maker<metric, mica_r2_opts> MICA_K(r2_score);
inline constexpr maker<metric, mica_confusion_opts> MICA_K(true_positives), MICA_K(true_negatives), MICA_K(false_positives),
	MICA_K(false_negatives), MICA_K(precision), MICA_K(recall);
inline constexpr maker<metric, mica_at_opts, &mica_at_opts::at> MICA_K(sensitivity_at_specificity), MICA_K(specificity_at_sensitivity),
	MICA_K(precision_at_recall), MICA_K(recall_at_precision);
inline constexpr maker<metric, mica_auc_opts> MICA_K(auc);
inline constexpr maker<metric, mica_f1_opts> MICA_K(f1_score);
inline constexpr maker<metric, mica_fbeta_opts, &mica_fbeta_opts::beta> MICA_K(fbeta_score);
inline constexpr maker<metric, mica_iou_opts, &mica_iou_opts::num_classes> MICA_K(iou), MICA_K(mean_iou);
inline constexpr maker<metric, mica_binary_iou_opts> MICA_K(binary_iou);
inline constexpr maker<metric, mica_one_hot_iou_opts, &mica_one_hot_iou_opts::num_classes> MICA_K(one_hot_iou), MICA_K(one_hot_mean_iou);
inline constexpr maker<metric, mica_custom_metric_opts> MICA_K(custom_metric);

inline constexpr maker<schedule, mica_exponential_decay_opts, &mica_exponential_decay_opts::initial_learning_rate,
	&mica_exponential_decay_opts::decay_steps, &mica_exponential_decay_opts::decay_rate> MICA_K(exponential_decay), MICA_K(inverse_time_decay);
inline constexpr maker<schedule, mica_piecewise_constant_decay_opts> MICA_K(piecewise_constant_decay);
inline constexpr maker<schedule, mica_polynomial_decay_opts, &mica_polynomial_decay_opts::initial_learning_rate,
	&mica_polynomial_decay_opts::decay_steps> MICA_K(polynomial_decay);
inline constexpr maker<schedule, mica_cosine_decay_opts, &mica_cosine_decay_opts::initial_learning_rate,
	&mica_cosine_decay_opts::decay_steps> MICA_K(cosine_decay);
inline constexpr maker<schedule, mica_cosine_decay_restarts_opts, &mica_cosine_decay_restarts_opts::initial_learning_rate,
	&mica_cosine_decay_restarts_opts::first_decay_steps> MICA_K(cosine_decay_restarts);
inline constexpr maker<schedule, mica_one_cycle_opts, &mica_one_cycle_opts::max_learning_rate, &mica_one_cycle_opts::total_steps>
	MICA_K(one_cycle);
inline constexpr maker<schedule, mica_custom_schedule_opts> MICA_K(custom_schedule);

inline constexpr maker<optimizer, mica_sgd_opts> MICA_K(sgd);
inline constexpr maker<optimizer, mica_rmsprop_opts> MICA_K(rmsprop);
inline constexpr maker<optimizer, mica_adam_opts> MICA_K(adam), MICA_K(adamw), MICA_K(adamax), MICA_K(nadam), MICA_K(lamb);
inline constexpr maker<optimizer, mica_adagrad_opts> MICA_K(adagrad);
inline constexpr maker<optimizer, mica_lion_opts> MICA_K(lion);
inline constexpr maker<optimizer, mica_adadelta_opts> MICA_K(adadelta);
inline constexpr maker<optimizer, mica_ftrl_opts> MICA_K(ftrl);
inline constexpr maker<optimizer, mica_adafactor_opts> MICA_K(adafactor);
inline constexpr maker<optimizer, mica_muon_opts> MICA_K(muon);
inline constexpr maker<optimizer, mica_custom_optimizer_opts> MICA_K(custom_optimizer);

inline constexpr maker<callback, mica_early_stopping_opts> MICA_K(early_stopping);
inline constexpr maker<callback, mica_reduce_lr_on_plateau_opts> MICA_K(reduce_lr_on_plateau);
inline constexpr maker<callback, mica_learning_rate_scheduler_opts> MICA_K(learning_rate_scheduler);
inline constexpr maker<callback, mica_model_checkpoint_opts, &mica_model_checkpoint_opts::filepath> MICA_K(model_checkpoint);
inline constexpr maker<callback, mica_csv_logger_opts, &mica_csv_logger_opts::filename> MICA_K(csv_logger);
inline constexpr maker<callback, mica_backup_and_restore_opts, &mica_backup_and_restore_opts::backup_dir> MICA_K(backup_and_restore);
inline constexpr maker<callback, mica_tensorboard_opts, &mica_tensorboard_opts::log_dir> MICA_K(tensorboard);
inline constexpr maker<callback, mica_terminate_on_nan_opts> MICA_K(terminate_on_nan);
inline constexpr maker<callback, mica_swap_ema_weights_opts> MICA_K(swap_ema_weights);
inline constexpr maker<callback, mica_custom_callback_opts> MICA_K(custom_callback);

inline constexpr maker<algorithm, mica_random_search_opts, &mica_random_search_opts::trials> MICA_K(random_search);
inline constexpr maker<algorithm, mica_grid_search_opts> MICA_K(grid_search);
inline constexpr maker<algorithm, mica_hyperband_opts, &mica_hyperband_opts::max_epochs, &mica_hyperband_opts::factor> MICA_K(hyperband);
#undef MICA_K

} // namespace mica
#endif
