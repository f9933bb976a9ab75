/* SPDX-License-Identifier: MIT */
/* keras/weights.c - where Keras keeps what a layer has.
   A layer's place in the file is its class in snake case, numbered among those of its class in its model ("layers/dense_1"), whatever
   the layer is called; its arrays are numbered in the order in which it makes them, "vars/0", "vars/1"; and what it is made of has
   places below it, by the names of attributes in Python ("cell", "query_dense").  The order of all of them together is that of
   a model's weights, by which the optimizer numbers what it keeps for them. */
#include "keras/translate.h"

#include <stdio.h>
#include <string.h>

enum { PATH = 1024, DEEPEST = 40 };

/* Weights of a kind, with blanks between: name, then +option or -option for each that has to be true, or must not, for it to be there, and
   ~ for a state, ^ for a number that only Keras has.  Rows of several groups stand in the order of their weights. */
static const struct { const char *kinds, *group, *weights; } rows[] = {
	{"dense conv1d conv2d conv3d conv1d_transpose conv2d_transpose conv3d_transpose depthwise_conv1d depthwise_conv2d", "",
	 "kernel bias-no_bias"},
	{"einsum_dense", "", "kernel bias+bias_axes"},
	{"separable_conv1d separable_conv2d", "", "depthwise_kernel pointwise_kernel bias-no_bias"},
	{"batch_normalization", "", "gamma-no_scale beta-no_center moving_mean~ moving_variance~"},
	{"layer_normalization group_normalization", "", "gamma-no_scale beta-no_center"},
	{"rms_normalization", "", "scale"},
	{"normalization", "", "mean~ variance~ count^"},
	{"p_re_lu", "", "alpha"},
	{"embedding", "", "embeddings"},
	{"simple_rnn lstm gru", "/cell", "kernel recurrent_kernel bias-no_bias"},
	{"simple_rnn_cell lstm_cell gru_cell", "", "kernel recurrent_kernel bias-no_bias"},
	{"attention", "", "scale+use_scale concat_score_weight+concat"},
	{"additive_attention", "", "scale-no_scale"},
	{"multi_head_attention", "/query_dense", "query/kernel query/bias-no_bias"},
	{"multi_head_attention", "/key_dense", "key/kernel key/bias-no_bias"},
	{"multi_head_attention", "/_gate_dense", "gate/kernel+use_gate gate/bias+use_gate-no_bias"},
	{"multi_head_attention", "/value_dense", "value/kernel value/bias-no_bias"},
	{"multi_head_attention", "/output_dense", "attention_output/kernel attention_output/bias-no_bias"},
	{"group_query_attention", "/_query_dense", "query/kernel query/bias-no_bias"},
	{"group_query_attention", "/_key_dense", "key/kernel key/bias-no_bias"},
	{"group_query_attention", "/_gate_dense", "gate/kernel+use_gate gate/bias+use_gate-no_bias"},
	{"group_query_attention", "/_value_dense", "value/kernel value/bias-no_bias"},
	{"group_query_attention", "/_output_dense", "attention_output/kernel attention_output/bias-no_bias"},
};

typedef struct finder {
	mica__keras_places *out;
	const json_t *model;
	bool *visited;        /* of layers: one that is in several models has the first's place */
	bool listed;
} finder;

/* A layer, or one inside of a layer. */
typedef struct part {
	const char *kind;
	const json_t *options;
	const char *name, *group; /* what begins its tensors' names and its arrays' paths */
	bool trained;
} part;

/* ---- what is found ---- */

static mica_status add_place(finder *f, const char *name, const char *path, bool trained, bool again)
{
	mica__keras_places *o = f->out;
	mica_status st;

	MICA_TRY(mica__grow(&o->at, &o->capacity, o->n + 1, sizeof *o->at));
	o->at[o->n] = (mica__keras_place){.name = mica__strdup(name), .path = mica__strdup(path), .trained = trained, .again = again};
	st = o->at[o->n].name && o->at[o->n].path ? MICA_OK : MICA_ENOMEM;
	o->n++;
out:
	return st;
}

