/* SPDX-License-Identifier: MIT */
/* keras/values.c - options that are no parts both ways, by what their rows say.
   Made: of all options of a part of ours, which are there with defaults in place.  Read: of a config, whose key may be missing; null
   that is given back stands for the default. */
#include "keras/translate.h"

#include <math.h>
#include <string.h>

static json_t *wrong(const mica_kind *kind, const char *what, const char *where, const char *why)
{
	mica__fail(MICA_EUNSUPPORTED, "%s: %s of %s: %s", where, what, kind->name, why);
	return NULL;
}

/* ---- numbers ---- */

/* What stands for none of a number that may be none, and for the end of a list. */
static double none_of(const mica_field *f)
{
	return fabs(f->otherwise) > 1e9 || f->otherwise == -1 ? f->otherwise : 0;
}

/* Of our own files, whose numbers may be texts. */
static double number_of(const json_t *x)
{
	const char *text = json_string_value(x), *end;

	return text ? !strcmp(text, "inf") ? INFINITY : mica__parse_number(text, &end) : json_is_true(x) ? 1 : json_number_value(x);
}

static bool is_real(const mica_field *f)
{
	return f->type == MICA_FIELD_IS_REAL;
}

static json_t *number_made(const mica_field *f, double x)
{
	return is_real(f) ? json_real(x) : json_integer((json_int_t)x);
}

static json_t *number_read(const mica_field *f, double x)
{
	if (!is_real(f))
		return x >= 0x1p63 ? json_string("18446744073709551615") : json_integer((json_int_t)x);
	return isfinite(x) ? json_real(x) : json_string(x > 0 ? "inf" : "-inf");
}

/* Of Keras' files. */
static bool get_number(const mica_field *f, const json_t *v, double *x)
{
	*x = json_number_value(v);
	return json_is_number(v) && (is_real(f) || (*x == floor(*x) && fabs(*x) < 0x1p53)) && isfinite(*x);
}

/* ---- names for numbers ---- */

/* Name number i, of names with | between; *n: its bytes.  NULL past the last. */
static const char *name_at(const char *names, int i, size_t *n)
{
	for (; i > 0 && *names; i--) {
		names += strcspn(names, "|");
		if (!*names++)
			return NULL;
	}
	*n = strcspn(names, "|");
	return i ? NULL : names;
}

static json_t *named_made(const mica_kind *kind, const mica__keras_row *row, const json_t *v, const char *where)
{
	int i = (int)number_of(v) - row->from;
	size_t n;
	const char *name = i < 0 ? NULL : name_at(row->names, i, &n);

	if (!name)
		return wrong(kind, row->key, where, "Keras has no name for it");
	return n ? json_stringn(name, n) : json_null();
}

static json_t *named_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *v, const char *where)
{
	const char *given = json_is_null(v) ? "" : json_string_value(v), *name;
	size_t n;

	for (int i = 0; given && (name = name_at(row->names, i, &n)); i++)
		if (strlen(given) == n && !memcmp(given, name, n))
			return f->type == MICA_FIELD_IS_FLAG ? json_boolean(i) : json_integer(i + row->from);
	if (given && !*given)
		return json_null();
	return wrong(kind, row->key, where, given && !mica__name_fault(given) ? given : "a name was expected");
}

/* ---- axes ---- */

static json_t *axes_made(json_int_t bits)
{
	json_t *list = json_array();

	for (json_int_t i = 0; i < 31; i++)
		if (bits >> i & 1)
			json_array_append_new(list, json_integer(i));
	return list;
}

/* Bits of an axis or a list of them; -1 for axes that have none. */
static json_int_t axes_read(const json_t *v)
{
	json_int_t bits = 0;
	size_t n = json_is_array(v) ? json_array_size(v) : 1;

	for (size_t i = 0; i < n; i++) {
		const json_t *axis = json_is_array(v) ? json_array_get(v, i) : v;
		if (!json_is_integer(axis) || json_integer_value(axis) < 0 || json_integer_value(axis) > 30)
			return -1;
		bits |= (json_int_t)1 << json_integer_value(axis);
	}
	return bits;
}

