/* SPDX-License-Identifier: MIT */
/* reference/test_run.c - the interpreter as a whole: state, rounding, lengths, gradients. */
#include "reference/rig.h"

#define S MICA_SHAPE

/* Everybody but the assignment itself reads the old value, whatever the order. */
Test(reference, assignments_come_last)
{
	rig *r = rig_open(MICA_F32);
	mica_var w = VARIABLE(r, MICA_F32, S(2), 1, 2), v = VARIABLE(r, MICA_F32, S(2), 10, 20);
	mica_var out[] = {mica_op_assign(w, mica_op_add(w, v)), w, mica_op_stop_gradient(w), mica_op_assign(v, w)};
	for (int k = 0; k < 2; k++) {
		double old = r->assigned[0][0] ? r->assigned[0][0] : 1, older = r->assigned[1][0] ? r->assigned[1][0] : 10;
		cr_assert(rig_run(r, out, 4) == MICA_OK, "%s", mica__reason());
		cr_expect(r->result[0][0] == old + older && r->result[1][0] == old && r->result[2][0] == old && r->result[3][0] == old);
		cr_expect(r->assigned[0][0] == old + older && r->assigned[1][0] == old);
	}
	cr_expect(r->n_assigned == 4);
	mica_var twice[] = {mica_op_assign(w, v), mica_op_assign(w, mica_op_neg(v))};
	cr_expect(rig_run(r, twice, 2) == MICA_EINVAL && r->n_assigned == 4 && strstr(mica__reason(), "w0"), "%s", mica__reason());
	rig_close(r);
}

Test(reference, rounding)
{
	rig *r = rig_open(MICA_F32);
	mica_var x = IN(r, MICA_F32, S(3), 1, 3, 1e30), y = mica_op_div(x, IN(r, MICA_F32, S(3), 3, 1, 1e-30));
	cr_assert(rig_run(r, &y, 1) == MICA_OK);
	cr_expect(r->result[0][0] == (double)(1.0f / 3) && r->result[0][1] == 3 && isinf(r->result[0][2]));
	r->rounding = MICA__EXACT;
	cr_assert(rig_run(r, &y, 1) == MICA_OK);
	cr_expect(r->result[0][0] == 1.0 / 3 && r->result[0][2] > 1e59);
	r->rounding = MICA__NOISY;
	double first = 0;
	bool differ = false;
	for (r->seed = 0; r->seed < 8; r->seed++) {
		cr_assert(rig_run(r, &y, 1) == MICA_OK);
		cr_expect(fabs(r->result[0][0] * 3 - 1) < 4 * 0x1p-23, "%.17g", r->result[0][0]);
		differ = differ || (first && first != r->result[0][0]);
		first = r->result[0][0];
	}
	cr_expect(differ, "eight seeds, one value");
	rig_close(r);
}

/* A zero keeps its sign, as on devices, and so does what becomes zero. */
Test(reference, zeros_have_signs)
{
	rig *r = rig_open(MICA_F32);
	mica_var x = IN(r, MICA_F32, S(4), 0, -0.0, 1e-30, -1e-30);
	mica_var out[] = {mica_op_mulc(x, 1), mica_op_neg(x), mica_op_abs(x), mica_op_mulc(x, 1e-12)};
	cr_assert(rig_run(r, out, 4) == MICA_OK);
	for (size_t i = 0; i < 4; i++) {
		bool minus = i % 2;
		cr_expect(!signbit(r->result[0][i]) == !minus && !signbit(r->result[1][i]) == minus && !signbit(r->result[2][i]), "%zu", i);
		cr_expect(r->result[3][i] == 0 && !signbit(r->result[3][i]) == !minus, "%zu", i);
	}
	rig_close(r);
}