static mica_status add_group(finder *f, const char *path, const char *name)
{
	mica__keras_places *o = f->out;
	mica__text full = {0};
	mica_status st;

	MICA_TRY(mica__grow(&o->groups, &o->group_capacity, o->n_groups + 1, sizeof *o->groups));
	mica__text_add(&full, "%s%svars", path, *path ? "/" : "");
	o->groups[o->n_groups].path = full.s;
	o->groups[o->n_groups].name = mica__strdup(name);
	st = full.s && o->groups[o->n_groups].name ? MICA_OK : MICA_ENOMEM;
	o->n_groups++;
out:
	return st;
}

void mica__keras_places_free(mica__keras_places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		mica__free(p->at[i].name);
		mica__free(p->at[i].path);
	}
	for (size_t i = 0; i < p->n_groups; i++) {
		mica__free((void *)(uintptr_t)p->groups[i].path);
		mica__free((void *)(uintptr_t)p->groups[i].name);
	}
	mica__free(p->at);
	mica__free(p->groups);
	*p = (mica__keras_places){0};
}

/* ---- layers ---- */

static bool says(const json_t *options, const char *option)
{
	const json_t *x = json_object_get(options, option);

	return json_is_true(x) || json_is_string(x) || json_number_value(x) != 0;
}

/* Whether the conditions behind a name, "+use_gate-no_bias", hold. */
static bool is_there(const char *conditions, size_t n, const json_t *options)
{
	char option[64];

	while (n > 0 && (*conditions == '+' || *conditions == '-')) {
		size_t length = strcspn(conditions + 1, "+-~ ");
		length = length < n - 1 ? length : n - 1;
		snprintf(option, sizeof option, "%.*s", (int)length, conditions + 1);
		if (says(options, option) != (*conditions == '+'))
			return false;
		conditions += 1 + length;
		n -= 1 + length;
	}
	return true;
}

/* Those of a row: the ones that are there are numbered from 0. */
static mica_status add_weights(finder *f, const part *p, const char *group, const char *weights)
{
	char name[PATH], path[PATH];
	mica_status st = MICA_OK;
	int number = 0;

	for (const char *w = weights; *w && st == MICA_OK; w += strspn(w, " ")) {
		size_t n = strcspn(w, " "), length = strcspn(w, "+-~^ ");
		if (is_there(w + length, n - length, p->options)) {
			snprintf(name, sizeof name, "%s/%.*s", p->name, (int)length, w);
			snprintf(path, sizeof path, "%s%s/vars/%d", p->group, group, number++);
			st = add_place(f, name, path, p->trained && !strchr("~^", w[n - 1]), false);
			if (st == MICA_OK)
				f->out->at[f->out->n - 1].blank = w[n - 1] == '^';
		}
		w += n;
	}
	return st;
}

static mica_status add_part(finder *f, const part *p, int depth);

/* The layer in option `option`, whose own name or kind is behind prefix. */
static mica_status add_inner(finder *f, const part *p, const char *option, const char *prefix, const char *group, int depth)
{
	const json_t *layer = json_object_get(p->options, option);
	const char *kind = json_string_value(json_object_get(layer, "kind"));
	const json_t *options = json_object_get(layer, "options");
	const char *own = json_string_value(json_object_get(options, "name"));
	char name[PATH], path[PATH];

	if (!kind)
		return MICA_OK;
	snprintf(name, sizeof name, "%s/%s%s", p->name, prefix, own ? own : kind);
	snprintf(path, sizeof path, "%s/%s", p->group, group);
	return add_part(f, &(part){kind, options, name, path, p->trained}, depth + 1);
}

/* A name, with its number where it was there before. */
static void number(json_t *used, const char *name, char *out, size_t size)
{
	const json_t *before = json_object_get(used, name);
	json_int_t n = before ? json_integer_value(before) + 1 : 0;

	snprintf(out, size, n ? "%s_%lld" : "%s", name, (long long)n);
	json_object_set_new(used, name, json_integer(n));
}

