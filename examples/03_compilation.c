/* SPDX-License-Identifier: MIT */
/* examples/03_compilation.c - what compile decides: the optimizer, the loss that is made small, the metrics that are shown.
   The same small network learns to tell malignant cells from benign ones three times: by squared errors and plain SGD, by
   crossentropy and Adam, and by a loss of our own that counts a malignant one that is missed four times.
   You should see that crossentropy with Adam is far ahead after as many steps, and that the loss of our own finds more of the
   malignant ones (recall) at the price of more false alarms (precision).  Accuracy alone shows none of that. */
#include "example.h"

typedef struct scores { double accuracy, precision, recall, auc; } scores;

/* - 4 t log p - (1 - t) log(1 - p), away from log 0: a value for each sample. */
static mica_var missed_counts_more(mica_var y_true, mica_var y_pred, const void *payload)
{
	double weight = *(const double *)payload;
	mica_var p = mica_op_clip(y_pred, 1e-7, 1 - 1e-7), t = mica_op_cast(y_true, MICA_F32);
	mica_var yes = mica_op_mulc(mica_op_mul(t, mica_op_log(p)), -weight);
	mica_var no = mica_op_mul(mica_op_addc(t, -1), mica_op_log(mica_op_addc(mica_op_neg(p), 1)));

	return mica_op_mean(mica_op_add(yes, no), MICA_AXIS(1), false);
}

static scores learn(mica_context *ctx, const char *name, mica_optimizer optimizer, mica_loss loss)
{
	mica_dataset *cells = mica_dataset_breast_cancer(ctx, MICA_TRAIN), *train = mica_dataset_standardized(cells, NULL);
	mica_dataset *test = mica_dataset_standardized(mica_dataset_breast_cancer(ctx, MICA_TEST), cells);
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_logs logs;

	mica_add(m, mica_dense(16, .activation = MICA_RELU));
	mica_add(m, mica_dense(1, .activation = MICA_SIGMOID));
	mica_compile(m, .optimizer = optimizer, .loss = loss,
	             .metrics = {mica_accuracy(), mica_precision(), mica_recall(), mica_auc()});
	TRY(mica_fit(m, train, .epochs = 10));
	TRY(mica_evaluate(m, test, &logs));
	scores s = {mica_log(&logs, "accuracy"), mica_log(&logs, "precision"), mica_log(&logs, "recall"), mica_log(&logs, "auc")};
	printf("%-28s accuracy %.3f  precision %.3f  recall %.3f  auc %.3f\n", name, s.accuracy, s.precision, s.recall, s.auc);
	return s;
}

int main(void)
{
	mica_context *ctx = open_device();
	const double weight = 4;
	scores squares = learn(ctx, "squared error, SGD", mica_sgd(), mica_mean_squared_error());
	scores entropy = learn(ctx, "crossentropy, Adam", mica_adam(), mica_binary_crossentropy());
	scores own = learn(ctx, "missed ones count more, Adam", mica_adam(),
	                   mica_custom_loss(.score = missed_counts_more, .payload = &weight, .name = "missed"));

	require(entropy.accuracy > 0.93 && entropy.auc > 0.98, "crossentropy and Adam are good after ten epochs");
	require(squares.accuracy < entropy.accuracy, "squared errors and SGD are not yet");
	require(own.recall >= entropy.recall && own.precision <= entropy.precision, "what counts more is missed less");
	mica_close(ctx);
	return 0;
}
