/* SPDX-License-Identifier: MIT */
/* tuning/test_resume.c - searches in a folder: stopped or killed at any trial they go on to the same results, bit for bit; another search
   is refused, and so is what no search wrote. */
#include "base/fault.h"
#include "tuning/rig.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/mica-search-XXXXXX";

static void make_folder(void)
{
	cr_assert(mkdtemp(folder));
}

/* Files in the folder; they are removed. */
static size_t empty_folder(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;
	char path[600];

	cr_assert(d);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
			cr_assert(remove(path) == 0);
			n++;
		}
	closedir(d);
	return n;
}

static void remove_folder(void)
{
	empty_folder();
	rmdir(folder);
}

TestSuite(resume, .init = make_folder, .fini = remove_folder);

/* ---- the same search ---- */

typedef struct watch {
	size_t trials, stop, kill; /* trials begun; the one that is stopped, or killed, in its second epoch, or in its only one */
} watch;

static mica_status begin(mica_training *t, void *payload)
{
	(void)t;
	((watch *)payload)->trials++;
	return MICA_OK;
}

static mica_status end_epoch(mica_training *t, void *payload)
{
	const watch *w = payload;

	if (t->epoch < t->epochs && t->epoch < 2)
		return MICA_OK;
	if (w->kill && w->kill == w->trials)
		_exit(0);
	return w->stop == w->trials ? MICA_EINTERRUPTED : MICA_OK;
}

/* Where its rate is 0.5 it diverges; at "none" it is refused. */
static mica_model *build(mica_context *ctx, mica_hyper *h, void *payload)
{
	double rate = mica_hyper_number(h, "rate", 0.001, 0.01, 0.02, 0.05, 0.1, 0.5);

	(void)payload;
	if (mica_hyper_choice(h, "bias", "zeros", "none", "ones") == 1)
		return line(ctx, -rate);
	mica_hyper_real(h, "unused", 0, 1);
	return line(ctx, rate);
}

static mica_search *run(mica_context *ctx, mica_algorithm algorithm, const char *where, watch *w)
{
	bool bands = algorithm.part.kind == &mica_kind_hyperband;

	return mica_search(ctx, build, four_points(ctx), .algorithm = algorithm, .objective = "loss", .seed = 5, .folder = where, .keep = 2,
	                   .most_failures = 100, .fit = {.epochs = bands ? 0 : 3, .callbacks = {mica_custom_callback(.on_train_begin = begin,
	                   .on_epoch_end = end_epoch, .payload = w)}});
}

static void same_trials(const mica_search *a, const mica_search *b)
{
	char text[256], other[256];
	static transcript x, y;
	size_t n = 0;

	for (; mica_search_trial(a, n); n++) {
		const mica_trial *p = mica_search_trial(a, n), *q = mica_search_trial(b, n);
		cr_assert(q);
		cr_expect(p->status == q->status && strcmp(p->message, q->message) == 0 && p->best_epoch == q->best_epoch && p->epochs == q->epochs, "trial %zu", n);
		cr_expect(p->from == q->from && p->round == q->round && memcmp(&p->logs, &q->logs, sizeof p->logs) == 0, "trial %zu", n);
		cr_expect_str_eq(values_text(p, text), values_text(q, other));
		for (size_t i = 0; i < p->n_values; i++)
			cr_expect(p->values[i].value == q->values[i].value);
	}
	cr_expect(!mica_search_trial(b, n) && n > 3);
	x.n = y.n = 0;
	OK(mica_search_print(a, write_down, &x));
	OK(mica_search_print(b, write_down, &y));
	cr_expect_str_eq(x.text, y.text);
}

static void same_models(mica_search *a, mica_search *b)
{
	for (size_t i = 0; i < 2; i++) {
		mica_model *m = mica_search_model(a, mica_search_best(a, i)), *n = mica_search_model(b, mica_search_best(b, i));
		float w[2];
		cr_assert(m && n, "%s", mica_error(NULL));
		OK(mica_value_read(mica_model_weight(m, 0), &w[0], sizeof w[0]));
		OK(mica_value_read(mica_model_weight(n, 0), &w[1], sizeof w[1]));
		cr_expect(w[0] == w[1]);
	}
}

