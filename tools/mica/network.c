/* SPDX-License-Identifier: MIT */
/* tools/mica/network.c - Input, Flatten, hidden Dense layers with dropout, Dense with softmax: from options. */
#include "tool.h"

#include <math.h>
#include <string.h>

static int unknown_activation(const command *c, const char *name)
{
	char all[600] = "";

	for (size_t i = 0; mica_activation_name(i); i++) {
		size_t n = strlen(all);
		snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", mica_activation_name(i));
	}
	return misused(c, "there is no activation '%s'; there is %s", name, all);
}

int network_check(const command *c, network_options *o)
{
	int code = -1, usage = -1;

	if (!isnan(o->rate) && o->rate < 0)
		code = complain(c, "--lr is %g; give a number above 0", o->rate);
	if (!mica_activation_parse(o->activation, &o->activation_kind))
		usage = unknown_activation(c, o->activation);
	if (!mica_optimizer_parse(o->optimizer, &o->optimizer_kind))
		usage = misused(c, "there is no optimizer '%s'; there is sgd, rmsprop, adam, adamw, adagrad", o->optimizer);
	else if (o->momentum != 0 && strcmp(o->optimizer, "sgd") != 0 && strcmp(o->optimizer, "rmsprop") != 0)
		usage = misused(c, "--momentum is for sgd and rmsprop, not for %s", o->optimizer);
	o->optimizer_kind.learning_rate = o->rate;
	o->optimizer_kind.momentum = o->momentum;
	return usage >= 0 ? usage : code;
}

mica_model *network_build(mica_context *ctx, const network_options *o, mica_shape sample, size_t classes, uint64_t seed)
{
	mica_model *m = mica_sequential(ctx, .seed = seed);
	mica_input_opts input = {.name = NULL};

	memcpy(input.dim, sample.dim, sizeof input.dim);
	mica_add(m, mica_layer_input(&input));
	if (sample.rank > 1)
		mica_add(m, mica_flatten());
	long units;
	for (const char *s = o->hidden; take_number(&s, ',', &units);) {
		mica_add(m, mica_dense((size_t)units, .activation = o->activation_kind));
		if (o->dropout != 0)
			mica_add(m, mica_dropout(o->dropout));
	}
	mica_add(m, mica_dense(classes, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = o->optimizer_kind, .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	return m;
}
