/* SPDX-License-Identifier: MIT */
/* gpu/write_kernels.c - writes the kernels of representative plans as GPUs would get them, without any device: one
   complete OpenCL C file per plan into a folder, its first line the build options in a comment.
   tools/check-gpu-kernels compiles them for the GPUs of several vendors.

   write_kernels FOLDER */
#include "lower/emit.h"
#include "mica/optimizer.h"
#include "nn/nn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, BATCH = 128, MOST_WEIGHTS = 16 };

typedef struct outputs {
	mica_var var[MOST];
	size_t n;
} outputs;

static void die(const char *what)
{
	fprintf(stderr, "write_kernels: %s: %s\n", what, mica_error(NULL));
	exit(1);
}

static void put(outputs *o, mica_var x)
{
	if (o->n == MOST)
		die("too many outputs");
	o->var[o->n++] = x;
}

static mica_var input(mica_graph *g, const char *name, mica_shape s)
{
	return mica_graph_input(g, name, g->real, s);
}

static mica_var weight(mica_graph *g, const char *name, mica_shape s)
{
	return mica_graph_variable(g, name, g->real, s);
}

/* ---- training steps ---- */

static void update(outputs *o, mica_optimizer how, mica_var loss, const mica_var *w, size_t n)
{
	mica_graph *g = loss->g;
	mica_var d[MOST_WEIGHTS];
	mica_var step = mica_graph_variable(g, "step", MICA_I32, MICA_SCALAR_SHAPE), rate = weight(g, "rate", MICA_SCALAR_SHAPE);
	mica_var count = mica_op_add(step, mica_graph_fill(g, 1, MICA_I32, MICA_SCALAR_SHAPE));
	if (n > MOST_WEIGHTS || mica_gradient(loss, NULL, w, n, d) != MICA_OK)
		die("gradient");
	if (mica__optimizer_keep(&how) != MICA_OK)
		die("optimizer");
	for (size_t i = 0; i < n; i++) {
		mica__weight of = {.value = mica_var_value(w[i])};
		mica__variable one = {.weight = &of, .name = (char *)mica_var_name(w[i])};
		mica__optimizer_update(&how, &(mica__variable *){&one}, &w[i], &d[i], 1, rate, mica_op_cast(count, g->real));
		put(o, mica_op_assign(w[i], d[i]));
		for (size_t k = 0; k < one.slots.n; k++)
			put(o, mica_op_assign(one.slots.at[k].old, one.slots.at[k].next));
		mica__slots_free(&one.slots, g->ctx);
	}
	put(o, mica_op_assign(step, count));
	mica__part_drop(&how.part);
}

static void finish_training(outputs *o, mica_optimizer how, mica_build *b, const mica_var *w, size_t n, mica_var y, mica_var y_pred)
{
	mica_loss loss = mica_sparse_categorical_crossentropy();
	mica_metric given = mica_accuracy();
	mica__metric accuracy;
	mica_var logits = mica__build_logits(b, y_pred);
	if (mica__loss_keep(&loss, "dense", mica__sample_shape(y_pred->shape)) != MICA_OK ||
	    mica__metric_keep(&accuracy, &given, b->graph->ctx, "accuracy") != MICA_OK)
		die("loss");
	mica__metric_add(&accuracy, y, y_pred, logits, NULL, NULL);
	for (size_t i = 0; i < accuracy.states.n; i++)
		put(o, mica_op_assign(accuracy.states.at[i].old, accuracy.states.at[i].next));
	update(o, how, mica__loss_reduced(&loss, y, y_pred, logits, NULL, NULL), w, n);
	mica__part_drop(&loss.part);
	mica__metric_drop(&accuracy);
}