/* Of an axis that counts from the end only the last, alone, has a place among bits: none. */
static json_t *bits_read(const mica_kind *kind, const mica__keras_row *row, const json_t *v, const char *where)
{
	const json_t *alone = json_array_size(v) == 1 ? json_array_get(v, 0) : v;
	json_int_t bits;

	if (!strcmp(row->names, "none") && ((json_is_array(v) && !json_array_size(v)) || json_integer_value(alone) == -1))
		return json_integer(json_is_array(v) && !json_array_size(v) ? 0 : -1);
	if (json_is_null(v) || (!strcmp(row->names, "-1") && json_is_integer(alone) && json_integer_value(alone) == -1))
		return json_integer(0);
	bits = axes_read(v);
	return bits > 0 ? json_integer(bits) : wrong(kind, row->key, where, "axes that count from the end but the last");
}

static json_t *norm_axes_read(const mica_kind *kind, const json_t *v, const char *where)
{
	json_int_t bits;

	if (json_is_integer(v))
		return json_incref((json_t *)(uintptr_t)v);
	bits = axes_read(v);
	return bits > 0 ? json_pack("{s:{s:I}}", "several", "axes", bits) : wrong(kind, "axis", where, "axes that count from the end");
}

static json_t *axis_list_made(const json_t *options)
{
	const json_t *axes = json_object_get(options, "axes"), *axis;
	json_t *list = json_array();

	for (size_t i = 0; (axis = json_array_get(axes, i)) && json_integer_value(axis); i++)
		json_array_append(list, (json_t *)(uintptr_t)axis);
	if (json_array_size(list))
		return list;
	json_decref(list);
	return json_incref(json_object_get(options, "axis"));
}

/* A list of one is that axis. */
static json_t *axis_list_read(const mica_kind *kind, const json_t *v, const char *where)
{
	const json_t *axis = json_array_size(v) == 1 ? json_array_get(v, 0) : v;
	json_t *axes;

	if (json_is_integer(axis))
		return json_incref((json_t *)(uintptr_t)axis);
	if (!json_array_size(v) || json_array_size(v) > MICA_MAX_RANK)
		return wrong(kind, "axis", where, "an axis, or a list of up to 8, was expected");
	axes = json_array();
	for (size_t i = 0; i < MICA_MAX_RANK; i++) {
		json_int_t x = i < json_array_size(v) ? json_integer_value(json_array_get(v, i)) : 0;
		if (i < json_array_size(v) && (!x || x < -MICA_MAX_RANK || x >= MICA_MAX_RANK)) {
			json_decref(axes);
			return wrong(kind, "axis", where, "the first axis, the batch, among several, or what is no axis");
		}
		json_array_append_new(axes, json_integer(x));
	}
	return json_pack("{s:{s:o}}", "several", "axes", axes);
}

/* ---- lists ---- */

static double element(const json_t *list, size_t i)
{
	return number_of(json_array_get(list, i));
}

/* How many elements are there of a list of ours. */
static size_t listed(const mica_field *f, const json_t *list, const json_t *options)
{
	size_t n = 0;

	if (!strcmp(f->name, "values")) { /* of which any may be 0 */
		const json_t *boundaries = json_object_get(options, "boundaries");
		while (n < json_array_size(boundaries) && element(boundaries, n) != 0)
			n++;
		return n + 1 < json_array_size(list) ? n + 1 : json_array_size(list);
	}
	while (n < json_array_size(list) && element(list, n) != none_of(f))
		n++;
	return n;
}

