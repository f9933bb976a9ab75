/* SPDX-License-Identifier: MIT */
/* runtime/test_random.c - mica_op_random against Philox on the host: the known answers of its authors, then every element
   of several shapes, by seed, stream and step, through whatever the values are fused with, in every class of kernels. */
#include "support/support.h"

#include <math.h>
#include <stdlib.h>

static void philox(uint32_t c[4], uint32_t k0, uint32_t k1)
{
	for (int i = 0; i < 10; i++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
		uint64_t a = (uint64_t)c[0] * 0xd2511f53u, b = (uint64_t)c[2] * 0xcd9e8d57u;
		uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a};
		for (int j = 0; j < 4; j++)
			c[j] = next[j];
	}
}

/* One counter serves four columns of 32: word w of counter 8 g + j is column 32 g + 8 w + j. */
static double uniform(size_t row, size_t column, uint64_t seed, uint32_t stream, int step)
{
	uint32_t c[4] = {(uint32_t)(column / 32 * 8 + column % 8), (uint32_t)row, (uint32_t)step, stream};
	philox(c, (uint32_t)seed, (uint32_t)(seed >> 32));
	return (c[column % 32 / 8] >> 8) * 0x1p-24;
}

static double *expected(check *c, mica_shape s, uint64_t seed, uint32_t stream, int step)
{
	size_t n = shape_count(s), last = s.rank ? s.dim[s.rank - 1] : 1;
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = uniform(i / last, i % last, seed, stream, step);
	return v;
}

/* From the authors' kat_vectors: the reference below must itself be right. */
Test(random, known_answers)
{
	uint32_t zero[4] = {0}, ones[4] = {~0u, ~0u, ~0u, ~0u};
	philox(zero, 0, 0);
	philox(ones, ~0u, ~0u);
	cr_expect(zero[0] == 0x6627e8d5 && zero[1] == 0xe169c58d && zero[2] == 0xbc57ac4c && zero[3] == 0x9b00dbd8, "counter 0");
	cr_expect(ones[0] == 0x408f276d && ones[1] == 0x41c83b0e && ones[2] == 0xa20bc7c6 && ones[3] == 0x6d5451fd, "all ones");
}

Test(random, every_element_by_its_place)
{
	check *c = check_open("random", MICA_F32);
	static const mica_shape s[] = {{0, {0}}, {1, {1}}, {1, {33}}, {1, {300}}, {2, {3, 5}}, {2, {17, 70}}, {2, {40, 1}}, {3, {2, 3, 35}}, {1, {0}}};
	static const struct {
		uint64_t seed;
		uint32_t stream;
	} keys[] = {{0, 0}, {1, 0}, {0x123456789abcdef0u, 7}, {~0ull, ~0u}};
	for (size_t k = 0; k < COUNT(keys); k++)
		for (size_t i = 0; i < COUNT(s); i++)
			check_expect(c, check_label(c, "%s, key %zu", shape_text(s[i]), k),
			             mica_op_random(check_graph(c), s[i], keys[k].seed, keys[k].stream, NULL),
			             expected(c, s[i], keys[k].seed, keys[k].stream, 0), tolerance_exact());
	check_run(c);
	check_close(c);
}

