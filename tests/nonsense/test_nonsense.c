/* SPDX-License-Identifier: MIT */
/* nonsense/test_nonsense.c - every public function with good arguments, and with each of them in turn NULL or nonsense.
   None may crash, hang or fail without a text; with good arguments none may fail.  The calls are written by make_calls.py from the
   headers; here are the objects that they are given, each made when a call first asks for it, in a process for each function.

   usage: test_nonsense [FUNCTION]...    prints what went wrong; with names, each call and what became of it too */
#include "mica/mica.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANYWHERE, IN_LAYER, IN_METRIC, IN_OPTIMIZER, IN_CALLBACK, IN_SEARCH };
enum { SECONDS = 20, LONG_TEXT = 5000 };

typedef struct world {
	mica_context *ctx, *other;
	mica_graph *g, *foreign;
	mica_var x, carry, next, input;
	mica_model *m, *functional;
	mica_search *search;
	mica_symbol *symbol, *symbols[1];
	mica_build *build;
	mica_tally *tally;
	mica_update *update;
	mica_training *training;
	mica_hyper *hyper;
	mica_part part;
	mica_search_opts trials;
	const char *texts[1];
	mica_dataset *dataset_out[1];
	mica_value *value_out;
	mica_plan *plan_out;
	mica_var vars[2], vars_out[2];
	mica_logs logs;
	mica_device_info devices[2];
	mica_kernel_time times[2];
	mica_dropout_opts dropout;
	mica_columns_opts columns;
	mica_predict_all_opts rooms;
	mica_between_opts between;
	void *nulls[4];
	size_t zeros[MICA_MAX_RANK], ones[MICA_MAX_RANK], most[MICA_MAX_RANK], swap[2];
	double reals[3];
	float bytes[64];
	char room[4096], text[64];
	char endless[LONG_TEXT + 1], csv[128], npy[128], npz[128], idx[128], saved[128], svg[128], log[128], folder[64];
	void (*call)(struct world *w, int n);
	int n, pipe; /* to who waits for the calls' end */
	bool called, telling, good, of_null; /* good: the first call may not fail; of_null: the call is of a handle that is NULL */
	const char *what;
} world;

static const mica_shape deep = {9, {1, 1, 1, 1, 1, 1, 1, 1}}, endless = {SIZE_MAX, {1}}, huge = {2, {SIZE_MAX / 2, 3}},
                        beside_none = {3, {0, SIZE_MAX / 2, 3}};
static const mica_window_opts pairs = {.taps = {2}}, ones = {.taps = {1}};

static mica_var twice(mica_var x, const void *options)
{
	(void)options;
	return mica_op_mulc(x, 2);
}

static const mica_kind mine = {.name = "mine/twice", .type = MICA_ACTIVATION, .activate = twice};

static void ignore(const char *text, void *payload)
{
	(void)text;
	(void)payload;
}

/* ---- objects ---- */

static mica_context *context(world *w)
{
	if (!w->ctx)
		w->ctx = mica_open(&(mica_open_opts){.device = "reference"});
	return w->ctx;
}

static mica_context *other_context(world *w)
{
	if (!w->other)
		w->other = mica_open(&(mica_open_opts){.device = "reference"});
	return w->other;
}

static mica_graph *graph(world *w)
{
	if (w->build)
		return mica_layer_graph(w->build);
	if (w->input)
		return mica_var_graph(w->input);
	if (!w->g)
		w->g = mica_graph_create(context(w));
	return w->g;
}

static mica_graph *foreign_graph(world *w)
{
	if (!w->foreign)
		w->foreign = mica_graph_create(other_context(w));
	return w->foreign;
}

static mica_var var(world *w)
{
	if (w->input)
		return w->input;
	if (!w->x)
		w->x = mica_graph_input(graph(w), "x", MICA_F32, MICA_SHAPE(3, 4));
	return w->x;
}

