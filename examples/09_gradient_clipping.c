/* SPDX-License-Identifier: MIT */
/* examples/09_gradient_clipping.c - gradients that explode, and an upper bound for them.
   The measurements of the patients are left as they are, up to 300, and the squares of errors are of the order of 20000: the first steps
   of SGD are so large that they lead from bad to worse.
   You should see the loss become infinite or NaN in the first epoch, where the training ends; and fall in all three that are clipped: each
   number of a gradient (clipvalue), each weight's gradient as a whole (clipnorm), all of them together, whose direction stays what it
   is (global_clipnorm). */
#include "example.h"

static double train(mica_context *ctx, const char *name, mica_optimizer optimizer)
{
	enum { EPOCHS = 30 };
	mica_epoch history[EPOCHS];
	size_t done = 0;
	mica_model *m = mica_sequential(ctx, .seed = 9);

	mica_add(m, mica_dense(16, .activation = MICA_LEAKY_RELU));
	mica_add(m, mica_dense(1));
	mica_compile(m, .optimizer = optimizer, .loss = mica_mean_squared_error());
	TRY(mica_fit(m, mica_dataset_diabetes(ctx, MICA_TRAIN), .epochs = EPOCHS, .history = history, .epochs_done = &done,
	             .callbacks = {mica_terminate_on_nan()}));
	double first = mica_log(&history[0].logs, "loss"), last = mica_log(&history[done - 1].logs, "loss");
	printf("%-24s %2zu epochs, loss %10.4g, then %10.4g\n", name, done, first, last);
	return last;
}

int main(void)
{
	mica_context *ctx = open_device();
	double plain = train(ctx, "not clipped", mica_sgd(.learning_rate = 0.02));
	double value = train(ctx, "clipvalue 1", mica_sgd(.learning_rate = 0.02, .clipvalue = 1));
	double norm = train(ctx, "clipnorm 1", mica_sgd(.learning_rate = 0.02, .clipnorm = 1));
	double global = train(ctx, "global_clipnorm 1", mica_sgd(.learning_rate = 0.02, .global_clipnorm = 1));

	require(!isfinite(plain), "what is not clipped explodes");
	require(value < 8000 && norm < 8000 && global < 8000, "what is clipped learns");
	mica_close(ctx);
	return 0;
}
