/* SPDX-License-Identifier: MIT */
/* model/evaluate.c - using a model without training it: evaluate and predict. */
#include "base/fields.h"
#include "model/model.h"

#include <string.h>

static const mica__field batch_field = MICA__FIELD(mica_evaluate_opts, batch_size, MICA__LONG, 32, 1, MICA__MOST_COUNT, false, false);

mica_status mica_model_evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_scores *out)
{
	mica_evaluate_opts opts;
	mica__pass p = {0};
	mica_status st;

	MICA_TRY(mica__options(&opts, o, sizeof opts, "evaluate"));
	MICA_TRY(mica__model_check(m, "evaluate", true));
	MICA_TRY(mica__fields_resolve("evaluate", &opts, &batch_field, 1));
	if (!out)
		return mica__fail(MICA_EINVAL, "evaluate: there is no room for scores");
	MICA_TRY(mica__model_check_data(m, d, "evaluate", true));
	MICA_TRY(mica__pass_open(&p, m, d, MICA__SCORE, (size_t)opts.batch_size));
	MICA_TRY(mica__pass_run(&p, false, 0, NULL, NULL));
	*out = (mica_scores){0};
	MICA_TRY(mica__pass_scores(&p, d->count, out));
out:
	mica__pass_close(&p);
	return st;
}

/* The step for a batch of rows; it is fed from the host, batch by batch. */
static mica_status predict_step(mica__step **out, mica_model *m, const mica_dataset *d, size_t rows, size_t typical)
{
	mica__step_key key;

	memset(&key, 0, sizeof key);
	key.use = MICA__PREDICT;
	key.x_type = d->all->x.type;
	key.batch = key.rows = rows;
	key.typical = typical;
	key.scale = d->scale;
	return mica__step_get(out, m, &key);
}

static mica_status check_predict(mica_model *m, const mica_dataset *d, long batch, const float *out, size_t bytes)
{
	mica_status st;

	MICA_TRY(mica__model_check(m, "predict", false));
	if (batch < 0 || !out)
		return mica__fail(MICA_EINVAL, "predict: batch_size is %ld%s", batch, out ? "" : ", and there is no room for results");
	MICA_TRY(mica__model_check_data(m, d, "predict", false));
	mica_shape s = mica_model_output_shape(m);
	size_t need = d->count * mica__shape_count(&s) * sizeof *out;
	if (bytes != need)
		return mica__fail(MICA_ESHAPE, "predict: %zu bytes for %zu outputs of shape %s; %zu are needed", bytes, d->count,
		                  mica__shape_text(&s), need);
	MICA_TRY(mica__model_initialize(m));
out:
	return st;
}

mica_status mica_predict(mica_model *m, const mica_dataset *d, long batch_size, float *out, size_t bytes)
{
	mica_status st;

	MICA_TRY(check_predict(m, d, batch_size, out, bytes));
	size_t batch = batch_size ? (size_t)batch_size : 32, width = bytes / d->count / sizeof *out;
	if (batch > d->count)
		batch = d->count;
	for (size_t i = 0, rows; i < d->count; i += rows) {
		mica__step *s;
		rows = d->count - i < batch ? d->count - i : batch;
		MICA_TRY(predict_step(&s, m, d, rows, batch));
		st = mica_plan_feed(s->plan, "x", mica__dataset_x(d, i), rows * d->all->x_bytes);
		if (st == MICA_OK)
			st = mica_plan_run(s->plan, 1);
		if (st == MICA_OK)
			st = mica_plan_fetch(s->plan, 0, out + i * width, rows * width * sizeof *out);
		s->proven = st == MICA_OK;
		mica__step_release(m, s);
		MICA_TRY(st);
	}
out:
	return st;
}