static json_t *list_made(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *options)
{
	const json_t *list = json_object_get(options, f->name);
	size_t n = listed(f, list, options);
	json_t *made = json_array();

	if (row->how == MICA__NOISE)
		json_array_append_new(made, json_null());
	for (size_t i = 0; i < n; i++) {
		double x = element(list, i);
		bool found_out = row->how == MICA__SIZES && x >= 0x1p63;
		json_array_append_new(made, !found_out ? number_made(f, x) : !strcmp(kind->name, "reshape") ? json_integer(-1) : json_null());
	}
	if (n || row->how == MICA__SIZES)
		return made;
	json_decref(made);
	return json_null();
}

/* The whole array: what is behind the list stands for its end. */
static json_t *list_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *v, const char *where)
{
	size_t skip = row->how == MICA__NOISE, n = json_is_array(v) ? json_array_size(v) : 1;
	json_t *list;
	double x;

	if (json_is_null(v) || (json_is_array(v) && !n))
		return json_null();
	if (n < skip || n - skip > f->count || (skip && !json_is_null(json_array_get(v, 0))))
		return wrong(kind, row->key, where, skip ? "a list was expected whose first, the batch, is null" : "more than there may be");
	list = json_array();
	for (size_t i = 0; i < f->count; i++) {
		const json_t *of = json_is_array(v) ? json_array_get(v, i + skip) : i ? NULL : v;
		bool found_out = row->how == MICA__SIZES && (json_is_null(of) || json_integer_value(of) == -1);
		if (i + skip >= n || found_out)
			x = found_out && i + skip < n ? 0x1p64 : none_of(f);
		else if (!get_number(f, of, &x) || (x < 0 && f->type == MICA_FIELD_IS_SIZE)) {
			json_decref(list);
			return wrong(kind, row->key, where, "a list of numbers was expected");
		}
		json_array_append_new(list, number_read(f, x));
	}
	return list;
}

/* ---- spatial axes ---- */

/* The number before the D: "conv2d_transpose". */
static size_t axes_of(const mica_kind *kind)
{
	const char *digit = strpbrk(kind->name, "123");

	return digit ? (size_t)(*digit - '0') : 1;
}

/* What is said along axis i: for it, for all, or, of strides of pooling, of its window. */
static double along(const mica_field *f, const mica__keras_row *row, const json_t *options, size_t i)
{
	const json_t *each = json_object_get(options, f->name), *window = json_object_get(options, "pool_size");
	double x = element(each, i), all;

	if (x != 0)
		return x;
	if (row->names) {
		if (element(each, 0) != 0)
			return element(each, 0);
		all = number_of(json_object_get(options, row->names));
		return all != 0 ? all : 2;
	}
	if (!window)
		return element(each, 0);
	x = element(window, i) != 0 ? element(window, i) : element(window, 0);
	all = number_of(json_object_get(options, "pool"));
	return x != 0 ? x : all != 0 ? all : 2;
}

static json_t *spatial_made(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *options)
{
	json_t *list = json_array();
	bool given = false;

	for (size_t i = 0; i < axes_of(kind); i++) {
		double x = along(f, row, options, i);
		given = given || x >= 0;
		json_array_append_new(list, json_integer(x < 0 ? 0 : (json_int_t)x));
	}
	json_t *one = !strcmp(kind->name, "up_sampling1d") ? json_incref(json_array_get(list, 0)) : NULL;
	if (given && !one)
		return list;
	json_decref(list);
	return one ? one : json_null();
}

static json_t *spatial_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *v, const char *where)
{
	json_t *list = json_array();
	size_t n = axes_of(kind);
	double first = 0;

	for (size_t i = 0; i < f->count && !json_is_null(v); i++) {
		double x = f->repeats ? first : none_of(f);
		bool good = i >= n || (get_number(f, json_is_array(v) ? json_array_get(v, i) : v, &x) && x >= 0);
		if (!good || (json_is_array(v) && json_array_size(v) != n)) {
			json_decref(list);
			return wrong(kind, row->key, where, "a number for each spatial axis was expected");
		}
		first = i ? first : x;
		json_array_append_new(list, number_read(f, x));
	}
	if (json_array_size(list))
		return list;
	json_decref(list);
	return json_null();
}