/* 784-512-256-128-10 with dropout, from bytes on the device, by Adam. */
static void mlp(mica_graph *g, outputs *o)
{
	mica_layer layers[] = {mica_dense(512, .activation = MICA_RELU), mica_dropout(.rate = 0.2),
	                       mica_dense(256, .activation = MICA_GELU), mica_dense(128, .activation = MICA_TANH),
	                       mica_dense(10, .activation = MICA_SOFTMAX)};
	static const char *const names[] = {"one", "drop", "two", "three", "four"};
	mica_instance *made[MICA__COUNT(layers)];
	uint32_t streams = 0;
	mica_var w[MOST_WEIGHTS], y[MICA__MOST_OUTPUTS];
	size_t n = 0;
	mica_var step = mica_graph_variable(g, "draws", MICA_I32, MICA_SCALAR_SHAPE);
	mica_build b = {.graph = g, .streams = &streams, .seed = 7, .step = step, .training = true};
	mica_var rows = mica_graph_input(g, "rows", MICA_I32, MICA_SHAPE(BATCH));
	mica_var images = mica_op_gather(mica_graph_input(g, "images", MICA_U8, MICA_SHAPE(60000, 784)), rows);
	mica_var labels = mica_op_gather(mica_graph_input(g, "labels", MICA_U8, MICA_SHAPE(60000)), rows);
	mica_var x = mica_op_mulc(mica_op_cast(images, g->real), 1 / 255.0);
	for (size_t i = 0; i < MICA__COUNT(layers); i++) {
		if (mica__part_keep(&layers[i].part, MICA_LAYER, MICA_LAYER) != MICA_OK ||
		    mica__instance_make(&made[i], g->ctx, layers[i]) != MICA_OK)
			die("layer");
		snprintf(made[i]->name, sizeof made[i]->name, "%s", names[i]);
		mica__layer_call(&b, made[i], &x, 1, y);
		x = y[0];
		for (size_t k = 0; k < made[i]->n_weights && n < MOST_WEIGHTS; k++)
			w[n++] = mica_graph_value(g, made[i]->weights[k]->value);
	}
	finish_training(o, mica_adam(.weight_decay = 0.01), &b, w, n, labels, x);
	for (size_t i = 0; i < MICA__COUNT(layers); i++)
		mica__instance_release(made[i]);
	mica__build_free(&b);
}

static mica_var normalise(mica_graph *g, mica_var x, mica_var *w)
{
	uint32_t last = MICA_AXIS(x->shape.rank - 1);
	mica_shape s = MICA_SHAPE(mica__shape_last(&x->shape));
	mica_var centred = mica_op_sub(x, mica_op_mean(x, last, true));
	mica_var variance = mica_op_mean(mica_op_square(centred), last, true);
	w[0] = weight(g, "gain", s);
	w[1] = weight(g, "shift", s);
	return mica_op_add(mica_op_mul(mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, 1e-5))), w[0]), w[1]);
}

/* Layer norm, product, GELU, product, residual, forward and backward. */
static void block(mica_graph *g, outputs *o)
{
	mica_var w[6], x = input(g, "x", MICA_SHAPE(4, 256, 192));
	mica_var h = normalise(g, x, w);
	w[2] = weight(g, "up", MICA_SHAPE(192, 768));
	w[3] = weight(g, "up bias", MICA_SHAPE(768));
	w[4] = weight(g, "down", MICA_SHAPE(768, 192));
	w[5] = weight(g, "down bias", MICA_SHAPE(192));
	h = mica_activate(mica_op_add(mica_op_matmul(h, w[2]), w[3]), MICA_GELU);
	h = mica_op_add(x, mica_op_add(mica_op_matmul(h, w[4]), w[5]));
	update(o, mica_sgd(.momentum = 0.9, .nesterov = true), mica_op_mean(mica_op_square(h), MICA_ALL_AXES, false), w, 6);
}

/* Batched products of every transposition around a softmax, with gradients. */
static void attention(mica_graph *g, outputs *o)
{
	mica_var x[3], d[3];
	static const char *const names[] = {"q", "k", "v"};
	for (size_t i = 0; i < 3; i++)
		x[i] = input(g, names[i], MICA_SHAPE(8, 100, 36));
	mica_var p = mica_activate(mica_op_mulc(mica_op_matmul(x[0], mica_op_transpose(x[1], NULL)), 1 / 6.0), MICA_SOFTMAX);
	mica_var y = mica_op_matmul(p, x[2]);
	if (mica_gradient(mica_op_sum(mica_op_square(y), MICA_ALL_AXES, false), NULL, x, 3, d) != MICA_OK)
		die("gradient");
	put(o, y);
	for (size_t i = 0; i < 3; i++)
		put(o, d[i]);
}

/* The same as one operation, causal, with a mask and fewer heads of k and v. */
static void fused_attention(mica_graph *g, outputs *o)
{
	mica_var x[3], d[3], mask = input(g, "mask", MICA_SHAPE(2, 1, 1, 100));
	static const char *const names[] = {"q", "k", "v"};
	for (size_t i = 0; i < 3; i++)
		x[i] = input(g, names[i], MICA_SHAPE(2, i ? 2 : 4, 100, 36));
	mica_var y = mica_op_attention(x[0], x[1], x[2], &(mica_attention_opts){.causal = true, .mask = mask});
	if (mica_gradient(mica_op_sum(mica_op_square(y), MICA_ALL_AXES, false), NULL, x, 3, d) != MICA_OK)
		die("gradient");
	put(o, y);
	for (size_t i = 0; i < 3; i++)
		put(o, d[i]);
}