/* Stopped in trial after trial, each time begun again. */
static void check_stops(mica_algorithm algorithm)
{
	mica_context *ctx = open_any();
	watch w = {.trials = 0};
	mica_search *whole = run(ctx, algorithm, NULL, &w), *s = NULL;
	size_t trained = w.trials;

	OK(mica_search_status(whole));
	for (size_t stops = 0; stops < 4; stops++) {
		mica_search_destroy(s);
		w = (watch){.stop = stops + 1};
		s = run(ctx, algorithm, folder, &w);
		cr_expect(mica_search_status(s) == MICA_EINTERRUPTED && mica_ok(ctx) && w.trials == stops + 1);
	}
	w = (watch){.stop = 0};
	s = run(ctx, algorithm, folder, &w);
	OK(mica_search_status(s));
	cr_expect(w.trials == trained - 6, "%zu instead of %zu without 0 + 1 + 2 + 3", w.trials, trained);
	same_trials(whole, s);
	same_models(whole, s);
	mica_search_destroy(s);
	w.trials = 0;
	s = run(ctx, algorithm, folder, &w); /* it is over */
	OK(mica_search_status(s));
	cr_expect(w.trials == 0);
	same_trials(whole, s);
	same_models(whole, s);
	cr_expect(empty_folder() == 3, "the file, and the weights of two trials");
	mica_close(ctx);
}

Test(resume, random_search_stopped)
{
	check_stops(mica_random_search(14));
}

Test(resume, grid_search_stopped)
{
	check_stops(mica_grid_search());
}

Test(resume, hyperband_stopped)
{
	check_stops(mica_hyperband(4, 2));
}

/* Killed in the middle of an epoch, without a chance to write anything. */
Test(resume, killed)
{
	mica_algorithm algorithm = mica_hyperband(4, 2);
	watch w = {.trials = 0};

	for (size_t kill = 1; kill < 4; kill++) {
		pid_t child = fork();
		int status;
		cr_assert(child >= 0);
		if (child == 0) {
			watch v = {.kill = 2 * kill - 1};
			run(open_any(), algorithm, folder, &v);
			_exit(1);
		}
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "it was not killed");
	}
	mica_context *ctx = open_any();
	mica_search *s = run(ctx, algorithm, folder, &w), *whole = run(ctx, algorithm, NULL, &(watch){.trials = 0});
	OK(mica_search_status(s));
	same_trials(whole, s);
	same_models(whole, s);
	mica_close(ctx);
}

/* More trials go on where fewer ended. */
Test(resume, made_longer)
{
	mica_context *ctx = open_any();
	watch w = {.trials = 0};
	mica_search *whole = run(ctx, mica_random_search(12), NULL, &w);
	mica_search *first = run(ctx, mica_random_search(5), folder, &w), *then = run(ctx, mica_random_search(12), folder, &w);

	OK(mica_search_status(first));
	OK(mica_search_status(then));
	cr_expect(mica_search_trial(first, 4) && !mica_search_trial(first, 5));
	same_trials(whole, then);
	mica_close(ctx);
}

/* Whatever file call fails, the search ends with EIO, or nothing is noticed; begun again it has the same results. */
Test(resume, any_file_call_may_fail)
{
	mica_context *ctx = open_any();
	mica_algorithm algorithm = mica_hyperband(2, 2);
	watch w = {.trials = 0};
	mica_search *whole = run(ctx, algorithm, NULL, &w), *s;

	mica__fault_after(MICA__FAULT_FILE, UINT64_MAX, false);
	mica_search_destroy(run(ctx, algorithm, folder, &w));
	uint64_t all = mica__fault_count(MICA__FAULT_FILE);
	for (uint64_t n = 1; n <= all; n += 5) {
		empty_folder();
		mica__fault_after(MICA__FAULT_FILE, n, false);
		s = run(ctx, algorithm, folder, &w);
		mica__fault_after(MICA__FAULT_FILE, 0, false);
		cr_expect(mica_ok(ctx) == (s && mica_search_status(s) == MICA_OK));
		cr_expect(mica_ok(ctx) || (mica_context_status(ctx) == MICA_EIO && mica_error(ctx)[0]), "file call %llu: %s", (unsigned long long)n, mica_error(ctx));
		mica_search_destroy(s);
		mica_clear(ctx);
		s = run(ctx, algorithm, folder, &w);
		OK(mica_search_status(s));
		same_trials(whole, s);
		same_models(whole, s);
		mica_search_destroy(s);
	}
	mica_close(ctx);
}

/* ---- another search ---- */