/* "dense_1" for the second of its class, as that is called in Keras' sources. */
static void unique(json_t *used, const char *class, char out[MICA__SNAKE + 16])
{
	char snake[MICA__SNAKE];

	mica__keras_snake(snake, strcmp(class, "GroupQueryAttention") ? class : "GroupedQueryAttention");
	number(used, snake, out, MICA__SNAKE + 16);
}

/* Cells one upon the other: places by their classes, tensors by their names, of which equal ones have numbers. */
static mica_status add_cells(finder *f, const part *p, int depth)
{
	json_t *classes = json_object(), *names = json_object();
	mica_status st = MICA_OK;

	for (size_t i = 0; i < MICA__MOST_CELLS && st == MICA_OK; i++) {
		const json_t *cell = mica__keras_cell(p->options, i), *options = json_object_get(cell, "options");
		const char *kind = json_string_value(json_object_get(cell, "kind")), *own = json_string_value(json_object_get(options, "name"));
		char class[MICA__SNAKE], place[MICA__SNAKE + 16], called[PATH], name[2 * PATH], path[PATH];
		if (!kind || !mica__keras_class(class, MICA_LAYER, kind))
			break;
		unique(classes, class, place);
		number(names, own ? own : kind, called, sizeof called);
		snprintf(name, sizeof name, "%s/%s", p->name, called);
		snprintf(path, sizeof path, "%s/cells/%s", p->group, place);
		st = add_part(f, &(part){kind, options, name, path, p->trained}, depth + 1);
	}
	json_decref(classes);
	json_decref(names);
	return st;
}

/* Both ways; the way back may be the same layer the other way. */
static mica_status add_two_ways(finder *f, const part *p, int depth)
{
	const char *back = json_is_object(json_object_get(p->options, "backward_layer")) ? "backward_layer" : "layer";
	mica_status st = add_inner(f, p, "layer", "forward_", "forward_layer", depth);

	return st != MICA_OK ? st : add_inner(f, p, back, "backward_", "backward_layer", depth);
}

/* The wrapper has the kernel, too, before its vector. */
static mica_status add_spectral(finder *f, const part *p, int depth)
{
	char name[PATH], path[PATH];
	size_t first = f->out->n;
	mica_status st;

	MICA_TRY(add_inner(f, p, "layer", "", "layer", depth));
	if (f->out->n > first) {
		snprintf(path, sizeof path, "%s/vars/0", p->group);
		MICA_TRY(add_place(f, f->out->at[first].name, path, false, true));
	}
	snprintf(name, sizeof name, "%s/vector_u", p->name);
	snprintf(path, sizeof path, "%s/vars/1", p->group);
	st = add_place(f, name, path, false, false);
out:
	return st;
}

static mica_status add_part(finder *f, const part *p, int depth)
{
	mica_status st = MICA_OK;

	if (depth > DEEPEST)
		return mica__fail(MICA_EFORMAT, "%s: layers in layers, too deep", p->name);
	if (!strcmp(p->kind, "bidirectional"))
		return add_two_ways(f, p, depth);
	if (!strcmp(p->kind, "rnn"))
		return add_inner(f, p, "cell", "", "cell", depth);
	if (!strcmp(p->kind, "stacked_rnn_cells"))
		return add_cells(f, p, depth);
	if (!strcmp(p->kind, "time_distributed"))
		return add_inner(f, p, "layer", "", "layer", depth);
	if (!strcmp(p->kind, "spectral_normalization"))
		return add_spectral(f, p, depth);
	for (size_t i = 0; i < MICA__COUNT(rows) && st == MICA_OK; i++)
		if (mica__keras_listed(rows[i].kinds, p->kind))
			st = add_weights(f, p, rows[i].group, rows[i].weights);
	return st;
}

/* ---- models ---- */

static mica_status add_model(finder *f, size_t k, const char *name, const char *group, bool trained, int depth);

static const json_t *model_at(const json_t *model, size_t k)
{
	return json_array_get(json_object_get(model, "models"), k);
}

