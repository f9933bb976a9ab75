/* SPDX-License-Identifier: MIT */
/* tools/mica/network.c - Input, Flatten, hidden Dense layers with dropout, Dense with softmax or for one number: from options. */
#include "tool.h"

#include <string.h>

/* The kind of that name; NULL after saying which there are. */
static const mica_kind *find_kind(const command *c, mica_part_type type, const char *name, int *code)
{
	const mica_kind *kind = mica_kind_find(type, name), *k;
	char all[600] = "";

	for (size_t i = 0; !kind && (k = mica_kind_at(type, i)); i++) {
		size_t n = strlen(all);
		snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", k->name);
	}
	if (!kind)
		*code = misused(c, "there is no %s '%s'; there is %s", mica_part_type_name(type), name, all);
	return kind;
}

int network_check(const command *c, network_options *o)
{
	int code = -1;
	const mica_kind *activation = find_kind(c, MICA_ACTIVATION, o->activation, &code);
	const mica_kind *optimizer = find_kind(c, MICA_OPTIMIZER, o->optimizer, &code);

	o->activation_part = MICA_PART(mica_activation, activation, NULL);
	if (optimizer && optimizer->size <= sizeof o->optimizer_opts) {
		mica_option_set(optimizer, &o->optimizer_opts, "learning_rate", o->rate);
		if (o->momentum != 0 && mica_option_set(optimizer, &o->optimizer_opts, "momentum", o->momentum) != MICA_OK)
			code = misused(c, "--momentum is not for %s", o->optimizer);
		o->optimizer_part = MICA_PART(mica_optimizer, optimizer, &o->optimizer_opts);
	}
	return code;
}

const char *network_metric(size_t classes)
{
	return classes ? "accuracy" : "mae";
}

void network_compile(mica_model *m, const network_options *o, size_t classes)
{
	if (classes)
		mica_compile(m, .optimizer = o->optimizer_part, .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	else
		mica_compile(m, .optimizer = o->optimizer_part, .loss = mica_mean_squared_error(),
		             .metrics = {mica_mean_absolute_error(.name = network_metric(classes))});
}

mica_model *network_build(mica_context *ctx, const network_options *o, mica_shape sample, size_t classes, uint64_t seed)
{
	mica_model *m = mica_sequential(ctx, .seed = seed);
	mica_input_opts input = {MICA_OPTS(mica_input_opts)};

	memcpy((char *)&input + offsetof(mica_input_opts, d0), sample.dim, sizeof sample.dim);
	mica_add(m, MICA_PART(mica_layer, &mica_kind_input, &input));
	if (sample.rank > 1)
		mica_add(m, mica_flatten());
	long units;
	for (const char *s = o->hidden; take_number(&s, ',', &units);) {
		mica_add(m, mica_dense((size_t)units, .activation = o->activation_part));
		if (o->dropout != 0)
			mica_add(m, mica_dropout(o->dropout));
	}
	mica_add(m, classes ? mica_dense(classes, .activation = MICA_SOFTMAX) : mica_dense(1));
	network_compile(m, o, classes);
	return m;
}
