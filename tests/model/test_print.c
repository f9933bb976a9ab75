/* SPDX-License-Identifier: MIT */
/* model/test_print.c - what summary and fit print, against Keras' own text. */
#include "golden/keras.h"
#include "model/model.h"
#include "model/rig.h"

static mica_model *summary_model(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(512));
	mica_add(m, mica_dropout(0.2));
	mica_add(m, mica_dense(10, .name = "a_very_long_layer_name_that_is_not_cut"));
	return m;
}

Test(print, summary_is_keras_table)
{
	mica_context *ctx = open_any();
	transcript t = {0};

	setenv("LC_ALL", "C.UTF-8", 1);
	OK(mica_summary(summary_model(ctx), write_down, &t));
	cr_expect_str_eq(t.text, golden_summary);
	mica_close(ctx);
}

/* Before the first data say what a sample is, and before there is a layer. */
Test(print, summary_waits_as_keras_does)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	transcript empty = {0}, waiting = {0}, built = {0};

	setenv("LC_ALL", "C.UTF-8", 1);
	OK(mica_summary(m, write_down, &empty));
	cr_expect_str_eq(empty.text, golden_summary_empty);
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(10));
	OK(mica_summary(m, write_down, &waiting));
	cr_expect_str_eq(waiting.text, golden_summary_waiting);
	OK(mica_model_build(m, MICA_SHAPE(4, 3)));
	OK(mica_summary(m, write_down, &built));
	cr_expect(strstr(built.text, "(None, 12)") && !strstr(built.text, "unbuilt"), "%s", built.text);
	cr_expect(mica_ok(ctx), "%s", mica_error(ctx));
	mica_close(ctx);
}

Test(print, summary_counts_the_optimizer_after_training)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	transcript t = {0};

	OK(mica_fit(m, hashed(ctx, 64, 20)));
	OK(mica_summary(m, write_down, &t));
	size_t n = 20 * 32 + 32 + 32 * 10 + 10;
	char total[64], slots[64];
	snprintf(total, sizeof total, " Total params: 3,%03zu ", 3 * n + 2 - 3000);
	snprintf(slots, sizeof slots, " Optimizer params: 2,%03zu ", 2 * n + 2 - 2000);
	cr_expect(strstr(t.text, total) && strstr(t.text, slots), "%s", t.text);
	cr_expect(strstr(t.text, "Device memory: ") && strstr(t.text, "at batch size 32"), "%s", t.text);
	cr_expect(!mica_model_describe(m).flops_per_step == !strstr(t.text, " FLOP per sample\n"), "%s", t.text);
	mica_close(ctx);
}

Test(print, summary_is_ascii_where_the_locale_is)
{
	mica_context *ctx = open_any();
	transcript t = {0};

	setenv("LC_ALL", "C", 1);
	OK(mica_summary(summary_model(ctx), write_down, &t));
	for (size_t i = 0; i < t.n; i++)
		cr_assert((unsigned char)t.text[i] < 128, "byte %zu", i);
	cr_expect(strstr(t.text, "| flatten (Flatten) "), "%s", t.text);
	mica_close(ctx);
}

/* A table that is too wide for the terminal has narrower columns, and cells of several lines; nothing is lost but the ends of
   words that do not fit. */
Test(print, summary_fits_the_terminal)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(3, 4));
	mica_add(m, mica_dense(123456, .name = "gr\u00f6\u00dfe"));
	mica_add(m, mica_reshape(3, 1, 1, 123456, .name = "a_layer_whose_name_is_long"));
	for (int columns = 30; columns < 100; columns++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			transcript t = {0};
			size_t most = columns > 89 ? 88 : columns < 41 ? 40 : (size_t)columns - 1, longest = 0;
			setenv("LC_ALL", utf8 ? "C.UTF-8" : "C", 1);
			OK(mica_summary(m, write_down, &t, .columns = columns));
			for (const char *s = t.text; *s; s++) {
				size_t n = 0;
				for (; *s != '\n'; s++)
					n += ((unsigned char)*s & 0xc0) != 0x80;
				longest = n > longest ? n : longest;
			}
			cr_expect(longest == most, "%d columns: a line of %zu\n%s", columns, longest, t.text);
			cr_expect(strstr(t.text, " gr\u00f6\u00dfe (Dense) "), "%s", t.text);
			cr_expect(strstr(t.text, "(None, 3,") && strstr(t.text, "123456) "), "%s", t.text);
		}
	cr_expect(mica_summary(m, write_down, NULL, .columns = -1) == MICA_EINVAL);
	mica_close(ctx);
}

