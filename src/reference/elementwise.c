/* SPDX-License-Identifier: MIT */
/* reference/elementwise.c - elementwise operations with NumPy's broadcasting, a row each: f of doubles, f of integers.
   Integers wrap around, which is done for all of them at the end; division by zero gives 0.  What has no meaning on integers the graph refuses. */
#include "reference/run.h"

#include <math.h>

#define WRAP(x) ((int64_t)(uint64_t)(x))
#define U(x) ((uint64_t)(x))
#define NONE 0
#define LARGER(a, b) ((a) >= (b) || (a) != (a) ? (a) : (b))
#define SMALLER(a, b) ((a) <= (b) || (a) != (a) ? (a) : (b))

static double softplus(double x)
{
	return (x <= 0 ? 0 : x) + log1p(exp(-fabs(x)));
}

static int64_t divide(int64_t a, int64_t b)
{
	return b == 0 ? 0 : b == -1 ? WRAP(-U(a)) : a / b;
}

/* X(ID, ulps a device may be off, of reals, of integers).  OpenCL's bounds, with those of the functions inside. */
#define ROWS(X)                                                                                \
	X(NEG, 0, -a, WRAP(-U(a)))                                                             \
	X(ABS, 0, fabs(a), a < 0 ? WRAP(-U(a)) : a)                                            \
	X(SIGN, 0, a > 0 ? 1 : a < 0 ? -1 : a * 0, (a > 0) - (a < 0))                          \
	X(EXP, 4, exp(a), NONE)                                                                \
	X(EXPM1, 4, expm1(a), NONE)                                                            \
	X(LOG, 4, log(a), NONE)                                                                \
	X(LOG1P, 4, log1p(a), NONE)                                                            \
	X(SQRT, 3, sqrt(a), NONE)                                                              \
	X(RSQRT, 6, 1 / sqrt(a), NONE)                                                         \
	X(SQUARE, 0, a * a, WRAP(U(a) * U(a)))                                                 \
	X(RECIPROCAL, 3, 1 / a, NONE)                                                          \
	X(TANH, 6, tanh(a), NONE)                                                              \
	X(SIGMOID, 8, 1 / (1 + exp(-a)), NONE)                                                 \
	X(SOFTPLUS, 8, softplus(a), NONE)                                                      \
	X(ERF, 16, erf(a), NONE)                                                               \
	X(SIN, 4, sin(a), NONE)                                                                \
	X(COS, 4, cos(a), NONE)                                                                \
	X(FLOOR, 0, floor(a), NONE)                                                            \
	X(ROUND, 0, rint(a), NONE)                                                             \
	X(RELU, 0, a < 0 ? 0 : a, a < 0 ? 0 : a)                                               \
	X(IS_FINITE, 0, isfinite(a), NONE)                                                     \
	X(ADD, 0, a + b, WRAP(U(a) + U(b)))                                                    \
	X(SUB, 0, a - b, WRAP(U(a) - U(b)))                                                    \
	X(MUL, 0, a * b, WRAP(U(a) * U(b)))                                                    \
	X(DIV, 3, a / b, divide(a, b))                                                         \
	X(POW, 16, pow(a, b), NONE)                                                            \
	X(MAX, 0, LARGER(a, b), LARGER(a, b))                                                  \
	X(MIN, 0, SMALLER(a, b), SMALLER(a, b))                                                \
	X(LT, 0, a < b, a < b)                                                                 \
	X(LE, 0, a <= b, a <= b)                                                               \
	X(GT, 0, a > b, a > b)                                                                 \
	X(GE, 0, a >= b, a >= b)                                                               \
	X(EQ, 0, a == b, a == b)                                                               \
	X(NE, 0, a != b, a != b)                                                               \
	X(WHERE, 0, a != 0 ? b : c, a != 0 ? b : c)

/* One row of n elements; operand k is at from[k] and moves by step[k]. */
#define LOOP(ID, T, expression)                                                                      \
	case MICA__##ID:                                                                             \
		for (size_t i = 0; i < n; i++) {                                                     \
			const T a = *from[0], b = *from[1], c = *from[2];                            \
			(void)a, (void)b, (void)c;                                                   \
			to[i] = (T)(expression);                                                     \
			from[0] += step[0], from[1] += step[1], from[2] += step[2];                  \
		}                                                                                    \
		break;

static void row_of_reals(mica__op op, const double **from, const ptrdiff_t *step, double *to, size_t n)
{
	switch (op) {
#define X(ID, ulps, real, whole) LOOP(ID, double, real)
		ROWS(X)
#undef X
	default: break;
	}
}

static void row_of_integers(mica__op op, const int64_t **from, const ptrdiff_t *step, int64_t *to, size_t n)
{
	switch (op) {
#define X(ID, ulps, real, whole) LOOP(ID, int64_t, whole)
		ROWS(X)
#undef X
	default: break;
	}
}

static const double ulps_of[MICA__ELEMENTWISE_END] = {
#define X(ID, ulps, real, whole) [MICA__##ID] = ulps,
	ROWS(X)
#undef X
};

/* Of an operand within the result's shape: 0 along what is broadcast. */
static void operand_strides(const mica_shape *result, const mica_shape *operand, ptrdiff_t *stride)
{
	ptrdiff_t own[MICA_MAX_RANK];
	size_t extra = result->rank - operand->rank;
	mica__strides(operand, own);
	for (size_t k = 0; k < result->rank; k++)
		stride[k] = k < extra || operand->dim[k - extra] == 1 ? 0 : own[k - extra];
}

bool mica__reference_constant(double *out, mica__op op, const double *v)
{
	enum { ROUNDED_ONCE = 3 /* ulps that OpenCL leaves to division and roots; IEEE 754 rounds them like sums */ };
	const double *from[3] = {&v[0], &v[1], &v[2]};
	if (ulps_of[op] > ROUNDED_ONCE)
		return false;
	row_of_reals(op, from, (ptrdiff_t[3]){0}, out, 1);
	return true;
}

void mica__run_elementwise(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	ptrdiff_t stride[4][MICA_MAX_RANK] = {{0}}, step[3] = {0};
	mica__walk w = {.shape = &x->shape, .n = 4};
	size_t columns = mica__shape_last(&x->shape);
	bool is_real = mica__dtype_real(x->dtype);
	for (size_t k = 0; k < 4; k++) {
		w.stride[k] = stride[k];
		if (k == 3)
			mica__strides(&x->shape, stride[k]);
		else if (k < x->n_in)
			operand_strides(&x->shape, &in[k]->shape, stride[k]);
		if (k < 3 && x->shape.rank)
			step[k] = stride[k][x->shape.rank - 1];
	}
	if (!out->count)
		return;
	do {
		const double *real[3] = {NULL};
		const int64_t *whole[3] = {NULL};
		for (size_t k = 0; k < 3; k++) {
			const mica__array *a = in[k < x->n_in ? k : 0];
			size_t at = k < x->n_in ? (size_t)w.position[k] : 0;
			if (is_real)
				real[k] = a->real + at;
			else
				whole[k] = a->whole + at;
		}
		if (is_real)
			row_of_reals(x->op, real, step, out->real + w.position[3], columns);
		else
			row_of_integers(x->op, whole, step, out->whole + w.position[3], columns);
	} while (mica__walk_next(&w));
	for (size_t i = 0; i < out->count && !is_real; i++)
		out->whole[i] = mica__dtype_wrap(x->dtype, out->whole[i]);
	mica__settle(run, out, ulps_of[x->op]);
}
