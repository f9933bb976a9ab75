/* SPDX-License-Identifier: MIT */
/* keras/order.c - the order of a functional model's layers in Keras, which is not that of the calls: by how many calls there are at most
   from a layer to an output, the farthest first, and of those as far by when a walk from the outputs back comes by first.  It is
   map_graph of Keras' ops/function.py, whose steps are followed one by one. */
#include "keras/translate.h"

/* A node is a call of a layer, or an input; nodes of inputs come first. */
typedef struct orderer {
	const json_t *model, *m, *calls;
	size_t n_inputs, n_layers, n_calls, n_nodes, n_symbols;
	size_t *maker;      /* of symbols: the node */
	size_t *layer;      /* of nodes: the place in the model's list; n_layers + i for input i */
	size_t *finished, n_finished;
	size_t *index;      /* of layers and inputs: when the walk came by; SIZE_MAX: it did not */
	size_t *depth_of_layer, *depth_of_node;
	size_t *stack, *next; /* of the walk: nodes, and which of their inputs is next */
	bool *seen;
} orderer;

static size_t place_of(const json_t *layers, const json_t *number)
{
	size_t i = 0;

	while (i < json_array_size(layers) && json_integer_value(json_array_get(layers, i)) != json_integer_value(number))
		i++;
	return i;
}

static const json_t *inputs_of(const orderer *o, size_t node)
{
	return node < o->n_inputs ? NULL : json_object_get(json_array_get(o->calls, node - o->n_inputs), "of");
}

static size_t symbol(const json_t *list, size_t i)
{
	return (size_t)json_integer_value(json_array_get(list, i));
}

static size_t outputs_of(const orderer *o, size_t call)
{
	const json_t *number = json_object_get(json_array_get(o->calls, call), "layer");

	return mica__keras_outputs(o->model, json_array_get(json_object_get(o->model, "layers"), (size_t)json_integer_value(number)));
}

static void number_nodes(orderer *o)
{
	const json_t *layers = json_object_get(o->m, "layers");
	size_t s = 0;

	for (size_t i = 0; i < o->n_inputs; i++) {
		o->layer[i] = o->n_layers + i;
		o->maker[s++] = i;
	}
	for (size_t i = 0; i < o->n_calls; i++) {
		o->layer[o->n_inputs + i] = place_of(layers, json_object_get(json_array_get(o->calls, i), "layer"));
		for (size_t k = outputs_of(o, i); k > 0; k--)
			o->maker[s++] = o->n_inputs + i;
	}
}

