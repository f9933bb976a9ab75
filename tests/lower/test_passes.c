/* SPDX-License-Identifier: MIT */
/* lower/test_passes.c - each allocation of the passes fails once: the status says so, and no wrong plan comes of it; and how
   many kernels and launches the training steps of small networks have, which is not to grow. */
#include "base/fault.h"
#include "device/device.h"
#include "lower/lower.h"
#include "mica/layer.h"
#include "support/models.h"

#include <string.h>

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
	            {"shared weights", 14, 7}, {"embedding", 11, 6}, {"moves", 9, 7}};
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

static size_t launches_of(const mica_var *outputs, size_t n)
{
	mica_plan *p = plan_of(outputs, n, MICA_ONLY_PLAN);
	size_t launches = mica_plan_describe(p).launches;
	mica_plan_destroy(p);
	return launches;
}

/* As examples/layernorm_gelu.c: normalization and GELU are one kernel, the product another. */
Test(passes, layer_norm_and_gelu_take_few_launches)
{
	world w = world_open();
	mica_shape row = MICA_SHAPE(37);
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(13, 37)), seed = mica_graph_input(w.g, "seed", MICA_F32, MICA_SHAPE(13, 11));
	mica_var v[4] = {x, mica_graph_variable(w.g, "gamma", MICA_F32, row), mica_graph_variable(w.g, "beta", MICA_F32, row),
	                 mica_graph_variable(w.g, "w", MICA_F32, MICA_SHAPE(37, 11))}, d[5];
	mica_var centred = mica_op_sub(x, mica_op_mean(x, MICA_AXIS(1), true));
	mica_var variance = mica_op_mean(mica_op_square(centred), MICA_AXIS(1), true);
	mica_var normal = mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, 1e-3)));
	mica_var h = mica_activate(mica_op_add(mica_op_mul(normal, v[1]), v[2]), MICA_GELU);
	d[4] = mica_op_matmul(h, v[3]);
	OK(mica_gradient(d[4], seed, v, 4, d));
	cr_expect(launches_of(&h, 1) == 1, "%zu", launches_of(&h, 1));
	cr_expect(launches_of(&d[4], 1) == 2, "%zu", launches_of(&d[4], 1));
	cr_expect(launches_of(d, 5) == 3, "%zu", launches_of(d, 5));
	mica_close(w.ctx);
}

/* Sums along rows and along columns, in two kernels: what they add up is made of two values in each, of three values once before. */
Test(passes, what_reads_much_is_stored_for_several_kernels)
{
	world w = world_open();
	mica_shape shape = MICA_SHAPE(30, 40);
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, shape), y = mica_graph_input(w.g, "y", MICA_F32, shape);
	mica_var two = mica_op_add(x, y), three = mica_op_add(two, mica_graph_input(w.g, "z", MICA_F32, shape));
	mica_var of_two[] = {mica_op_sum(two, MICA_AXIS(0), false), mica_op_sum(two, MICA_AXIS(1), false)};
	mica_var of_three[] = {mica_op_sum(three, MICA_AXIS(0), false), mica_op_sum(three, MICA_AXIS(1), false)};
	cr_expect(launches_of(of_two, 2) == 1, "%zu", launches_of(of_two, 2));
	cr_expect(launches_of(of_three, 2) == 2, "%zu", launches_of(of_three, 2));
	mica_close(w.ctx);
}

/* On CPUs a product is read transposed; who makes the operand writes it that way, too. */
Test(passes, what_is_read_transposed_is_written_so_by_its_maker)
{
	world w = world_open();
	mica_var a = mica_graph_input(w.g, "a", MICA_F32, MICA_SHAPE(20, 30)), b = mica_graph_input(w.g, "b", MICA_F32, MICA_SHAPE(30, 40));
	mica_var c = mica_graph_input(w.g, "c", MICA_F32, MICA_SHAPE(10, 40)), y = mica_op_relu(mica_op_matmul(a, b));
	mica_var z = mica_op_matmul(c, mica_op_transpose(y, NULL));
	cr_expect(launches_of(&z, 1) == 2, "%zu", launches_of(&z, 1));
	z = mica_op_matmul(a, mica_op_transpose(mica_graph_input(w.g, "d", MICA_F32, MICA_SHAPE(50, 30)), NULL));
	cr_expect(launches_of(&z, 1) <= 2, "%zu", launches_of(&z, 1));
	mica_close(w.ctx);
}

/* A product that adds the second half of a row: on CPUs that is stored beside the product before, and with the row read where it is
   there would be a third launch, of additions. */
