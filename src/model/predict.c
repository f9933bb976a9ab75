/* SPDX-License-Identifier: MIT */
/* model/predict.c - predict: arrays of the caller's through the network, batch by batch, into memory of the caller's. */
#include "base/fields.h"
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mica_field batch_field = MICA_FIELD_LONG(mica_predict_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1));

/* What one call is given: as many arrays as the model has inputs, rooms for some of its outputs. */
typedef struct request {
	mica_model *m;
	const mica_array *x;
	const mica_room *out;
	size_t n_x, n_out;
} request;

static size_t samples_of(const request *r)
{
	return r->x[0].shape.dim[0];
}

/* The step for a batch of rows; it is fed from the host, batch by batch. */
static mica_status predict_step(mica__step **out, const request *r, size_t rows, size_t typical)
{
	mica__step_key key;

	memset(&key, 0, sizeof key);
	key.use = MICA__PREDICT;
	key.batch = key.rows = rows;
	key.typical = typical;
	for (size_t i = 0; i < r->n_x; i++) {
		const mica_array *x = &r->x[i];
		mica__column_key_set(&key.x[i], x->type, x->shape, x->scale != 0 ? x->scale : mica__dtype_scale(x->type));
	}
	return mica__step_get(out, r->m, &key);
}

/* ---- checks ---- */

static mica_status check_arrays(const request *r)
{
	mica_status st = MICA_OK;

	if (r->n_x != r->m->net.n_inputs)
		return mica__fail(MICA_EINVAL, "predict: %zu arrays for a model of %zu inputs", r->n_x, r->m->net.n_inputs);
	for (size_t i = 0; i < r->n_x && st == MICA_OK; i++) {
		MICA_TRY(mica__feed_check_samples(r->m, i, r->x[i].shape, "predict"));
		if (r->x[i].shape.dim[0] != samples_of(r))
			return mica__fail(MICA_ESHAPE, "predict: %zu samples for \"%s\" and %zu for \"%s\"; expected as many for each input", samples_of(r),
			                  r->m->net.inputs[0].name, r->x[i].shape.dim[0], r->m->net.inputs[i].name);
	}
out:
	return st;
}

static mica_status check_room(const request *r, size_t i, const char *type)
{
	const mica_symbol *y = mica__model_output(r->m, i);
	const mica_room *out = &r->out[i];
	size_t need;

	if (!out->data)
		return mica__fail(MICA_EINVAL, "predict: there is no room for results");
	if (type && y->type != MICA_F32)
		return mica__fail(MICA_EUNSUPPORTED, "predict: the outputs are %s; only f32 can be had", mica__dtype_name(y->type));
	if (!mica__mul(samples_of(r), mica__shape_count(&y->shape), &need) || !mica__mul(need, mica__dtype_bytes(y->type), &need))
		return mica__fail(MICA_EOVERFLOW, "predict: %zu outputs of shape %s", samples_of(r), mica__shape_text(&y->shape));
	if (out->bytes != need)
		return mica__fail(MICA_ESHAPE, "predict: there is room for %zu bytes; %zu are needed for %zu samples, of each of which the output has shape %s",
		                  out->bytes, need, samples_of(r), mica__shape_text(&y->shape));
	return MICA_OK;
}

/* ---- batches ---- */

static mica_status feed(const request *r, mica__step *s, size_t from, size_t rows)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < r->n_x && st == MICA_OK; i++) {
		const mica_array *x = &r->x[i];
		size_t each = mica__shape_count(&x->shape) / samples_of(r) * mica__dtype_bytes(x->type);
		char name[24];
		snprintf(name, sizeof name, "x%zu", i);
		st = mica_plan_feed(s->plan, name, (const char *)x->data + from * each, rows * each);
	}
	return st;
}

