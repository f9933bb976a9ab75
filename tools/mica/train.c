/* SPDX-License-Identifier: MIT */
/* tools/mica/train.c - mica train: from a data set and a few options to a trained, tested and saved network.
   The first Ctrl-C, a hang-up or a termination ends training after the step and still saves; a second Ctrl-C ends the
   program at once.  What could not be kept is found before the first step, and weights that give no number are not kept. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct train_options {
	network_options network;
	data_options data;
	const char *device, *load, *resume, *save, *history, *plot, *tensorboard;
	long epochs, batch, seed, verbose, patience;
	double validation_split;
} train_options;

static const option_row rows[] = {
	DATA_ROWS(train_options, data),
	NETWORK_ROWS(train_options, network),
	{"loss", OPTION_TEXT, offsetof(train_options, network.loss), "NAME",
	 "what is made small: mse, \"huber(delta=2)\", ... (sparse_categorical_crossentropy of classes, mse of numbers)", NO_RANGE},
	{"metric", OPTION_TEXT, offsetof(train_options, network.metrics), "NAME,...",
	 "what is shown beside it: \"accuracy,sparse_top_k_categorical_accuracy(k=3)\" (accuracy, or mae)", NO_RANGE},
	{"standardize", OPTION_FLAG, offsetof(train_options, network.standardize), NULL,
	 "the network begins with a layer that makes samples of mean 0 and deviation 1, by those of the training data", NO_RANGE},
	{"epochs", OPTION_WHOLE, offsetof(train_options, epochs), "N", "passes over the data (5)", FROM_TO(1, INT32_MAX)},
	{"batch", OPTION_WHOLE, offsetof(train_options, batch), "N", "samples per step (128)", FROM_TO(1, INT32_MAX)},
	{"validation-split", OPTION_REAL, offsetof(train_options, validation_split), "X",
	 "the last part of the data, kept for validation (0)", {0, 1, false, true}},
	{"patience", OPTION_WHOLE, offsetof(train_options, patience), "N",
	 "end when the validation loss got no better for N epochs, with the best weights (0: never)", FROM(0)},
	{"seed", OPTION_WHOLE, offsetof(train_options, seed), "N", "of weights, dropout and shuffling (1)", FROM(0)},
	{"device", OPTION_TEXT, offsetof(train_options, device), "SPEC",
	 "gpu, cpu, reference, a number or part of a name; see mica devices", NO_RANGE},
	{"load", OPTION_TEXT, offsetof(train_options, load), "FILE",
	 "begin with the model of a .mica or .keras file; its layers, so --hidden and the like say nothing", NO_RANGE},
	{"resume", OPTION_TEXT, offsetof(train_options, resume), "FILE",
	 "go on with the training of a .mica file, by its optimizer, for --epochs more", NO_RANGE},
	{"save", OPTION_TEXT, offsetof(train_options, save), "FILE",
	 "write the model there, if the name ends in .mica or .keras, else its weights, as safetensors", NO_RANGE},
	{"history", OPTION_TEXT, offsetof(train_options, history), "FILE",
	 "write the figures of all epochs there, as JSON (- for the screen)", NO_RANGE},
	{"plot", OPTION_TEXT, offsetof(train_options, plot), "FILE.svg", "draw the figures of all epochs there, as curves", NO_RANGE},
	{"tensorboard", OPTION_TEXT, offsetof(train_options, tensorboard), "FOLDER",
	 "write figures and distributions of weights there, for TensorBoard", NO_RANGE},
	{"verbose", OPTION_WHOLE, offsetof(train_options, verbose), "0|1|2", "silent, progress bar, one line per epoch (1)", FROM_TO(0, 2)},
};
static const command self = {
	.name = "mica train",
	.about = "Trains a network of Dense layers to tell classes apart, or to predict a number, tests it and saves it.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

/* What a run has: all but ctx and history belong to ctx. */
typedef struct run {
	train_options o;
	FILE *out;            /* stdout, or stderr where that takes the history */
	mica_context *ctx;
	data_sets data;
	mica_model *model;
	mica_epoch *history;
	size_t epochs_done;
	double fit_began;     /* seconds after the start of the process */
	bool tested;
	mica_logs test;
} run;

static mica_status end_if_caught(mica_training *t, void *payload)
{
	(void)t;
	(void)payload;
	patience_end(); /* there is a step to come after, so kernels are compiled */
	return signals_caught() ? MICA_EINTERRUPTED : MICA_OK;
}

