/* SPDX-License-Identifier: MIT */
/* tools/mica/bench_plan.c - mica bench plan: how long it takes to make a plan of a deep network, before any kernel is built.
   The networks are written with the graph interface, sizes as people train them; what matters is how many nodes there are
   and how they hang together, so convolutions are written as the products over pixels that they amount to. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct plan_options {
	const char *device, *json, *net;
	long layers;
} plan_options;

static const option_row rows[] = {
	{"net", OPTION_TEXT, offsetof(plan_options, net), "NAME", "only the network of this name", NO_RANGE},
	{"layers", OPTION_WHOLE, offsetof(plan_options, layers), "N", "with so many layers (0: those of the table)", FROM(0)},
	{"device", OPTION_TEXT, offsetof(plan_options, device), "SPEC", "gpu, cpu, reference, a number or part of a name", NO_RANGE},
	{"json", OPTION_TEXT, offsetof(plan_options, json), "FILE", "write the results there too (- for the screen)", NO_RANGE},
};
#define NET_NAMES "dense, norm, gelu, resnet50, transformer, recurrence, outputs, chain, tanh, means"

static const command self = {
	.name = "mica bench plan",
	.about = "Measures how long it takes to make plans of deep networks, without the driver's compiler: seconds of each pass.\n"
	         "Networks: " NET_NAMES ".",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

/* ---- building blocks ---- */

typedef struct vars {
	mica_var *v;
	size_t n, room;
} vars;

typedef struct network {
	mica_graph *g;
	vars weights, outputs;
	bool failed;           /* no memory for a list */
} network;

static mica_var keep(network *net, vars *list, mica_var x)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		mica_var *v = realloc(list->v, room * sizeof *v);
		if (!v) {
			net->failed = true;
			return x;
		}
		list->v = v;
		list->room = room;
	}
	return list->v[list->n++] = x;
}

static mica_var weights(network *net, mica_shape s)
{
	return keep(net, &net->weights, mica_graph_variable(net->g, "w", MICA_F32, s));
}

static void output(network *net, mica_var x)
{
	keep(net, &net->outputs, x);
}

static size_t last(mica_var x)
{
	mica_shape s = mica_var_shape(x);
	return s.rank ? s.dim[s.rank - 1] : 1;
}

static uint32_t last_axis(mica_var x)
{
	return MICA_AXIS(mica_var_shape(x).rank - 1);
}

static mica_var dense(network *net, mica_var x, size_t units)
{
	return mica_op_add(mica_op_matmul(x, weights(net, MICA_SHAPE(last(x), units))), weights(net, MICA_SHAPE(units)));
}

static mica_var normalized(network *net, mica_var x, uint32_t axes, double epsilon)
{
	mica_var centred = mica_op_sub(x, mica_op_mean(x, axes, true));
	mica_var variance = mica_op_mean(mica_op_square(centred), axes, true);
	mica_var y = mica_op_mul(centred, mica_op_rsqrt(mica_op_addc(variance, epsilon)));
	return mica_op_add(mica_op_mul(y, weights(net, MICA_SHAPE(last(x)))), weights(net, MICA_SHAPE(last(x))));
}

static mica_var layer_norm(network *net, mica_var x)
{
	return normalized(net, x, last_axis(x), 1e-5);
}

static mica_var gelu(mica_var x)
{
	return mica_op_mul(mica_op_mulc(x, 0.5), mica_op_addc(mica_op_erf(mica_op_mulc(x, 0.70710678118654752)), 1));
}

static mica_var softmax(mica_var x)
{
	mica_var e = mica_op_exp(mica_op_sub(x, mica_op_reduce_max(x, last_axis(x), true)));
	return mica_op_div(e, mica_op_sum(e, last_axis(x), true));
}

