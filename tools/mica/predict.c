/* SPDX-License-Identifier: MIT */
/* tools/mica/predict.c - mica predict: what a saved model says of samples, as text or as an array of NumPy's. */
#include "tool.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct predict_options {
	data_options data;
	const char *split, *device, *out;
	long batch;
} predict_options;

static const option_row rows[] = {
	DATA_ROWS(predict_options, data),
	{"split", OPTION_TEXT, offsetof(predict_options, split), "NAME", "train or test (test where there is one, else train)", NO_RANGE},
	{"batch", OPTION_WHOLE, offsetof(predict_options, batch), "N", "samples per step (128)", FROM_TO(1, INT32_MAX)},
	{"device", OPTION_TEXT, offsetof(predict_options, device), "SPEC",
	 "gpu, cpu, reference, a number or part of a name; see mica devices", NO_RANGE},
	{"out", OPTION_TEXT, offsetof(predict_options, out), "FILE",
	 "write them there: FILE.npy as an array, else a line for each sample (-, the screen)", NO_RANGE},
};
static const command self = {
	.name = "mica predict",
	.argument = "FILE",
	.about = "Tells what the model of a .mica file says of samples: the numbers of its first output, of each sample in a line, with commas.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

static size_t count(mica_shape s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.rank; i++)
		n *= s.dim[i];
	return n;
}

/* ---- files ---- */

static bool is_npy(const char *file)
{
	size_t n = strlen(file);

	return n >= 4 && !strcmp(file + n - 4, ".npy");
}

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
	fwrite(y, sizeof *y, n * count(s), out);
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
	if (is_npy(file))
		write_npy(to.file, y, n, s);
	else
		write_lines(to.file, y, n, count(s));
	if (!replace_end(&to))
		return complain(&self, "cannot write %s: %s; name another file", file, strerror(errno));
	return EXIT_SUCCESS;
}

/* ---- the model ---- */

static int predict(mica_context *ctx, const char *file, const predict_options *o)
{
	data_sets sets;
	const mica_dataset *d;
	mica_model *m = mica_load_model(ctx, file, .no_training = true);

	if (!m)
		return complain(&self, "%s", mica_error(ctx));
	int code = data_open_any(&self, ctx, &o->data, &sets);
	if (code < 0)
		code = data_choose(&self, &sets, o->split, &d);
	if (code >= 0)
		return code;
	size_t n = mica_dataset_count(d);
	mica_shape s = mica_model_output_shape(m);
	float *y = calloc(n * count(s), sizeof *y);
	if (!y)
		return complain(&self, "no memory for what it says of %zu samples", n);
	patience_begin(stderr);
	mica_status st = mica_predict(m, mica_dataset_samples(d), y, n * count(s) * sizeof *y, .batch_size = o->batch);
	patience_end();
	code = st == MICA_OK ? write_out(o, y, n, s) : complain(&self, "%s", mica_error(NULL));
	free(y);
	return code;
}

int predict_main(int argc, char **argv)
{
	predict_options o = {.batch = 128};
	const char *file;
	int code = parse_argument(&self, argc, argv, &o, &file);

	if (code >= 0)
		return code;
	mica_context *ctx = mica_open(&(mica_open_opts){.device = o.device});
	if (!ctx)
		return complain(&self, "%s", mica_error(NULL));
	code = predict(ctx, file, &o);
	mica_close(ctx);
	return code;
}
