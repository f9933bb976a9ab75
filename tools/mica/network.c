/* SPDX-License-Identifier: MIT */
/* tools/mica/network.c - Input, Flatten, hidden Dense layers with dropout, Dense with softmax or for one number: from options. */
#include "tool.h"

#include <float.h>
#include <string.h>

/* ---- parts as text ---- */

/* The optimizer with what --lr and --momentum say of it, unless they are out of range, which is said already; false if that is too long. */
static bool optimizer_text(char *out, size_t size, const network_options *o)
{
	size_t n = strlen(o->optimizer), length;
	bool open = n && o->optimizer[n - 1] == ')';
	char more[96] = "";

	if (o->rate >= 0 && o->rate <= FLT_MAX)
		snprintf(more, sizeof more, "learning_rate=%.17g", o->rate);
	length = strlen(more);
	if (o->momentum >= 0 && o->momentum <= 1)
		snprintf(more + length, sizeof more - length, "%smomentum=%.17g", length ? "," : "", o->momentum);
	bool broken = !open && strchr(o->optimizer, '('); /* which is said of what was typed */
	if (!*more || broken)
		return snprintf(out, size, "%s", o->optimizer) < (int)size;
	bool bare = open && n > 1 && o->optimizer[n - 2] == '(';
	return snprintf(out, size, "%.*s%s%s)", (int)(n - open), o->optimizer, !open ? "(" : bare ? "" : ",", more) < (int)size;
}

/* Behind the part that text begins with: at the comma that is in no brackets, or the end. */
static size_t part_length(const char *text)
{
	size_t n = 0;

	for (int depth = 0; text[n] && !(text[n] == ',' && depth == 0); n++)
		depth += (text[n] == '(' || text[n] == '[') - (text[n] == ')' || text[n] == ']');
	return n;
}

/* The metrics, up to MICA_MAX_METRICS; the caller drops them.  False, with mica_error. */
static bool parse_metrics(const char *text, mica_metric out[MICA_MAX_METRICS], size_t *n)
{
	char one[512];

	for (*n = 0; text; (*n)++) {
		size_t length = part_length(text);
		snprintf(one, sizeof one, "%.*s", (int)length, text);
		if (*n == MICA_MAX_METRICS || length >= sizeof one || mica_part_parse(NULL, MICA_METRIC, one, &out[*n].part) != MICA_OK)
			return false;
		text = text[length] ? text + length + 1 : NULL;
	}
	return true;
}

/* What a network is trained by: of its options, or the usual. */
typedef struct goal {
	mica_optimizer optimizer;
	mica_loss loss;
	mica_metric metrics[MICA_MAX_METRICS];
	size_t n_metrics;
} goal;

static void drop_goal(goal *g)
{
	mica_part_drop(&g->optimizer.part);
	mica_part_drop(&g->loss.part);
	for (size_t i = 0; i < g->n_metrics; i++)
		mica_part_drop(&g->metrics[i].part);
}

/* The option that is wrong, or NULL. */
static const char *read_goal(goal *g, const network_options *o, size_t classes)
{
	char optimizer[1024];

	*g = (goal){.n_metrics = 0};
	if (!optimizer_text(optimizer, sizeof optimizer, o) || mica_part_parse(NULL, MICA_OPTIMIZER, optimizer, &g->optimizer.part) != MICA_OK)
		return "optimizer";
	const char *loss = o->loss ? o->loss : classes ? "sparse_categorical_crossentropy" : "mse";
	if (mica_part_parse(NULL, MICA_LOSS, loss, &g->loss.part) != MICA_OK)
		return "loss";
	return parse_metrics(o->metrics ? o->metrics : classes ? "accuracy" : "mae(name=mae)", g->metrics, &g->n_metrics) ? NULL : "metric";
}

int network_check(const command *c, const network_options *o)
{
	int code = -1;
	mica_part activation;
	goal g;
	const char *wrong = read_goal(&g, o, 0);

	if (wrong && !strcmp(wrong, "metric") && g.n_metrics == MICA_MAX_METRICS)
		code = misused(c, "--metric names more than %d", MICA_MAX_METRICS);
	else if (wrong)
		code = misused(c, "--%s: %s", wrong, mica_error(NULL));
	drop_goal(&g);
	if (mica_part_parse(NULL, MICA_ACTIVATION, o->activation, &activation) != MICA_OK)
		code = misused(c, "--activation: %s", mica_error(NULL));
	mica_part_drop(&activation);
	return code;
}

/* Two classes may be told apart by one number, from 0 to 1. */
static bool is_binary(const mica_loss *loss, size_t classes)
{
	return classes == 2 && loss->part.kind->labels == MICA_LABELS_VALUES;
}

int network_check_labels(const command *c, const network_options *o, size_t classes)
{
	int code = -1;
	goal g;

	if (read_goal(&g, o, classes))
		code = complain(c, "%s", mica_error(NULL));
	else if (classes && !is_binary(&g.loss, classes) && g.loss.part.kind->labels != MICA_LABELS_CLASSES)
		code = complain(c, "--loss %s is not for labels that are numbers of %zu classes; give sparse_categorical_crossentropy", o->loss, classes);
	else if (!classes && g.loss.part.kind->labels != MICA_LABELS_VALUES)
		code = complain(c, "--loss %s is for classes, and labels are numbers; give mse or huber", o->loss);
	drop_goal(&g);
	return code;
}

/* ---- the model ---- */

static void compile_goal(mica_model *m, const goal *g)
{
	mica_compile_opts opts = {MICA_OPTS(mica_compile_opts), .optimizer = g->optimizer, .loss = g->loss};

	memcpy(opts.metrics, g->metrics, g->n_metrics * sizeof g->metrics[0]);
	mica_model_compile(m, &opts);
}

void network_compile(mica_model *m, const network_options *o, size_t classes)
{
	goal g;

	if (!read_goal(&g, o, classes))
		compile_goal(m, &g);
	drop_goal(&g);
}

static void add_layers(mica_model *m, const network_options *o, mica_shape sample, size_t classes, bool binary)
{
	mica_input_opts input = {MICA_OPTS(mica_input_opts)};
	mica_activation activation;
	long units;

	mica_part_parse(NULL, MICA_ACTIVATION, o->activation, &activation.part);
	memcpy((char *)&input + offsetof(mica_input_opts, d0), sample.dim, sizeof sample.dim);
	mica_add(m, MICA_PART(mica_layer, &mica_kind_input, &input));
	if (sample.rank > 1)
		mica_add(m, mica_flatten());
	if (o->standardize)
		mica_add(m, mica_normalization());
	for (const char *s = o->hidden; take_number(&s, ',', &units);) {
		mica_add(m, mica_dense((size_t)units, .activation = activation));
		if (o->dropout != 0)
			mica_add(m, mica_dropout(o->dropout));
	}
	mica_add(m, binary ? mica_dense(1, .activation = MICA_SIGMOID) : classes ? mica_dense(classes, .activation = MICA_SOFTMAX) : mica_dense(1));
	mica_part_drop(&activation.part);
}

mica_model *network_build(mica_context *ctx, const network_options *o, mica_shape sample, size_t classes, uint64_t seed)
{
	mica_model *m = mica_sequential(ctx, .seed = seed);
	goal g;

	if (!read_goal(&g, o, classes)) {
		add_layers(m, o, sample, classes, is_binary(&g.loss, classes));
		compile_goal(m, &g);
	}
	drop_goal(&g);
	return m;
}