/* Whole numbers stay what they are; a long sum does not. */
Test(reference, noise_is_where_devices_round)
{
	for (int k = 0; k < 2; k++) {
		rig *r = rig_open(k ? MICA_F64 : MICA_F32);
		mica_var whole = mica_op_cast(mica_graph_iota(r->g, S(1000), 0), r->g->real);
		mica_var tenth = mica_op_mulc(whole, 0.1);
		mica_var out[] = {mica_op_sum(whole, 1, false), mica_op_sum(tenth, 1, false), mica_op_sum(mica_op_mul(whole, whole), 1, false)};
		bool moved = false;
		r->rounding = MICA__NOISY;
		for (r->seed = 0; r->seed < 4; r->seed++) {
			cr_assert(rig_run(r, out, 3) == MICA_OK);
			cr_expect(r->result[0][0] == 499500, "%g", r->result[0][0]);
			cr_expect(fabs(r->result[1][0] - 49950) < (k ? 1e-6 : 10), "%.17g", r->result[1][0]);
			moved = moved || r->result[1][0] != 49950;
		}
		cr_expect(moved);
		rig_close(r);
	}
}

/* A value is freed after its last reader, and nothing recurses. */
Test(reference, long_chains_and_large_values)
{
	rig *r = rig_open(MICA_F32);
	mica_var x = IN(r, MICA_F32, S(1), 0), one = mica_graph_scalar(r->g, 1), big = mica_graph_fill(r->g, 2, MICA_F32, S(1000, 1000));
	for (size_t i = 0; i < 100000; i++)
		x = mica_op_add(x, one);
	mica_var out[] = {x, mica_op_sum(mica_op_transpose(mica_op_mul(big, big), NULL), MICA_ALL_AXES, false)};
	cr_assert(rig_run(r, out, 2) == MICA_OK, "%s", mica__reason());
	cr_expect(r->result[0][0] == 100000 && r->result[1][0] == 4e6);
	rig_close(r);
}

static mica_status refuse(void *payload, mica_var leaf, mica__array *value)
{
	(void)payload, (void)value;
	return mica__fail(MICA_EINVAL, "%s has no value", leaf->name);
}

Test(reference, refusals_are_passed_on)
{
	rig *r = rig_open(MICA_F32);
	mica_var y = mica_op_neg(IN(r, MICA_F32, S(1), 0));
	mica__reference how = {.read = refuse, .output = rig_output, .payload = r};
	cr_expect(mica__reference_run(&how, &y, 1) == MICA_EINVAL && !strcmp(mica__reason(), "x0 has no value"), "%s", mica__reason());
	rig_close(r);
}

/* Gradients are nodes like others; central differences say whether they are right. */
Test(reference, gradients)
{
	rig *r = rig_open(MICA_F64);
	mica_var x = IN(r, MICA_F64, S(2, 3), 0.3, -0.7, 1.1, 0.2, 0.9, -0.4), w = IN(r, MICA_F64, S(3, 2), 0.5, -0.2, 0.8, 0.1, -0.6, 0.7);
	mica_var loss = mica_op_sum(mica_op_tanh(mica_op_matmul(mica_op_sin(x), w)), MICA_ALL_AXES, false), d[2], out[3] = {loss};
	cr_assert(mica_gradient(loss, NULL, (mica_var[]){x, w}, 2, d) == MICA_OK);
	out[1] = d[0];
	out[2] = d[1];
	cr_assert(rig_run(r, out, 3) == MICA_OK);
	double got[2][6];
	memcpy(got[0], r->result[1], sizeof got[0]);
	memcpy(got[1], r->result[2], sizeof got[1]);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < 6; i++) {
			double *v = (double *)r->data[k] + i, kept = *v, side[2];
			for (int j = 0; j < 2; j++) {
				*v = kept + (j ? 1e-6 : -1e-6);
				cr_assert(rig_run(r, out, 1) == MICA_OK);
				side[j] = r->result[0][0];
			}
			*v = kept;
			cr_expect(fabs((side[1] - side[0]) / 2e-6 - got[k][i]) < 1e-8, "%zu [%zu]", k, i);
		}
	rig_close(r);
}
