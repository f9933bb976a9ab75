/* SPDX-License-Identifier: MIT */
/* tools/mica/evaluate.c - mica evaluate: the figures of a saved model on a data set. */
#include "tool.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct evaluate_options {
	data_options data;
	const char *split, *device, *json;
	long batch;
} evaluate_options;

static const option_row rows[] = {
	DATA_ROWS(evaluate_options, data),
	{"split", OPTION_TEXT, offsetof(evaluate_options, split), "NAME", "train or test (test where there is one, else train)", NO_RANGE},
	{"batch", OPTION_WHOLE, offsetof(evaluate_options, batch), "N", "samples per step (128)", FROM_TO(1, INT32_MAX)},
	{"device", OPTION_TEXT, offsetof(evaluate_options, device), "SPEC",
	 "gpu, cpu, reference, a number or part of a name; see mica devices", NO_RANGE},
	{"json", OPTION_TEXT, offsetof(evaluate_options, json), "FILE", "write the figures there too (- for the screen)", NO_RANGE},
};
static const command self = {
	.name = "mica evaluate",
	.argument = "FILE",
	.about = "Tests the model of a .mica file, which was saved compiled, on a data set.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

static bool write_json(const char *file, const mica_logs *logs)
{
	json j;

	if (!json_begin(&j, file))
		return false;
	json_open(&j, NULL, '{');
	for (size_t i = 0; i < logs->n; i++)
		json_put_real(&j, logs->at[i].name, logs->at[i].value);
	json_close(&j, '}');
	return json_end(&j);
}

void print_logs(FILE *out, const mica_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		fprintf(out, "%s%s: %.4f", i ? " - " : "", logs->at[i].name, logs->at[i].value);
}

static int evaluate(mica_context *ctx, const char *file, const evaluate_options *o)
{
	data_sets sets;
	const mica_dataset *d;
	mica_logs logs;
	mica_model *m = mica_load_model(ctx, file);
	bool screen = o->json && !strcmp(o->json, "-");

	if (!m)
		return complain(&self, "%s", mica_error(ctx));
	int code = data_open_any(&self, ctx, &o->data, &sets);
	if (code < 0)
		code = data_choose(&self, &sets, o->split, &d);
	if (code >= 0)
		return code;
	patience_begin(screen ? stderr : stdout);
	mica_status st = mica_evaluate(m, d, &logs, .batch_size = o->batch);
	patience_end();
	if (st != MICA_OK)
		return complain(&self, "%s", mica_error(NULL));
	print_logs(screen ? stderr : stdout, &logs);
	fprintf(screen ? stderr : stdout, " (%zu samples)\n", mica_dataset_count(d));
	if (o->json && !write_json(o->json, &logs))
		return complain(&self, "cannot write %s: %s; name another file", o->json, strerror(errno));
	return EXIT_SUCCESS;
}

int evaluate_main(int argc, char **argv)
{
	evaluate_options o = {.batch = 128};
	const char *file;
	int code = parse_argument(&self, argc, argv, &o, &file);

	if (code >= 0)
		return code;
	mica_context *ctx = mica_open(&(mica_open_opts){.device = o.device});
	if (!ctx)
		return complain(&self, "%s", mica_error(NULL));
	code = evaluate(ctx, file, &o);
	mica_close(ctx);
	return code;
}