static mica_var normalise_channels(mica_graph *g, mica_var x)
{
	uint32_t axes = MICA_AXIS(0) | MICA_AXIS(1) | MICA_AXIS(2);
	mica_var scale = mica_op_rsqrt(mica_op_addc(mica_op_variance(x, axes, true), 1e-3));
	return mica_op_mul(mica_op_mul(mica_op_sub(x, mica_op_mean(x, axes, true)), scale),
	                   weight(g, "gain", MICA_SHAPE(mica__shape_last(&x->shape))));
}

/* Convolutions of one channel, in groups, with strides, transposed and depthwise; batch normalization, pooling; backward. */
static void convolution(mica_graph *g, outputs *o)
{
	mica_window_opts same = {.padding = MICA_SAME}, down = {.padding = MICA_SAME, .stride = {2, 2}}, pool = {.taps = {2, 2}};
	mica_var w[] = {weight(g, "first", MICA_SHAPE(3, 3, 1, 32)), weight(g, "down", MICA_SHAPE(3, 3, 32, 64)),
	                weight(g, "groups", MICA_SHAPE(3, 3, 16, 64)), weight(g, "depthwise", MICA_SHAPE(3, 3, 64, 1)),
	                weight(g, "up", MICA_SHAPE(3, 3, 16, 64))};
	mica_var x = input(g, "images", MICA_SHAPE(64, 28, 28, 1));
	x = mica_op_relu(normalise_channels(g, mica_op_conv(x, w[0], &same)));
	x = mica_op_max_pool(mica_op_relu(mica_op_conv(x, w[1], &down)), &pool);
	x = mica_op_relu(mica_op_depthwise_conv(mica_op_conv(x, w[2], &same), w[3], &same));
	x = mica_op_average_pool(mica_op_conv_transpose(x, w[4], &down, NULL), &pool);
	update(o, mica_sgd(.momentum = 0.9), mica_op_mean(mica_op_square(x), MICA_ALL_AXES, false), w, MICA__COUNT(w));
}

/* An LSTM by scan, with all gates in one product, and its gradient. */
static void loop(mica_graph *g, outputs *o)
{
	enum { UNITS = 96, STEPS = 28 };
	mica_var x = input(g, "x", MICA_SHAPE(STEPS, BATCH, 28)), w[] = {weight(g, "kernel", MICA_SHAPE(28, 4 * UNITS)),
	         weight(g, "recurrent", MICA_SHAPE(UNITS, 4 * UNITS)), weight(g, "bias", MICA_SHAPE(4 * UNITS))};
	mica_var from_x = mica_op_add(mica_op_matmul(x, w[0]), w[2]), none = mica_graph_fill(g, 0, g->real, MICA_SHAPE(BATCH, UNITS));
	mica_scan *s = mica_scan_begin(g, STEPS, false);
	mica_var h = mica_scan_carry(s, none), c = mica_scan_carry(s, none), gate[4];
	mica_var z = mica_op_add(mica_scan_read(s, from_x, 0), mica_op_matmul(h, w[1]));
	for (size_t i = 0; i < 4; i++)
		gate[i] = mica_op_slice(z, (const size_t[]){0, i * UNITS}, (const size_t[]){BATCH, (i + 1) * UNITS}, NULL);
	mica_var next = mica_op_add(mica_op_mul(mica_op_sigmoid(gate[1]), c), mica_op_mul(mica_op_sigmoid(gate[0]), mica_op_tanh(gate[2])));
	mica_scan_next(s, c, next);
	mica_scan_next(s, h, mica_op_mul(mica_op_sigmoid(gate[3]), mica_op_tanh(next)));
	if (mica_scan_end(s) != MICA_OK)
		die("scan");
	update(o, mica_rmsprop(.centered = true), mica_op_mean(mica_op_square(mica_scan_last(s, h)), MICA_ALL_AXES, false), w, MICA__COUNT(w));
}

/* ---- single operations ---- */

