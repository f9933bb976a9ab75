/* SPDX-License-Identifier: MIT */
/* model/test_parts.c - 20 steps of Dense(8), a part, Dense(3) against Keras, and then evaluate: normalization with its moving
   statistics, regularizers, constraints. */
#include "golden/layers.h"
#include "model/rig.h"

enum { ROWS = 32, WIDTH = 12, HIDDEN = 8, OUT = 3, STEPS = 20 };

typedef struct part_case {
	const char *name;
	mica_dense_opts dense;
	mica_shape shape;    /* given to the hidden values; rank 0: none */
	mica_layer between;
	const float *losses; /* of the steps, and of evaluate */
} part_case;

static void set_kernel(mica_model *m, const char *path, size_t n, uint32_t salt, double limit)
{
	float kernel[WIDTH * HIDDEN];

	spread(kernel, n, salt, limit);
	OK(mica_value_write(mica_model_find(m, path), kernel, n * sizeof *kernel));
}

static mica_model *network(mica_context *ctx, const part_case *c)
{
	mica_model *m = mica_sequential(ctx);
	mica_dense_opts dense = c->dense;

	dense.units = HIDDEN;
	dense.activation = MICA_TANH;
	mica_add(m, mica_input(WIDTH));
	mica_add(m, MICA_PART(mica_layer, &mica_kind_dense, &dense));
	if (c->shape.rank)
		mica_add(m, mica_reshape(c->shape.dim[0], c->shape.dim[1]));
	if (c->between.part.kind)
		mica_add(m, c->between);
	if (c->shape.rank)
		mica_add(m, mica_flatten());
	mica_add(m, mica_dense(OUT));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1, .momentum = 0.5), .loss = mica_mean_squared_error()));
	set_kernel(m, "dense/kernel", WIDTH * HIDDEN, 33, 0.5);
	set_kernel(m, "dense_1/kernel", HIDDEN * OUT, 34, 0.7);
	return m;
}

#define NONE {0, {0}}
#define DENSE(id, ...) {#id, {__VA_ARGS__}, NONE, {{NULL, NULL}}, golden_layers_##id}
#define LAYER(id, ...) {#id, {.name = NULL}, NONE, __VA_ARGS__, golden_layers_##id}
#define SHAPED(id, a, b, ...) {#id, {.name = NULL}, {2, {a, b}}, __VA_ARGS__, golden_layers_##id}

Test(parts, train_as_those_of_keras)
{
	const part_case cases[] = {
		LAYER(batch_normalization, mica_batch_normalization()),
		LAYER(batch_normalization_other, mica_batch_normalization(.momentum = 0.5, .epsilon = 0.1, .no_center = true)),
		LAYER(batch_normalization_plain, mica_batch_normalization(.momentum = 0.9, .no_scale = true)),
		SHAPED(batch_normalization_3d, 4, 2, mica_batch_normalization(.momentum = 0.8)),
		LAYER(layer_normalization, mica_layer_normalization()),
		LAYER(layer_normalization_other, mica_layer_normalization(.epsilon = 0.2, .no_scale = true)),
		LAYER(group_normalization, mica_group_normalization(.groups = 2)),
		SHAPED(group_normalization_3d, 2, 4, mica_group_normalization(.groups = 2, .epsilon = 0.01)),
		SHAPED(group_normalization_each, 2, 4, mica_group_normalization(.groups = -1)),
		LAYER(rms_normalization, mica_rms_normalization()),
		LAYER(unit_normalization, mica_unit_normalization()),
		LAYER(activity_regularization, mica_activity_regularization(.l1 = 0.02, .l2 = 0.03)),
		DENSE(l1, .kernel_regularizer = mica_l1(0.03)),
		DENSE(l2, .kernel_regularizer = mica_l2(), .bias_regularizer = mica_l2(0.1)),
		DENSE(l1_l2, .kernel_regularizer = mica_l1_l2(0.01, 0.02)),
		DENSE(activity, .activity_regularizer = mica_l2(0.05)),
		DENSE(orthogonal, .kernel_regularizer = mica_orthogonal_regularizer(0.3)),
		DENSE(orthogonal_columns, .kernel_regularizer = mica_orthogonal_regularizer(0.3, .columns = true)),
		DENSE(max_norm, .kernel_constraint = mica_max_norm(0.7), .bias_constraint = mica_max_norm(0.1)),
		DENSE(max_norm_1, .kernel_constraint = mica_max_norm(0.7, .axis = 1)),
		DENSE(non_neg, .kernel_constraint = mica_non_neg()),
		DENSE(unit_norm, .kernel_constraint = mica_unit_norm()),
		DENSE(min_max_norm, .kernel_constraint = mica_min_max_norm(0.5, 0.8, .rate = 0.6)),
	};
	float x[ROWS * WIDTH], y[ROWS * OUT];

	spread(x, ROWS * WIDTH, 30, 1);
	spread(y, ROWS * OUT, 31, 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		mica_context *ctx = open_any();
		mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(ROWS, WIDTH), y, MICA_F32, MICA_SHAPE(ROWS, OUT), 0);
		mica_model *m = network(ctx, &cases[i]);
		mica_epoch e[STEPS];
		mica_logs scores;
		OK(mica_fit(m, d, .epochs = STEPS, .no_shuffle = true, .history = e));
		OK(mica_evaluate(m, d, &scores));
		for (size_t s = 0; s <= STEPS; s++) {
			double loss = s < STEPS ? mica_log(&e[s].logs, "loss") : mica_log(&scores, "loss");
			cr_expect(near(loss, (double)cases[i].losses[s], 2e-6, 0), "%s: %s %zu: loss %.9g, Keras %.9g", cases[i].name,
			          s < STEPS ? "step" : "evaluate after", s, loss, (double)cases[i].losses[s]);
		}
		mica_close(ctx);
	}
}