static mica_graph *failed_graph(world *w)
{
	mica_op_reshape(var(w), MICA_SHAPE(5));
	return graph(w);
}

static mica_var failed_var(world *w)
{
	return mica_op_reshape(var(w), MICA_SHAPE(5));
}

static mica_var foreign_var(world *w)
{
	return mica_graph_fill(foreign_graph(w), 1, MICA_F32, MICA_SHAPE(3, 4));
}

static mica_var failed_foreign_var(world *w)
{
	return mica_op_reshape(foreign_var(w), MICA_SHAPE(5));
}

#define FILLED(name, type, ...)                                                  \
	static mica_var name(world *w)                                           \
	{                                                                        \
		return mica_graph_fill(graph(w), 1, type, (mica_shape)__VA_ARGS__); \
	}
FILLED(whole_var, MICA_I32, {1, {3}})
FILLED(whole_matrix_var, MICA_I32, {2, {3, 4}})
FILLED(scalar_var, MICA_F32, {0, {0}})
FILLED(empty_var, MICA_F32, {2, {0, 4}})
FILLED(image_var, MICA_F32, {3, {2, 4, 3}})
FILLED(taps_var, MICA_F32, {3, {2, 3, 3}})
FILLED(windows_var, MICA_F32, {4, {1, 3, 1, 4}})

static mica_var variable_var(world *w)
{
	return mica_graph_variable(graph(w), "v", MICA_F32, MICA_SHAPE(3, 4));
}

static const mica_var *vars(world *w)
{
	w->vars[0] = w->vars[1] = var(w);
	return w->vars;
}

static const mica_var *bad_vars(world *w)
{
	w->vars[0] = var(w);
	w->vars[1] = foreign_var(w);
	return w->vars;
}

static mica_scan *scan(world *w)
{
	mica_scan *s = mica_scan_begin(graph(w), 3, false);
	w->carry = mica_scan_carry(s, scalar_var(w));
	w->next = mica_op_addc(w->carry, 1);
	return s;
}

static mica_scan *ready_scan(world *w)
{
	mica_scan *s = scan(w);
	mica_scan_next(s, w->carry, w->next);
	return s;
}

static mica_scan *ended_scan(world *w)
{
	mica_scan *s = ready_scan(w);
	mica_scan_end(s);
	return s;
}

static mica_value *value_of(mica_context *ctx)
{
	mica_value *v = NULL;
	mica_value_create(&v, ctx, "a/v", MICA_ROLE_WEIGHT, MICA_F32, MICA_SHAPE(3, 4));
	return v;
}

static mica_value *value(world *w)
{
	return value_of(context(w));
}

static mica_value *foreign_value(world *w)
{
	return value_of(other_context(w));
}

static mica_plan *plan(world *w)
{
	mica_plan *p = NULL;
	mica_var y = mica_op_addc(var(w), 1);
	mica_plan_create(&p, &y, 1, NULL);
	mica_plan_feed(p, "x", w->bytes, 48);
	mica_plan_run(p, 1);
	return p;
}

static mica_dataset *samples_of(mica_context *ctx, const float *x, const float *y)
{
	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(2, 4), y, MICA_F32, MICA_SHAPE(2, 3), 0);
}

static mica_dataset *dataset(world *w)
{
	return samples_of(context(w), w->bytes, w->bytes);
}

static mica_dataset *foreign_dataset(world *w)
{
	return samples_of(other_context(w), w->bytes, w->bytes);
}

static mica_dataset *unlabelled(world *w)
{
	return samples_of(context(w), w->bytes, NULL);
}

static mica_array samples(world *w)
{
	return (mica_array){w->bytes, MICA_F32, MICA_SHAPE(2, 4), 0};
}

static const mica_columns_opts *columns(world *w)
{
	w->columns = (mica_columns_opts){.inputs = {{"in", samples(w)}}, .targets = {{"dense", samples(w)}}};
	return &w->columns;
}

