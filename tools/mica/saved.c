/* SPDX-License-Identifier: MIT */
/* tools/mica/saved.c - a model of a .mica file, and the samples that it is used on. */
#include "tool.h"

#include <stdlib.h>

static int open_both(const command *c, const char *file, const saved_options *o, bool training, saved *out)
{
	data_sets sets;

	out->model = mica_load_model(out->ctx, file, .no_training = !training);
	if (!out->model)
		return complain(c, "%s", mica_error(out->ctx));
	int code = data_open_any(c, out->ctx, &o->data, &sets);
	return code < 0 ? data_choose(c, &sets, o->split, &out->data) : code;
}

int saved_open(const command *c, const char *file, const saved_options *o, bool training, saved *out)
{
	*out = (saved){.ctx = mica_open(&(mica_open_opts){.device = o->device})};
	if (!out->ctx)
		return complain(c, "%s", mica_error(NULL));
	int code = open_both(c, file, o, training, out);
	if (code >= 0)
		mica_close(out->ctx);
	return code;
}