static mica_var cross_entropy(mica_var logits, mica_var labels)
{
	mica_shape s = mica_var_shape(logits);
	mica_var z = mica_op_sub(logits, mica_op_stop_gradient(mica_op_reduce_max(logits, MICA_AXIS(1), true)));
	mica_var log_p = mica_op_sub(z, mica_op_log(mica_op_sum(mica_op_exp(z), MICA_AXIS(1), true)));
	mica_var column = mica_graph_iota(mica_var_graph(logits), s, 1);
	mica_var hit = mica_op_cast(mica_op_eq(column, mica_op_reshape(labels, MICA_SHAPE(s.dim[0], 1))), MICA_F32);
	return mica_op_mulc(mica_op_sum(mica_op_mul(hit, log_p), MICA_ALL_AXES, false), -1.0 / (double)s.dim[0]);
}

static mica_var squares(mica_var y, mica_var target)
{
	return mica_op_mean(mica_op_square(mica_op_sub(y, target)), MICA_ALL_AXES, false);
}

/* One step of Adam on all weights, as a training step has it: a counter on the device, moments as variables. */
static void adam(network *net, mica_var loss)
{
	size_t n = net->weights.n;
	mica_var *d = calloc(n + 1, sizeof(mica_var)), *w = net->weights.v;
	mica_var count = mica_graph_variable(net->g, "step", MICA_I32, MICA_SCALAR_SHAPE), next = mica_op_addc(count, 1);
	mica_var t = mica_op_cast(next, MICA_F32), one = mica_graph_scalar(net->g, 1);
	mica_var b1 = mica_op_pow(mica_graph_scalar(net->g, 0.9), t), b2 = mica_op_pow(mica_graph_scalar(net->g, 0.999), t);
	mica_var rate = mica_op_mulc(mica_op_div(mica_op_sqrt(mica_op_sub(one, b2)), mica_op_sub(one, b1)), 1e-3);

	net->failed = net->failed || !d;
	if (net->failed || mica_gradient(loss, NULL, w, n, d) != MICA_OK) {
		free(d);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		mica_shape s = mica_var_shape(w[i]);
		mica_var first = mica_graph_variable(net->g, "m", MICA_F32, s), second = mica_graph_variable(net->g, "v", MICA_F32, s);
		mica_var mean = mica_op_add(first, mica_op_mulc(mica_op_sub(d[i], first), 0.1));
		mica_var square = mica_op_add(second, mica_op_mulc(mica_op_sub(mica_op_square(d[i]), second), 0.001));
		mica_var step = mica_op_div(mica_op_mul(mean, rate), mica_op_addc(mica_op_sqrt(square), 1e-7));
		output(net, mica_op_assign(first, mean));
		output(net, mica_op_assign(second, square));
		output(net, mica_op_assign(w[i], mica_op_sub(w[i], step)));
	}
	output(net, mica_op_assign(count, next));
	output(net, loss);
	free(d);
}

static mica_var batch_of(network *net, mica_shape s)
{
	return mica_graph_input(net->g, "x", MICA_F32, s);
}

static mica_var labels_of(network *net, size_t batch)
{
	return mica_graph_input(net->g, "labels", MICA_I32, MICA_SHAPE(batch));
}

/* ---- networks ---- */

enum { BATCH = 32, WIDTH = 64, CLASSES = 10 };

static void dense_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		x = mica_op_relu(dense(net, x, WIDTH));
	adam(net, cross_entropy(dense(net, x, CLASSES), labels_of(net, BATCH)));
}

static void norm_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		x = mica_op_add(x, mica_op_relu(dense(net, layer_norm(net, x), WIDTH)));
	adam(net, cross_entropy(dense(net, x, CLASSES), labels_of(net, BATCH)));
}

static void gelu_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		x = gelu(dense(net, x, WIDTH));
	adam(net, cross_entropy(dense(net, x, CLASSES), labels_of(net, BATCH)));
}

/* A convolution, as the product of pixels with weights that it amounts to, and batch norm. */
static mica_var convolution(network *net, mica_var pixels, size_t channels)
{
	return normalized(net, mica_op_matmul(pixels, weights(net, MICA_SHAPE(last(pixels), channels))), MICA_AXIS(0), 1e-5);
}