static const mica_predict_all_opts *rooms(world *w)
{
	w->rooms = (mica_predict_all_opts){.inputs = {samples(w)}, .outputs = {{w->room, 24}}};
	return &w->rooms;
}

static mica_model *empty_model(world *w)
{
	return mica_sequential(context(w));
}

static mica_model *unbuilt(world *w)
{
	mica_model *m = empty_model(w);
	mica_add(m, mica_dense(3));
	return m;
}

static mica_model *uncompiled(world *w)
{
	mica_model *m = empty_model(w);
	mica_add(m, mica_input(4));
	mica_add(m, mica_dense(3));
	return m;
}

static mica_model *model(world *w)
{
	if (!w->m) {
		w->m = uncompiled(w);
		mica_compile(w->m, .loss = mica_mean_squared_error(), .optimizer = mica_sgd());
	}
	return w->m;
}

static mica_model *failed_model(world *w)
{
	mica_model *m = uncompiled(w);
	mica_add(m, mica_dense(0));
	return m;
}

static mica_model *fresh_functional(world *w)
{
	return mica_functional(context(w));
}

static mica_model *functional(world *w)
{
	if (!w->functional) {
		w->functional = fresh_functional(w);
		w->symbol = mica_model_input(w->functional, mica_input(4, .name = "in"));
	}
	return w->functional;
}

static mica_symbol *symbol(world *w)
{
	functional(w);
	return w->symbol;
}

static mica_symbol *const *symbols(world *w)
{
	w->symbols[0] = symbol(w);
	return w->symbols;
}

static const mica_between_opts *between(world *w)
{
	w->between = (mica_between_opts){.inputs = {symbol(w)}, .outputs = {mica_apply(mica_dense(3), symbol(w))}};
	return &w->between;
}

static mica_instance *instance(world *w)
{
	return mica_make(functional(w), mica_dense(3, .name = "made"));
}

static mica_instance *normalization(world *w)
{
	mica_instance *i = mica_make(functional(w), mica_normalization());
	mica_call(i, symbol(w));
	return i;
}

static mica_model *built(mica_context *ctx, mica_hyper *h, void *payload)
{
	mica_model *m = mica_sequential(ctx);
	(void)h;
	(void)payload;
	mica_add(m, mica_input(4));
	mica_add(m, mica_dense(3));
	mica_compile(m, .loss = mica_mean_squared_error(), .optimizer = mica_sgd());
	return m;
}

static mica_model *built_nothing(mica_context *ctx, mica_hyper *h, void *payload)
{
	(void)ctx;
	(void)h;
	(void)payload;
	return NULL;
}

static const mica_search_opts *trials(world *w)
{
	static const mica_random_search_opts once = {.trials = 1}; /* a macro's would end with this function */
	w->trials = (mica_search_opts){.objective = "loss", .algorithm = {{&mica_kind_random_search, &once}}};
	return &w->trials;
}

static mica_search *search(world *w)
{
	if (!w->search)
		w->search = mica_search_run(context(w), built, dataset(w), trials(w));
	return w->search;
}

static mica_part *part(world *w)
{
	w->part = (mica_part){&mica_kind_relu, NULL};
	return &w->part;
}

static const char *weights_file(world *w)
{
	mica_save(model(w), w->saved);
	return w->saved;
}

static const char *model_file(world *w)
{
	strcat(w->saved, ".mica");
	return weights_file(w);
}

/* ---- a call ---- */

static const char *cause = "log_set: no logs, or no name; give one of 1 to 55 bytes";

static void tell(world *w, const char *what, bool of_null)
{
	w->of_null = of_null;
	if (of_null)
		mica_log_set(NULL, NULL, 0);
	w->called = true;
	w->what = what;
	if (write(w->pipe, &w->what, sizeof w->what) != sizeof w->what)
		_exit(2);
}

static bool any_wrong;

static void wrong(const world *w, const char *how)
{
	printf("%s: %s\n", w->what, how);
	any_wrong = true;
}

