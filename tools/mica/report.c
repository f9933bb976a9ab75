/* SPDX-License-Identifier: MIT */
/* tools/mica/report.c - what the benchmarks have in common: the device, the table of kernels, the JSON file. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Checks the options and opens the file, if one is wanted. */
static bool begin(report *r, const command *c, const bench_options *o)
{
	*r = (report){.command = c, .options = o, .out = stdout};
	if (!o->json)
		return true;
	if (!strcmp(o->json, "-"))
		r->out = stderr;
	if (!json_begin(&r->json, o->json))
		return complain(c, "cannot write %s: %s; name another file", o->json, strerror(errno)), false;
	return true;
}

bool report_begin(report *r, const command *c, const bench_options *o)
{
	if (!begin(r, c, o))
		return false;
	if (o->json) {
		json_open(&r->json, NULL, '{');
		json_put_text(&r->json, "mica", mica_version());
		json_put_text(&r->json, "bench", strrchr(c->name, ' ') + 1);
		json_open(&r->json, "results", '[');
	}
	return true;
}

bool report_begin_list(report *r, const command *c, const bench_options *o)
{
	if (!begin(r, c, o))
		return false;
	r->list = true;
	if (o->json)
		json_open(&r->json, NULL, '[');
	return true;
}

int report_end(report *r, int code)
{
	if (!r->options->json)
		return code;
	json_close(&r->json, ']');
	if (!r->list)
		json_close(&r->json, '}');
	if (code != EXIT_SUCCESS) {
		json_discard(&r->json);
		return code;
	}
	if (!json_end(&r->json))
		return complain(r->command, "cannot write %s: %s; name another file", r->options->json, strerror(errno));
	return code;
}

mica_context *report_open(report *r)
{
	mica_context *ctx = mica_open(&(mica_open_opts){.device = r->options->device, .profile = r->options->kernels});

	if (!ctx) {
		complain(r->command, "%s", mica_error(NULL));
		return NULL;
	}
	if (!r->introduced) {
		const mica_device_info *d = mica_context_device(ctx);
		fprintf(r->out, "mica %s on %s (%s, %u units)\n\n", mica_version(), d->name, d->platform, d->compute_units);
		r->introduced = true;
	}
	return ctx;
}

static void print_kernel(report *r, const mica_kernel_time *k, double total)
{
	fprintf(r->out, "| %8llu | %9.2f | %5.1f | %8.1f | %8.1f | %7.1f | %-40s |\n", (unsigned long long)k->calls,
	        1e3 * k->seconds, total > 0 ? 100 * k->seconds / total : 0, 1e6 * k->seconds / (double)k->calls,
	        k->seconds > 0 ? 1e-9 * k->flops / k->seconds : 0, k->seconds > 0 ? 1e-9 * k->bytes / k->seconds : 0, k->name);
}

static void write_kernel(json *j, const mica_kernel_time *k)
{
	json_open(j, NULL, '{');
	json_put_text(j, "kernel", k->name);
	json_put_whole(j, "calls", k->calls);
	json_put_real(j, "seconds", k->seconds);
	json_put_real(j, "flops", k->flops);
	json_put_real(j, "bytes", k->bytes);
	json_close(j, '}');
}

double report_kernel_seconds(mica_context *ctx)
{
	size_t n = mica_profile(ctx, NULL, 0);
	mica_kernel_time *rows = calloc(n ? n : 1, sizeof *rows);
	double total = 0;

	n = rows ? mica_profile(ctx, rows, n) : 0;
	for (size_t i = 0; i < n; i++)
		total += rows[i].seconds;
	free(rows);
	return total;
}

void report_kernels(report *r, mica_context *ctx)
{
	size_t n = r->options->kernels ? mica_profile(ctx, NULL, 0) : 0;
	mica_kernel_time *rows = n ? calloc(n, sizeof *rows) : NULL;
	double total = 0;

	if (!rows)
		return;
	mica_profile(ctx, rows, n);
	for (size_t i = 0; i < n; i++)
		total += rows[i].seconds;
	fprintf(r->out, "\n| %8s | %9s | %5s | %8s | %8s | %7s | %-40s |\n", "calls", "ms", "%", "avg us", "GFLOP/s", "GB/s",
	        "kernel: where its values come from");
	fprintf(r->out, "|%.9s:|%.10s:|%.6s:|%.9s:|%.9s:|%.8s:|:%.40s-|\n", RULE, RULE, RULE, RULE, RULE, RULE, RULE);
	for (size_t i = 0; i < n; i++)
		print_kernel(r, &rows[i], total);
	fputc('\n', r->out);
	if (r->options->json) {
		json_open(&r->json, "kernels", '[');
		for (size_t i = 0; i < n; i++)
			write_kernel(&r->json, &rows[i]);
		json_close(&r->json, ']');
	}
	free(rows);
}
