/* SPDX-License-Identifier: MIT */
/* tools/mica/tool.h - what the commands share: a network and data as options describe them, times, devices. */
#ifndef TOOL_H
#define TOOL_H
#include "json.h"
#include "options.h"

#include <limits.h>
#include <mica/mica.h>
#include <stdio.h>

/* The commands; argv[0] is the command's own word.  They return the code to exit with. */
int devices_main(int argc, char **argv);
int train_main(int argc, char **argv);
int evaluate_main(int argc, char **argv);
int predict_main(int argc, char **argv);
int inspect_main(int argc, char **argv);
int summary_main(int argc, char **argv);
int bench_main(int argc, char **argv);
int bench_mlp_main(int argc, char **argv);
int bench_gemm_main(int argc, char **argv);
int bench_conv_main(int argc, char **argv);
int bench_nets_main(int argc, char **argv);
int bench_ops_main(int argc, char **argv);
int bench_plan_main(int argc, char **argv);
int bench_sequence_main(int argc, char **argv);

/* ---- network.c: the network that train and bench mlp train ---- */

typedef struct network_options {
	const char *hidden; /* a list */
	const char *activation, *optimizer, *loss, *metrics; /* parts as text (mica_part_parse); loss, metrics NULL: the usual ones */
	double dropout, rate, momentum; /* rate, momentum below 0: not given, the optimizer's own */
	bool standardize;               /* a normalization layer stands first */
} network_options;

#define NETWORK_DEFAULTS                                                                                                  \
	{                                                                                                                 \
		.hidden = "512,256,128", .activation = "relu", .optimizer = "adam", .rate = -1, .momentum = -1     \
	}
#define NETWORK_ROWS(type, member)                                                                                        \
	{"hidden", OPTION_LIST, offsetof(type, member.hidden), "N,N,...", "units of the hidden layers (512,256,128)", NO_RANGE},    \
	{"activation", OPTION_TEXT, offsetof(type, member.activation), "NAME", "of the hidden layers (relu)", NO_RANGE},            \
	{"dropout", OPTION_REAL, offsetof(type, member.dropout), "P", "after each hidden layer (0)", FROM_TO(0, 1)},                     \
	{"optimizer", OPTION_TEXT, offsetof(type, member.optimizer), "NAME", "adam, sgd, ..., or with options: \"adamw(weight_decay=0.01)\" (adam)", NO_RANGE}, \
	{"lr", OPTION_REAL, offsetof(type, member.rate), "X", "learning rate (the optimizer's own)", FROM(0)},                     \
	{"momentum", OPTION_REAL, offsetof(type, member.momentum), "X", "of sgd and rmsprop (the optimizer's own, 0)", FROM_TO(0, 1)}

/* Reads the names: -1 to go on, else the code to exit with after a message. */
int network_check(const command *c, const network_options *o);
/* Whether the loss is for labels of so many classes (0: numbers): -1, or the code to exit with after a message. */
int network_check_labels(const command *c, const network_options *o, size_t classes);
/* Compiles a model to tell classes apart or, where there are none, to predict numbers. */
void network_compile(mica_model *m, const network_options *o, size_t classes);
/* The compiled model; failures are sticky in it and in ctx. */
mica_model *network_build(mica_context *ctx, const network_options *o, mica_shape sample, size_t classes, uint64_t seed);

/* ---- nets.c: the networks of bench nets ---- */

enum { MOST_NETS = 16 };
typedef struct net_spec {
	const char *name;
	void (*build)(mica_model *m);
	bool chain;              /* sequential, otherwise functional */
	mica_dtype type;         /* of a sample */
	mica_shape sample, target;
	size_t values, classes;  /* numbers of a sample and labels are below these; 0: reals */
} net_spec;
const net_spec *net_at(size_t i); /* NULL past the end */
const net_spec *net_find(const char *name, size_t length);
/* Compiled, with Adam; failures are sticky in ctx. */
mica_model *net_build(mica_context *ctx, const net_spec *n);
mica_dataset *net_data(mica_context *ctx, const net_spec *n, size_t samples); /* random; NULL: no memory, or as ctx says */

