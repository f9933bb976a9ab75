/* SPDX-License-Identifier: MIT */
/* model/callbacks/custom.c - a user's functions as a callback. */
#include "model/model.h"

#define FORWARD(hook)                                                            \
	static mica_status hook(mica_training *t, const void *options)           \
	{                                                                        \
		const mica_custom_callback_opts *o = options;                    \
		return o->hook ? o->hook(t, o->payload) : MICA_OK;               \
	}
FORWARD(on_train_begin)
FORWARD(on_train_end)
FORWARD(on_epoch_begin)
FORWARD(on_epoch_end)
FORWARD(on_train_batch_begin)
FORWARD(on_train_batch_end)
FORWARD(on_burst_end)
FORWARD(on_test_begin)
FORWARD(on_test_end)
FORWARD(on_test_batch_begin)
FORWARD(on_test_batch_end)
FORWARD(on_predict_begin)
FORWARD(on_predict_end)
FORWARD(on_predict_batch_begin)
FORWARD(on_predict_batch_end)

static bool by_step(const void *options)
{
	const mica_custom_callback_opts *o = options;

	return o->on_train_batch_begin || o->on_train_batch_end || o->on_test_batch_begin || o->on_test_batch_end;
}

static const mica_hooks hooks = {
	.by_step = by_step,
	.on_train_begin = on_train_begin, .on_train_end = on_train_end, .on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end,
	.on_train_batch_begin = on_train_batch_begin, .on_train_batch_end = on_train_batch_end, .on_burst_end = on_burst_end,
	.on_test_begin = on_test_begin, .on_test_end = on_test_end, .on_test_batch_begin = on_test_batch_begin,
	.on_test_batch_end = on_test_batch_end, .on_predict_begin = on_predict_begin, .on_predict_end = on_predict_end,
	.on_predict_batch_begin = on_predict_batch_begin, .on_predict_batch_end = on_predict_batch_end,
};
const mica_kind mica_kind_custom_callback = {
	.name = "custom_callback", .type = MICA_CALLBACK, .size = sizeof(mica_custom_callback_opts), .hooks = &hooks};