static void reductions(mica_graph *g, outputs *o)
{
	mica_var x = input(g, "x", MICA_SHAPE(33, 7, 1000)), i = mica_op_cast(mica_op_mulc(x, 100), MICA_I32);
	mica_var tall = input(g, "tall", MICA_SHAPE(100000, 24)), long_one = input(g, "long", MICA_SHAPE(3000000));
	for (uint32_t axes = 1; axes < 8; axes++) {
		put(o, mica_op_sum(x, axes, false));
		put(o, mica_op_reduce_max(x, axes, false));
		put(o, mica_op_reduce_min(i, axes, false));
	}
	put(o, mica_op_argmax(x, -1));
	put(o, mica_op_argmax(i, -1));
	put(o, mica_op_mean(tall, MICA_AXIS(0), false));
	put(o, mica_op_sum(mica_op_square(long_one), MICA_ALL_AXES, false));
	put(o, mica_activate(tall, MICA_LOG_SOFTMAX));
}

static void lookups(mica_graph *g, outputs *o)
{
	mica_var table = weight(g, "table", MICA_SHAPE(5000, 64)), index = mica_graph_input(g, "index", MICA_I32, MICA_SHAPE(16, 40)), d;
	mica_var loss = mica_op_sum(mica_op_square(mica_op_gather(table, index)), MICA_ALL_AXES, false);
	if (mica_gradient(loss, NULL, &table, 1, &d) != MICA_OK)
		die("gradient");
	put(o, mica_op_assign(table, mica_op_sub(table, mica_op_mulc(d, 0.1))));
	put(o, loss);
}

static void movements(mica_graph *g, outputs *o)
{
	mica_var x = input(g, "x", MICA_SHAPE(12, 30, 50)), parts[2];
	put(o, mica_op_transpose(x, (const size_t[]){2, 0, 1}));
	put(o, mica_op_slice(x, (const size_t[]){1, 2, 3}, (const size_t[]){11, 28, 47}, (const size_t[]){1, 2, 3}));
	parts[0] = mica_op_pad(x, (const size_t[]){1, 0, 2}, (const size_t[]){0, 0, 3}, 0.5);
	parts[1] = mica_op_flip(parts[0], 1);
	put(o, mica_op_concat(parts, 2, 1));
	put(o, mica_op_random(g, MICA_SHAPE(1000, 1000), 42, 3, NULL));
	put(o, mica_op_exp(mica_op_broadcast(mica_op_reshape(x, MICA_SHAPE(12, 1500)), MICA_SHAPE(5, 12, 1500))));
}

static void along(mica_graph *g, outputs *o)
{
	mica_var x = input(g, "x", MICA_SHAPE(33, 7, 1000)), d;
	for (int axis = 0; axis < 3; axis++) {
		mica_var y = mica_op_sort(x, axis, false);
		if (mica_gradient(mica_op_cumprod(y, axis, false, axis), NULL, &x, 1, &d) != MICA_OK)
			die("gradient");
		put(o, mica_op_cumsum(y, axis, false, axis));
		put(o, mica_op_top_k(x, 3, axis, NULL));
		put(o, d);
	}
}

/* Types that are stored and not computed with, a recurrence, rows and elements added where an index says. */
static void others(mica_graph *g, outputs *o)
{
	mica_var x = input(g, "x", MICA_SHAPE(40, 30, 50)), index = mica_graph_input(g, "index", MICA_I32, MICA_SHAPE(40));
	mica_var half = mica_op_cast(x, MICA_F16), brain = mica_op_cast(x, MICA_BF16), a = mica_op_sigmoid(x), d[2];
	put(o, mica_op_matmul(half, mica_op_transpose(half, NULL)));
	put(o, mica_op_matmul(brain, mica_op_transpose(mica_op_cast(half, MICA_BF16), NULL)));
	put(o, mica_op_sum(mica_op_exp(half), MICA_AXIS(1), false));
	for (int axis = 0; axis < 3; axis++) {
		mica_var y = mica_op_recurrence(a, x, axis, axis == 1);
		if (mica_gradient(mica_op_square(y), NULL, (const mica_var[]){a, x}, 2, d) != MICA_OK)
			die("gradient");
		put(o, d[0]);
		put(o, d[1]);
		put(o, mica_op_argmin(x, axis));
	}
	put(o, mica_op_scatter_add(x, index, 700));
	put(o, mica_op_scatter_along(x, mica_op_argsort(x, 1, true), 1, 60));
	put(o, mica_op_prod(x, MICA_AXIS(2), false));
	put(o, mica_op_cast(mica_op_mulc(x, 1e6), MICA_I64));
}