static json_t *edges_made(const mica_kind *kind, const json_t *options)
{
	const json_t *before = json_object_get(options, "before"), *after = json_object_get(options, "after");
	double all = number_of(json_object_get(options, "all"));
	json_t *list = json_array();
	size_t n = axes_of(kind);
	bool given = false;

	for (size_t i = 0; i < n; i++)
		given = given || element(before, i) != 0 || element(after, i) != 0;
	if (!given && all < 0)
		all = strcmp(kind->name, "cropping2d") ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		json_int_t first = (json_int_t)(given ? element(before, i) : all), last = (json_int_t)(given ? element(after, i) : all);
		json_array_append_new(list, json_pack("[I, I]", first, last));
	}
	if (n > 1)
		return list;
	json_t *pair = json_incref(json_array_get(list, 0));
	json_decref(list);
	return pair;
}

/* A number; one for each axis; a pair for each axis, of one axis the pair itself. */
static json_t *edges_read(const mica_kind *kind, const mica__keras_row *row, const json_t *v, const char *where)
{
	json_t *before = json_array(), *after = json_array();
	size_t n = axes_of(kind);
	json_int_t ends[2];
	bool good = true;

	for (size_t i = 0; i < MICA_WINDOW_AXES; i++) {
		const json_t *of = json_is_array(v) && n > 1 ? json_array_get(v, i) : v;
		bool pair = json_array_size(of) == 2;
		for (size_t k = 0; k < 2; k++) {
			const json_t *x = pair ? json_array_get(of, k) : of;
			ends[k] = i < n ? json_integer_value(x) : 0;
			good = good && (i >= n || (json_is_integer(x) && ends[k] >= 0));
		}
		json_array_append_new(before, json_integer(ends[0]));
		json_array_append_new(after, json_integer(ends[1]));
	}
	bool none = true;
	for (size_t i = 0; i < n; i++)
		none = none && !element(before, i) && !element(after, i);
	if (good)
		return json_pack("{s:{s:i, s:o, s:o}}", "several", "all", none ? 0 : -1, "before", before, "after", after);
	json_decref(before);
	json_decref(after);
	return wrong(kind, row->key, where, "numbers from 0 were expected");
}

/* ---- others ---- */

static json_t *pair_read(const mica_kind *kind, const mica__keras_row *row, const json_t *v, const char *where)
{
	const json_t *one = json_is_array(v) ? json_array_get(v, 0) : v, *other = json_is_array(v) ? json_array_get(v, 1) : v;

	if (!json_is_integer(one) || !json_is_integer(other))
		return wrong(kind, row->key, where, "one or two axes were expected");
	return json_pack("[I, I]", json_integer_value(one), json_integer_value(other));
}

static json_t *texts_made(const json_t *v)
{
	json_t *list = json_array();

	for (const char *p = json_string_value(v); p && *p; p += *p == ',') {
		size_t n = strcspn(p, ",");
		json_array_append_new(list, json_stringn(p, n));
		p += n;
	}
	return list;
}

static json_t *texts_read(const mica_kind *kind, const mica__keras_row *row, const json_t *v, const char *where)
{
	mica__text t = {0};
	bool good = json_is_array(v) || json_is_null(v);

	for (size_t i = 0; i < json_array_size(v) && good; i++) {
		const char *text = json_string_value(json_array_get(v, i));
		good = text && !mica__name_fault(text) && !strpbrk(text, ",.^$*+?[](){}|\\"); /* Keras' are regular expressions */
		mica__text_add(&t, "%s%s", i ? "," : "", good ? text : "");
	}
	json_t *list = good ? t.n ? json_string(mica__text_string(&t)) : json_null() : wrong(kind, row->key, where, "names were expected");
	mica__text_free(&t);
	return list;
}

