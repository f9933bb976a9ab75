/* SPDX-License-Identifier: MIT */
/* examples/einsum_attention.c - causal attention over several heads, with axes by name: einsum, a triangle as the mask, and
   which words each word looks at most.
   Checked: the result, and the order of the weights, against loops in double precision. */
#include "example.h"

enum { BATCH = 2, WORDS = 7, HEADS = 3, UNITS = 5, MOST = 2 };
static double *q, *k, *v, y[BATCH * WORDS * HEADS * UNITS];
static int32_t looked_at[BATCH * HEADS * WORDS * MOST];

static size_t element(size_t b, size_t word, size_t head, size_t i)
{
	return ((b * WORDS + word) * HEADS + head) * UNITS + i;
}

/* One word of one head: softmax over the words so far. */
static void reference(size_t b, size_t head, size_t word)
{
	double weight[WORDS] = {0}, sum = 0;
	int32_t *at = &looked_at[((b * HEADS + head) * WORDS + word) * MOST];
	for (size_t other = 0; other <= word; other++) {
		for (size_t i = 0; i < UNITS; i++)
			weight[other] += q[element(b, word, head, i)] * k[element(b, other, head, i)] / sqrt(UNITS);
		sum += weight[other] = exp(weight[other]);
	}
	for (size_t i = 0; i < UNITS; i++) {
		double *to = &y[element(b, word, head, i)];
		*to = 0;
		for (size_t other = 0; other <= word; other++)
			*to += weight[other] / sum * v[element(b, other, head, i)];
	}
	for (size_t n = 0; n < MOST; n++) {
		at[n] = -1;
		for (int32_t other = 0; other < WORDS; other++)
			if ((n == 0 || other != at[0]) && (at[n] < 0 || weight[other] > weight[at[n]]))
				at[n] = other;
	}
}

int main(void)
{
	const size_t n = BATCH * WORDS * HEADS * UNITS;
	const mica_shape s = MICA_SHAPE(BATCH, WORDS, HEADS, UNITS);
	q = numbers(n, 1), k = numbers(n, 2), v = numbers(n, 3);
	for (size_t b = 0; b < BATCH; b++)
		for (size_t head = 0; head < HEADS; head++)
			for (size_t word = 0; word < WORDS; word++)
				reference(b, head, word);

	mica_context *ctx = open_device();
	mica_graph *g = mica_graph_create(ctx);
	mica_var queries = variable(g, "q", s, q), keys = variable(g, "k", s, k), values = variable(g, "v", s, v), most;

	mica_var scores = mica_op_mulc(mica_op_einsum("bqhd,bkhd->bhqk", (mica_var[]){queries, keys}, 2), 1 / sqrt(UNITS));
	mica_var seen = mica_op_tril(mica_graph_fill(g, 1, MICA_F32, MICA_SHAPE(WORDS, WORDS)), 0);
	mica_var masked = mica_op_where(seen, scores, mica_graph_scalar(g, -INFINITY));
	mica_var weights = mica_activate(masked, MICA_SOFTMAX);
	mica_var out[2] = {mica_op_einsum("bhqk,bkhd->bqhd", (mica_var[]){weights, values}, 2)};
	mica_op_top_k(weights, MOST, -1, &most);
	out[1] = most;
	TRY(mica_graph_status(g));

	mica_plan *p = run_plan("attention", out, 2);
	compare("attention", p, 0, n, y, 16);
	int32_t got[BATCH * HEADS * WORDS * MOST];
	TRY(mica_plan_fetch(p, 1, got, sizeof got));
	require(!memcmp(got, looked_at, sizeof got), "the words that are looked at most");
	free(q);
	free(k);
	free(v);
	mica_close(ctx);
	return 0;
}
