/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_mlp.c - mica bench mlp: how fast the network of the options is trained, for each batch size.
   An epoch is as much of the data as takes about a fifth of --seconds, at most all; the figure is the median epoch. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	NETWORK_ROWS(bench_options, network),
	{"batch", OPTION_LIST, offsetof(bench_options, batches), "N,N,...", "batch sizes (32,128,512)", NO_RANGE},
	{"data", OPTION_TEXT, offsetof(bench_options, data), "WHAT",
	 "as in mica train (MNIST where it is, else random bytes of its shape)", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench mlp",
	.about = "Measures training of a network of Dense layers: the median epoch's samples per second.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

typedef struct figures {
	double samples_per_second, first_step_seconds;
	double covered; /* share of the time that kernels took; 0 if not known */
	size_t epochs, samples;
} figures;

static bool failed(mica_context *ctx)
{
	mica_status st = mica_context_status(ctx);

	return complain(&self, "%s", st != MICA_OK ? mica_error(ctx) : mica_error(NULL)), false;
}

/* 60000 samples of 28x28 random bytes with random labels 0..9, the same every time. */
static mica_dataset *random_data(mica_context *ctx)
{
	const size_t n = 60000, size = 28 * 28;
	unsigned char *x = malloc(n * size), y[60000];
	mica_dataset *d = NULL;
	uint32_t state = 2463534242u;

	for (size_t i = 0; x && i < n * size; i++) {
		state = state * 1664525u + 1013904223u;
		x[i] = (unsigned char)(state >> 24);
		y[i / size] = (unsigned char)((state >> 16) % 10);
	}
	if (x)
		d = mica_dataset_arrays(ctx, x, MICA_U8, MICA_SHAPE(n, 28, 28), y, MICA_U8, MICA_SHAPE(n), 0);
	else
		complain(&self, "no memory for %zu bytes of random data; name --data", n * size);
	free(x);
	return d;
}

static bool open_data(mica_context *ctx, const bench_options *o, data_sets *out)
{
	if (o->data || mica_dataset_mnist_has(MICA_TRAIN, NULL))
		return data_open(&self, ctx, &(data_options){.data = o->data}, out) < 0;
	*out = (data_sets){.name = "random bytes", .train = random_data(ctx), .classes = 10};
	return out->train ? true : failed(ctx);
}

static mica_status guard(mica_training *unused, void *payload)
{
	(void)unused;
	(void)payload;
	signals_guard();
	return MICA_OK;
}

/* So many samples that an epoch takes about a fifth of the time, in whole batches; the first steps warm up. */
static bool choose_part(mica_model *m, const data_sets *d, long batch, double seconds, mica_dataset **part)
{
	size_t all = mica_dataset_count(d->train), n = 16 * (size_t)batch;
	mica_epoch e[3];

	*part = mica_dataset_range(d->train, 0, n < all ? n : all);
	if (!*part || mica_fit(m, *part, .epochs = 3, .batch_size = batch, .history = e,
	                       .callbacks = {mica_custom_callback(.on_train_begin = guard)}) != MICA_OK)
		return false;
	double wanted = e[2].samples_per_second * seconds / 5;
	if (wanted >= (double)all)
		*part = d->train;
	else if (wanted > (double)n)
		*part = mica_dataset_range(d->train, 0, (size_t)wanted / (size_t)batch * (size_t)batch);
	return *part != NULL;
}

static bool measure(mica_context *ctx, mica_model *m, const data_sets *d, long batch, double seconds, figures *out)
{
	enum { MOST = 1000, LEAST = 3 };
	double rate[MOST];
	mica_dataset *part;

	if (!choose_part(m, d, batch, seconds, &part))
		return failed(ctx);
	out->first_step_seconds = mica_model_describe(m).first_step_seconds;
	double kernels = report_kernel_seconds(ctx), spent = 0;
	for (out->epochs = 0; out->epochs < MOST && (out->epochs < LEAST || spent < seconds); out->epochs++) {
		mica_epoch e;
		if (mica_fit(m, part, .batch_size = batch, .history = &e) != MICA_OK)
			return failed(ctx);
		rate[out->epochs] = e.samples_per_second;
		spent += e.seconds;
	}
	out->covered = (report_kernel_seconds(ctx) - kernels) / spent;
	out->samples_per_second = median(rate, out->epochs);
	out->samples = mica_dataset_count(part);
	return true;
}

static void print_line(report *r, long batch, const figures *f, const mica_model *m, uint64_t bytes)
{
	mica_model_info info = mica_model_describe(m);

	fprintf(r->out, "| %6ld | %10.0f | %8.3f | %8zu | %10s | %9.1f |", batch, f->samples_per_second,
	        1e3 * (double)batch / f->samples_per_second, info.launches_per_step, info.persistent ? "yes" : "no",
	        (double)bytes / 1048576);
	if (r->options->kernels)
		fprintf(r->out, " %6.1f |", 100 * f->covered);
	fputc('\n', r->out);
	fflush(r->out);
}

static void write_line(json *j, long batch, const figures *f, const mica_model *m, uint64_t bytes)
{
	mica_model_info info = mica_model_describe(m);

	json_put_whole(j, "batch", (uint64_t)batch);
	json_put_real(j, "samples_per_second", f->samples_per_second);
	json_put_real(j, "step_seconds", (double)batch / f->samples_per_second);
	json_put_whole(j, "epochs", f->epochs);
	json_put_whole(j, "samples_per_epoch", f->samples);
	json_put_whole(j, "launches_per_step", info.launches_per_step);
	json_put_flag(j, "persistent", info.persistent);
	json_put_whole(j, "device_bytes", bytes);
	if (f->covered > 0)
		json_put_real(j, "covered_by_kernels", f->covered);
}

static bool bench_batch(report *r, mica_context *ctx, long batch)
{
	const bench_options *o = r->options;
	data_sets d;
	figures f = {0};

	if (!open_data(ctx, o, &d))
		return false;
	mica_model *m = network_build(ctx, &o->network, mica_dataset_sample_shape(d.train), d.classes, 1);
	if (mica_context_status(ctx) != MICA_OK)
		return failed(ctx);
	if (!measure(ctx, m, &d, batch, o->seconds, &f))
		return false;
	uint64_t bytes = mica_context_usage(ctx).peak_bytes;
	print_line(r, batch, &f, m, bytes);
	if (o->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "device", mica_context_device(ctx)->name);
		json_put_text(&r->json, "data", d.name);
		write_line(&r->json, batch, &f, m, bytes);
	}
	report_kernels(r, ctx);
	if (o->json)
		json_close(&r->json, '}');
	return true;
}

