/* SPDX-License-Identifier: MIT */
/* examples/12_subclassing.c - a layer of one's own, as good as those of the library: a block of dense layers around which the input goes
   too, with a weight that says how much of the block there is.
     y = x + gain * dense(dense(x))     gain: a number for each unit, 0 at first
   A kind has a name, options with rows about them, and a function that adds nodes: weights come from mica_weight, layers inside it from
   mica_sublayer.  Rows check what a caller gives, and let the layer be written into a file and read again.
   You should see the weights of three blocks with names of their own, a network that begins as if the blocks were not there and
   ends above 0.85, the refusal of a wrong option, and the same predictions from the file. */
#include "example.h"

typedef struct residual_opts { size_t size; size_t units; mica_activation activation; const char *name; } residual_opts;

static mica_var residual(mica_build *b, mica_var x, const void *options)
{
	const residual_opts *o = options;
	size_t width = mica_var_shape(x).dim[1];
	mica_var h = mica_sublayer(b, "wide", mica_dense(o->units, .activation = o->activation), x);
	mica_var gain = mica_weight(b, "gain", MICA_SHAPE(width), .initializer = MICA_ZEROS);

	h = mica_sublayer(b, "back", mica_dense(width), h);
	return mica_op_add(x, mica_op_mul(gain, h));
}

static const mica_field fields[] = {
	MICA_FIELD_SIZE(residual_opts, units, .otherwise = 32, MICA_COUNT_FROM(1)),
	MICA_FIELD_PART(residual_opts, activation, .part_type = MICA_ACTIVATION, .part = &mica_kind_relu),
	MICA_FIELD_TEXT(residual_opts, name),
};
static const mica_kind residual_kind = {.name = "example/residual", .title = "Residual", .type = MICA_LAYER,
                                        .size = sizeof(residual_opts), MICA_FIELDS(fields), .call = residual};
#define residual_block(...) MICA_PART(mica_layer, &residual_kind, &(residual_opts){MICA_OPTS(residual_opts), __VA_ARGS__})

int main(void)
{
	enum { TEST = 360, CLASSES = 10 };
	static float p[2][TEST * CLASSES];
	const char *file = "example-residual.mica";
	mica_context *ctx = open_device();
	mica_dataset *train = mica_dataset_digits(ctx, MICA_TRAIN), *test = mica_dataset_digits(ctx, MICA_TEST);
	mica_model *m = mica_sequential(ctx, .seed = 12);
	mica_logs scores;

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, residual_block());
	mica_add(m, residual_block(.units = 16, .activation = MICA_TANH));
	mica_add(m, residual_block(.name = "last_block"));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.003), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_summary(m, print_text, NULL));
	for (size_t i = 0; mica_model_weight(m, i); i++)
		printf("%s\n", mica_value_path(mica_model_weight(m, i)));
	require(mica_model_find(m, "last_block/wide/kernel") && mica_model_find(m, "last_block/gain"), "weights by name");

	TRY(mica_fit(m, train, .epochs = 8, .verbose = 2, .print = print_text));
	TRY(mica_evaluate(m, test, &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.85, "test accuracy above 0.85");

	TRY(mica_save(m, file));
	TRY(mica_register(ctx, &residual_kind)); /* files name kinds; whose they are has to be said once */
	mica_model *again = mica_load_model(ctx, file);
	TRY(mica_predict(m, mica_dataset_samples(test), p[0], sizeof p[0]));
	TRY(mica_predict(again, mica_dataset_samples(test), p[1], sizeof p[1]));
	require(memcmp(p[0], p[1], sizeof p[0]) == 0, "the same predictions from the file");
	remove(file);

	mica_add(mica_sequential(ctx), residual_block(.units = (size_t)-1));
	printf("refused: %s\n", mica_error(ctx));
	require(mica_context_status(ctx) == MICA_EINVAL && strstr(mica_error(ctx), "units"), "a wrong option is refused by name");
	mica_close(ctx);
	return 0;
}