static json_t *as_is_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, json_t *v, const char *where)
{
	double x;

	if (json_is_null(v) || (f->type == MICA_FIELD_IS_TEXT && json_is_string(v)))
		return json_incref(v);
	if (f->type == MICA_FIELD_IS_FLAG && (json_is_boolean(v) || json_is_integer(v)))
		return json_boolean(json_is_true(v) || json_integer_value(v));
	if (f->type != MICA_FIELD_IS_TEXT && f->type != MICA_FIELD_IS_FLAG && get_number(f, v, &x))
		return number_read(f, x);
	return wrong(kind, row->key, where, "another type was expected");
}

static bool is_default(const mica_field *f, const json_t *v)
{
	for (size_t i = 0; i < json_array_size(v); i++)
		if (element(v, i) != none_of(f))
			return false;
	return json_is_array(v) || !v || json_is_null(v) || json_is_false(v) || (f->type != MICA_FIELD_IS_TEXT && number_of(v) == f->otherwise) ||
	       (json_is_number(v) && number_of(v) == 0);
}

/* ---- the two ways ---- */

json_t *mica__keras_value_made(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *options,
                               const char *where)
{
	json_t *v = json_object_get(options, f->name);

	switch (row->how) {
	case MICA__INVERTED: return json_boolean(!json_is_true(v));
	case MICA__OR_NULL: return number_of(v) == none_of(f) ? json_null() : json_incref(v);
	case MICA__SEEDED: return json_is_integer(v) ? json_incref(v) : json_null();
	case MICA__NAMED: return named_made(kind, row, v, where);
	case MICA__AXES:
		if (number_of(v) < 0)
			return json_integer(-1);
		if (number_of(v) == 0 && strcmp(row->names, "none"))
			return strcmp(row->names, "-1") ? json_null() : json_integer(-1);
		return axes_made((json_int_t)number_of(v));
	case MICA__NORM_AXES: {
		json_int_t bits = json_integer_value(json_object_get(options, "axes"));
		return bits ? axes_made(bits) : json_incref(v);
	}
	case MICA__AXIS_LIST: return axis_list_made(options);
	case MICA__LISTED: case MICA__SIZES: case MICA__NOISE: return list_made(kind, f, row, options);
	case MICA__SPATIAL: return spatial_made(kind, f, row, options);
	case MICA__EDGES: return edges_made(kind, options);
	case MICA__TEXTS: return texts_made(v);
	case MICA__EXTRA: return is_default(f, v) ? json_null() : json_incref(v);
	case MICA__ABSENT:
		if (is_default(f, v))
			return json_null();
		return wrong(kind, f->name, where, "Keras has no such option");
	case MICA__IMPLIED: return json_null();
	default: return v ? json_incref(v) : json_null();
	}
}

json_t *mica__keras_value_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, json_t *config, const char *where)
{
	json_t *v = json_object_get(config, row->key);

	switch (row->how) {
	case MICA__INVERTED:
		if (!json_is_boolean(v))
			return wrong(kind, row->key, where, "true or false was expected");
		return json_boolean(json_is_false(v));
	case MICA__OR_NULL: return json_is_null(v) ? number_read(f, none_of(f)) : as_is_read(kind, f, row, v, where);
	case MICA__SEEDED: return json_is_integer(v) && json_integer_value(v) >= 0 ? json_incref(v) : json_null();
	case MICA__NAMED: return named_read(kind, f, row, v, where);
	case MICA__AXES: return bits_read(kind, row, v, where);
	case MICA__NORM_AXES: return norm_axes_read(kind, v, where);
	case MICA__AXIS_LIST: return axis_list_read(kind, v, where);
	case MICA__LISTED: case MICA__SIZES: case MICA__NOISE: return list_read(kind, f, row, v, where);
	case MICA__SPATIAL: return spatial_read(kind, f, row, v, where);
	case MICA__EDGES: return edges_read(kind, row, v, where);
	case MICA__PAIR: return pair_read(kind, row, v, where);
	case MICA__TEXTS: return texts_read(kind, row, v, where);
	default: return as_is_read(kind, f, row, v, where);
	}
}
