/* SPDX-License-Identifier: MIT */
/* examples/05_initialization.c - what becomes of numbers on their way through 20 layers, by the weights that these begin with.
   Each layer adds up 100 numbers: with weights that are too small the signal dies out, with too large ones it explodes, or is
   pressed to the ends of tanh, where there is no slope to learn by.  Glorot's deviation, sqrt(2 / (in + out)), is made for tanh;
   He's, sqrt(2 / in), makes up for the half that relu cuts off.
   You should see deviations that stay of one size from layer 1 to layer 20 in two of six lines: tanh with Glorot (0.6 to 0.2)
   and relu with He. */
#include "example.h"

enum { LAYERS = 20, UNITS = 100, SAMPLES = 200, SHOWN = 5 };
static const size_t shown[SHOWN] = {1, 5, 10, 15, 20};

static double deviation(const float *x)
{
	double sum = 0, squares = 0, n = SAMPLES * UNITS;

	for (size_t i = 0; i < SAMPLES * UNITS; i++) {
		sum += (double)x[i];
		squares += (double)x[i] * (double)x[i];
	}
	return sqrt(fmax(squares / n - sum / n * sum / n, 0));
}

/* The deviations of the layers that are shown, into d. */
static void look(mica_context *ctx, const float *x, const char *name, mica_activation activation, mica_initializer init,
                 double d[SHOWN])
{
	static float y[SHOWN][SAMPLES * UNITS];
	mica_model *m = mica_functional(ctx, .seed = 5);
	mica_symbol *in = mica_model_input(m, mica_input(UNITS)), *s[LAYERS + 1] = {in};

	for (size_t i = 1; i <= LAYERS; i++)
		s[i] = mica_apply(mica_dense(UNITS, .activation = activation, .kernel_initializer = init), s[i - 1]);
	mica_model_output(m, s[LAYERS]);
	/* a model that shows what is between input and output of another */
	mica_model *inside = mica_between({in}, {s[1], s[5], s[10], s[15], s[20]});
	TRY(mica_predict_all(inside, .inputs = {MICA_ARRAY(x, SAMPLES, UNITS)}, .batch_size = SAMPLES,
	                     .outputs = {{y[0], sizeof y[0]}, {y[1], sizeof y[0]}, {y[2], sizeof y[0]}, {y[3], sizeof y[0]}, {y[4], sizeof y[0]}}));
	printf("%-22s", name);
	for (size_t i = 0; i < SHOWN; i++)
		printf(" %10.2g", d[i] = deviation(y[i]));
	printf("\n");
}

int main(void)
{
	float *x = malloc(SAMPLES * UNITS * sizeof *x);
	double d[SHOWN];
	mica_context *ctx = open_device();

	TRY(mica_initialize(x, MICA_SHAPE(SAMPLES, UNITS), MICA_RANDOM_NORMAL_OF(.stddev = 1), 1, 0)); /* as standardized data is */
	printf("%-22s", "deviation in layer");
	for (size_t i = 0; i < SHOWN; i++)
		printf(" %10zu", shown[i]);
	printf("\n");

	look(ctx, x, "tanh, deviation 0.01", MICA_TANH, MICA_RANDOM_NORMAL_OF(.stddev = 0.01), d);
	require(d[4] < 1e-15, "small weights: the signal dies out");
	look(ctx, x, "tanh, deviation 1", MICA_TANH, MICA_RANDOM_NORMAL_OF(.stddev = 1), d);
	require(d[4] > 0.9, "large weights: tanh is at its ends");
	look(ctx, x, "tanh, Glorot", MICA_TANH, MICA_GLOROT_NORMAL, d);
	require(d[4] > 0.1 && d[4] < 0.9, "Glorot: tanh stays between");
	look(ctx, x, "relu, deviation 1", MICA_RELU, MICA_RANDOM_NORMAL_OF(.stddev = 1), d);
	require(d[4] > 1e10, "large weights: relu explodes");
	look(ctx, x, "relu, Glorot", MICA_RELU, MICA_GLOROT_NORMAL, d);
	require(d[4] < 0.01 * d[0], "Glorot: relu loses half of the variance in each layer");
	look(ctx, x, "relu, He", MICA_RELU, MICA_HE_NORMAL, d);
	require(d[4] > 0.3 * d[0] && d[4] < 3 * d[0], "He: relu keeps it");
	free(x);
	mica_close(ctx);
	return 0;
}