/* payload: the run. */
static void print(const char *text, void *payload)
{
	const run *r = payload;

	if (strncmp(text, "Epoch ", 6) != 0) /* which stands there before anything is compiled */
		patience_end();
	fputs(text, r->out);
	fflush(r->out);
}

/* ---- the steps ---- */

/* What cannot become a file is found before training and not after it, by trying.  A history may go to a device or a pipe,
   which must not be opened twice. */
static bool can_write(const char *file)
{
	struct stat there;
	json j;
	bool good;

	if (!file || !strcmp(file, "-"))
		return true;
	errno = 0;
	if (stat(file, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode))
		good = access(file, W_OK) == 0;
	else if ((good = json_begin(&j, file)))
		json_discard(&j);
	if (!good)
		complain(&self, "cannot write '%s': %s; name another file", file, strerror(errno));
	return good;
}

static bool can_save(mica_model *m, const char *file)
{
	if (!file || mica_save_check(m, file) == MICA_OK)
		return true;
	const char *why = mica_error(NULL), *colon = strstr(why, file); /* "writing FILE: why" */
	why = colon && !strncmp(colon + strlen(file), ": ", 2) ? colon + strlen(file) + 2 : why;
	complain(&self, "cannot write '%s': %s%s", file, why, strchr(why, ';') ? "" : "; name another file");
	return false;
}

/* The files that are written; NULL: it is not. */
enum { OUTPUTS = 3 };
typedef struct output {
	const char *option, *file;
} output;

static void list_outputs(output out[OUTPUTS], const train_options *o)
{
	out[0] = (output){"save", o->save};
	out[1] = (output){"history", o->history && strcmp(o->history, "-") ? o->history : NULL};
	out[2] = (output){"plot", o->plot};
}

/* No output may take another's place, nor that of the data. */
static bool are_apart(const train_options *o)
{
	output out[OUTPUTS];

	list_outputs(out, o);
	for (size_t i = 0; i < OUTPUTS; i++)
		for (size_t k = 0; out[i].file && k < i; k++)
			if (out[k].file && target_same(out[k].file, out[i].file))
				return misused(&self, "--%s and --%s both name %s; name two files", out[k].option, out[i].option, out[i].file), false;
	for (size_t i = 0; i < OUTPUTS; i++)
		if (out[i].file && data_has_file(o->data.data, out[i].file))
			return misused(&self, "%s is a file of --data; name another to write", out[i].file), false;
	return true;
}

static bool have_names(const train_options *o)
{
	output out[OUTPUTS];

	if (o->load && o->resume)
		return misused(&self, "--load begins anew and --resume goes on; give one of them"), false;
	list_outputs(out, o);
	for (size_t i = 0; i < OUTPUTS; i++)
		if (out[i].file && !*out[i].file)
			return misused(&self, "--%s has an empty name; name a file", out[i].option), false;
	if (o->plot && !ends_with(o->plot, ".svg"))
		return misused(&self, "--plot is '%s'; give a name that ends in .svg", o->plot), false;
	return true;
}

static int check_options(train_options *o)
{
	int code = network_check(&self, &o->network);

	if (!are_apart(o) || !have_names(o))
		code = EXIT_USAGE;
	if (o->network.standardize && (o->load || o->resume))
		code = misused(&self, "--standardize is for a network that is made, and %s has its layers", o->load ? "--load" : "--resume");
	if (o->network.standardize && o->data.scale != 0)
		code = misused(&self, "--scale and --standardize are both given; give one of them");
	if (o->patience && !o->validation_split)
		code = misused(&self, "--patience looks at the validation loss; give a --validation-split");
	return code >= 0 ? code : can_write(o->history) && can_write(o->plot) ? -1 : EXIT_FAILURE;
}

static int failed(const run *r)
{
	mica_status st = mica_context_status(r->ctx);

	return complain(&self, "%s", st != MICA_OK ? mica_error(r->ctx) : mica_error(NULL));
}

/* Once nothing stands against the training any more: what is wrong is said before anything else. */
static mica_status introduce(mica_training *t, void *payload)
{
	run *r = payload;
	const mica_device_info *d = mica_context_device(r->ctx);

	(void)t;
	signals_guard();
	if (r->o.verbose == 0)
		return MICA_OK;
	patience_end();
	fprintf(r->out, "device: %s (%s, %u units)\n", d->name, d->platform, d->compute_units);
	fprintf(r->out, "data: %s, %zu samples to train", r->data.name, mica_dataset_count(r->data.train));
	if (r->data.test)
		fprintf(r->out, ", %zu to test", mica_dataset_count(r->data.test));
	if (r->data.classes)
		fprintf(r->out, ", %zu classes\n", r->data.classes);
	else
		fprintf(r->out, ", a number to predict\n");
	if (r->o.network.standardize)
		fprintf(r->out, "scale: mean 0 and deviation 1 of each number of a sample, by the training data, in the network\n");
	else
		data_say_scale(r->out, r->data.train);
	if (r->o.verbose == 1)
		mica_summary(r->model, print, r, .columns = terminal_columns(r->out));
	fflush(r->out);
	patience_begin(r->out);
	return MICA_OK;
}