/* Comes by a node, unless it was there: its inputs first. */
static void walk(orderer *o, size_t from, size_t *counter)
{
	size_t depth = 0;

	if (o->seen[from])
		return;
	for (o->stack[depth++] = from; depth > 0;) {
		size_t node = o->stack[depth - 1];
		const json_t *in = inputs_of(o, node);
		if (!o->seen[node]) {
			o->seen[node] = true;
			o->next[node] = 0;
			if (o->index[o->layer[node]] == SIZE_MAX)
				o->index[o->layer[node]] = (*counter)++;
		}
		while (o->next[node] < json_array_size(in) && o->seen[o->maker[symbol(in, o->next[node])]])
			o->next[node]++;
		if (o->next[node] < json_array_size(in)) {
			o->stack[depth++] = o->maker[symbol(in, o->next[node]++)];
		} else {
			o->finished[o->n_finished++] = node;
			depth--;
		}
	}
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Of a layer the largest of its calls', which those of its calls that come later in this walk are then, too. */
static void find_depths(orderer *o)
{
	for (size_t i = o->n_finished; i-- > 0;) {
		size_t node = o->finished[i], *of_layer = &o->depth_of_layer[o->layer[node]];
		const json_t *in = inputs_of(o, node);
		*of_layer = o->depth_of_node[node] = larger(o->depth_of_node[node], *of_layer);
		for (size_t k = 0; k < json_array_size(in); k++) {
			size_t *before = &o->depth_of_node[o->maker[symbol(in, k)]];
			*before = larger(*before, *of_layer + 1);
		}
	}
}

/* Layers that the walk did not come by are no part of Keras' model; inputs are all the same. */
static void sort_layers(const orderer *o, size_t *out, size_t *n)
{
	size_t total = o->n_layers + o->n_inputs;

	*n = 0;
	for (size_t i = 0; i < total; i++) {
		size_t k = *n, depth = o->depth_of_layer[i], index = o->index[i] + 1; /* not seen: 0 */
		if (i < o->n_layers && !index)
			continue;
		while (k > 0 && (o->depth_of_layer[out[k - 1]] < depth || (o->depth_of_layer[out[k - 1]] == depth && o->index[out[k - 1]] + 1 > index))) {
			out[k] = out[k - 1];
			k--;
		}
		out[k] = i;
		++*n;
	}
}

static mica_status make_room(orderer *o)
{
	size_t total = o->n_layers + o->n_inputs;

	o->n_symbols = o->n_inputs;
	for (size_t i = 0; i < o->n_calls; i++)
		o->n_symbols += outputs_of(o, i);
	o->n_nodes = o->n_inputs + o->n_calls;
	o->maker = mica__alloc(o->n_symbols, sizeof(size_t));
	o->layer = mica__alloc(o->n_nodes, sizeof(size_t));
	o->finished = mica__alloc(o->n_nodes, sizeof(size_t));
	o->index = mica__alloc(total, sizeof(size_t));
	o->depth_of_layer = mica__alloc(total, sizeof(size_t));
	o->depth_of_node = mica__alloc(o->n_nodes, sizeof(size_t));
	o->stack = mica__alloc(o->n_nodes + 1, sizeof(size_t));
	o->next = mica__alloc(o->n_nodes, sizeof(size_t));
	o->seen = mica__alloc(o->n_nodes, sizeof(bool));
	for (size_t i = 0; i < total && o->index; i++)
		o->index[i] = SIZE_MAX;
	return o->maker && o->layer && o->finished && o->index && o->depth_of_layer && o->depth_of_node && o->stack && o->next && o->seen
	       ? MICA_OK : MICA_ENOMEM;
}

static void free_room(orderer *o)
{
	size_t *const all[] = {o->maker, o->layer, o->finished, o->index, o->depth_of_layer, o->depth_of_node, o->stack, o->next};

	for (size_t i = 0; i < MICA__COUNT(all); i++)
		mica__free(all[i]);
	mica__free(o->seen);
}

static mica_status order_functional(orderer *o, size_t *out, size_t *n)
{
	const json_t *outputs = json_object_get(o->m, "outputs");
	size_t counter = 0;
	mica_status st;

	o->calls = json_object_get(o->m, "calls");
	o->n_calls = json_array_size(o->calls);
	MICA_TRY(make_room(o));
	number_nodes(o);
	for (size_t i = 0; i < json_array_size(outputs); i++)
		walk(o, o->maker[symbol(outputs, i)], &counter);
	find_depths(o);
	sort_layers(o, out, n);
out:
	free_room(o);
	return st;
}

mica_status mica__keras_order(const json_t *model, size_t k, size_t **out, size_t *n)
{
	orderer o = {.model = model, .m = json_array_get(json_object_get(model, "models"), k)};
	mica_status st = MICA_OK;

	o.n_inputs = json_array_size(json_object_get(o.m, "inputs"));
	o.n_layers = json_array_size(json_object_get(o.m, "layers"));
	if (!(*out = mica__alloc(o.n_inputs + o.n_layers, sizeof **out)))
		return MICA_ENOMEM;
	if (json_object_get(o.m, "calls"))
		return order_functional(&o, *out, n);
	for (*n = 0; *n < o.n_layers; ++*n)
		(*out)[*n] = *n;
	return st;
}
