/* SPDX-License-Identifier: MIT */
/* device/profile.c - device time by label.  Launches leave their events here; times are read when somebody asks, or in
   batches when many have come together, so that profiling neither waits for each launch nor grows without bound. */
#include "device/objects.h"

#include <string.h>

enum { MOST_TIMINGS = 4096 };

mica_status mica__profile_row(size_t *out, mica__device *d, const char *label)
{
	mica_kernel_time row = {.calls = 0};
	size_t n = strlen(label);
	memcpy(row.name, label, n < sizeof row.name ? n : sizeof row.name - 1);
	for (size_t i = 0; i < d->n_rows; i++)
		if (!strcmp(d->rows[i].name, row.name)) {
			*out = i;
			return MICA_OK;
		}
	mica_status st = mica__grow(&d->rows, &d->rows_capacity, d->n_rows + 1, sizeof *d->rows);
	if (st != MICA_OK)
		return st;
	*out = d->n_rows++;
	d->rows[*out] = row;
	return MICA_OK;
}

static double seconds(cl_event event)
{
	cl_ulong start = 0, end = 0;
	if (MICA__CL_CODE(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL)) != CL_SUCCESS ||
	    MICA__CL_CODE(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL)) != CL_SUCCESS)
		return 0;
	return end > start ? 1e-9 * (double)(end - start) : 0;
}

static mica_status collect(mica__device *d)
{
	mica_status st = d->n_timings ? MICA__CL(clFinish(d->compute)) : MICA_OK;
	for (size_t i = 0; i < d->n_timings; i++) {
		const mica__timing *t = &d->timings[i];
		mica_kernel_time *row = &d->rows[t->row];
		row->calls++;
		row->seconds += seconds(t->event);
		row->flops += t->flops;
		row->bytes += t->bytes;
		clReleaseEvent(t->event);
	}
	d->n_timings = 0;
	return st;
}

mica_status mica__profile_add(mica__device *d, mica__timing t)
{
	mica_status st = d->n_timings < MOST_TIMINGS ? MICA_OK : collect(d);
	if (st == MICA_OK)
		st = mica__grow(&d->timings, &d->timings_capacity, d->n_timings + 1, sizeof *d->timings);
	if (st == MICA_OK)
		d->timings[d->n_timings++] = t;
	else
		clReleaseEvent(t.event);
	return st;
}

void mica__profile_free(mica__device *d)
{
	for (size_t i = 0; i < d->n_timings; i++)
		clReleaseEvent(d->timings[i].event);
	mica__free(d->timings);
	mica__free(d->rows);
}

mica_status mica__profile_times(mica_kernel_time **out, size_t *n, size_t *capacity, mica__device *d)
{
	mica_status st;
	MICA_TRY(mica__device_usable(d));
	MICA_TRY(collect(d));
	MICA_TRY(mica__grow(out, capacity, *n + d->n_rows, sizeof **out));
	for (size_t i = 0; i < d->n_rows; i++)
		if (d->rows[i].calls)
			(*out)[(*n)++] = d->rows[i];
out:
	return st;
}
