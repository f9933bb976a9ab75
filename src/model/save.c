/* SPDX-License-Identifier: MIT */
/* model/save.c - weights to and from a safetensors file, by name: "dense/kernel", "dense/bias". */
#include "base/files.h"
#include "data/safetensors.h"
#include "model/model.h"

#include <string.h>

/* In the file's metadata.  Another version is another format: what files of it hold may not be what it seems. */
#define FORMAT "mica"
#define FORMAT_VERSION "1"

static size_t weight_bytes(const mica_model *m, size_t i)
{
	return mica_value_bytes(m->variables[i].weight->value);
}

static void free_values(mica__stored *w, size_t n)
{
	for (size_t i = 0; w && i < n; i++)
		mica__free((void *)w[i].data);
	mica__free(w);
}

static mica_status read_weight(const mica_model *m, size_t i, mica__stored *out)
{
	mica_value *v = m->variables[i].weight->value;
	void *values = mica__alloc(weight_bytes(m, i), 1);

	*out = (mica__stored){.name = m->variables[i].name, .type = mica_value_dtype(v), .shape = mica_value_shape(v),
	                      .data = values, .bytes = weight_bytes(m, i)};
	return values ? mica_value_read(v, values, out->bytes) : MICA_ENOMEM;
}

static mica_status save(mica_model *m, const char *file)
{
	static const mica__note notes[] = {{"format", FORMAT}, {"version", FORMAT_VERSION}, {"written_by", "mica " MICA_VERSION}};
	mica__stored *w = NULL;
	mica_status st;

	MICA_TRY(mica__model_check(m, "save", false));
	if (!file)
		return mica__fail(MICA_EINVAL, "save: no file name");
	MICA_TRY(mica__model_initialize(m));
	if (!(w = mica__alloc(m->n_variables, sizeof *w)))
		return MICA_ENOMEM;
	for (size_t i = 0; i < m->n_variables; i++)
		MICA_TRY(read_weight(m, i, &w[i]));
	MICA_TRY(mica__safetensors_write(file, w, m->n_variables, notes, MICA__COUNT(notes)));
out:
	free_values(w, m && m->status == MICA_OK ? m->n_variables : 0);
	return st;
}

mica_status mica_save_check(mica_model *m, const char *file)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "save", false));
	st = file ? mica__file_check(file) : mica__fail(MICA_EINVAL, "save: no file name");
out:
	return st;
}

/* The file's tensor for weight i: there, of the same shape, of reals. */
static mica_status check_stored(const mica_model *m, size_t i, const mica__safetensors *f, const char *file)
{
	mica_value *v = m->variables[i].weight->value;
	mica_shape shape = mica_value_shape(v);
	const mica__stored *s = mica__safetensors_find(f, m->variables[i].name);

	if (!s)
		return mica__fail(MICA_EFORMAT, "%s: no tensor \"%s\", which the model has with shape %s", file, m->variables[i].name,
		                  mica__shape_text(&shape));
	if (!mica__shape_equal(&s->shape, &shape))
		return mica__fail(MICA_EFORMAT, "%s: \"%s\" has shape %s, the model's is %s", file, s->name,
		                  mica__shape_text(&s->shape), mica__shape_text(&shape));
	if (!mica__stored_converts(s))
		return mica__fail(MICA_EFORMAT, "%s: \"%s\" holds %s; weights are F32, F64, F16 or BF16: convert it", file, s->name,
		                  s->dtype);
	return MICA_OK;
}

/* Files of other programs have another format or name none; "0.1.0" is the same as "1". */
static mica_status check_version(const mica__safetensors *f, const char *file)
{
	const char *format = mica__safetensors_note(f, "format"), *version = mica__safetensors_note(f, "version");

	if (!format || strcmp(format, FORMAT) != 0 || !version || !strcmp(version, FORMAT_VERSION) || !strcmp(version, "0.1.0"))
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "%s: version %.40s of the format, and mica %s reads version " FORMAT_VERSION
	                  "; use a later Mica", file, version, mica_version());
}

static mica_status check_file(const mica_model *m, const mica__safetensors *f, const char *file)
{
	mica_status st = check_version(f, file);

	for (size_t i = 0; st == MICA_OK && i < m->n_variables; i++)
		st = check_stored(m, i, f, file);
	if (st != MICA_OK || mica__safetensors_count(f) == m->n_variables)
		return st;
	for (size_t k = 0; k < mica__safetensors_count(f); k++) {
		const char *name = mica__safetensors_at(f, k)->name;
		size_t i = 0;
		while (i < m->n_variables && strcmp(m->variables[i].name, name) != 0)
			i++;
		if (i == m->n_variables)
			return mica__fail(MICA_EFORMAT, "%s: the model has no weight \"%s\"", file, name);
	}
	return MICA_OK;
}

static mica_status load(mica_model *m, const char *file)
{
	mica__safetensors *f = NULL;
	mica_status st;

	MICA_TRY(mica__model_check(m, "load", false));
	if (!file)
		return mica__fail(MICA_EINVAL, "load: no file name");
	MICA_TRY(mica__model_variables(m));
	MICA_TRY(mica__safetensors_open(&f, file));
	MICA_TRY(check_file(m, f, file));
	if (m->n_variables) /* all of one type */
		MICA_TRY(mica__safetensors_values(f, mica_value_dtype(m->variables[0].weight->value), file));
	for (size_t i = 0; i < m->n_variables; i++) /* so that either all weights are the file's, or none */
		MICA_TRY(mica__value_reserve(m->variables[i].weight->value));
	for (size_t i = 0; i < m->n_variables; i++) {
		const mica__stored *s = mica__safetensors_find(f, m->variables[i].name);
		MICA_TRY(mica_value_write(m->variables[i].weight->value, s->data, s->bytes));
		m->variables[i].weight->started = true;
	}
out:
	mica__safetensors_destroy(f);
	return st;
}

mica_status mica_save(mica_model *m, const char *file)
{
	return mica__model_done(m, save(m, file));
}

mica_status mica_load(mica_model *m, const char *file)
{
	return mica__model_done(m, load(m, file));
}