/* Every fourth pixel: what a stride of 2 leaves. */
static mica_var strided(mica_var pixels)
{
	mica_shape s = mica_var_shape(pixels);
	return mica_op_slice(pixels, (size_t[]){0, 0}, s.dim, (size_t[]){4, 1});
}

static mica_var bottleneck(network *net, mica_var x, size_t channels, bool down)
{
	mica_var y = mica_op_relu(convolution(net, x, channels));
	if (down) {
		x = strided(x);
		y = strided(y);
	}
	y = convolution(net, mica_op_relu(convolution(net, y, channels)), 4 * channels);
	if (last(x) != 4 * channels)
		x = convolution(net, x, 4 * channels);
	return mica_op_relu(mica_op_add(x, y));
}

/* ResNet-50: its layers and channels; layers: of all stages together, 16 blocks are the real one. */
static void resnet_net(network *net, size_t layers)
{
	static const size_t blocks[4] = {3, 4, 6, 3};
	enum { IMAGES = 8, CHANNELS = 64 };
	mica_var x = mica_op_relu(convolution(net, batch_of(net, MICA_SHAPE(IMAGES * 56 * 56, 147)), CHANNELS));
	for (size_t s = 0; s < 4; s++)
		for (size_t i = 0; i < (blocks[s] * layers + 15) / 16; i++)
			x = bottleneck(net, x, CHANNELS << s, s > 0 && i == 0);
	mica_var images = mica_op_reshape(x, MICA_SHAPE(IMAGES, 49, last(x)));
	adam(net, cross_entropy(dense(net, mica_op_mean(images, MICA_AXIS(1), false), 1000), labels_of(net, IMAGES)));
}

static mica_var heads_of(network *net, mica_var x, size_t heads)
{
	static const size_t first[4] = {0, 2, 1, 3};
	mica_shape s = mica_var_shape(x);
	mica_var y = mica_op_reshape(dense(net, x, s.dim[2]), MICA_SHAPE(s.dim[0], s.dim[1], heads, s.dim[2] / heads));
	return mica_op_reshape(mica_op_transpose(y, first), MICA_SHAPE(s.dim[0] * heads, s.dim[1], s.dim[2] / heads));
}

static mica_var attention(network *net, mica_var x)
{
	static const size_t first[4] = {0, 2, 1, 3};
	enum { HEADS = 12 };
	mica_shape s = mica_var_shape(x);
	mica_var q = heads_of(net, x, HEADS), k = heads_of(net, x, HEADS), v = heads_of(net, x, HEADS);
	mica_var weight = softmax(mica_op_mulc(mica_op_matmul(q, mica_op_transpose(k, NULL)), 0.125));
	mica_var mixed = mica_op_reshape(mica_op_matmul(weight, v), MICA_SHAPE(s.dim[0], HEADS, s.dim[1], s.dim[2] / HEADS));
	return dense(net, mica_op_reshape(mica_op_transpose(mixed, first), s), s.dim[2]);
}

static void transformer_net(network *net, size_t layers)
{
	enum { TEXTS = 4, WORDS = 128, FEATURES = 768 };
	mica_var x = batch_of(net, MICA_SHAPE(TEXTS, WORDS, FEATURES));
	for (size_t i = 0; i < layers; i++) {
		x = mica_op_add(x, attention(net, layer_norm(net, x)));
		x = mica_op_add(x, dense(net, gelu(dense(net, layer_norm(net, x), 4 * FEATURES)), FEATURES));
	}
	adam(net, squares(layer_norm(net, x), mica_graph_input(net->g, "target", MICA_F32, mica_var_shape(x))));
}