Test(passes, a_part_of_a_row_does_not_keep_products_from_adding_it)
{
	world w = world_open();
	mica_var x = mica_graph_input(w.g, "x", MICA_F32, MICA_SHAPE(20, 40)), a = mica_graph_input(w.g, "a", MICA_F32, MICA_SHAPE(40, 40));
	mica_var row = mica_graph_input(w.g, "row", MICA_F32, MICA_SHAPE(80)), half = mica_op_slice(row, (size_t[]){40}, (size_t[]){80}, NULL);
	mica_var y = mica_op_add(mica_op_matmul(mica_op_matmul(x, a), a), half);
	cr_expect(launches_of(&y, 1) == 2, "%zu", launches_of(&y, 1));
	mica_close(w.ctx);
}

/* The norm of the whole gradient is needed before any parameter changes.  Then one launch changes all, but for what the
   kernel that ends the norm can change by itself. */
Test(passes, clipping_by_the_global_norm_updates_all_parameters_in_one_launch)
{
	mica_context *ctx = open_context();
	const named_model *clipped = NULL;
	for (size_t k = 0; k < n_models; k++)
		if (!strcmp(models[k].name, "mlp, clipped"))
			clipped = &models[k];
	cr_assert(clipped);
	for (int simt = 0; simt < 2; simt++) {
		model m = {.g = mica_graph_create(ctx)};
		mica__plan *p = NULL;
		mica__device_class class = *mica__class_of(mica__device_of(ctx));
		class.cpu = !simt;
		class.group_size = simt ? 64 : 1;
		clipped->build(&m);
		OK(mica__lower(&p, m.outputs, m.n_outputs, NULL, &class));
		cr_assert(p->n_assigns == m.n_variables && p->n_assigns > 2);
		size_t norm = p->groups[p->info[mica__stored(p, p->outputs[m.n_variables])->id].group].stage, after = 0;
		for (size_t i = 0; i < p->n_assigns; i++) {
			const mica__info *info = &p->info[p->assigns[i].value->id];
			size_t stage = p->groups[info->group].stage;
			cr_expect((stage == norm || stage == norm + 1) && info->assigned == p->assigns[i].variable,
			          "parameter %zu: launch %zu, the norm %zu", i, stage, norm);
			after += stage == norm + 1;
		}
		cr_expect(after + 1 >= p->n_assigns, "%zu of %zu parameters", after, p->n_assigns);
		mica__lower_free(p);
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
	mica__device_class class = *mica__class_of(mica__device_of(ctx));
	class.largest = 0; /* not known */
	for (size_t i = 0; i < N; i++)
		outputs[i] = mica_graph_fill(m.g, (double)i, MICA_F32, MICA_SHAPE((size_t)1 << 28, (size_t)1 << 28));
	for (size_t n = 1; n <= N; n += N - 1) {
		mica_status st = mica__lower(&p, outputs, n, NULL, &class);
		cr_expect(st == (n == 1 ? MICA_OK : MICA_EOVERFLOW), "%zu values: %s, %s", n, mica_status_name(st), mica__reason());
		mica__lower_free(p);
	}
	mica_close(ctx);
}

/* Values of 2 MB in arenas of less than five. */
Test(passes, no_value_crosses_from_one_arena_to_the_next)
{
	enum { N = 40, BYTES = 2 << 20 };
	mica_context *ctx = open_context();
	model m = {.g = mica_graph_create(ctx)};
	mica_var outputs[N];
	mica__plan *p = NULL;
	mica__device_class class = *mica__class_of(mica__device_of(ctx));
	class.largest = 9 << 20;
	for (size_t i = 0; i < N; i++)
		outputs[i] = mica_graph_fill(m.g, (double)i, MICA_F32, MICA_SHAPE(BYTES / sizeof(float)));
	OK(mica__lower(&p, outputs, N, NULL, &class));
	cr_assert(p->arena_piece == class.largest && p->n_stores == N);
	for (size_t i = 0; i < N; i++) {
		const mica__store *t = &p->stores[i];
		cr_expect(t->offset + BYTES <= class.largest && t->buffer <= N / 4, "%u: %zu", t->buffer, t->offset);
		for (size_t k = 0; k < i; k++)
			cr_expect(p->stores[k].buffer != t->buffer || p->stores[k].offset + BYTES <= t->offset || t->offset + BYTES <= p->stores[k].offset);
	}
	mica__lower_free(p);
	class.largest = BYTES;
	mica_status st = mica__lower(&p, outputs, N, NULL, &class);
	cr_expect(st == MICA_EBUDGET && strstr(mica__reason(), "the result of fill, f32 (524288), takes"), "%s", mica__reason());
	mica__lower_free(p);
	mica_close(ctx);
}