/* What every call is followed by: a failure of the context, the graph or without a context has a text of one line; the first call of
   a function does not fail; and a call of a handle that is NULL leaves the reason for that as it is. */
static void said(world *w, bool failed)
{
	char how[LONG_TEXT * 4];
	const mica_graph *g = w->input ? mica_var_graph(w->input) : w->g;
	const char *text = failed ? mica_error(NULL) : w->ctx && !mica_ok(w->ctx) ? mica_error(w->ctx) :
	                   mica_graph_status(g) != MICA_OK && g ? mica_graph_error(g) : NULL;
	if (text && (!*text || strchr(text, '\n'))) {
		snprintf(how, sizeof how, "fails with the text \"%s\"", text);
		wrong(w, how);
	} else if (w->of_null && strcmp(mica_error(NULL), cause) != 0) {
		snprintf(how, sizeof how, "says \"%s\" over the cause", mica_error(NULL));
		wrong(w, how);
	} else if (text && w->n == 0 && w->good) {
		snprintf(how, sizeof how, "with good arguments: %s", text);
		wrong(w, how);
	}
	if (w->telling)
		printf("%s: %s\n", w->what, text ? text : "fine");
}

static void now(world *w)
{
	if (!w->called)
		w->call(w, w->n);
}

static mica_var in_layer(mica_build *b, mica_var x, void *payload)
{
	world *w = payload;
	w->build = b;
	w->input = x;
	now(w);
	w->build = NULL;
	w->input = NULL;
	return x;
}

static void in_metric(mica_tally *t, mica_var y_true, mica_var y_pred, const void *payload)
{
	world *w = *(world *const *)payload;
	(void)y_true;
	w->tally = t;
	w->input = y_pred;
	now(w);
	w->input = NULL;
}

static mica_var result(mica_tally *t, const void *payload)
{
	(void)payload;
	return mica_tally_mean_value(t);
}

static mica_var in_optimizer(mica_update *u, const void *payload)
{
	world *w = *(world *const *)payload;
	w->update = u;
	w->input = u->variable;
	now(w);
	w->input = NULL;
	return u->variable;
}

static mica_status in_callback(mica_training *t, void *payload)
{
	world *w = payload;
	w->training = t;
	now(w);
	return MICA_OK;
}

static mica_model *in_search(mica_context *ctx, mica_hyper *h, void *payload)
{
	world *w = payload;
	w->hyper = h;
	now(w);
	return built(ctx, h, payload);
}

/* Calls where the objects are that exist only while a layer, a metric, an optimizer, a callback or a search is at work. */
static void at_work(world *w, int where)
{
	if (where == IN_SEARCH) {
		mica_search(context(w), in_search, dataset(w), .objective = "loss", .algorithm = mica_random_search(1), .payload = w);
		return;
	}
	mica_model *m = w->m = mica_sequential(context(w));
	mica_add(m, mica_input(4));
	mica_add(m, mica_dense(3, .name = "first"));
	if (where == IN_LAYER)
		mica_add(m, mica_custom_layer(.call = in_layer, .payload = w, .name = "mine"));
	mica_compile(m, .loss = mica_mean_squared_error(),
	             .optimizer = where == IN_OPTIMIZER ? mica_custom_optimizer(.update = in_optimizer, .payload = &w) : mica_sgd(),
	             .metrics = {where == IN_METRIC ? mica_custom_metric(.accumulate = in_metric, .result = result, .payload = &w) :
	                                              mica_mean_absolute_error()});
	mica_fit(m, dataset(w), .callbacks = {mica_custom_callback(.on_train_batch_end = where == IN_CALLBACK ? in_callback : NULL, .payload = w)});
}

static void write_file(const char *file, const void *data, size_t bytes)
{
	FILE *f = fopen(file, "wb");
	if (f) {
		fwrite(data, 1, bytes, f);
		fclose(f);
	}
}

