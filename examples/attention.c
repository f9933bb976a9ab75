/* SPDX-License-Identifier: MIT */
/* examples/attention.c - a transformer block with causal attention that learns to repeat what it saw one step ago:

     h = x + attention(norm(x) wq, norm(x) wk, norm(x) wv) wo      y = h + gelu(norm(h) w1) w2

   One plan is the whole training step, with Adam written as expressions.
   Checked: the loss and its gradients are those of the block with attention as an expression that stores all scores; the loss
   falls; the number of kernels, fewer than with scores stored. */
#include "example.h"

enum { BATCH = 4, STEPS = 24, WIDTH = 32, HEADS = 4, HIDDEN = 64, WEIGHTS = 6, RUNS = 150, MOST_KERNELS = 34 };
static const char *const names[WEIGHTS] = {"wq", "wk", "wv", "wo", "w1", "w2"};

static mica_var norm(mica_var x)
{
	mica_var centred = mica_op_sub(x, mica_op_mean(x, MICA_AXIS(1), true));

	return mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(mica_op_mean(mica_op_square(centred), MICA_AXIS(1), true), 1e-3)));
}

/* (batch * steps, width) as (batch, heads, steps, width / heads), and back. */
static mica_var to_heads(mica_var x)
{
	return mica_op_transpose(mica_op_reshape(x, MICA_SHAPE(BATCH, STEPS, HEADS, WIDTH / HEADS)), (size_t[]){0, 2, 1, 3});
}

static mica_var from_heads(mica_var x)
{
	return mica_op_reshape(mica_op_transpose(x, (size_t[]){0, 2, 1, 3}), MICA_SHAPE(BATCH * STEPS, WIDTH));
}

static mica_var block(mica_var x, const mica_var *w, bool plain)
{
	mica_var n = norm(x), part[3];

	for (int i = 0; i < 3; i++)
		part[i] = to_heads(mica_op_matmul(n, w[i]));
	mica_var a = mica_op_attention(part[0], part[1], part[2], &(mica_attention_opts){.causal = true, .plain = plain});
	mica_var h = mica_op_add(x, mica_op_matmul(from_heads(a), w[3]));
	return mica_op_add(h, mica_op_matmul(mica_activate(mica_op_matmul(norm(h), w[4]), MICA_GELU), w[5]));
}

/* out: the loss, and the gradients of all weights. */
static void differentiate(mica_var x, mica_var target, const mica_var *w, bool plain, mica_var *out)
{
	out[0] = mica_op_mean(mica_op_square(mica_op_sub(block(x, w, plain), target)), MICA_ALL_AXES, false);
	TRY(mica_gradient(out[0], NULL, w, WEIGHTS, out + 1));
}

/* Assigns w's new value and those of Adam's two moments; returns how many assignments. */
static size_t adam(mica_graph *g, mica_var w, mica_var slope, mica_var step, mica_var *out)
{
	mica_shape s = mica_var_shape(w);
	mica_var m = mica_graph_variable(g, "m", MICA_F32, s), v = mica_graph_variable(g, "v", MICA_F32, s);
	mica_var new_m = mica_op_add(mica_op_mulc(m, 0.9), mica_op_mulc(slope, 0.1));
	mica_var new_v = mica_op_add(mica_op_mulc(v, 0.999), mica_op_mulc(mica_op_square(slope), 0.001));
	mica_var one = mica_graph_scalar(g, 1), two[] = {mica_graph_scalar(g, 0.9), mica_graph_scalar(g, 0.999)};
	mica_var by_m = mica_op_sub(one, mica_op_pow(two[0], step)), by_v = mica_op_sub(one, mica_op_pow(two[1], step));
	mica_var change = mica_op_div(mica_op_div(new_m, by_m), mica_op_addc(mica_op_sqrt(mica_op_div(new_v, by_v)), 1e-7));

	out[0] = mica_op_assign(w, mica_op_sub(w, mica_op_mulc(change, 3e-3)));
	out[1] = mica_op_assign(m, new_m);
	out[2] = mica_op_assign(v, new_v);
	return 3;
}

static float loss_of(mica_plan *p)
{
	float loss;

	TRY(mica_plan_fetch(p, 0, &loss, sizeof loss));
	return loss;
}

int main(void)
{
	static const size_t rows[WEIGHTS] = {WIDTH, WIDTH, WIDTH, WIDTH, WIDTH, HIDDEN}, columns[WEIGHTS] = {WIDTH, WIDTH, WIDTH, WIDTH, HIDDEN, WIDTH};
	double *x = numbers(BATCH * STEPS * WIDTH, 1), *before = numbers(BATCH * STEPS * WIDTH, 1);
	mica_var w[WEIGHTS], out[1 + 3 * WEIGHTS + 1], plain[1 + WEIGHTS];
	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);

	for (size_t i = 0; i < WEIGHTS; i++) {
		double *values = numbers(rows[i] * columns[i], 10 + (unsigned)i);
		for (size_t k = 0; k < rows[i] * columns[i]; k++)
			values[k] /= sqrt((double)rows[i]);
		w[i] = variable(g, names[i], MICA_SHAPE(rows[i], columns[i]), values);
		free(values);
	}
	for (size_t i = 0; i < BATCH * STEPS * WIDTH; i++) /* the target: the step before, none before the first */
		before[i] = i / WIDTH % STEPS ? x[i - WIDTH] : 0;
	mica_var inputs[] = {variable(g, "x", MICA_SHAPE(BATCH * STEPS, WIDTH), x), variable(g, "before", MICA_SHAPE(BATCH * STEPS, WIDTH), before)};

	differentiate(inputs[0], inputs[1], w, true, plain);
	differentiate(inputs[0], inputs[1], w, false, out);
	mica_plan *expected = run_plan("all scores stored", plain, 1 + WEIGHTS), *got = run_plan("attention", out, 1 + WEIGHTS);
	for (size_t i = 0; i < 1 + WEIGHTS; i++) {
		size_t n = mica_var_count(out[i]);
		float *f = malloc(n * sizeof *f);
		double *d = malloc(n * sizeof *d);
		require(f && d, "memory");
		TRY(mica_plan_fetch(expected, i, f, n * sizeof *f));
		for (size_t k = 0; k < n; k++)
			d[k] = (double)f[k];
		compare(i ? names[i - 1] : "loss", got, i, n, d, 64);
		free(f);
		free(d);
	}
	require(mica_plan_describe(got).launches < mica_plan_describe(expected).launches, "fewer launches than with scores stored");
	mica_plan_destroy(expected);
	mica_plan_destroy(got);

	mica_var step = mica_graph_variable(g, "step", MICA_F32, MICA_SCALAR_SHAPE), next = mica_op_addc(step, 1);
	size_t n = 1;
	for (size_t i = 0; i < WEIGHTS; i++)
		plain[i] = out[1 + i];
	for (size_t i = 0; i < WEIGHTS; i++)
		n += adam(g, w[i], plain[i], next, out + n);
	out[n++] = mica_op_assign(step, next);
	mica_plan *p = run_plan("training step", out, n);
	float first = loss_of(p);
	TRY(mica_plan_run(p, RUNS));
	printf("loss %.4f, after %d steps %.4f; %zu launches a step\n", (double)first, RUNS, (double)loss_of(p), mica_plan_describe(p).launches);
	require(loss_of(p) < first / 4, "the loss falls to a quarter");
	require(mica_plan_describe(p).kernels <= MOST_KERNELS, "no more kernels than written down; on a CPU they are 17 launches");
	free(x);
	free(before);
	mica_close(ctx);
	return 0;
}
