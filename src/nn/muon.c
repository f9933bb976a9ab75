/* SPDX-License-Identifier: MIT */
/* nn/muon.c - Muon (Jordan 2024; lengths of moves after Liu and others 2025): matrices move in directions made orthogonal. */
#include "nn/optimizers.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static bool is_embedding(const char *name)
{
	static const char word[] = "embedding";

	for (; *name; name++) {
		size_t n = 0;
		while (word[n] && tolower((unsigned char)name[n]) == word[n])
			n++;
		if (!word[n])
			return true;
	}
	return false;
}

bool mica__muon_is_adams(size_t rank, const char *name, bool include_embeddings, const char *exclude_layers)
{
	return rank != 2 || (!include_embeddings && is_embedding(name)) || mica__named(name, exclude_layers);
}

static bool is_adams(const mica_update *u, const mica_muon_opts *o)
{
	const mica__variable *w = u->own;

	return mica__muon_is_adams(mica_var_shape(u->variable).rank, w->name, o->include_embeddings, o->exclude_layers);
}

static double decay(const mica_update *u, const void *options)
{
	const mica_muon_opts *o = options;

	return is_adams(u, o) ? o->adam_weight_decay : o->weight_decay;
}

/* x, not taller than wide, with singular values near 1. */
static mica_var orthogonal(mica_var x, const mica_muon_opts *o)
{
	x = mica_op_div(x, mica_op_addc(mica_op_sqrt(mica_op_sum(mica_op_square(x), MICA_ALL_AXES, false)), 1e-7));
	for (long i = 0; i < o->ns_steps; i++) {
		mica_var a = mica_op_matmul(x, mica_op_transpose(x, NULL));
		mica_var b = mica_op_add(mica_op_mulc(a, o->muon_b), mica_op_matmul(mica_op_mulc(a, o->muon_c), a));
		x = mica_op_add(mica_op_mulc(x, o->muon_a), mica_op_matmul(b, x));
	}
	return x;
}

static mica_var by_muon(mica_update *u, const mica_muon_opts *o)
{
	mica_shape s = mica_var_shape(u->variable);
	bool tall = s.dim[0] > s.dim[1];
	mica_var old = mica_slot(u, "momentum", 0), g = u->gradient;
	mica_var m = mica_slot_assign(u, "momentum", mica__flush(mica_op_add(old, mica_op_add(g, mica_op_mulc(old, o->momentum - 1)))));
	mica_var x = o->no_nesterov ? m : mica_op_add(g, mica_op_mulc(m, o->momentum));

	x = orthogonal(tall ? mica_op_transpose(x, NULL) : x, o);
	mica_var move = mica_op_mul(u->rate, tall ? mica_op_transpose(x, NULL) : x);
	if (o->rms_rate > 0)
		move = mica_op_mulc(move, sqrt((double)s.dim[tall ? 0 : 1]) * o->rms_rate);
	return mica_op_sub(u->variable, move);
}

static mica_var by_adam(mica_update *u, const mica_muon_opts *o)
{
	mica_update adams = *u;

	adams.rate = mica_op_mulc(u->rate, o->adam_lr_ratio);
	return mica__adam(&adams, &(mica_adam_opts){.beta_1 = o->adam_beta_1, .beta_2 = o->adam_beta_2, .epsilon = o->epsilon});
}

static mica_var muon(mica_update *u, const void *options)
{
	return is_adams(u, options) ? by_adam(u, options) : by_muon(u, options);
}

static const mica_field fields[] = {
	MICA__OPTIMIZER_FIELDS(mica_muon_opts, 1e-3, 0.004),
	MICA__BETA_FIELD(mica_muon_opts, adam_beta_1, 0.9), MICA__BETA_FIELD(mica_muon_opts, adam_beta_2, 0.999),
	MICA_FIELD_REAL(mica_muon_opts, adam_weight_decay, .otherwise = 0.004, MICA_FROM(0)), MICA__EPSILON_FIELD(mica_muon_opts),
	MICA_FIELD_TEXT(mica_muon_opts, exclude_layers), MICA_FIELD_FLAG(mica_muon_opts, include_embeddings),
	MICA_FIELD_REAL(mica_muon_opts, muon_a, .otherwise = 3.4445), MICA_FIELD_REAL(mica_muon_opts, muon_b, .otherwise = -4.775),
	MICA_FIELD_REAL(mica_muon_opts, muon_c, .otherwise = 2.0315),
	MICA_FIELD_REAL(mica_muon_opts, adam_lr_ratio, .otherwise = 1, MICA_FROM(0)),
	MICA_FIELD_REAL(mica_muon_opts, momentum, .otherwise = 0.95, MICA_WITHIN(0, 1)),
	MICA_FIELD_LONG(mica_muon_opts, ns_steps, .otherwise = 5, MICA_WITHIN(0, 100)),
	MICA_FIELD_FLAG(mica_muon_opts, no_nesterov), MICA_FIELD_REAL(mica_muon_opts, rms_rate, .otherwise = 0.2, MICA_FROM(0)),
};
const mica_kind mica_kind_muon = {
	.name = "muon", .type = MICA_OPTIMIZER, .size = sizeof(mica_muon_opts), MICA_FIELDS(fields), .update = muon, .decay = decay};