/* ---- data.c: what --data names ---- */

typedef struct data_options {
	const char *data, *label, *columns;
	double scale, test_split;
	bool classes;
} data_options;

#define DATA_ROWS(type, member)                                                                                           \
	{"data", OPTION_TEXT, offsetof(type, member.data), "WHAT", data_help, NO_RANGE},                                  \
	{"label", OPTION_TEXT, offsetof(type, member.label), "NAME", "of FILE.csv: the column with the label", NO_RANGE}, \
	{"columns", OPTION_TEXT, offsetof(type, member.columns), "NAME,...", "of FILE.csv: those of a sample (all but the label)", NO_RANGE}, \
	{"classes", OPTION_FLAG, offsetof(type, member.classes), NULL,                                                    \
	 "of FILE.csv: labels name classes, though they are numbers", NO_RANGE},                                          \
	{"test-split", OPTION_REAL, offsetof(type, member.test_split), "X",                                               \
	 "a share of the samples, drawn once and for all, that is for testing, where nothing else is (0)", {0, 1, false, true}}, \
	{"scale", OPTION_REAL, offsetof(type, member.scale), "X", "multiplies the samples (0: 1/255 for bytes, else 1)", NO_RANGE}
extern const char data_help[]; /* of --data */

typedef struct data_sets {
	const char *name;
	mica_dataset *train, *test; /* test is NULL where there is none */
	size_t classes;             /* 0: labels are numbers that are to be predicted */
} data_sets;

/* .data NULL: MNIST where it is, else the digits; scale 0: the usual one.  -1 to go on, else the code to exit with after a
   message. */
int data_open(const command *c, mica_context *ctx, const data_options *o, data_sets *out);
/* The same with any labels or, as X.npy, none, for a model that is there. */
int data_open_any(const command *c, mica_context *ctx, const data_options *o, data_sets *out);
/* The one of split "train" or "test"; NULL: test, where there is one.  As above. */
int data_choose(const command *c, const data_sets *d, const char *split, const mica_dataset **out);
/* What samples are multiplied by, which a model that is there was perhaps not trained with. */
void data_say_scale(FILE *out, const mica_dataset *d);
/* Whether file is one of those that what names. */
bool data_has_file(const char *what, const char *file);

/* Elements of an array of that shape. */
size_t shape_count(mica_shape s);

/* ---- saved.c: what evaluate and predict begin with ---- */

typedef struct saved_options {
	data_options data;
	const char *split, *device;
	long batch;
} saved_options;
#define SAVED_ROWS(type, member)                                                                                          \
	DATA_ROWS(type, member.data),                                                                                     \
	{"split", OPTION_TEXT, offsetof(type, member.split), "NAME", "train or test (test where there is one, else train)", NO_RANGE}, \
	{"batch", OPTION_WHOLE, offsetof(type, member.batch), "N", "samples per step (128)", FROM_TO(1, INT32_MAX)},      \
	{"device", OPTION_TEXT, offsetof(type, member.device), "SPEC",                                                    \
	 "gpu, cpu, reference, a number or part of a name; see mica devices", NO_RANGE}
typedef struct saved {
	mica_context *ctx;        /* to be closed */
	mica_model *model;
	const mica_dataset *data; /* the chosen split */
} saved;
/* training: with what it is trained for.  -1 to go on, else the code to exit with after a message, and nothing is open. */
int saved_open(const command *c, const char *file, const saved_options *o, bool training, saved *out);

/* ---- evaluate.c: figures ---- */

/* "accuracy: 0.9750 - loss: 0.0834" */
void print_logs(FILE *out, const mica_logs *logs);

/* ---- target.c: files that are written ---- */

