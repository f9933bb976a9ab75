/* SPDX-License-Identifier: MIT */
/* examples/odd_sizes.c - layers of 1, 3, 10, 17, 100 and 1000 units at batches of 1, 7 and 130: sizes that fit no tile.
   Checked: the output and the gradients of all weights against back-propagation in double precision. */
#include "example.h"

enum { LAYERS = 6, MOST_ROWS = 130, MOST_UNITS = 1000 };
static const size_t units[LAYERS + 1] = {5, 1, 1000, 3, 100, 17, 10};
static double *w[LAYERS], *b[LAYERS], *dw[LAYERS], *db[LAYERS];
static double value[LAYERS + 1][MOST_ROWS * MOST_UNITS];

static void forward(size_t l, size_t rows)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t o = 0; o < units[l + 1]; o++) {
			double sum = b[l][o];
			for (size_t i = 0; i < units[l]; i++)
				sum += value[l][r * units[l] + i] * w[l][i * units[l + 1] + o];
			value[l + 1][r * units[l + 1] + o] = tanh(sum);
		}
}

/* Replaces the values of layer l's output, whose slope is d, by what they add to the loss through the layer's sum, adds up
   the gradients of its weights, and leaves the slope of its input in back. */
static void backward(size_t l, size_t rows, const double *d, double *back)
{
	for (size_t r = 0; r < rows; r++)
		for (size_t o = 0; o < units[l + 1]; o++) {
			double y = value[l + 1][r * units[l + 1] + o], s = d[r * units[l + 1] + o] * (1 - y * y);
			db[l][o] += s;
			for (size_t i = 0; i < units[l]; i++) {
				dw[l][i * units[l + 1] + o] += value[l][r * units[l] + i] * s;
				back[r * units[l] + i] += s * w[l][i * units[l + 1] + o];
			}
		}
}

static void reference(size_t rows, const double *x)
{
	static double slope[2][MOST_ROWS * MOST_UNITS];

	memcpy(value[0], x, rows * units[0] * sizeof *x);
	for (size_t l = 0; l < LAYERS; l++)
		forward(l, rows);
	for (size_t i = 0; i < rows * units[LAYERS]; i++)
		slope[LAYERS % 2][i] = 1;
	for (size_t l = LAYERS; l-- > 0;) {
		memset(slope[l % 2], 0, sizeof slope[0]);
		memset(dw[l], 0, units[l] * units[l + 1] * sizeof *dw[l]);
		memset(db[l], 0, units[l + 1] * sizeof *db[l]);
		backward(l, rows, slope[(l + 1) % 2], slope[l % 2]);
	}
}

static void check(mica_context *ctx, size_t rows)
{
	double *x = numbers(rows * units[0], 1);
	mica_graph *g = mica_graph_create(ctx);
	mica_var y = variable(g, "x", MICA_SHAPE(rows, units[0]), x), v[2 * LAYERS], out[2 * LAYERS + 1];

	for (size_t l = 0; l < LAYERS; l++) {
		v[2 * l] = variable(g, "w", MICA_SHAPE(units[l], units[l + 1]), w[l]);
		v[2 * l + 1] = variable(g, "b", MICA_SHAPE(units[l + 1]), b[l]);
		y = mica_op_tanh(mica_op_add(mica_op_matmul(y, v[2 * l]), v[2 * l + 1]));
	}
	TRY(mica_gradient(y, NULL, v, 2 * LAYERS, out));
	out[2 * LAYERS] = y;
	mica_plan *p = run_plan("odd sizes", out, 2 * LAYERS + 1);

	reference(rows, x);
	printf("batch %zu\n", rows);
	compare("output", p, 2 * LAYERS, mica_var_count(y), value[LAYERS], 64);
	for (size_t l = 0; l < LAYERS; l++) {
		char name[32];
		snprintf(name, sizeof name, "weights %zu x %zu", units[l], units[l + 1]);
		compare(name, p, 2 * l, mica_var_count(out[2 * l]), dw[l], 64);
		compare("their bias", p, 2 * l + 1, mica_var_count(out[2 * l + 1]), db[l], 64);
	}
	free(x);
}

int main(void)
{
	mica_context *ctx = open_device();
	const size_t batches[] = {1, 7, MOST_ROWS};

	for (unsigned l = 0; l < LAYERS; l++) {
		size_t n = units[l] * units[l + 1];
		w[l] = numbers(n, l);
		for (size_t i = 0; i < n; i++) /* as large as an initializer would make them, to the nearest float */
			w[l][i] = (double)(float)(w[l][i] * sqrt(3 / (double)units[l]));
		b[l] = numbers(units[l + 1], 100 + l);
		dw[l] = numbers(n, 0), db[l] = numbers(units[l + 1], 0);
	}
	for (size_t i = 0; i < 3; i++)
		check(ctx, batches[i]);
	for (size_t l = 0; l < LAYERS; l++)
		free(w[l]), free(b[l]), free(dw[l]), free(db[l]);
	mica_close(ctx);
	return 0;
}
