/* SPDX-License-Identifier: MIT */
/* tools/mica/inspect.c - mica inspect and mica summary: what a file of a model holds, without running any of it. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const command inspect = {
	.name = "mica inspect",
	.argument = "FILE",
	.about = "Shows what a file of a model (.mica, .keras) or of weights (safetensors, .weights.h5) holds: notes, layers, what it is trained for\n"
	         "and how far, tensors.",
};
typedef struct summary_options {
	const char *plot;
	bool expand_nested;
} summary_options;
static const option_row rows[] = {
	{"plot", OPTION_TEXT, offsetof(summary_options, plot), "FILE", "draw them there: FILE.svg, or FILE.dot for Graphviz", NO_RANGE},
	{"expand-nested", OPTION_FLAG, offsetof(summary_options, expand_nested), NULL, "of --plot: models that are layers with theirs", NO_RANGE},
};
static const command summary = {
	.name = "mica summary",
	.argument = "FILE",
	.about = "Shows the layers of the model in a .mica or .keras file.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

static void print(const char *text, void *payload)
{
	(void)payload;
	fputs(text, stdout);
}

static mica_status show_model(mica_context *ctx, const char *file, const summary_options *o)
{
	mica_model *m = mica_load_model(ctx, file, .no_weights = true);

	if (!m)
		return mica_context_status(ctx);
	mica_status st = mica_summary(m, print, NULL, .columns = terminal_columns(stdout));
	if (st == MICA_OK && o->plot)
		st = mica_plot_model(m, o->plot, .show_shapes = true, .show_layer_names = true, .show_layer_activations = true,
		                     .expand_nested = o->expand_nested);
	return st;
}

/* Nothing is computed, so that the interpreter, which is always there, will do. */
static int show(const command *c, int argc, char **argv)
{
	const char *file;
	summary_options o = {.plot = NULL};
	int code = parse_argument(c, argc, argv, &o, &file);

	if (code >= 0)
		return code;
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});
	if (!ctx)
		return complain(c, "%s", mica_error(NULL));
	mica_status st = c == &summary ? show_model(ctx, file, &o) : mica_inspect(ctx, file, print, NULL, .columns = terminal_columns(stdout));
	code = st == MICA_OK ? EXIT_SUCCESS : complain(c, "%s", mica_error(NULL));
	mica_close(ctx);
	return code;
}

int inspect_main(int argc, char **argv)
{
	return show(&inspect, argc, argv);
}

int summary_main(int argc, char **argv)
{
	return show(&summary, argc, argv);
}