/* More operands, and more results, than there are registers for their addresses. */
static void wide(mica_graph *g, outputs *o)
{
	mica_var sum = input(g, "first", MICA_SHAPE(512, 100)), x = input(g, "x", MICA_SHAPE(512, 100));
	char name[16];
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "x%d", i);
		sum = mica_op_mul(mica_op_addc(sum, i), input(g, name, MICA_SHAPE(512, 100)));
	}
	put(o, sum);
	for (int i = 0; i < 40; i++)
		put(o, mica_op_add(mica_op_mulc(x, i), mica_op_sum(mica_op_mulc(x, 1 + i), MICA_AXIS(1), true)));
}

static void activations(mica_graph *g, outputs *o)
{
	mica_var x = input(g, "x", MICA_SHAPE(300, 500));
	const mica_kind *kind;
	for (size_t i = 1; (kind = mica_kind_at(MICA_ACTIVATION, i)); i++) {
		mica_var y = mica_activate(x, MICA_PART(mica_activation, kind, NULL)), d;
		if (mica_gradient(y, NULL, &x, 1, &d) != MICA_OK)
			die("gradient");
		put(o, y);
		put(o, d);
	}
	put(o, mica_op_pow(mica_op_abs(x), mica_op_sin(x)));
}

/* ---- writing ---- */

static void write_plan(const char *folder, const char *name, const mica__device_class *class, mica_dtype real,
                       void (*build)(mica_graph *g, outputs *o))
{
	char path[1024];
	outputs o = {.n = 0};
	mica__text kernels = {0}, options = {0};
	const char **sources;
	size_t n_sources;
	mica__plan *p;
	mica_graph *g = mica__graph_bare(real);
	build(g, &o);
	if (g->status != MICA_OK || mica__lower(&p, o.var, o.n, &(mica_plan_opts){.name = name}, class) != MICA_OK)
		die(g->status != MICA_OK ? g->error : name);
	p->n_slabs = 8;
	if (mica__codegen(p) != MICA_OK || mica__stage_kernels(p, &kernels) != MICA_OK ||
	    mica__code_sources(p, &sources, &n_sources) != MICA_OK)
		die(name);
	mica__kernel_options(p, &options);
	snprintf(path, sizeof path, "%s/%s.cl", folder, name);
	FILE *f = fopen(path, "w");
	if (!f || fprintf(f, "// %s\n%s", mica__text_string(&options), mica__kernel_source("prelude.cl")) < 0)
		die(path);
	for (size_t i = 0; i < n_sources; i++)
		fputs(mica__kernel_source(sources[i]), f);
	if (fprintf(f, "%s%s", p->source.s, kernels.s) < 0 || fclose(f))
		die(path);
	mica__free(sources);
	mica__text_free(&kernels);
	mica__text_free(&options);
	mica__lower_free(p);
	mica_graph_destroy(g);
}

int main(int argc, char **argv)
{
	mica__device_class large = {.vector_width = 1, .workers = 64, .group_size = 256, .fp64 = true}, small = large;
	small.group_size = 64;
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	write_plan(argv[1], "mlp", &large, MICA_F32, mlp);
	write_plan(argv[1], "mlp_double", &large, MICA_F64, mlp);
	write_plan(argv[1], "mlp_small_groups", &small, MICA_F32, mlp);
	write_plan(argv[1], "block", &large, MICA_F32, block);
	write_plan(argv[1], "attention", &large, MICA_F32, attention);
	write_plan(argv[1], "fused_attention", &large, MICA_F32, fused_attention);
	write_plan(argv[1], "fused_attention_double", &large, MICA_F64, fused_attention);
	write_plan(argv[1], "fused_attention_small_groups", &small, MICA_F32, fused_attention);
	write_plan(argv[1], "convolution", &large, MICA_F32, convolution);
	write_plan(argv[1], "convolution_double", &large, MICA_F64, convolution);
	write_plan(argv[1], "convolution_small_groups", &small, MICA_F32, convolution);
	write_plan(argv[1], "loop", &large, MICA_F32, loop);
	write_plan(argv[1], "others", &large, MICA_F32, others);
	write_plan(argv[1], "wide", &large, MICA_F32, wide);
	write_plan(argv[1], "reductions", &large, MICA_F32, reductions);
	write_plan(argv[1], "lookups", &large, MICA_F32, lookups);
	write_plan(argv[1], "movements", &large, MICA_F32, movements);
	write_plan(argv[1], "along", &large, MICA_F32, along);
	write_plan(argv[1], "along_small_groups", &small, MICA_F32, along);
	write_plan(argv[1], "activations", &large, MICA_F32, activations);
	return 0;
}
