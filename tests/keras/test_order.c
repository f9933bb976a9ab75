/* SPDX-License-Identifier: MIT */
/* keras/test_order.c - Keras' order of layers, by which it numbers those of a class. */
#include "keras/translate.h"

#include <criterion/criterion.h>

/* Two branches that meet, of which two layers are called again:

     s = Add([d1(y), d2(d0(x))]); t = Subtract([d3(d1(y)), s]); Model([x, y], [d4(d0(t)), d3(s)]) */
static const char network[] =
	"{'models': [{'class': 'functional', 'inputs': [{'name': 'x'}, {'name': 'y'}], 'layers': [0, 1, 2, 3, 4, 5, 6], 'calls': ["
	"{'layer': 0, 'of': [0]}, {'layer': 1, 'of': [1]}, {'layer': 2, 'of': [2]}, {'layer': 3, 'of': [3, 4]}, {'layer': 4, 'of': [3]},"
	"{'layer': 5, 'of': [6, 5]}, {'layer': 0, 'of': [7]}, {'layer': 6, 'of': [8]}, {'layer': 4, 'of': [5]}], 'outputs': [9, 10]}],"
	"'layers': [{'kind': 'dense', 'name': 'd0'}, {'kind': 'dense', 'name': 'd1'}, {'kind': 'dense', 'name': 'd2'}, {'kind': 'add', 'name': 's'},"
	"{'kind': 'dense', 'name': 'd3'}, {'kind': 'subtract', 'name': 't'}, {'kind': 'dense', 'name': 'd4'}]}";

static json_t *description(void)
{
	char text[sizeof network];

	for (size_t i = 0; i < sizeof network; i++)
		text[i] = network[i] == '\'' ? '"' : network[i];
	json_t *d = json_loads(text, 0, NULL);
	cr_assert(d);
	return d;
}

/* Of the description's first model; takes it. */
static void expect_order(json_t *d, const size_t *want, size_t most)
{
	size_t *order, n;

	cr_assert(d);
	cr_assert_eq(mica__keras_order(d, 0, &order, &n), MICA_OK);
	cr_assert_eq(n, most);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(order[i], want[i], "%zu: %zu", i, order[i]);
	mica__free(order);
	json_decref(d);
}

/* x d0 y d1 d2 d3 s t d4, as Keras 3.15.1 has them in model.layers. */
Test(keras_order, is_that_of_keras)
{
	static const size_t want[] = {7, 0, 8, 1, 2, 4, 3, 5, 6};
	json_t *d = description();

	expect_order(d, want, MICA__COUNT(want));
}

/* x d0 d2 d4 d1 d3 of Model(x, [d1(d0(x)), d3(d4(d2(d0(x))))]): the longest way to an output is what counts. */
Test(keras_order, goes_by_the_longest_way)
{
	static const size_t want[] = {5, 0, 2, 4, 1, 3};
	json_t *d = json_pack("{s:[{s:s, s:[{s:s}], s:[i, i, i, i, i], s:[{s:i, s:[i]}, {s:i, s:[i]}, {s:i, s:[i]}, {s:i, s:[i]}, {s:i, s:[i]}], s:[i, i]}],"
	                      "s:[{s:s}, {s:s}, {s:s}, {s:s}, {s:s}]}",
	                      "models", "class", "functional", "inputs", "name", "x", "layers", 0, 1, 2, 3, 4, "calls", "layer", 0, "of", 0, "layer", 1, "of", 1,
	                      "layer", 2, "of", 1, "layer", 4, "of", 3, "layer", 3, "of", 4, "outputs", 2, 5, "layers", "kind", "dense", "kind", "dense", "kind",
	                      "dense", "kind", "dense", "kind", "dense");

	expect_order(d, want, MICA__COUNT(want));
}

/* Layers that no output needs are none of Keras' model. */
Test(keras_order, leaves_out_what_no_output_needs)
{
	static const size_t want[] = {7, 0, 2};
	json_t *d = description(), *m = json_array_get(json_object_get(d, "models"), 0);

	json_array_remove(json_object_get(m, "inputs"), 1);
	json_object_set_new(m, "calls", json_pack("[{s:i, s:[i]}, {s:i, s:[i]}]", "layer", 0, "of", 0, "layer", 2, "of", 1));
	json_object_set_new(m, "outputs", json_pack("[i]", 2));
	expect_order(d, want, MICA__COUNT(want));
}