/* A model that goes over steps. */
static bool is_over_steps(const json_t *layer)
{
	const char *kind = json_string_value(json_object_get(layer, "kind"));

	return json_object_get(layer, "model") && kind && !strcmp(kind, "time_distributed");
}

/* Classes of spatial dropouts, which are one kind, have no weights to be found. */
static bool class_of(const finder *f, const json_t *layer, char out[MICA__SNAKE])
{
	const char *kind = json_string_value(json_object_get(layer, "kind"));
	const json_t *number = json_object_get(layer, "model");

	if (!number || is_over_steps(layer))
		return kind && mica__keras_class(out, MICA_LAYER, kind);
	const char *class = json_string_value(json_object_get(model_at(f->model, (size_t)json_integer_value(number)), "class"));
	snprintf(out, MICA__SNAKE, "%s", class && !strcmp(class, "sequential") ? "Sequential" : "Functional");
	return true;
}

static mica_status add_layer(finder *f, size_t number, json_t *used, const char *name, const char *group, bool trained, int depth)
{
	const json_t *layer = json_array_get(json_object_get(f->model, "layers"), number), *inner = json_object_get(layer, "model");
	const char *own = json_string_value(json_object_get(layer, "name"));
	char class[MICA__SNAKE], place[MICA__SNAKE + 16], full[PATH], path[PATH];
	mica_status st;

	if (!own || !class_of(f, layer, class))
		return mica__fail(MICA_EUNSUPPORTED, "layer \"%s\": Keras has no layer of its kind", own ? own : "");
	unique(used, class, place);
	trained = trained && !json_is_false(json_object_get(layer, "trainable"));
	if (f->visited[number])
		return MICA_OK;
	f->visited[number] = true;
	snprintf(full, sizeof full, "%s%s%s", name, *name ? "/" : "", own);
	snprintf(path, sizeof path, "%s%slayers/%s", group, *group ? "/" : "", place);
	MICA_TRY(add_group(f, path, own));
	if (is_over_steps(layer))
		snprintf(path + strlen(path), sizeof path - strlen(path), "/layer");
	if (inner)
		return add_model(f, (size_t)json_integer_value(inner), full, path, trained, depth + 1);
	st = add_part(f, &(part){json_string_value(json_object_get(layer, "kind")), json_object_get(layer, "options"), full, path, trained}, 0);
out:
	return st;
}

static mica_status add_model(finder *f, size_t k, const char *name, const char *group, bool trained, int depth)
{
	const json_t *m = model_at(f->model, k), *layers = json_object_get(m, "layers");
	json_t *used = json_object();
	size_t *order = NULL, n = json_array_size(layers);
	mica_status st = depth > DEEPEST ? mica__fail(MICA_EFORMAT, "%s: models in models, too deep", name) : MICA_OK;

	MICA_TRY(st);
	if (!f->listed)
		MICA_TRY(mica__keras_order(f->model, k, &order, &n));
	for (size_t i = 0; i < n; i++) {
		size_t at = order ? order[i] : i;
		if (at < json_array_size(layers)) /* others are inputs */
			MICA_TRY(add_layer(f, (size_t)json_integer_value(json_array_get(layers, at)), used, name, group, trained, depth));
	}
out:
	json_decref(used);
	mica__free(order);
	return st;
}

mica_status mica__keras_places_find(mica__keras_places *out, const json_t *model, bool listed)
{
	size_t n = json_array_size(json_object_get(model, "models")), n_layers = json_array_size(json_object_get(model, "layers"));
	finder f = {.out = out, .model = model, .listed = listed, .visited = mica__alloc(n_layers, sizeof(bool))};
	const char *name = json_string_value(json_object_get(model_at(model, n - 1), "name"));
	mica_status st = f.visited && n ? MICA_OK : MICA_ENOMEM;

	*out = (mica__keras_places){0};
	if (st == MICA_OK)
		st = add_group(&f, "", name ? name : "");
	if (st == MICA_OK)
		st = add_model(&f, n - 1, "", "", true, 0);
	mica__free(f.visited);
	if (st != MICA_OK)
		mica__keras_places_free(out);
	return st;
}

