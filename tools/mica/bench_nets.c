/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_nets.c - mica bench nets: how fast networks of several kinds are trained, by the layer interface.  An epoch is
   some steps of random data that is on the device; the figure is the median epoch. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const option_row rows[] = {
	{"net", OPTION_TEXT, offsetof(bench_options, shapes), "NAME,...", "cnn, resnet20, thin50, bn, lstm, text, gpt (all of them)", NO_RANGE},
	{"batch", OPTION_LIST, offsetof(bench_options, batches), "N,N,...", "batch sizes (128)", NO_RANGE},
	BENCH_ROWS,
};
static const command self = {
	.name = "mica bench nets",
	.about = "Measures training of networks of several kinds: the median epoch's samples per second.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

typedef struct figures {
	double samples_per_second, first_step_seconds, gflops;
	size_t launches;
	uint64_t bytes;
} figures;

/* Epochs of so many steps that one takes about a tenth of the time, but two at least. */
static bool measure(mica_context *ctx, mica_model *m, const net_spec *n, size_t batch, double seconds, figures *out)
{
	enum { MOST = 1000, LEAST = 3 };
	double rate[MOST], spent = 0;
	size_t epochs = 0, steps = 2; /* at first as few as in the longest ones: of another number there would be a second plan */
	mica_epoch e;

	mica_dataset *d = net_data(ctx, n, steps * batch);
	if (!d || mica_fit(m, d, .batch_size = (long)batch) != MICA_OK)
		return false;
	out->first_step_seconds = mica_model_describe(m).first_step_seconds;
	if (mica_fit(m, d, .batch_size = (long)batch, .history = &e) != MICA_OK)
		return false;
	double fits = e.samples_per_second * seconds / 10 / (double)batch;
	steps = fits < 2 ? 2 : fits > 200 ? 200 : (size_t)fits;
	mica_dataset_destroy(d);
	d = net_data(ctx, n, steps * batch);
	for (; d && epochs < MOST && (epochs < LEAST || spent < seconds); epochs++) {
		if (mica_fit(m, d, .batch_size = (long)batch, .history = &e) != MICA_OK)
			return false;
		rate[epochs] = e.samples_per_second;
		spent += e.seconds;
	}
	if (!d)
		return false;
	mica_model_info info = mica_model_describe(m);
	out->samples_per_second = median(rate, epochs);
	out->gflops = 1e-9 * info.flops_per_step * out->samples_per_second / (double)batch;
	out->launches = info.launches_per_step;
	out->bytes = mica_context_usage(ctx).peak_bytes;
	return true;
}

static void write_result(json *j, const net_spec *n, size_t batch, const figures *f)
{
	json_open(j, NULL, '{');
	json_put_text(j, "net", n->name);
	json_put_whole(j, "batch", batch);
	json_put_real(j, "samples_per_second", f->samples_per_second);
	json_put_real(j, "first_step_seconds", f->first_step_seconds);
	json_put_whole(j, "launches_per_step", f->launches);
	json_put_real(j, "gflops", f->gflops);
	json_put_whole(j, "device_bytes", f->bytes);
	json_put_real(j, "peak_rss_mb", peak_rss_mb());
}

static void print_head(report *r)
{
	fprintf(r->out, "| %-8s | %6s | %10s | %8s | %8s | %8s | %9s | %7s |\n", "net", "batch", "samples/s", "ms/step", "GFLOP/s",
	        "launches", "device MB", "first s");
	fprintf(r->out, "|:%.8s-|%.7s:|%.11s:|%.9s:|%.9s:|%.9s:|%.10s:|%.8s:|\n", RULE, RULE, RULE, RULE, RULE, RULE, RULE, RULE);
}

static bool bench(report *r, const net_spec *n, size_t batch)
{
	bool first = !r->introduced;
	mica_context *ctx = report_open(r);
	mica_model *m = ctx ? net_build(ctx, n) : NULL;
	figures f = {0};

	if (!ctx)
		return false;
	if (first)
		print_head(r);
	if (!measure(ctx, m, n, batch, r->options->seconds, &f)) {
		complain(&self, "%s: %s", n->name, mica_context_status(ctx) != MICA_OK ? mica_error(ctx) : "no memory for its data");
		mica_close(ctx);
		return false;
	}
	fprintf(r->out, "| %-8s | %6zu | %10.0f | %8.3f | %8.1f | %8zu | %9.1f | %7.2f |\n", n->name, batch, f.samples_per_second,
	        1e3 * (double)batch / f.samples_per_second, f.gflops, f.launches, (double)f.bytes / 1048576, f.first_step_seconds);
	fflush(r->out);
	if (r->options->json)
		write_result(&r->json, n, batch, &f);
	report_kernels(r, ctx);
	if (r->options->json)
		json_close(&r->json, '}');
	mica_close(ctx);
	return true;
}

static bool bench_batches(report *r, const net_spec *n)
{
	long batch;

	for (const char *s = r->options->batches; take_number(&s, ',', &batch);)
		if (!bench(r, n, (size_t)batch))
			return false;
	return true;
}

/* All that are named, or all there are; NULL ends. */
static bool choose(const char *names, const net_spec **out)
{
	size_t n = 0;

	for (size_t i = 0; !names && net_at(i); i++)
		out[n++] = net_at(i);
	while (names && *names) {
		size_t length = strcspn(names, ",");
		if (!(out[n] = net_find(names, length)) || n + 1 == MOST_NETS)
			return complain(&self, "there is no network '%.*s'; mica bench nets --help lists them", (int)length, names), false;
		n++;
		names += length + (names[length] == ',');
	}
	out[n] = NULL;
	return true;
}

int bench_nets_main(int argc, char **argv)
{
	bench_options o = {.batches = "128", .seconds = 3};
	const net_spec *chosen[MOST_NETS] = {NULL};
	int code = parse_options(&self, argc, argv, &o);
	report r;

	if (code >= 0)
		return code;
	if (!choose(o.shapes, chosen))
		return EXIT_USAGE;
	if (!report_begin_list(&r, &self, &o))
		return EXIT_FAILURE;
	code = EXIT_SUCCESS;
	for (size_t i = 0; chosen[i] && code == EXIT_SUCCESS; i++)
		code = bench_batches(&r, chosen[i]) ? EXIT_SUCCESS : EXIT_FAILURE;
	return report_end(&r, code);
}
