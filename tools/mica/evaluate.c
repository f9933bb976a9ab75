/* SPDX-License-Identifier: MIT */
/* tools/mica/evaluate.c - mica evaluate: the figures of a saved model on a data set. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct evaluate_options {
	saved_options saved;
	const char *json;
} evaluate_options;

static const option_row rows[] = {
	SAVED_ROWS(evaluate_options, saved),
	{"json", OPTION_TEXT, offsetof(evaluate_options, json), "FILE", "write the figures there too (- for the screen)", NO_RANGE},
};
static const command self = {
	.name = "mica evaluate",
	.argument = "FILE",
	.about = "Tests the model of a .mica or .keras file, which was saved compiled, on a data set.",
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

static int evaluate(const saved *s, const evaluate_options *o)
{
	mica_logs logs;
	bool screen = o->json && !strcmp(o->json, "-");

	patience_begin(screen ? stderr : stdout);
	mica_status st = mica_evaluate(s->model, s->data, &logs, .batch_size = o->saved.batch);
	patience_end();
	if (st != MICA_OK)
		return complain(&self, "%s", mica_error(NULL));
	data_say_scale(screen ? stderr : stdout, s->data);
	print_logs(screen ? stderr : stdout, &logs);
	fprintf(screen ? stderr : stdout, " (%zu samples)\n", mica_dataset_count(s->data));
	if (o->json && !write_json(o->json, &logs))
		return complain(&self, "cannot write %s: %s; name another file", o->json, strerror(errno));
	return EXIT_SUCCESS;
}

int evaluate_main(int argc, char **argv)
{
	evaluate_options o = {.saved = {.batch = 128}};
	const char *file;
	saved s;
	int code = parse_argument(&self, argc, argv, &o, &file);

	if (code < 0)
		code = saved_open(&self, file, &o.saved, true, &s);
	if (code >= 0)
		return code;
	code = evaluate(&s, &o);
	mica_close(s.ctx);
	return code;
}
