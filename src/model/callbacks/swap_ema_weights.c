/* SPDX-License-Identifier: MIT */
/* model/callbacks/swap_ema_weights.c - evaluates a model with the moving averages of its weights. */
#include "model/model.h"

static mica_status swap(mica_training *t, bool in)
{
	if (!mica__averages_are_kept(t->model))
		return mica__fail(MICA_EINVAL, "swap_ema_weights: the optimizer keeps no averages; give it .use_ema = true");
	return mica__averages_put(t->model, in);
}

static bool on_epoch(const void *options)
{
	return ((const mica_swap_ema_weights_opts *)options)->swap_on_epoch;
}

static mica_status on_epoch_begin(mica_training *t, const void *options)
{
	return on_epoch(options) ? swap(t, false) : MICA_OK;
}

static mica_status on_epoch_end(mica_training *t, const void *options)
{
	return on_epoch(options) ? swap(t, true) : MICA_OK;
}

static mica_status begin(mica_training *t, const void *options)
{
	(void)options;
	return t->model->trained ? swap(t, true) : MICA_OK;
}

static mica_status end(mica_training *t, const void *options)
{
	(void)options;
	return swap(t, false);
}

static const mica_field fields[] = {MICA_FIELD_FLAG(mica_swap_ema_weights_opts, swap_on_epoch)};
static const mica_hooks hooks = {
	.on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end, .on_test_begin = begin, .on_test_end = end, .on_predict_begin = begin,
	.on_predict_end = end};
const mica_kind mica_kind_swap_ema_weights = {
	.name = "swap_ema_weights", .type = MICA_CALLBACK, .size = sizeof(mica_swap_ema_weights_opts), MICA_FIELDS(fields), .hooks = &hooks};
