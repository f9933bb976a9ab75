/* SPDX-License-Identifier: MIT */
/* examples/my_optimizer.c - Lion, an optimizer that Mica does not have, written as expressions:

     m' = 0.99 m + 0.01 g     w' = w - rate sign(0.9 m + 0.1 g)

   Used twice: in a graph of one's own, where the update of all parameters is one launch, and by fit.
   Checked: three steps against double precision, the number of launches, and the accuracy that fit reaches. */
#include "example.h"

static mica_var lion(mica_var w, mica_var g, mica_var m, mica_var rate, mica_var *next_m)
{
	mica_var direction = mica_op_sign(mica_op_add(mica_op_mulc(m, 0.9), mica_op_mulc(g, 0.1)));

	*next_m = mica_op_add(mica_op_mulc(m, 0.99), mica_op_mulc(g, 0.01));
	return mica_op_sub(w, mica_op_mul(rate, direction));
}

/* For fit: what the optimizer keeps between steps is a slot. */
static mica_var update(mica_update *u, const void *payload)
{
	mica_var next, w = lion(u->variable, u->gradient, mica_slot(u, "momentum", 0), u->rate, &next);

	(void)payload;
	mica_slot_assign(u, "momentum", next);
	return w;
}

/* The gradient of each w is w - goal, so that the parameters walk to their goals. */
static void check_update(mica_context *ctx)
{
	enum { PARAMETERS = 4, STEPS = 3 };
	const mica_shape shapes[PARAMETERS] = {MICA_SHAPE(100, 17), MICA_SHAPE(17), MICA_SHAPE(17, 10), MICA_SHAPE(10)};
	const double rate = 0.03125;
	double *w[PARAMETERS], *goal[PARAMETERS];
	mica_graph *g = mica_graph_create(ctx);
	mica_var v[PARAMETERS], out[2 * PARAMETERS];

	for (unsigned i = 0; i < PARAMETERS; i++) {
		size_t n = shapes[i].dim[0] * (shapes[i].rank > 1 ? shapes[i].dim[1] : 1);
		char name[16];
		snprintf(name, sizeof name, "w%u", i);
		v[i] = variable(g, name, shapes[i], w[i] = numbers(n, i));
		mica_var slope = mica_op_sub(v[i], variable(g, "goal", shapes[i], goal[i] = numbers(n, 100 + i)));
		mica_var m = mica_graph_variable(g, "m", MICA_F32, shapes[i]), new_m;
		out[2 * i] = mica_op_assign(v[i], lion(v[i], slope, m, mica_graph_scalar(g, rate), &new_m));
		out[2 * i + 1] = mica_op_assign(m, new_m);
	}
	mica_plan *p = run_plan("update", out, 2 * PARAMETERS);
	TRY(mica_plan_run(p, STEPS - 1));
	for (size_t i = 0; i < PARAMETERS; i++) {
		for (size_t k = 0; k < mica_var_count(v[i]); k++) {
			double m = 0;
			for (size_t step = 0; step < STEPS; step++) {
				double slope = w[i][k] - goal[i][k], direction = 0.9 * m + 0.1 * slope;
				m = 0.99 * m + 0.01 * slope;
				w[i][k] -= rate * ((direction > 0) - (direction < 0));
			}
		}
		compare(mica_var_name(v[i]), p, 2 * i, mica_var_count(out[2 * i]), w[i], 2);
		free(w[i]);
		free(goal[i]);
	}
	require(mica_plan_describe(p).launches == 1, "one launch for all parameters");
}

static void train(mica_context *ctx)
{
	mica_optimizer own = mica_custom_optimizer(.learning_rate = 1e-3, .update = update);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_logs scores;

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = own, .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	TRY(mica_fit(m, mica_dataset_digits(ctx, MICA_TRAIN), .epochs = 8, .verbose = 2, .print = print_text));
	TRY(mica_evaluate(m, mica_dataset_digits(ctx, MICA_TEST), &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.85, "test accuracy above 0.85");
}

int main(void)
{
	mica_context *ctx = open_device();

	check_update(ctx);
	train(ctx);
	mica_close(ctx);
	return 0;
}