static mica_model *build_other(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)payload;
	mica_hyper_number(h, "rate", 0.001, 0.01, 0.02, 0.05, 0.1, 0.5);
	return line(ctx, mica_hyper_real(h, "other", 0.01, 0.02));
}

static void expect_refused(mica_context *ctx, mica_search *s, const char *message)
{
	cr_expect(!mica_ok(ctx) && mica_search_status(s) != MICA_OK && strstr(mica_error(ctx), message), "%s: %s", message, mica_error(ctx));
	mica_clear(ctx);
	mica_search_destroy(s);
}

Test(resume, another_search_is_refused)
{
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx), *part = mica_dataset_range(d, 0, 3);
	watch w = {.trials = 0};
	mica_search *s = mica_search(ctx, build, d, .objective = "loss", .folder = folder, .most_failures = 100);

	OK(mica_search_status(s));
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = folder, .seed = 1), "another seed");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "score", .folder = folder), "another objective");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = folder, .fit = {.epochs = 2}), "another fit");
	expect_refused(ctx, mica_search(ctx, build, part, .objective = "loss", .folder = folder), "another data");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = folder, .keep = 3), "another keep");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = folder, .algorithm = mica_grid_search()), "another algorithm");
	expect_refused(ctx, mica_search(ctx, build_other, d, .objective = "loss", .folder = folder), "build function");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = ""), "no name");
	expect_refused(ctx, mica_search(ctx, build, d, .objective = "loss", .folder = "/proc/nowhere"), "/proc/nowhere");
	s = run(ctx, mica_random_search(), "/dev/null/x", &w);
	expect_refused(ctx, s, "/dev/null");
	mica_close(ctx);
}

/* ---- a file that no search wrote ---- */

static char *read_text(size_t *n)
{
	static char text[20000];
	char path[300];

	snprintf(path, sizeof path, "%s/search.json", folder);
	FILE *f = fopen(path, "r");
	cr_assert(f);
	*n = fread(text, 1, sizeof text - 1, f);
	text[*n] = 0;
	fclose(f);
	return text;
}

static void write_text(const char *text, size_t n)
{
	char path[300];

	snprintf(path, sizeof path, "%s/search.json", folder);
	FILE *f = fopen(path, "w");
	cr_assert(f && fwrite(text, 1, n, f) == n && fclose(f) == 0);
}

static mica_search *small(mica_context *ctx, mica_dataset *d)
{
	return mica_search(ctx, build, d, .algorithm = mica_random_search(4), .objective = "loss", .seed = 5, .folder = folder, .most_failures = 100);
}

Test(resume, broken_files)
{
	static const struct { const char *from, *to, *message; } changes[] = {
		{"\"version\"", "\"versions\"", "a version"}, {"\"version\": 1", "\"version\": 2", "version 2"}, {"\"trials\": [", "\"trials\": [7, ", "values were expected"},
		{"\"status\"", "\"state\"", "a status"}, {"\"values\":{", "\"values\":{\"rate\":1,\"", ""}, {"\"epochs\":1,\"best", "\"epochs\":-1,\"best", "epochs"},
		{"\"best_epoch\":1", "\"best_epoch\":2", "best"}, {"\"logs\":{\"loss\":", "\"logs\":{\"\":1,\"loss\":", "a figure"}, {"\"logs\":{\"loss\":", "\"logs\":{\"lost\":", "no objective"},
		{"\"loss\":", "\"loss\":\"nan\",\"x\":", "no objective"}, {"\"message\":\"", "\"message\":\"\\n", "line of text"}, {"\"rate\":0.", "\"rate\":1.", "another \"rate\""},
		{"\"unused\":", "\"unusual\":", "another \"unused\""}, {"]}", "", "line"}, {"{\"version\"", "[{\"version\"", "line"},
	};
	mica_context *ctx = open_any();
	mica_dataset *d = four_points(ctx);
	size_t n;
	char *good, text[20000];

	OK(mica_search_status(small(ctx, d)));
	good = read_text(&n);
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		char *at = strstr(good, changes[i].from);
		cr_assert(at, "%s is not in %s", changes[i].from, good);
		snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, changes[i].to, at + strlen(changes[i].from));
		write_text(text, strlen(text));
		expect_refused(ctx, small(ctx, d), changes[i].message);
	}
	for (size_t length = 0; length < n - 1; length += 7) {
		write_text(good, length);
		expect_refused(ctx, small(ctx, d), "");
	}
	mica_close(ctx);
}
