/* SPDX-License-Identifier: MIT */
/* examples/tables.c - a table in a CSV file: columns by name, labels that are words, a split, and a second file of the same kind, whose
   columns are in another order and which has no labels: it is what the network is for.
   You should see the classes by their names, a test accuracy of 1 or nearly, the second file's three flowers named rightly, and what
   is said of a file in which a number is missing. */
#include "example.h"

enum { FLOWERS = 150, CLASSES = 3 };

static void write_text(const char *file, const char *text)
{
	FILE *f = fopen(file, "w");

	require(f && fputs(text, f) >= 0 && fclose(f) == 0, file);
}

/* Of three kinds, whose petals grow longer and broader from the first to the last. */
static void write_flowers(const char *file)
{
	static const char *const kinds[] = {"crocus", "tulip", "iris"};
	double *r = numbers(2 * FLOWERS, 1);
	FILE *f = fopen(file, "w");

	require(f != NULL, file);
	fprintf(f, "number,length,width,kind\n");
	for (int i = 0; i < FLOWERS; i++)
		fprintf(f, "%d,%.2f,%.2f,%s\n", i, 2 + 2 * (i % 3) + 0.5 * r[2 * i], 1 + 0.8 * (i % 3) + 0.3 * r[2 * i + 1], kinds[i % 3]);
	require(fclose(f) == 0, file);
	free(r);
}

int main(void)
{
	static float p[CLASSES][CLASSES];
	static const char *const expected[] = {"iris", "crocus", "tulip"};
	mica_context *ctx = open_device();
	mica_dataset *train, *test;
	mica_logs scores;

	write_flowers("example-flowers.csv");
	mica_dataset *flowers = mica_dataset_csv(ctx, "example-flowers.csv", .label = "kind", .without = {"number"});
	require(flowers != NULL, "the table is read");
	for (size_t i = 0; i < mica_dataset_classes(flowers); i++)
		printf("class %zu: %s\n", i, mica_dataset_class_name(flowers, i));
	TRY(mica_dataset_split(flowers, &train, &test, .test = 0.2, .seed = 1));

	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_dense(16, .activation = MICA_RELU));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.02), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy()});
	TRY(mica_fit(m, mica_dataset_standardized(train, NULL), .epochs = 30));
	TRY(mica_evaluate(m, mica_dataset_standardized(test, train), &scores));
	printf("test accuracy: %.4f\n", mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.93, "almost all are named rightly");

	write_text("example-new.csv", "width,length\n2.6,6.1\n0.9,1.8\n1.9,4.2\n");
	mica_dataset *new = mica_dataset_csv(ctx, "example-new.csv", .like = flowers);
	TRY(mica_predict(m, mica_dataset_samples(mica_dataset_standardized(new, train)), p[0], sizeof p));
	for (size_t i = 0; i < CLASSES; i++) {
		size_t most = p[i][1] > p[i][0], said = p[i][2] > p[i][most] ? 2 : most;
		printf("new flower %zu: %s\n", i + 1, mica_dataset_class_name(flowers, said));
		require(strcmp(mica_dataset_class_name(flowers, said), expected[i]) == 0, expected[i]);
	}

	write_text("example-new.csv", "width,length\n2.6,6.1\n,1.8\n");
	require(!mica_dataset_csv(ctx, "example-new.csv", .like = flowers), "a hole is refused");
	printf("refused: %s\n", mica_error(ctx));
	remove("example-flowers.csv"), remove("example-new.csv");
	mica_close(ctx);
	return 0;
}