static void recurrence_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, layers, WIDTH));
	mica_var w = weights(net, MICA_SHAPE(WIDTH, WIDTH)), u = weights(net, MICA_SHAPE(WIDTH, WIDTH)), b = weights(net, MICA_SHAPE(WIDTH));
	mica_var h = mica_graph_fill(net->g, 0, MICA_F32, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++) {
		mica_var now = mica_op_slice(x, (size_t[]){0, i, 0}, (size_t[]){BATCH, i + 1, WIDTH}, NULL);
		now = mica_op_reshape(now, MICA_SHAPE(BATCH, WIDTH));
		h = mica_op_tanh(mica_op_add(mica_op_add(mica_op_matmul(now, w), mica_op_matmul(h, u)), b));
	}
	adam(net, cross_entropy(dense(net, h, CLASSES), labels_of(net, BATCH)));
}

static void outputs_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		output(net, mica_op_sin(mica_op_mulc(x, 1 + (double)i)));
}

static void chain_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		x = i % 2 ? mica_op_addc(x, 0.1) : mica_op_mulc(x, 0.9);
	output(net, x);
}

static void tanh_net(network *net, size_t layers)
{
	mica_var y = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		y = mica_op_add(y, mica_op_mulc(mica_op_tanh(y), 0.1));
	output(net, y);
}

/* Means of rows and of columns in turn. */
static void means_net(network *net, size_t layers)
{
	mica_var x = batch_of(net, MICA_SHAPE(BATCH, WIDTH));
	for (size_t i = 0; i < layers; i++)
		x = mica_op_sub(x, mica_op_mean(x, MICA_AXIS(i % 2), true));
	output(net, x);
}

static const struct row {
	const char *net;
	size_t layers;
	void (*build)(network *net, size_t layers);
} nets[] = {
	{"dense", 50, dense_net}, {"dense", 200, dense_net}, {"dense", 1000, dense_net}, {"norm", 30, norm_net},
	{"norm", 200, norm_net}, {"gelu", 200, gelu_net}, {"resnet50", 16, resnet_net}, {"transformer", 12, transformer_net},
	{"recurrence", 300, recurrence_net}, {"outputs", 300, outputs_net}, {"chain", 100000, chain_net},
	{"tanh", 40, tanh_net}, {"means", 300, means_net},
};
enum { NETS = sizeof nets / sizeof nets[0] };

/* ---- measuring ---- */

static void print_row(FILE *out, const struct row *r, size_t layers, double seconds, const mica_plan_info *info)
{
	fprintf(out, "| %-12s | %6zu | %8zu | %7zu | %8zu | %8.3f ", r->net, layers, info->nodes, info->kernels, info->launches, seconds);
	for (size_t i = 0; i < MICA_PASSES; i++)
		fprintf(out, "| %8.3f ", info->seconds[i]);
	fprintf(out, "|\n");
	fflush(out);
}

static void print_head(FILE *out)
{
	fprintf(out, "| %-12s | %6s | %8s | %7s | %8s | %8s ", "network", "layers", "nodes", "kernels", "launches", "seconds");
	for (size_t i = 0; i < MICA_PASSES; i++)
		fprintf(out, "| %8s ", mica_pass_name(i));
	fprintf(out, "|\n|:%.12s-|%.7s:|%.9s:|%.8s:|%.9s:|%.9s:", RULE, RULE, RULE, RULE, RULE, RULE);
	for (size_t i = 0; i < MICA_PASSES; i++)
		fprintf(out, "|%.9s:", RULE);
	fprintf(out, "|\n");
}

static void write_row(json *j, const struct row *r, size_t layers, double seconds, const mica_plan_info *info)
{
	json_open(j, NULL, '{');
	json_put_text(j, "net", r->net);
	json_put_whole(j, "layers", layers);
	json_put_real(j, "seconds", seconds);
	json_open(j, "passes", '{');
	for (size_t i = 0; i < MICA_PASSES; i++)
		json_put_real(j, mica_pass_name(i), info->seconds[i]);
	json_close(j, '}');
	json_put_whole(j, "nodes", info->nodes);
	json_put_whole(j, "kernels", info->kernels);
	json_put_whole(j, "launches", info->launches);
	json_put_whole(j, "arena_bytes", info->arena_bytes);
	json_close(j, '}');
}