/* ---- slots ---- */

#define COMMON "average+use_ema|gradient_accumulator+gradient_accumulation_steps|"

/* As the rows above; | between those for all weights and the next for all weights.  Behind one of them ! where it is the same for all weights,
   ^ where weights of fewer than two axes have a zero, % where the others have zeros, ? where those alone have it that Muon leaves to Adam. */
static const struct { const char *kinds, *slots; } slot_rows[] = {
	{"sgd", COMMON "momentum+momentum"},
	{"rmsprop", COMMON "velocity|momentum+momentum|average_gradient+centered"},
	{"adam adamw", COMMON "momentum velocity|velocity_hat+amsgrad"},
	{"adamax", COMMON "momentum norm"},
	{"nadam", COMMON "momentum velocity|u_product!"},
	{"lamb", COMMON "momentum velocity"},
	{"lion", COMMON "momentum"},
	{"adagrad", COMMON "accumulator"},
	{"adadelta", COMMON "accumulated_grad accumulated_delta_var"},
	{"ftrl", COMMON "accumulator linear"},
	{"adafactor", COMMON "r^ c^ v%"},
	{"muon", COMMON "momentum velocity?"},
};

static bool is_adams(const mica__keras_place *weight, const json_t *muon)
{
	return mica__muon_is_adams(weight->shape.rank, weight->name, json_is_true(json_object_get(muon, "include_embeddings")),
	                           json_string_value(json_object_get(muon, "exclude_layers")));
}

/* Slots of one group, n bytes of the row, for one weight; *all: the array of one for all weights is there. */
static mica_status add_slots(finder *f, const mica__keras_place *weight, const char *slots, size_t n, const json_t *options, size_t *number,
                             bool *all)
{
	char name[PATH], path[PATH];
	mica_status st = MICA_OK;

	for (const char *s = slots; s < slots + n && st == MICA_OK; s += strspn(s, " ")) {
		size_t bytes = strcspn(s, " |"), length = strcspn(s, "+-!^%? |");
		char mark = s[bytes - 1];
		bool one = mark == '!';
		if (is_there(s + length, bytes - length, options) && (mark != '?' || is_adams(weight, options))) {
			bool shared = one && *all;
			snprintf(name, sizeof name, "/optimizer/%s/%.*s", weight->name, (int)length, s);
			snprintf(path, sizeof path, "optimizer/vars/%zu", shared ? *number - 1 : (*number)++);
			st = add_place(f, name, path, true, false);
			if (st == MICA_OK) {
				mica__keras_place *slot = &f->out->at[f->out->n - 1];
				slot->shared = shared;
				slot->blank = weight->shape.rank < 2 ? mark == '^' : mark == '%';
				slot->shape = mark == '%' ? weight->shape : MICA_SCALAR_SHAPE;
			}
			*all = one;
		}
		s += bytes;
	}
	return st;
}

mica_status mica__keras_slots_find(mica__keras_places *out, const mica__keras_places *weights, const json_t *optimizer, size_t first,
                                   bool *known)
{
	const char *kind = json_string_value(json_object_get(optimizer, "kind")), *slots = NULL;
	const json_t *options = json_object_get(optimizer, "options");
	finder f = {.out = out};
	mica_status st = MICA_OK;

	*out = (mica__keras_places){0};
	for (size_t i = 0; kind && i < MICA__COUNT(slot_rows); i++)
		slots = mica__keras_listed(slot_rows[i].kinds, kind) ? slot_rows[i].slots : slots;
	*known = slots != NULL;
	for (const char *group = slots; group && *group; group += *group == '|') {
		size_t n = strcspn(group, "|");
		bool all = false;
		for (size_t i = 0; i < weights->n; i++)
			if (weights->at[i].trained)
				MICA_TRY(add_slots(&f, &weights->at[i], group, n, options, &first, &all));
		group += n;
	}
	return st;
out:
	mica__keras_places_free(out);
	return st;
}