/* What follows symbolic links from path, which need not lead to a file yet.  False, with errno, if it is too long or a
   circle. */
bool target_resolve(char out[PATH_MAX], const char *path);
/* Whether two names are of one file, there or not there yet. */
bool target_same(const char *a, const char *b);

/* ---- signals.c: what ends a program ---- */

/* At the start of the program, before a driver changes them: which signals the parent wants ignored. */
void signals_note(void);
/* After a device was opened: hang-up, interrupt and termination are noted, and a closed pipe or a full quota is an error of
   the write.  What the parent ignores stays ignored.  A second Ctrl-C ends the program at once. */
void signals_catch(void);
int signals_caught(void); /* 0 or the first that was caught */
/* Says why, where the driver ends the program: between the two.  To be called again when a program was built, before it runs:
   drivers go on compiling then, and their compiler has put handlers of its own in place. */
void signals_guard(void);
void signals_unguard(void);

/* ---- patience.c: a word where nothing is seen for long ---- */

/* Says on out, which is a terminal, that kernels are compiled if patience_end is not called within a second. */
void patience_begin(FILE *out);
void patience_end(void);
/* Of the terminal that out is: 0 if it is none, or cannot move its cursor. */
int terminal_columns(FILE *out);

/* ---- measure.c: times ---- */

double now_seconds(void);
double process_age(void); /* seconds since the process was started */
double peak_rss_mb(void);
double median(double *values, size_t n); /* sorts them */
/* Gives a variable numbers around 0, up to `scale`, so that nothing grows or becomes denormal; or rows of a table of so many, in no
   order.  False after a message. */
bool fill_numbers(const command *c, mica_var v, double scale);
bool fill_indices(const command *c, mica_var v, size_t rows);
/* Median seconds of one step of p, measured for about that many seconds after a warm-up.  False on failure: mica_error. */
bool measure_plan(mica_context *ctx, mica_plan *p, double seconds, double *out);

/* ---- report.c: what bench prints and writes ---- */

typedef struct bench_options {
	network_options network;
	const char *batches, *data, *shapes, *device, *json;
	double seconds;
	bool kernels;
} bench_options;

#define BENCH_ROWS                                                                                                        \
	{"seconds", OPTION_REAL, offsetof(bench_options, seconds), "S", "time for each line of the table (3)",            \
	 {0, 3600, true, false}},                                                                                         \
	{"kernels", OPTION_FLAG, offsetof(bench_options, kernels), NULL,                                                  \
	 "a table of the kernels too, from event times; runs as separate launches", NO_RANGE},                                      \
	{"device", OPTION_TEXT, offsetof(bench_options, device), "SPEC", "gpu, cpu, reference, a number or part of a name", NO_RANGE},         \
	{"json", OPTION_TEXT, offsetof(bench_options, json), "FILE", "write the results there too (- for the screen)", NO_RANGE}

typedef struct report {
	const command *command;
	const bench_options *options;
	FILE *out;       /* tables: stderr while JSON goes to the screen */
	json json;
	bool list;       /* the JSON is a list of results, and no object around it */
	bool introduced; /* the device was named */
} report;

#define RULE "----------------------------------------------------------------"

/* Checks the options and begins the JSON; false after a message. */
bool report_begin(report *r, const command *c, const bench_options *o);
bool report_begin_list(report *r, const command *c, const bench_options *o); /* the JSON is the list of results alone */
/* Closes what report_begin opened; returns the code to exit with. */
int report_end(report *r, int code);
/* Opens the device as the options say and names it once; NULL after a message. */
mica_context *report_open(report *r);
/* The table of kernels of ctx, printed and as "kernels" of the JSON object that is open; nothing without --kernels. */
void report_kernels(report *r, mica_context *ctx);
/* Device seconds of all kernels since ctx was opened; 0 without --kernels. */
double report_kernel_seconds(mica_context *ctx);

#endif
