/* SPDX-License-Identifier: MIT */
/* device/context.c - a context owns what was made from it and keeps the first failure; its devices do the work. */
#include "device/objects.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening and closing ---- */

static mica_status open_context(mica_context **out, const mica_open_opts *opts)
{
	mica_open_opts o;
	mica_status st;
	mica_context *ctx = NULL;
	MICA_TRY(mica__options(&o, opts, sizeof o, "open"));
	MICA_TRY(mica__environment_check());
	if (!(ctx = mica__alloc(1, sizeof *ctx)) || !(ctx->devices = mica__alloc(1, sizeof(mica__device *)))) {
		st = MICA_ENOMEM;
		goto out;
	}
	MICA_TRY(mica__device_open(&ctx->devices[0], &o));
	ctx->n_devices = 1;
	*out = ctx;
	return MICA_OK;
out:
	mica_close(ctx);
	return st;
}

mica_context *mica_open(const mica_open_opts *opts)
{
	mica_context *ctx = NULL;
	mica__reason_clear(); /* what was said of handles that are NULL is not said of this one */
	open_context(&ctx, opts);
	return ctx;
}

void mica_close(mica_context *ctx)
{
	if (!ctx || (ctx->n_devices && !mica__device_is_here(ctx->devices[0])))
		return; /* in a forked child what it owns may wait for threads that are not there */
	while (ctx->n_owned) {
		mica__owned o = ctx->owned[--ctx->n_owned];
		o.destroy(o.object);
	}
	for (size_t i = ctx->n_devices; i-- > 0;)
		mica__device_close(ctx->devices[i]);
	mica__free(ctx->devices);
	mica__free(ctx->owned);
	mica__free(ctx->kinds.at);
	mica__free(ctx);
}

mica__device *mica__device_of(const mica_context *ctx)
{
	return ctx->devices[0];
}

/* ---- what it owns ---- */

mica_status mica__context_own(mica_context *ctx, void *object, void (*destroy)(void *object))
{
	mica_status st = mica__grow(&ctx->owned, &ctx->owned_capacity, ctx->n_owned + 1, sizeof *ctx->owned);
	if (st == MICA_OK)
		ctx->owned[ctx->n_owned++] = (mica__owned){object, destroy};
	return st;
}

/* Searches from the end, as the newest objects go first. */
void mica__context_disown(mica_context *ctx, void *object)
{
	for (size_t i = ctx->n_owned; i-- > 0;)
		if (ctx->owned[i].object == object) {
			ctx->n_owned--;
			memmove(&ctx->owned[i], &ctx->owned[i + 1], (ctx->n_owned - i) * sizeof *ctx->owned);
			return;
		}
}

mica__kinds *mica__context_kinds(mica_context *ctx)
{
	return &ctx->kinds;
}

/* ---- its failures ---- */

/* The first stays. */
mica_status mica__context_record(mica_context *ctx, mica_status s)
{
	if (ctx && s != MICA_OK && ctx->status == MICA_OK) {
		const char *why = mica__reason();
		memcpy(ctx->error, why, strlen(why) + 1);
		ctx->status = s;
	}
	return s;
}

mica_status mica__context_fail(mica_context *ctx, mica_status s)
{
	if (ctx && s != MICA_OK && ctx->building == MICA_OK)
		ctx->building = s;
	return mica__context_record(ctx, s);
}

mica_status mica__context_building(const mica_context *ctx)
{
	return ctx->building;
}

void mica__context_keep(mica__kept_failure *k, const mica_context *ctx)
{
	k->status = ctx->status;
	k->building = ctx->building;
	memcpy(k->error.line, ctx->error, sizeof k->error.line);
	mica__reason_keep(&k->reason);
}

void mica__context_restore(mica_context *ctx, const mica__kept_failure *k)
{
	ctx->status = k->status;
	ctx->building = k->building;
	memcpy(ctx->error, k->error.line, sizeof k->error.line);
	mica__reason_restore(&k->reason);
}

bool mica_ok(const mica_context *ctx)
{
	return mica_context_status(ctx) == MICA_OK;
}

mica_status mica_context_status(const mica_context *ctx)
{
	mica_status last = mica__reason_status();

	return ctx ? ctx->status : last != MICA_OK ? last : MICA_EINVAL;
}

const char *mica_error(const mica_context *ctx)
{
	return ctx ? ctx->error : mica__reason();
}

void mica_clear(mica_context *ctx)
{
	if (!ctx) {
		mica__reason_clear();
		return;
	}
	ctx->status = ctx->building = MICA_OK;
	ctx->error[0] = 0;
	mica__reason_clear(); /* else it would explain a handle that is NULL for another reason */
}

/* ---- its devices ---- */

const mica_device_info *mica_context_device(const mica_context *ctx)
{
	static const mica_device_info none;
	return ctx ? &ctx->devices[0]->found.info : &none;
}

mica_device_usage mica_context_usage(const mica_context *ctx)
{
	mica_device_usage sum = {0};
	for (size_t i = 0; ctx && i < ctx->n_devices; i++) {
		const mica_device_usage *u = &ctx->devices[i]->usage;
		sum.bytes += u->bytes;
		sum.peak_bytes += u->peak_bytes;
		sum.budget_bytes += u->budget_bytes;
		sum.uploaded_bytes += u->uploaded_bytes;
		sum.downloaded_bytes += u->downloaded_bytes;
		sum.launches += u->launches;
	}
	return sum;
}

mica_status mica__context_finish(mica_context *ctx)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < ctx->n_devices; i++)
		MICA_TRY(mica__device_finish(ctx->devices[i]));
out:
	return st;
}

/* Most time first, then by name. */
static int by_time(const void *a, const void *b)
{
	const mica_kernel_time *x = a, *y = b;
	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* The rows of all devices; *out is the caller's. */
static mica_status gather_times(mica_kernel_time **out, size_t *n, mica_context *ctx)
{
	mica_status st = MICA_OK;
	size_t capacity = 0;
	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < ctx->n_devices; i++)
		MICA_TRY(mica__profile_times(out, n, &capacity, ctx->devices[i]));
out:
	return st;
}

size_t mica_profile(mica_context *ctx, mica_kernel_time *rows, size_t n)
{
	mica_kernel_time *all;
	size_t count;
	if (!ctx) {
		mica__fail_null("profile: no context");
		return 0;
	}
	if (mica__context_record(ctx, gather_times(&all, &count, ctx)) != MICA_OK)
		count = 0;
	if (count)
		qsort(all, count, sizeof *all, by_time);
	for (size_t i = 0; rows && i < count && i < n; i++)
		rows[i] = all[i];
	mica__free(all);
	return count;
}
