/* SPDX-License-Identifier: MIT */
/* examples/15_tensorboard.c - figures of training and validation, and histograms of the weights, in files that TensorBoard shows:

     tensorboard --logdir example-logs

   Checked: the files are there, and hold what they should, record by record. */
#define _DEFAULT_SOURCE
#include "example.h"

#include <dirent.h>

enum { EPOCHS = 4 };

/* Records of the only event file in a folder, which is removed: a length of 8 bytes, 4 of its checksum, the event, 4 of its. */
static size_t records_in(const char *folder)
{
	DIR *d = opendir(folder);
	char path[600] = "";
	unsigned char head[12];
	size_t n = 0;

	require(d != NULL, folder);
	for (struct dirent *e; (e = readdir(d));)
		if (strncmp(e->d_name, "events.out.tfevents.", 20) == 0)
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
	closedir(d);
	FILE *f = fopen(path, "rb");
	require(f != NULL, "an event file");
	for (; fread(head, 1, sizeof head, f) == sizeof head; n++)
		require(fseek(f, (long)(head[0] | head[1] << 8 | head[2] << 16) + 4, SEEK_CUR) == 0, "a whole record");
	fclose(f);
	remove(path);
	remove(folder);
	return n;
}

int main(void)
{
	mica_context *ctx = open_device();
	mica_model *m = mica_sequential(ctx, .seed = 1);

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	mica_compile(m, .optimizer = mica_adam(.learning_rate = 0.003), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	TRY(mica_fit(m, mica_dataset_digits(ctx, MICA_TRAIN), .epochs = EPOCHS, .validation_data = mica_dataset_digits(ctx, MICA_TEST), .verbose = 2,
	             .print = print_text, .callbacks = {mica_tensorboard("example-logs", .histogram_freq = 1)}));
	printf("tensorboard --logdir example-logs would show these epochs\n");
	/* A version; for each epoch loss, accuracy and learning rate, and histograms of two kernels and two biases. */
	require(records_in("example-logs/train") == 1 + EPOCHS * (3 + 4), "events of training");
	/* A version; for each epoch loss and accuracy, and both by the steps so far. */
	require(records_in("example-logs/validation") == 1 + EPOCHS * (2 + 2), "events of validation");
	remove("example-logs");
	mica_close(ctx);
	return 0;
}