static mica_status fit(run *r)
{
	const train_options *o = &r->o;
	mica_status st;
	int columns = terminal_columns(r->out);

	if (r->o.verbose > 0)
		patience_begin(r->out);
	r->fit_began = process_age();
	st = mica_fit(r->model, r->data.train, .epochs = r->o.epochs, .batch_size = r->o.batch,
	                .validation_split = r->o.validation_split, .verbose = (int)r->o.verbose, .print = print,
	                .callbacks = {
	                        mica_custom_callback(.on_train_begin = introduce, .on_burst_end = end_if_caught, .payload = r),
	                        o->patience ? mica_early_stopping(.patience = o->patience, .restore_best_weights = true, .verbose = o->verbose > 0)
	                                    : mica_custom_callback(), /* that does nothing */
	                        o->tensorboard ? mica_tensorboard(o->tensorboard, .histogram_freq = 1) : mica_custom_callback(),
	                },
	                .history = r->history, .epochs_done = &r->epochs_done,
	                .payload = r, .terminal = columns > 0, .columns = columns);
	patience_end();
	return st;
}

static void print_test(const run *r)
{
	fprintf(r->out, "test ");
	print_logs(r->out, &r->test);
	fprintf(r->out, " (%zu samples)\n", mica_dataset_count(r->data.test));
}

static mica_status test(run *r)
{
	mica_status st;

	if (!r->data.test)
		return MICA_OK;
	if (r->o.verbose > 0)
		patience_begin(r->out);
	st = mica_evaluate(r->model, r->data.test, &r->test, .batch_size = r->o.batch);
	patience_end();
	r->tested = st == MICA_OK;
	if (r->tested)
		print_test(r);
	return st;
}

static void write_logs(json *j, const mica_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		json_put_real(j, logs->at[i].name, logs->at[i].value);
}

static void write_epoch(json *j, const mica_epoch *e)
{
	json_open(j, NULL, '{');
	json_put_whole(j, "epoch", e->epoch);
	write_logs(j, &e->logs);
	json_put_real(j, "seconds", e->seconds);
	json_put_real(j, "samples_per_second", e->samples_per_second);
	json_close(j, '}');
}

static bool write_history(const run *r)
{
	mica_model_info info = mica_model_describe(r->model);
	json j;

	if (!json_begin(&j, r->o.history))
		return false;
	json_open(&j, NULL, '{');
	json_put_text(&j, "device", mica_context_device(r->ctx)->name);
	json_put_whole(&j, "seed", (uint64_t)r->o.seed);
	json_open(&j, "epochs", '[');
	for (size_t i = 0; i < r->epochs_done; i++)
		write_epoch(&j, &r->history[i]);
	json_close(&j, ']');
	json_open(&j, "test", '{');
	write_logs(&j, &r->test);
	json_close(&j, '}');
	json_put_real(&j, "first_step_seconds", r->fit_began + info.first_step_seconds);
	json_put_whole(&j, "launches_per_step", info.launches_per_step);
	json_put_real(&j, "peak_rss_mb", peak_rss_mb());
	json_put_whole(&j, "device_bytes", mica_context_usage(r->ctx).peak_bytes);
	json_close(&j, '}');
	return json_end(&j);
}

/* Weights that give no number are worth no file, least of all the place of one that holds good ones.  Where nothing was
   tested, a batch of the data tells. */
static bool is_sound(run *r, bool *sound)
{
	size_t n = mica_dataset_count(r->data.train), batch = (size_t)r->o.batch;
	mica_logs s = r->test;

	if (!r->tested && r->o.save) {
		mica_dataset *part = mica_dataset_range(r->data.train, 0, n < batch ? n : batch);
		if (!part || mica_evaluate(r->model, part, &s, .batch_size = r->o.batch) != MICA_OK)
			return false;
	}
	*sound = (!(r->tested || r->o.save) || isfinite(mica_log(&s, "loss"))) &&
	         (r->epochs_done == 0 || isfinite(mica_log(&r->history[r->epochs_done - 1].logs, "loss")));
	return true;
}

