/* SPDX-License-Identifier: MIT */
/* lower/test_passes.c - each allocation of the passes fails once: the status says so, and no wrong plan comes of it; and how
   many kernels and launches the training steps of small networks have, which is not to grow. */
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

Test(passes, every_allocation_fails_once)
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

/* On CPUs; a GPU's products have no transposed copies, so its plans differ. */
Test(passes, plans_stay_as_good_as_they_are)
{
	static const struct {
		const char *model;
		size_t kernels, launches;
	} most[] = {{"mlp, adam", 16, 7}, {"mlp, clipped", 17, 8}, {"layer norm, gelu", 18, 7}, {"attention", 32, 15},
	            {"shared weights", 14, 7}, {"embedding", 10, 7}, {"moves", 9, 7}};
	mica_context *ctx = open_context();
	if (!mica__class_of(mica__device_of(ctx))->cpu)
		cr_skip_test("no CPU");
	cr_assert(n_models == sizeof most / sizeof most[0]);
	for (size_t k = 0; k < n_models; k++) {
		model m = {.g = mica_graph_create(ctx)};
		mica_plan *p;
		models[k].build(&m);
		OK(mica_plan_create(&p, m.outputs, m.n_outputs, &(mica_plan_opts){.without = MICA_ONLY_PLAN}));
		mica_plan_info info = mica_plan_describe(p);
		cr_expect(info.kernels <= most[k].kernels && info.launches <= most[k].launches, "%s: %zu kernels, %zu launches", most[k].model,
		          info.kernels, info.launches);
		mica_plan_destroy(p);
	}
	mica_close(ctx);
}

/* 80 values of 2^58 bytes, of which no two can have one place. */
Test(passes, an_arena_beyond_all_addresses_is_refused)
{
	enum { N = 80 };
	mica_context *ctx = open_context();
	model m = {.g = mica_graph_create(ctx)};
	mica_var outputs[N];
	mica__plan *p = NULL;
	for (size_t i = 0; i < N; i++)
		outputs[i] = mica_graph_fill(m.g, (double)i, MICA_F32, MICA_SHAPE((size_t)1 << 28, (size_t)1 << 28));
	for (size_t n = 1; n <= N; n += N - 1) {
		mica_status st = mica__lower(&p, outputs, n, NULL, mica__class_of(mica__device_of(ctx)));
		cr_expect(st == (n == 1 ? MICA_OK : MICA_EOVERFLOW), "%zu values: %s, %s", n, mica_status_name(st), mica__reason());
		mica__lower_free(p);
	}
	mica_close(ctx);
}
