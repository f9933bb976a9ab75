/* SPDX-License-Identifier: MIT */
/* examples/18_transfer_learning.c - what was learned of many samples helps where there are few.
   A network learns the ten digits.  Its layers but the last, frozen, become the base of another one, whose head is to tell odd digits from
   even ones by 40 samples.  Then the base is unfrozen, and all is trained a little on with a small learning rate.
   You should see an accuracy of 0.84 from scratch and of 0.90 on the frozen base, with the same 40 samples; that the base's weights
   do not move until they are unfrozen; and that the last step adds a little. */
#include "example.h"

enum { SIDE = 8, PIXELS = SIDE * SIDE, UNITS = 64, FEW = 40 };

/* The same images, with the label 1 for odd digits. */
static mica_dataset *odd_or_even(mica_context *ctx, const mica_dataset *digits)
{
	static int32_t odd[1437];
	const unsigned char *label = mica_dataset_labels(digits).data;
	size_t n = mica_dataset_count(digits);

	for (size_t i = 0; i < n; i++)
		odd[i] = label[i] % 2;
	return mica_dataset_columns(ctx, .inputs = {{NULL, mica_dataset_samples(digits)}}, .targets = {{NULL, MICA_ARRAY(odd, n)}});
}

static mica_model *make_base(mica_context *ctx)
{
	mica_model *base = mica_sequential(ctx, .seed = 18, .name = "base");

	mica_add(base, mica_input(SIDE, SIDE));
	mica_add(base, mica_flatten());
	mica_add(base, mica_dense(UNITS, .activation = MICA_RELU));
	mica_add(base, mica_dense(UNITS, .activation = MICA_RELU));
	return base;
}

/* The base with a head for so many classes, which trains the base's weights, not copies of them. */
static mica_model *put_head_on(mica_context *ctx, mica_model *base, size_t classes)
{
	mica_model *m = mica_sequential(ctx, .seed = 19);

	mica_add(m, mica_nested(base));
	mica_add(m, mica_dense(classes, .activation = MICA_SOFTMAX, .name = "head"));
	return m;
}

static double train(mica_model *m, double rate, long epochs, const mica_dataset *d, const mica_dataset *test, const char *name)
{
	mica_logs scores;

	mica_compile(m, .optimizer = mica_adam(.learning_rate = rate), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_fit(m, d, .epochs = epochs));
	TRY(mica_evaluate(m, test, &scores));
	printf("%-40s accuracy %.4f\n", name, mica_log(&scores, "accuracy"));
	return mica_log(&scores, "accuracy");
}

int main(void)
{
	static float before[PIXELS * UNITS], after[PIXELS * UNITS];
	mica_context *ctx = open_device();
	mica_dataset *digits = mica_dataset_digits(ctx, MICA_TRAIN), *digits_test = mica_dataset_digits(ctx, MICA_TEST);
	mica_dataset *few = odd_or_even(ctx, mica_dataset_range(digits, 0, FEW)), *test = odd_or_even(ctx, digits_test);
	mica_model *base = make_base(ctx);

	train(put_head_on(ctx, base, 10), 0.003, 10, digits, digits_test, "ten digits from 1437 samples");
	double scratch = train(put_head_on(ctx, make_base(ctx), 2), 0.01, 40, few, test, "odd or even from 40, from scratch");

	mica_model_set_trainable(base, false);
	TRY(mica_value_read(mica_model_weight(base, 0), before, sizeof before));
	mica_model *m = put_head_on(ctx, base, 2);
	double frozen = train(m, 0.01, 40, few, test, "odd or even from 40, on the frozen base");
	TRY(mica_value_read(mica_model_weight(base, 0), after, sizeof after));
	require(memcmp(before, after, sizeof before) == 0, "what is frozen does not move");

	mica_model_set_trainable(base, true);
	double unfrozen = train(m, 0.0003, 10, few, test, "unfrozen, with a small learning rate");
	TRY(mica_value_read(mica_model_weight(base, 0), after, sizeof after));
	require(memcmp(before, after, sizeof before) != 0, "what is unfrozen moves");
	require(frozen > scratch + 0.04 && unfrozen > frozen - 0.02, "the base helps");
	mica_close(ctx);
	return 0;
}
