/* SPDX-License-Identifier: MIT */
/* model/evaluate.c - using a model without training it: evaluate and predict. */
#include "base/fields.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

static const mica_field evaluate_batch = MICA_FIELD_LONG(mica_evaluate_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1));
static const mica_field predict_batch = MICA_FIELD_LONG(mica_predict_opts, batch_size, .otherwise = 32, MICA_COUNT_FROM(1));

/* ---- evaluate ---- */

static mica_status score(mica_model *m, const mica_dataset *d, size_t batch, mica_scores *out)
{
	mica__pass p = {0};
	mica_status st;

	MICA_TRY(mica__pass_open(&p, m, d, MICA__SCORE, batch));
	MICA_TRY(mica__pass_run(&p, false, 0, NULL, NULL));
	*out = (mica_scores){0};
	MICA_TRY(mica__pass_scores(&p, d->count, out));
out:
	mica__pass_close(&p);
	return st;
}

static mica_status evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_scores *out)
{
	mica_evaluate_opts opts;
	mica__counters kept;
	mica__kept_reason why;
	mica_status st;

	MICA_TRY(mica__model_check(m, "evaluate", true));
	MICA_TRY(mica__options(&opts, o, sizeof opts, "evaluate"));
	MICA_TRY(mica__fields_resolve("evaluate", &opts, &evaluate_batch, 1));
	if (!out)
		return mica__fail(MICA_EINVAL, "evaluate: there is no room for scores");
	MICA_TRY(mica__model_check_data(m, d, "evaluate", true));
	if (!m->passing)
		return score(m, d, (size_t)opts.batch_size, out);
	MICA_TRY(mica__counters_keep(&kept, m)); /* called by a function that the running pass has called */
	st = score(m, d, (size_t)opts.batch_size, out);
	mica__reason_keep(&why);
	mica_status back = mica__counters_restore(&kept, m);
	if (st == MICA_OK)
		return back;
	mica__reason_restore(&why);
out:
	return st;
}

/* Model and samples stay while it runs, even if a function of the user's destroys them. */
mica_status mica_model_evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_scores *out)
{
	if (!m || !d)
		return mica__model_done(m, evaluate(m, d, o, out));
	mica_dataset data = *d;
	mica__model_hold(m);
	mica__samples_hold(data.all);
	mica_status st = mica__model_done(m, evaluate(m, &data, o, out));
	mica__samples_release(data.all);
	mica__model_release(m);
	return st;
}

/* ---- predict ---- */

/* The step for a batch of rows; it is fed from the host, batch by batch. */
static mica_status predict_step(mica__step **out, mica_model *m, const mica_array *x, size_t rows, size_t typical)
{
	mica__step_key key;

	memset(&key, 0, sizeof key);
	key.use = MICA__PREDICT;
	key.x_type = x->type;
	key.batch = key.rows = rows;
	key.typical = typical;
	key.scale = x->scale != 0 ? x->scale : mica__dtype_scale(x->type);
	return mica__step_get(out, m, &key);
}

static mica_status check_array(const mica_model *m, const mica_array *x)
{
	size_t n;

	if (!x->data)
		return mica__fail(MICA_EINVAL, "predict: no samples: the array's data is NULL");
	if (!mica__dtype_valid(x->type))
		return mica__fail(MICA_EINVAL, "predict: samples of type %d, which there is not; see mica_dtype", (int)x->type);
	if (!isfinite(x->scale))
		return mica__fail(MICA_EINVAL, "predict: scale is %g; give a finite number, or 0 for the usual one", x->scale);
	if (x->shape.rank == 0 || x->shape.rank > MICA_MAX_RANK || !mica__shape_checked_count(&x->shape, &n) || n == 0)
		return mica__fail(MICA_EINVAL, "predict: an array of shape %s holds no samples; the first dimension counts them",
		                  x->shape.rank > MICA_MAX_RANK ? "of too high a rank" : mica__shape_text(&x->shape));
	return mica__model_check_samples(m, x->shape, "predict");
}

static mica_status check_room(const mica_model *m, size_t samples, const float *out, size_t bytes)
{
	mica_shape s = mica_model_output_shape(m);
	size_t need;

	if (!out)
		return mica__fail(MICA_EINVAL, "predict: there is no room for results");
	if (mica__model_output(m, 0)->type != MICA_F32)
		return mica__fail(MICA_EUNSUPPORTED, "predict: the outputs are %s; only f32 can be had", mica__dtype_name(mica__model_output(m, 0)->type));
	if (!mica__mul(samples, mica__shape_count(&s), &need) || !mica__mul(need, sizeof *out, &need))
		return mica__fail(MICA_EOVERFLOW, "predict: %zu outputs of shape %s", samples, mica__shape_text(&s));
	if (bytes != need)
		return mica__fail(MICA_ESHAPE, "predict: %zu bytes for %zu outputs of shape %s; %zu are needed", bytes, samples,
		                  mica__shape_text(&s), need);
	return MICA_OK;
}

static mica_status predict_rows(mica_model *m, const mica_array *x, size_t from, size_t rows, size_t typical, float *out)
{
	size_t samples = x->shape.dim[0], each = mica__shape_count(&x->shape) / samples * mica__dtype_bytes(x->type);
	mica_shape result = mica_model_output_shape(m);
	size_t width = mica__shape_count(&result);
	mica__step *s = NULL;
	mica_status st;

	MICA_TRY(predict_step(&s, m, x, rows, typical));
	MICA_TRY(mica_plan_feed(s->plan, "x", (const char *)x->data + from * each, rows * each));
	MICA_TRY(mica_plan_run(s->plan, 1));
	MICA_TRY(mica_plan_fetch(s->plan, 0, out + from * width, rows * width * sizeof *out));
	s->proven = true;
out:
	mica__step_release(m, s);
	return st;
}

static mica_status predict(mica_model *m, const mica_array *x, const mica_predict_opts *o, float *out, size_t bytes)
{
	mica_predict_opts opts;
	mica_status st;

	MICA_TRY(mica__model_check(m, "predict", false));
	MICA_TRY(mica__options(&opts, o, sizeof opts, "predict"));
	MICA_TRY(mica__fields_resolve("predict", &opts, &predict_batch, 1));
	MICA_TRY(check_array(m, x));
	MICA_TRY(check_room(m, x->shape.dim[0], out, bytes));
	MICA_TRY(mica__model_initialize(m));
	size_t n = x->shape.dim[0], batch = (size_t)opts.batch_size < n ? (size_t)opts.batch_size : n;
	for (size_t i = 0; i < n; i += batch)
		MICA_TRY(predict_rows(m, x, i, n - i < batch ? n - i : batch, batch, out));
out:
	return st;
}

mica_status mica_model_predict(mica_model *m, mica_array x, const mica_predict_opts *o, float *out, size_t bytes)
{
	if (!m)
		return predict(m, &x, o, out, bytes);
	mica__model_hold(m);
	mica_status st = mica__model_done(m, predict(m, &x, o, out, bytes));
	mica__model_release(m);
	return st;
}
