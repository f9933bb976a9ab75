/* SPDX-License-Identifier: MIT */
/* device/profile.c - device time by label.  Launches leave their events here; times are read when somebody asks, or in
   batches when many have come together, so that profiling neither waits for each launch nor grows without bound. */
#include "device/objects.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TIMINGS = 4096 };

mica_status mica__profile_row(size_t *out, mica_context *ctx, const char *label)
{
	mica_kernel_time row = {.calls = 0};
	size_t n = strlen(label);
	memcpy(row.name, label, n < sizeof row.name ? n : sizeof row.name - 1);
	for (size_t i = 0; i < ctx->n_rows; i++)
		if (!strcmp(ctx->rows[i].name, row.name)) {
			*out = i;
			return MICA_OK;
		}
	mica_status st = mica__grow(&ctx->rows, &ctx->rows_capacity, ctx->n_rows + 1, sizeof *ctx->rows);
	if (st != MICA_OK)
		return st;
	*out = ctx->n_rows++;
	ctx->rows[*out] = row;
	return MICA_OK;
}

static double seconds(cl_event event)
{
	cl_ulong start = 0, end = 0;
	if (clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL) != CL_SUCCESS ||
	    clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) != CL_SUCCESS)
		return 0;
	return end > start ? 1e-9 * (double)(end - start) : 0;
}

static mica_status collect(mica_context *ctx)
{
	mica_status st = MICA__CL(clFinish(ctx->compute));
	for (size_t i = 0; i < ctx->n_timings; i++) {
		const mica__timing *t = &ctx->timings[i];
		mica_kernel_time *row = &ctx->rows[t->row];
		row->calls++;
		row->seconds += seconds(t->event);
		row->flops += t->flops;
		row->bytes += t->bytes;
		clReleaseEvent(t->event);
	}
	ctx->n_timings = 0;
	return st;
}

mica_status mica__profile_add(mica_context *ctx, mica__timing t)
{
	mica_status st = ctx->n_timings < MOST_TIMINGS ? MICA_OK : collect(ctx);
	if (st == MICA_OK)
		st = mica__grow(&ctx->timings, &ctx->timings_capacity, ctx->n_timings + 1, sizeof *ctx->timings);
	if (st == MICA_OK)
		ctx->timings[ctx->n_timings++] = t;
	else
		clReleaseEvent(t.event);
	return st;
}

void mica__profile_free(mica_context *ctx)
{
	for (size_t i = 0; i < ctx->n_timings; i++)
		clReleaseEvent(ctx->timings[i].event);
	mica__free(ctx->timings);
	mica__free(ctx->rows);
}

/* Most time first, then by name. */
static int by_time(const void *a, const void *b)
{
	const mica_kernel_time *x = a, *y = b;
	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? 1 : -1;
	return strcmp(x->name, y->name);
}

size_t mica_profile(mica_context *ctx, mica_kernel_time *rows, size_t n)
{
	size_t count = 0;
	mica_kernel_time *sorted = mica__alloc(ctx->n_rows, sizeof *sorted);
	if (!sorted || mica__context_usable(ctx) != MICA_OK || collect(ctx) != MICA_OK) {
		mica__free(sorted);
		return 0;
	}
	for (size_t i = 0; i < ctx->n_rows; i++)
		if (ctx->rows[i].calls)
			sorted[count++] = ctx->rows[i];
	qsort(sorted, count, sizeof *sorted, by_time);
	for (size_t i = 0; i < count && i < n; i++)
		rows[i] = sorted[i];
	mica__free(sorted);
	return count;
}
