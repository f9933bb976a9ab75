/* SPDX-License-Identifier: MIT */
/* lower/test_memory.c - each allocation of the passes fails once: the status says so, and no wrong plan comes of it. */
#include "base/fault.h"
#include "device/device.h"
#include "lower/lower.h"
#include "support/models.h"

typedef struct outline {
	size_t groups, stages, stores, arena;
} outline;

static mica_status lower(const model *m, mica_context *ctx, outline *out)
{
	mica__plan *p = NULL;
	mica_status st = mica__lower(&p, m->outputs, m->n_outputs, NULL, mica__class_of(mica__device_of(ctx)));
	if (p)
		*out = (outline){p->n_groups, p->n_stages, p->n_stores, p->arena_bytes};
	cr_expect((p != NULL) == (st == MICA_OK), "%s with%s a plan", mica_status_name(st), p ? "" : "out");
	mica__lower_free(p);
	return st;
}

Test(memory, every_allocation_fails_once)
{
	mica_context *ctx = open_context();
	for (size_t k = 0; k < n_models; k++) {
		model m = {.g = mica_graph_create(ctx)};
		outline all = {0, 0, 0, 0}, now;
		models[k].build(&m);
		mica__fault_after(MICA__FAULT_MEMORY, UINT64_MAX, false);
		OK(lower(&m, ctx, &all));
		uint64_t n = mica__fault_count(MICA__FAULT_MEMORY);
		cr_expect(n > 20 && all.groups > 0, "%s: %llu allocations", models[k].name, (unsigned long long)n);
		for (uint64_t i = 1; i <= n; i++) {
			mica__fault_after(MICA__FAULT_MEMORY, i, false);
			mica_status st = lower(&m, ctx, &now);
			cr_expect(st == MICA_ENOMEM, "%s, allocation %llu of %llu: %s", models[k].name, (unsigned long long)i, (unsigned long long)n,
			          mica_status_name(st));
		}
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		OK(lower(&m, ctx, &now));
		cr_expect(now.groups == all.groups && now.stages == all.stages && now.stores == all.stores && now.arena == all.arena,
		          "%s: %zu groups", models[k].name, now.groups);
		mica_graph_destroy(m.g);
	}
	mica_close(ctx);
}
