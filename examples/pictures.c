/* SPDX-License-Identifier: MIT */
/* examples/pictures.c - how to look at a network and at its training: two files that any browser shows, network.svg and curves.svg.
   You should see boxes with shapes, an arrow around two of them, and curves of loss and accuracy that go where they should. */
#include "example.h"

/* x + f(x): the arrow around. */
static mica_model *network(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx, .name = "digits", .seed = 1);
	mica_symbol *x = mica_model_input(m, mica_input(8, 8, .name = "image"));

	x = mica_apply(mica_dense(64, .activation = MICA_RELU), mica_apply(mica_flatten(), x));
	mica_symbol *f = mica_apply(mica_dense(64), mica_apply(mica_dense(64, .activation = MICA_RELU), x));
	mica_model_output(m, mica_apply(mica_dense(10, .activation = MICA_SOFTMAX), mica_apply(mica_merge_add(), x, f)));
	mica_compile(m, .optimizer = mica_adam(), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_model *m = network(ctx);

	TRY(mica_fit(m, mica_dataset_digits(ctx, MICA_TRAIN), .epochs = 10, .validation_split = 0.1));
	TRY(mica_plot_model(m, "network.svg", .show_shapes = true, .show_layer_names = true, .show_layer_activations = true));
	TRY(mica_plot_history(m, "curves.svg"));
	printf("look at network.svg and curves.svg\n");
	mica_close(ctx);
	return 0;
}