static mica_status predict_rows(const request *r, size_t from, size_t rows, size_t typical)
{
	mica__step *s = NULL;
	mica_status st;

	MICA_TRY(predict_step(&s, r, rows, typical));
	MICA_TRY(feed(r, s, from, rows));
	MICA_TRY(mica_plan_run(s->plan, 1));
	for (size_t i = 0; i < r->n_out; i++) {
		size_t each = r->out[i].bytes / samples_of(r);
		MICA_TRY(mica_plan_fetch(s->plan, i, (char *)r->out[i].data + from * each, rows * each));
	}
	s->proven = true;
out:
	mica__step_release(r->m, s);
	return st;
}

static mica_status predict_batches(const request *r, const mica_predict_opts *o)
{
	size_t n = samples_of(r), batch = (size_t)o->batch_size < n ? (size_t)o->batch_size : n;
	mica__callbacks c;
	mica_status st;

	MICA_TRY(mica__callbacks_open(&c, r->m, o->callbacks, "predict"));
	c.t.testing = true;
	c.t.steps = mica__ceil_div(n, batch);
	MICA_TRY(mica__callbacks_call(&c, MICA__HOOK(on_predict_begin)));
	for (size_t from = 0; from < n; from += batch) {
		MICA_TRY(mica__callbacks_call(&c, MICA__HOOK(on_predict_batch_begin)));
		MICA_TRY(predict_rows(r, from, n - from < batch ? n - from : batch, batch));
		c.t.step++;
		MICA_TRY(mica__callbacks_call(&c, MICA__HOOK(on_predict_batch_end)));
	}
	st = mica__callbacks_call(&c, MICA__HOOK(on_predict_end));
out:
	mica__callbacks_close(&c);
	return st;
}

/* floats: the rooms are of that type. */
static mica_status predict(const request *r, const mica_predict_opts *o, const char *floats)
{
	mica_predict_opts opts;
	mica_status st;

	MICA_TRY(mica__options(&opts, o, sizeof opts, "predict"));
	MICA_TRY(mica__fields_resolve("predict", &opts, &batch_field, 1));
	for (size_t i = 0; i < r->n_x; i++)
		MICA_TRY(mica__array_check(&r->x[i], "predict"));
	MICA_TRY(mica__model_infer(r->m, r->n_x ? &r->x[0].shape : NULL));
	MICA_TRY(mica__model_check(r->m, "predict", false));
	MICA_TRY(check_arrays(r));
	if (r->n_out > r->m->net.n_outputs)
		return mica__fail(MICA_EINVAL, "predict: room for %zu outputs of a model that has %zu", r->n_out, r->m->net.n_outputs);
	for (size_t i = 0; i < r->n_out; i++)
		MICA_TRY(check_room(r, i, floats));
	MICA_TRY(mica__model_initialize(r->m));
	st = predict_batches(r, &opts);
out:
	return st;
}

static mica_status predict_held(const request *r, const mica_predict_opts *o, const char *floats)
{
	if (mica_model_status(r->m) != MICA_OK)
		return mica__model_check(r->m, "predict", false);
	mica__model_hold(r->m);
	mica_status st = mica__model_done(r->m, predict(r, o, floats));
	mica__model_release(r->m);
	return st;
}

mica_status mica_model_predict(mica_model *m, mica_array x, const mica_predict_opts *o, float *out, size_t bytes)
{
	const mica_room room = {out, bytes};
	const request r = {m, &x, &room, 1, 1};

	return predict_held(&r, o, "f32");
}

mica_status mica_model_predict_all(mica_model *m, const mica_predict_all_opts *o)
{
	mica_predict_all_opts opts;
	request r = {.m = m, .x = opts.inputs, .out = opts.outputs};
	mica_status st = mica__options(&opts, o, sizeof opts, "predict");

	if (st != MICA_OK)
		return mica__model_done(m, st);
	while (r.n_x < MICA_MAX_INPUTS && opts.inputs[r.n_x].data)
		r.n_x++;
	while (r.n_out < MICA_MAX_OUTPUTS && opts.outputs[r.n_out].data)
		r.n_out++;
	return predict_held(&r, &(mica_predict_opts){MICA_OPTS(mica_predict_opts), .batch_size = opts.batch_size}, NULL);
}