/* Fused with arithmetic, moved, reshaped, or read by a product or a reduction, the numbers stay the same. */
Test(random, wherever_it_is_read)
{
	check *c = check_open("random", MICA_F32);
	mica_shape s = MICA_SHAPE(17, 40), t = MICA_SHAPE(40, 17);
	double *u = expected(c, s, 5, 6, 0), *turned = check_array(c, 680), *mask = check_array(c, 680), *sums = check_array(c, 17), hits[17] = {0};
	mica_var r = mica_op_random(check_graph(c), s, 5, 6, NULL), half = mica_graph_scalar(check_graph(c), 0.5);
	for (size_t i = 0; i < 680; i++) {
		turned[i % 40 * 17 + i / 40] = u[i];
		mask[i] = u[i] < 0.5;
		hits[i / 40] += mask[i];
		sums[i / 40] += u[i];
	}
	mica_var kept = mica_op_lt(r, half), ones = mica_graph_fill(check_graph(c), 1, MICA_F32, MICA_SHAPE(40, 1));
	check_expect(c, "reshaped", mica_op_reshape(r, t), u, tolerance_exact());
	check_expect(c, "transposed", mica_op_transpose(r, NULL), turned, tolerance_exact());
	check_expect(c, "compared", kept, mask, tolerance_exact());
	check_expect(c, "counted", mica_op_sum(kept, MICA_AXIS(1), false), hits, tolerance_exact());
	/* over an axis in the middle, whose results lie side by side */
	mica_var thin = mica_op_random(check_graph(c), MICA_SHAPE(6, 9, 3, 35), 5, 6, NULL);
	double *of_thin = expected(c, MICA_SHAPE(6, 9, 3, 35), 5, 6, 0), *columns = check_array(c, 6 * 105);
	for (size_t i = 0; i < 6 * 105; i++)
		for (size_t k = 0; k < 9; k++)
			columns[i] += of_thin[(i / 105 * 9 + k) * 105 + i % 105] < 0.5;
	check_expect(c, "counted over the middle", mica_op_sum(mica_op_lt(thin, half), MICA_AXIS(1), false), columns, tolerance_exact());
	check_expect(c, "counted by a product", mica_op_matmul(kept, ones), hits, tolerance_exact());
	check_expect(c, "summed", mica_op_sum(r, MICA_AXIS(1), false), sums, tolerance_dot(MICA_F32, 40, sums));
	check_run(c);
	check_close(c);
}

Test(random, in_double_precision_too)
{
	check *c = check_open("random", MICA_F64);
	mica_shape s = MICA_SHAPE(5, 70);
	check_expect(c, "f64", mica_op_random(check_graph(c), s, 9, 1, NULL), expected(c, s, 9, 1, 0), tolerance_exact());
	check_run(c);
	check_close(c);
}

/* A counter on the device makes each step's numbers. */
Test(random, by_step)
{
	check *c = check_open("random", MICA_F32);
	mica_graph *g = check_graph(c);
	mica_shape s = MICA_SHAPE(3, 37);
	mica_var step = mica_graph_variable(g, "step", MICA_I32, MICA_SCALAR_SHAPE), r = mica_op_random(g, s, 11, 2, step);
	mica_var outputs[2] = {r, mica_op_assign(step, mica_op_addc(step, 1))};
	mica_plan *p;
	OK(mica_plan_create(&p, outputs, 2, NULL));
	for (int k = 0; k < 3; k++) {
		float got[111];
		double values[111];
		OK(mica_plan_run(p, 1));
		OK(mica_plan_fetch(p, 0, got, sizeof got));
		from_bytes(values, MICA_F32, got, 111);
		compare("random", check_label(c, "step %d", k), MICA_F32, values, expected(c, s, 11, 2, k), 111, tolerance_exact());
	}
	int32_t far = -5;
	float got[111];
	double values[111];
	OK(mica_value_write(mica_var_value(step), &far, sizeof far));
	OK(mica_plan_run(p, 1));
	OK(mica_plan_fetch(p, 0, got, sizeof got));
	from_bytes(values, MICA_F32, got, 111);
	compare("random", "step -5", MICA_F32, values, expected(c, s, 11, 2, -5), 111, tolerance_exact());
	check_close(c);
}

/* The same numbers from SIMT kernels as from vector kernels of each width. */
Test(random, in_every_class)
{
	static const char *const settings[][2] = {{"simt", "8"}, {"cpu", "4"}, {"cpu", "8"}, {"cpu", "16"}};
	for (size_t k = 0; k < COUNT(settings); k++) {
		setenv("MICA_CLASS", settings[k][0], 1);
		setenv("MICA_VECTOR_WIDTH", settings[k][1], 1);
		check *c = check_open("random", MICA_F32);
		mica_shape s = MICA_SHAPE(5, 75);
		check_expect(c, check_label(c, "%s, width %s", settings[k][0], settings[k][1]), mica_op_random(check_graph(c), s, 21, 4, NULL),
		             expected(c, s, 21, 4, 0), tolerance_exact());
		check_run(c);
		check_close(c);
	}
}
