/* SPDX-License-Identifier: MIT */
/* device/kernel.c - kernels with their arguments, launches, and marks in the compute queue. */
#include "device/objects.h"

struct mica__kernel {
	mica__device *device;
	mica__program *program;
	cl_kernel cl;
	size_t row; /* of the profile */
	double flops, bytes;
	mica__view *view;   /* NULL: none */
	unsigned first;     /* of its arguments */
	uint64_t seen;
};

struct mica__mark {
	mica__device *device;
	cl_event event; /* NULL: passed, as all are of the reference device */
};

mica_status mica__kernel_create(mica__kernel **out, mica__program *p, const char *function)
{
	cl_int code;
	mica_status st;
	mica__kernel *k = mica__alloc(1, sizeof *k);
	*out = NULL;
	if (!k)
		return MICA_ENOMEM;
	k->device = p->device;
	MICA_TRY(mica__device_usable(p->device));
	k->cl = MICA__CL_MAKE(code, clCreateKernel(p->cl, function, &code));
	if (code == CL_INVALID_KERNEL_NAME)
		MICA_TRY(mica__fail(MICA_EBUILD, "the program has no kernel '%s'", function));
	MICA_TRY(mica__cl_check(code, "clCreateKernel"));
	if (p->device->profile)
		MICA_TRY(mica__profile_row(&k->row, p->device, function));
	k->program = p;
	p->uses++;
	*out = k;
	return MICA_OK;
out:
	mica__kernel_destroy(k);
	return st;
}

void mica__kernel_destroy(mica__kernel *k)
{
	if (!k)
		return;
	if (k->cl && mica__device_is_here(k->device))
		clReleaseKernel(k->cl);
	mica__program_destroy(k->program);
	mica__free(k);
}

mica_status mica__kernel_buffer(mica__kernel *k, unsigned index, mica__buffer *b)
{
	mica_status st;
	cl_mem part;
	MICA_TRY(mica__device_usable(k->device));
	MICA_TRY(mica__buffer_part(&part, b));
	MICA_TRY(MICA__CL(clSetKernelArg(k->cl, index, sizeof part, &part)));
out:
	return st;
}

void mica__kernel_view(mica__kernel *k, unsigned first, mica__view *v)
{
	k->view = v;
	k->first = first;
	k->seen = 0;
}

mica_status mica__kernel_value(mica__kernel *k, unsigned index, const void *value, size_t bytes)
{
	mica_status st = mica__device_usable(k->device);
	return st == MICA_OK ? MICA__CL(clSetKernelArg(k->cl, index, bytes, value)) : st;
}

mica_status mica__kernel_cost(mica__kernel *k, const char *label, double flops, double bytes)
{
	k->flops = flops;
	k->bytes = bytes;
	return k->device->profile ? mica__profile_row(&k->row, k->device, label) : MICA_OK;
}

mica_status mica__kernel_launch(mica__kernel *k, size_t groups, size_t local)
{
	cl_event event = NULL;
	size_t global = groups;
	mica_status st = mica__device_usable(k->device);
	if (st != MICA_OK || !groups)
		return st;
	if (local && !mica__mul(groups, local, &global))
		return mica__fail(MICA_EOVERFLOW, "a launch of %zu groups of %zu", groups, local);
	if (k->view && (st = mica__view_bind(k->view, k->cl, k->first, &k->seen)) != MICA_OK)
		return st;
	st = MICA__CL(clEnqueueNDRangeKernel(k->device->compute, k->cl, 1, NULL, &global, local ? &local : NULL, 0, NULL,
	                                     k->device->profile ? &event : NULL));
	if (st != MICA_OK)
		return st;
	k->device->usage.launches++;
	return event ? mica__profile_add(k->device, (mica__timing){event, k->row, k->flops, k->bytes}) : MICA_OK;
}

/* ---- marks ---- */

mica_status mica__mark_create(mica__mark **out, mica__device *d)
{
	mica_status st;
	mica__mark *m = mica__alloc(1, sizeof *m);
	*out = NULL;
	if (!m)
		return MICA_ENOMEM;
	m->device = d;
	MICA_TRY(mica__device_usable(d));
	if (!d->class.reference)
		MICA_TRY(MICA__CL(clEnqueueMarkerWithWaitList(d->compute, 0, NULL, &m->event)));
	if (!d->class.reference)
		MICA_TRY(MICA__CL(clFlush(d->compute))); /* so that somebody who only looks sees it pass */
	*out = m;
	return MICA_OK;
out:
	mica__mark_destroy(m);
	return st;
}

/* A mark whose work failed is passed: nothing more will happen, and wait says why. */
bool mica__mark_passed(mica__mark *m)
{
	cl_int state = CL_QUEUED;
	if (!m->event || !mica__device_is_here(m->device) ||
	    MICA__CL_CODE(clGetEventInfo(m->event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof state, &state, NULL)) != CL_SUCCESS)
		return true;
	return state <= CL_COMPLETE;
}

mica_status mica__mark_wait(mica__mark *m)
{
	mica_status st = mica__device_usable(m->device);
	return st == MICA_OK && m->event ? MICA__CL(clWaitForEvents(1, &m->event)) : st;
}

void mica__mark_destroy(mica__mark *m)
{
	if (m && m->event && mica__device_is_here(m->device))
		clReleaseEvent(m->event);
	mica__free(m);
}
