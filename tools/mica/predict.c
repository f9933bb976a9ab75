/* SPDX-License-Identifier: MIT */
/* tools/mica/predict.c - mica predict: what a saved model says of samples, as text or as an array of NumPy's. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct predict_options {
	saved_options saved;
	const char *out;
} predict_options;

static const option_row rows[] = {
	SAVED_ROWS(predict_options, saved),
	{"out", OPTION_TEXT, offsetof(predict_options, out), "FILE",
	 "write them there: FILE.npy as an array, else a line for each sample (-, the screen)", NO_RANGE},
};
static const command self = {
	.name = "mica predict",
	.argument = "FILE",
	.about = "Tells what the model of a .mica or .keras file says of samples: the numbers of its first output, of each sample in a line, with commas.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

/* ---- files ---- */

/* Version 1.0 of the format: ten bytes, and a header that ends with a line at a multiple of 64. */
static void write_npy(FILE *out, const float *y, size_t n, mica_shape s)
{
	char header[512];
	int length = snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu,", n);

	for (size_t i = 0; i < s.rank; i++)
		length += snprintf(header + length, sizeof header - (size_t)length, " %zu,", s.dim[i]);
	length += snprintf(header + length, sizeof header - (size_t)length, "), }");
	int padded = (10 + length + 1 + 63) / 64 * 64 - 10;
	fwrite("\x93NUMPY\x01\x00", 1, 8, out);
	fputc(padded & 255, out);
	fputc(padded >> 8, out);
	fprintf(out, "%s%*s\n", header, padded - length - 1, "");
	fwrite(y, sizeof *y, n * shape_count(s), out);
}

static void write_lines(FILE *out, const float *y, size_t n, size_t each)
{
	for (size_t i = 0; i < n * each; i++)
		fprintf(out, "%.9g%c", (double)y[i], (i + 1) % each ? ',' : '\n');
}

static int write_out(const predict_options *o, const float *y, size_t n, mica_shape s)
{
	const char *file = o->out ? o->out : "-";
	replacement to;

	if (!replace_begin(&to, file))
		return complain(&self, "cannot write %s: %s; name another file", file, strerror(errno));
	if (ends_with(file, ".npy"))
		write_npy(to.file, y, n, s);
	else
		write_lines(to.file, y, n, shape_count(s));
	if (!replace_end(&to))
		return complain(&self, "cannot write %s: %s; name another file", file, strerror(errno));
	return EXIT_SUCCESS;
}

/* ---- the model ---- */

static int predict(const saved *s, const predict_options *o)
{
	size_t n = mica_dataset_count(s->data);
	mica_shape shape = mica_model_output_shape(s->model);
	size_t numbers = n * shape_count(shape);
	float *y = calloc(numbers, sizeof *y);

	if (!y)
		return complain(&self, "no memory for what it says of %zu samples", n);
	patience_begin(stderr);
	mica_status st = mica_predict(s->model, mica_dataset_samples(s->data), y, numbers * sizeof *y, .batch_size = o->saved.batch);
	patience_end();
	int code = st == MICA_OK ? write_out(o, y, n, shape) : complain(&self, "%s", mica_error(NULL));
	if (code == EXIT_SUCCESS && o->saved.data.scale == 0 && mica_dataset_scale(s->data) == 1.0 / 255) /* a type chose it */
		data_say_scale(stderr, s->data);
	free(y);
	return code;
}

int predict_main(int argc, char **argv)
{
	predict_options o = {.saved = {.batch = 128}};
	const char *file;
	saved s;
	int code = parse_argument(&self, argc, argv, &o, &file);

	if (code < 0)
		code = saved_open(&self, file, &o.saved, false, &s);
	if (code >= 0)
		return code;
	code = predict(&s, &o);
	mica_close(s.ctx);
	return code;
}