/* Replaces times by #, which differ from run to run: numbers before s, ms/step and us/step. */
static void mask_times(char *s)
{
	char *to = s;

	while (*s) {
		size_t n = strspn(s, "0123456789:");
		const char *unit = s + n;
		if (n && (strncmp(unit, "ms/step", 7) == 0 || strncmp(unit, "us/step", 7) == 0 || *unit == 's')) {
			*to++ = '#';
			s += n + (*unit == 's' ? 0 : 1);
		} else {
			n = n ? n : 1;
			memmove(to, s, n);
			to += n;
			s += n;
		}
	}
	*to = 0;
}

static void run(const char *locale, int verbose, bool terminal, long epochs, transcript *t)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 100, 20);

	setenv("LC_ALL", locale, 1);
	OK(mica_fit(small_model(ctx, 20, 0), d, .epochs = epochs, .verbose = verbose, .terminal = terminal, .print = write_down,
	            .payload = t, .validation_data = d));
	mica_close(ctx);
	mask_times(t->text);
	for (char *p = t->text; (p = strstr(p, ": ")); p += 2) /* and the figures */
		memset(p + 2, '0', strspn(p + 2, "0123456789."));
}

#define FIGURES " - accuracy: 000000 - loss: 000000 - val_accuracy: 000000 - val_loss: 000000\n"

Test(print, fit_is_silent)
{
	transcript t = {0};

	run("C", 0, true, 2, &t);
	cr_expect_str_eq(t.text, "");
}

Test(print, fit_has_one_line_per_epoch)
{
	transcript t = {0};

	run("C", 2, false, 2, &t);
	cr_expect_str_eq(t.text, "Epoch 1/2\n4/4 - #s - #s/step" FIGURES "Epoch 2/2\n4/4 - #s - #s/step" FIGURES);
}

Test(print, fit_has_one_bar_per_epoch_off_the_terminal)
{
	transcript t = {0};

	run("C", 1, false, 1, &t);
	cr_expect_str_eq(t.text, "4/4 ==================== #s #s/step" FIGURES);
}

Test(print, fit_draws_keras_bar_on_a_terminal)
{
	transcript t = {0};

	unsetenv("NO_COLOR");
	run("C.UTF-8", 1, true, 1, &t);
	const char *last = strrchr(t.text, '\r');
	cr_assert(last, "%s", t.text);
	cr_expect_str_eq(last, "\r\033[1m4/4\033[0m \033[32m━━━━━━━━━━━━━━━━━━━━\033[0m\033[37m\033[0m \033[1m#s\033[0m #s/step" FIGURES);
	cr_expect(strncmp(t.text, "\r\033[1m1/4\033[0m \033[32m━━━━━\033[0m\033[37m━━━━━━━━━━━━━━━\033[0m \033[1m", 40) == 0, "%s",
	          t.text);
	setenv("NO_COLOR", "1", 1);
	t = (transcript){0};
	run("C", 1, true, 1, &t);
	cr_expect(strchr(t.text, '\033') == NULL && strchr(t.text, '\r'), "%s", t.text);
}

/* A validation of 0.3 s after two steps in no time. */
Test(print, time_per_step_is_that_of_training)
{
	transcript t = {0};
	mica_fit_opts o = {.verbose = 2, .print = write_down, .payload = &t};
	mica__progress p = {.opts = &o, .steps = 2};
	mica_logs logs = {1, {{"loss", 1}}};

	mica__progress_epoch(&p, 1, 1);
	mica__progress_step(&p, 1);
	mica__progress_step(&p, 2);
	mica__progress_trained(&p);
	for (double end = mica__now() + 0.3; mica__now() < end;)
		;
	mica__progress_end(&p, p.steps, &logs);
	cr_expect(strstr(t.text, "us/step") || strstr(t.text, " 1ms/step"), "%s", t.text);
}