static void make_files(world *w, const char *folder)
{
	static const char npy[] = "\x93NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", csv[] = "a,b\n1,2\n3,4\n";
	static const unsigned char idx[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 8};
	char array[128 + 16] = {0};
	memset(array, ' ', 128);
	memcpy(array, npy, sizeof npy - 1);
	array[127] = '\n';
	snprintf(w->folder, sizeof w->folder, "%s", folder);
	snprintf(w->csv, sizeof w->csv, "%s/a.csv", folder);
	snprintf(w->npy, sizeof w->npy, "%s/a.npy", folder);
	snprintf(w->npz, sizeof w->npz, "%s/a.npz", folder);
	snprintf(w->idx, sizeof w->idx, "%s/a.idx", folder);
	snprintf(w->log, sizeof w->log, "%s/log.csv", folder);
	snprintf(w->svg, sizeof w->svg, "%s/a.svg", folder);
	snprintf(w->saved, sizeof w->saved, "%s/saved", folder);
	write_file(w->csv, csv, sizeof csv - 1);
	write_file(w->npy, array, sizeof array);
	write_file(w->idx, idx, sizeof idx);
	write_file(w->log, "epoch,loss\n0,2\n1,1\n", 19);
}

#include "calls.h"

/* One call in a world of its own. */
static void one(world *w, size_t f, int n, int where)
{
	w->call = functions[f].call;
	w->good = functions[f].good;
	w->n = n;
	w->update = &(mica_update){0};
	w->training = &(mica_training){0};
	mica_clear(NULL);
	alarm(SECONDS);
	if (where == ANYWHERE)
		now(w);
	else
		at_work(w, where);
	mica_part_drop(&w->part);
	mica_close(w->ctx);
	mica_close(w->other);
	alarm(0);
}

static void world_in(world *w, const char *folder, int to, bool telling)
{
	memset(w, 0, sizeof *w);
	w->pipe = to;
	w->telling = telling;
	make_files(w, folder);
	memset(w->endless, 'x', LONG_TEXT);
	for (size_t i = 0; i < MICA_MAX_RANK; i++) {
		w->ones[i] = 1;
		w->most[i] = SIZE_MAX;
	}
	w->swap[0] = 1;
	w->texts[0] = "a";
	w->dropout = (mica_dropout_opts){.size = sizeof w->dropout};
	mica_log_set(&w->logs, "loss", 1);
}

/* The calls of a function from the n-th on, in a child; the number behind the one that ended it, or how many there are. */
static int some(size_t f, int n, const char *folder, bool telling, int *bad)
{
	static world w;
	const char *what = "";
	int pipes[2], status = 0;
	if (pipe(pipes))
		return functions[f].n;
	pid_t child = fork();
	if (child == 0) {
		for (; n < functions[f].n; n++) {
			world_in(&w, folder, pipes[1], telling);
			one(&w, f, n, functions[f].where);
			if (!w.called) {
				tell(&w, functions[f].name, false);
				wrong(&w, "a call was not made");
			}
			fflush(stdout);
		}
		exit(any_wrong);
	}
	close(pipes[1]);
	while (read(pipes[0], &what, sizeof what) == sizeof what)
		n++;
	close(pipes[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	*bad += status != 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
		return functions[f].n;
	printf("%s: %s %d\n", what, WIFSIGNALED(status) ? "signal" : "exit status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return n;
}

int main(int argc, char **argv)
{
	const char *folder = getenv("MICA_TEST_FOLDER");
	int bad = 0;
	if (chdir(folder ? folder : ".")) /* names of files are nonsense, too, and some can be written */
		return 2;
	for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
		bool asked = false;
		for (int i = 1; i < argc; i++)
			asked = asked || !strcmp(argv[i], functions[f].name);
		for (int n = 0; (asked || argc < 2 || argv[1][0] == '-') && n < functions[f].n;) {
			fflush(stdout);
			n = some(f, n, folder ? folder : ".", asked, &bad);
		}
	}
	return bad ? 1 : 0;
}