static void print_head(report *r)
{
	fprintf(r->out, "| %6s | %10s | %8s | %8s | %10s | %9s |%s\n", "batch", "samples/s", "ms/step", "launches",
	        "persistent", "device MB", r->options->kernels ? " cov. % |" : "");
	fprintf(r->out, "|%.7s:|%.11s:|%.9s:|%.9s:|%.11s:|%.10s:|%s\n", RULE, RULE, RULE, RULE, RULE, RULE,
	        r->options->kernels ? "-------:|" : "");
}

int bench_mlp_main(int argc, char **argv)
{
	bench_options o = {.network = NETWORK_DEFAULTS, .batches = "32,128,512", .seconds = 3};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code < 0)
		code = network_check(&self, &o.network);
	if (code >= 0)
		return code;
	if (!report_begin(&r, &self, &o))
		return EXIT_FAILURE;
	code = EXIT_SUCCESS;
	long batch;
	for (const char *s = o.batches; code == EXIT_SUCCESS && take_number(&s, ',', &batch);) {
		bool first = !r.introduced;
		mica_context *ctx = report_open(&r);
		if (ctx && first)
			print_head(&r);
		code = ctx && bench_batch(&r, ctx, batch) ? EXIT_SUCCESS : EXIT_FAILURE;
		mica_close(ctx);
	}
	return report_end(&r, code);
}