static int keep(run *r)
{
	bool sound = true;

	if (!is_sound(r, &sound))
		return failed(r);
	if (r->o.save && sound) {
		if (mica_save(r->model, r->o.save) != MICA_OK)
			return failed(r);
		fprintf(r->out, "saved: %s\n", r->o.save);
	}
	if (r->o.history && !write_history(r))
		return complain(&self, "cannot write %s: %s; name another file", r->o.history, strerror(errno));
	if (r->o.plot && r->epochs_done && mica_plot_history(r->model, r->o.plot) != MICA_OK)
		return failed(r);
	if (sound)
		return EXIT_SUCCESS;
	if (r->o.save)
		return complain(&self, "the loss is not a number, so %s was not written; give a smaller --lr", r->o.save);
	return complain(&self, "the loss is not a number; give a smaller --lr");
}

/* A number is predicted from the mean of the labels on: from 0 it would take many steps to get there. */
static void begin_at_mean(mica_model *m, const mica_dataset *d)
{
	mica_array y = mica_dataset_labels(d);
	mica_value *bias = NULL, *w;
	double sum = 0;
	float mean;

	for (size_t i = 0; (w = mica_model_weight(m, i)); i++)
		bias = w;
	for (size_t i = 0; i < y.shape.dim[0]; i++)
		sum += (double)((const float *)y.data)[i];
	mean = (float)(sum / (double)y.shape.dim[0]);
	mica_value_write(bias, &mean, sizeof mean);
}

/* Samples as the layer behind Flatten sees them. */
static mica_array flattened(mica_array x)
{
	size_t n = shape_count(x.shape) / x.shape.dim[0];

	x.shape = MICA_SHAPE(x.shape.dim[0], n);
	return x;
}

/* That of the options, or of a file; failures are in ctx. */
static mica_model *make_model(const run *r)
{
	const train_options *o = &r->o;
	mica_model *m;

	if (o->resume)
		return mica_load_model(r->ctx, o->resume);
	if (!o->load) {
		m = network_build(r->ctx, &o->network, mica_dataset_sample_shape(r->data.train), r->data.classes, (uint64_t)o->seed);
		if (mica_context_status(r->ctx) != MICA_OK)
			return m;
		if (!r->data.classes)
			begin_at_mean(m, r->data.train);
		if (o->network.standardize)
			mica_adapt(mica_model_layer(m, "normalization"), flattened(mica_dataset_samples(r->data.train)));
		return m;
	}
	m = mica_load_model(r->ctx, o->load, .no_training = true);
	if (m)
		network_compile(m, &o->network, r->data.classes);
	return m;
}

static int train(run *r)
{
	const train_options *o = &r->o;
	mica_status st;
	int code = data_open(&self, r->ctx, &r->o.data, &r->data);

	if (code >= 0)
		return code;
	code = o->resume ? -1 : network_check_labels(&self, &o->network, r->data.classes);
	if (code >= 0)
		return code;
	r->model = make_model(r);
	if (mica_context_status(r->ctx) != MICA_OK)
		return failed(r);
	if (!can_save(r->model, r->o.save))
		return EXIT_FAILURE;
	st = fit(r);
	if (st == MICA_EINTERRUPTED)
		complain(&self, "%s", mica_error(NULL));
	else if (st != MICA_OK || test(r) != MICA_OK)
		return failed(r);
	code = keep(r);
	return code == EXIT_SUCCESS && signals_caught() ? 128 + signals_caught() : code;
}

int train_main(int argc, char **argv)
{
	run r = {.o = {.network = NETWORK_DEFAULTS, .epochs = 5, .batch = 128, .seed = 1, .verbose = 1}};
	int code = parse_options(&self, argc, argv, &r.o);

	r.out = r.o.history && !strcmp(r.o.history, "-") ? stderr : stdout;
	if (code < 0 || code == EXIT_USAGE) { /* all that is wrong is told at once */
		int more = check_options(&r.o);
		code = code < 0 ? more : code;
	}
	if (code >= 0)
		return code;
	r.ctx = mica_open(&(mica_open_opts){.device = r.o.device});
	if (!r.ctx)
		return complain(&self, "%s", mica_error(NULL));
	signals_catch();
	r.history = calloc((size_t)r.o.epochs, sizeof *r.history);
	if (r.history)
		code = train(&r);
	else
		code = complain(&self, "no memory for the figures of %ld epochs; give fewer --epochs", r.o.epochs);
	free(r.history);
	mica_close(r.ctx);
	return code;
}
