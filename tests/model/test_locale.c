/* SPDX-License-Identifier: MIT */
/* model/test_locale.c - what a program does in a locale that writes a decimal comma is what it does in any other: the same figures, the
   same bytes in every file, the same texts; and each reads what the other wrote. */
#include "model/rig.h"
#include "support/commas.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/mica-decimal-XXXXXX";
static const char *const places[] = {"point", "comma"};
static transcript said[2], found;

/* The work is done in a folder of its own, so that files have the same names. */
static void enter(const char *place)
{
	cr_assert(chdir(folder) == 0 && (chdir(place) == 0 || (mkdir(place, 0700) == 0 && chdir(place) == 0)));
}

static mica_model *network(mica_context *ctx, double rate)
{
	mica_model *m = mica_sequential(ctx, .seed = 7);
	mica_optimizer adam = {0};

	char text[80];
	snprintf(text, sizeof text, "adam(learning_rate=%d.%03d, beta_1=0.85)", (int)rate, (int)(rate * 1000 + 0.5) % 1000);
	OK(mica_part_parse(ctx, MICA_OPTIMIZER, text, &adam.part));
	mica_add(m, mica_input(2));
	mica_add(m, mica_dense(8, .activation = MICA_LEAKY_RELU_OF(.negative_slope = 0.125), .kernel_regularizer = mica_l2(0.0625)));
	mica_add(m, mica_dropout(0.25));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = adam, .loss = mica_huber(.delta = 1.5), .metrics = {mica_mean_absolute_error()}));
	mica_part_drop(&adam.part);
	return m;
}

static mica_model *build(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_real(h, "unused", 0.25, 0.75, .step = 0.125);
	return network(ctx, mica_hyper_number(h, "rate", 0.001, 0.125, 0.25));
}

static mica_dataset *numbers(mica_context *ctx, const char *file)
{
	FILE *f = fopen(file, "w");

	cr_assert(f);
	fputs("a,b,y\n", f);
	for (int i = 0; i < 24; i++)
		fprintf(f, "%d.%d5,-%d.5e-1,%d.25\n", i % 5, i % 7, i % 3, i);
	fclose(f);
	mica_dataset *d = mica_dataset_csv(ctx, file, .label = "y");
	cr_assert(d, "%s", mica_error(ctx));
	return d;
}

/* Its values and results: of trials that are run, or that were. */
static void search(mica_context *ctx, const mica_dataset *d, transcript *to)
{
	mica_search *s = mica_search(ctx, build, d, .algorithm = mica_grid_search(), .objective = "loss", .folder = "search",
	                             .fit = {.epochs = 1});
	char line[100];

	cr_assert(s, "%s", mica_error(ctx));
	for (size_t i = 0; mica_search_trial(s, i); i++) {
		const mica_trial *t = mica_search_trial(s, i);
		for (size_t k = 0; k < t->n_values; k++) {
			snprintf(line, sizeof line, "%s=%s ", t->values[k].name, t->values[k].text);
			write_down(line, to);
		}
		cr_expect(t->objective > 0 && t->objective < 100);
	}
	mica_search_destroy(s);
}

/* All that has to do with texts, in one place. */
static void live(mica_context *ctx, const char *place, transcript *to)
{
	char plan[4000];

	enter(place);
	mica_dataset *d = numbers(ctx, "data.csv");
	mica_model *m = network(ctx, 0.125);

	OK(mica_fit(m, d, .epochs = 3, .callbacks = {mica_csv_logger("log.csv"), mica_model_checkpoint("best-{loss:.2f}.mica", .save_best_only = true, .monitor = "loss")}));
	OK(mica_save(m, "net.mica"));
	OK(mica_save(m, "net.safetensors"));
	OK(mica_plot_history(m, "curves.svg"));
	OK(mica_plot_history(NULL, "log.svg", .log = "log.csv"));
	OK(mica_plot_model(m, "net.svg"));
	OK(mica_plot_model(m, "net.dot", .rankdir = "LR"));
	OK(mica_summary(m, write_down, to));
	OK(mica_inspect(ctx, "net.mica", write_down, to));
	mica_model_print_plan(m, false, plan, sizeof plan);
	write_down(plan, to);
	mica_save(m, "net.keras"); /* where the build has HDF5 */
	mica_save(m, "net.weights.h5");
	mica_clear(ctx);
	search(ctx, d, to);
	mica_model_destroy(m);
	mica_dataset_destroy(d);
}

static void same_files(const char *name)
{
	FILE *f[2];
	int c[2];
	long at = 0;

	for (size_t i = 0; i < 2; i++) {
		enter(places[i]);
		f[i] = fopen(name, "rb");
		cr_assert(f[i], "%s of %s", name, places[i]);
	}
	do {
		for (size_t i = 0; i < 2; i++)
			c[i] = fgetc(f[i]);
		cr_expect(c[0] == c[1], "%s: byte %ld", name, at);
		at++;
	} while (c[0] == c[1] && c[0] != EOF);
	for (size_t i = 0; i < 2; i++)
		fclose(f[i]);
}

static mica_logs figures(mica_context *ctx, mica_model *m, const mica_dataset *d)
{
	mica_logs logs;

	cr_assert(m, "%s", mica_error(ctx));
	OK(mica_evaluate(m, d, &logs));
	return logs;
}

/* What the other locale wrote, in this one. */
static void read_other(mica_context *ctx, const char *other)
{
	enter(other);
	mica_dataset *d = mica_dataset_csv(ctx, "data.csv", .label = "y");
	mica_model *m = mica_load_model(ctx, "net.mica");
	mica_logs first = figures(ctx, m, d), again;

	OK(mica_fit(m, d, .epochs = 1));
	OK(mica_load(m, "net.safetensors"));
	again = figures(ctx, m, d);
	cr_expect(same_logs(&first, &again));
	if (access("net.keras", R_OK) == 0) {
		again = figures(ctx, mica_load_model(ctx, "net.keras"), d);
		cr_expect(same_logs(&first, &again));
		OK(mica_fit(m, d, .epochs = 1));
		OK(mica_load(m, "net.weights.h5"));
		again = figures(ctx, m, d);
		cr_expect(same_logs(&first, &again));
	}
}

Test(locale, commas_change_nothing)
{
	cr_assert(mkdtemp(folder));
	mica_context *ctx = open_any();

	live(ctx, places[0], &said[0]);
	if (!use_commas())
		cr_skip_test("there is no locale with a decimal comma");
	live(ctx, places[1], &said[1]);
	cr_expect_str_eq(said[1].text, said[0].text);
	static const char *const files[] = {"net.mica", "net.safetensors", "log.csv", "curves.svg", "log.svg", "net.svg", "net.dot"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		same_files(files[i]);
	read_other(ctx, places[0]);
	search(ctx, mica_dataset_csv(ctx, "data.csv", .label = "y"), &found); /* whose trials are over */
	cr_expect(strstr(said[0].text, found.text));
	setlocale(LC_ALL, "C");
	read_other(ctx, places[1]);
	mica_close(ctx);
	char command[100];

	cr_assert(chdir("/") == 0);
	snprintf(command, sizeof command, "rm -r %s", folder);
	cr_expect(system(command) == 0);
}