/* One plan, of several for which everything begins anew. */
static bool measure_once(mica_context *ctx, const struct row *r, size_t layers, double *seconds, mica_plan_info *info)
{
	network net = {.g = mica_graph_create(ctx)};
	mica_plan *p = NULL;
	bool good = net.g != NULL;

	if (good)
		r->build(&net, layers);
	if (net.failed)
		complain(&self, "%s of %zu layers: no memory", r->net, layers);
	good = good && !net.failed;
	*seconds = now_seconds();
	if (good && mica_plan_create(&p, net.outputs.v, net.outputs.n, &(mica_plan_opts){.without = MICA_ONLY_PLAN}) != MICA_OK) {
		complain(&self, "%s of %zu layers: %s", r->net, layers, mica_error(NULL));
		good = false;
	}
	*seconds = now_seconds() - *seconds;
	if (good)
		*info = mica_plan_describe(p);
	mica_plan_destroy(p);
	mica_graph_destroy(net.g);
	free(net.weights.v);
	free(net.outputs.v);
	return good;
}

/* The fastest of a few: what else the machine does only adds. */
static bool measure(mica_context *ctx, const struct row *r, size_t layers, double *seconds, mica_plan_info *info)
{
	enum { TIMES = 3 };
	mica_plan_info now;
	double s;

	for (size_t i = 0; i < TIMES; i++) {
		if (!measure_once(ctx, r, layers, &s, &now))
			return false;
		if (i == 0 || s < *seconds) {
			*seconds = s;
			*info = now;
		}
	}
	return true;
}

static int run_all(mica_context *ctx, const plan_options *o, FILE *out, json *j)
{
	mica_plan_info info;
	double seconds;

	print_head(out);
	for (size_t i = 0; i < NETS; i++) {
		size_t layers = o->layers ? (size_t)o->layers : nets[i].layers;
		if (o->net && strcmp(o->net, nets[i].net))
			continue;
		if (!measure(ctx, &nets[i], layers, &seconds, &info))
			return EXIT_FAILURE;
		print_row(out, &nets[i], layers, seconds, &info);
		if (o->json)
			write_row(j, &nets[i], layers, seconds, &info);
		if (o->layers && o->net)
			break;
	}
	return EXIT_SUCCESS;
}

static bool known(const char *net)
{
	for (size_t i = 0; i < NETS; i++)
		if (!strcmp(net, nets[i].net))
			return true;
	return false;
}

int bench_plan_main(int argc, char **argv)
{
	plan_options o = {.layers = 0};
	int code = parse_options(&self, argc, argv, &o);
	FILE *out = stdout;
	json j;

	if (code >= 0)
		return code;
	if (o.net && !known(o.net))
		return misused(&self, "there is no network '%s'; there is " NET_NAMES, o.net);
	if (o.layers && !o.net)
		return misused(&self, "--layers is for one network; name it by --net");
	mica_context *ctx = mica_open(&(mica_open_opts){.device = o.device});
	if (!ctx)
		return complain(&self, "%s", mica_error(NULL));
	if (o.json && !json_begin(&j, o.json)) {
		mica_close(ctx);
		return complain(&self, "cannot write %s: %s; name another file", o.json, strerror(errno));
	}
	if (o.json)
		json_open(&j, NULL, '[');
	if (o.json && !strcmp(o.json, "-"))
		out = stderr;
	code = run_all(ctx, &o, out, &j);
	mica_close(ctx);
	if (!o.json)
		return code;
	json_close(&j, ']');
	if (code != EXIT_SUCCESS)
		json_discard(&j);
	else if (!json_end(&j))
		return complain(&self, "cannot write %s: %s; name another file", o.json, strerror(errno));
	return code;
}
