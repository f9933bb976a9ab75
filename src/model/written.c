/* SPDX-License-Identifier: MIT */
/* model/written.c - parts as JSON, both ways, by the rows of their kinds: see file.h.
   Options are written as they are kept, with defaults in place.  Read back, a 0 is said to be meant, so that it does not become the
   default, and then they are checked as anybody's. */
#include "model/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 8 }; /* of parts in parts, as in base/part.c */

/* ---- numbers ---- */

json_t *mica__real_written(double x)
{
	return isfinite(x) ? json_real(x) : json_string(isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
}

bool mica__real_read(const json_t *from, double *out)
{
	static const struct { const char *text; double x; } others[] = {{"inf", INFINITY}, {"-inf", -INFINITY}, {"nan", NAN}};
	const char *text = json_string_value(from);

	*out = json_number_value(from);
	for (size_t i = 0; text && i < MICA__COUNT(others); i++)
		if (strcmp(text, others[i].text) == 0) {
			*out = others[i].x;
			return true;
		}
	return json_is_number(from);
}

json_t *mica__whole_written(uint64_t x)
{
	char text[24];

	if (x <= INT64_MAX)
		return json_integer((json_int_t)x);
	snprintf(text, sizeof text, "%llu", (unsigned long long)x);
	return json_string(text);
}

bool mica__whole_read(const json_t *from, uint64_t *out)
{
	const char *text = json_string_value(from);
	char *end;

	if (json_is_integer(from) && json_integer_value(from) >= 0) {
		*out = (uint64_t)json_integer_value(from);
		return true;
	}
	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !*end && errno == 0;
}

static json_t *number_written(const mica_field *f, mica__field_value x)
{
	switch (f->type) {
	case MICA_FIELD_IS_REAL: return mica__real_written(x.real);
	case MICA_FIELD_IS_FLAG: return json_boolean(x.flag);
	case MICA_FIELD_IS_INT: return json_integer(x.i);
	case MICA_FIELD_IS_LONG: return json_integer(x.l);
	case MICA_FIELD_IS_SIZE: return mica__whole_written(x.size);
	default: return mica__whole_written(x.u);
	}
}

static bool number_read(const mica_field *f, const json_t *from, mica__field_value *x)
{
	uint64_t whole = 0;
	json_int_t n = json_integer_value(from);

	switch (f->type) {
	case MICA_FIELD_IS_REAL: return mica__real_read(from, &x->real);
	case MICA_FIELD_IS_FLAG: x->flag = json_is_true(from); return json_is_boolean(from);
	case MICA_FIELD_IS_INT: x->i = (int)n; return json_is_integer(from) && n >= INT32_MIN && n <= INT32_MAX;
	case MICA_FIELD_IS_LONG: x->l = (long)n; return json_is_integer(from);
	default: break;
	}
	bool good = mica__whole_read(from, &whole);
	if (f->type == MICA_FIELD_IS_SIZE)
		x->size = (size_t)whole;
	else
		x->u = whole;
	return good;
}

/* ---- members ---- */

/* A copy, as the struct may be laid out as its maker likes. */
static mica_part part_at(const void *options, const mica_field *f)
{
	mica_part p;

	memcpy(&p, (const char *)options + f->offset, sizeof p);
	return p;
}

static json_t *text_written(const void *options, const mica_field *f)
{
	const char *text;

	memcpy(&text, (const char *)options + f->offset, sizeof text);
	return text ? json_string(text) : json_null();
}

static json_t *member_written(const void *options, const mica_field *f, const char *where)
{
	if (f->type == MICA_FIELD_IS_PART) {
		mica_part p = part_at(options, f);
		return mica__part_written(&p, f->part_type, where);
	}
	if (f->type == MICA_FIELD_IS_TEXT)
		return text_written(options, f);
	if (!f->count)
		return number_written(f, mica__field_get(f, options, 0));
	json_t *list = json_array();
	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list, number_written(f, mica__field_get(f, options, i)));
	return list;
}

/* ---- parts, written ---- */

static bool can_be_named(const mica_kind *kind)
{
	return strchr(kind->name, '/') || mica_kind_find(kind->type, kind->name) == kind;
}

static void option_lost(const mica_part *part, const mica_field *f, const char *where)
{
	const char *text = f->type == MICA_FIELD_IS_TEXT ? mica__part_text(part, f->name) : NULL;

	if (text && !mica__is_utf8(text))
		mica__fail(MICA_EINVAL, "%s: option %s is not UTF-8", where, f->name);
	else
		mica__fail(MICA_ENOMEM, "%s: no memory for option %s", where, f->name);
}

static json_t *options_written(const mica_part *part, const char *where)
{
	json_t *object = json_object();

	for (size_t i = 0; part->options && i < part->kind->n_fields && object; i++) {
		const mica_field *f = &part->kind->fields[i];
		json_t *member = member_written(part->options, f, where);
		if (json_object_set_new(object, f->name, member)) {
			if (member || f->type != MICA_FIELD_IS_PART) /* which said so itself */
				option_lost(part, f, where);
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

json_t *mica__part_written(const mica_part *part, mica_part_type expected, const char *where)
{
	const mica_kind *kind = part->kind, *opaque = mica__part_undescribed(part);

	if (!kind)
		return json_null();
	if (opaque || !can_be_named(kind)) {
		mica__fail(MICA_EUNSUPPORTED, opaque ? "%s: %s has options that no row describes, as functions and payloads, which a file cannot hold; "
		           "write a kind of your own with a row about each option (mica/part.h), and mica_register it where the file is loaded"
		           : "%s: nobody can register a kind \"%s\", which has no slash in its name; name it as \"mine/it\"", where,
		           opaque ? opaque->name : kind->name);
		return NULL;
	}
	json_t *options = options_written(part, where);
	if (!options)
		return NULL;
	json_t *written = json_pack("{s:s}", "kind", kind->name);
	if (kind->type != expected)
		json_object_set_new(written, "type", json_string(mica_part_type_name(kind->type)));
	json_object_set_new(written, "options", options);
	return written;
}

/* ---- parts, read ---- */

mica_status mica__members_known(const json_t *object, const char *const *names, const char *where)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
		size_t i = 0;
		while (names[i] && strcmp(names[i], key) != 0)
			i++;
		if (!names[i])
			return mica__fail(MICA_EUNSUPPORTED, "%s: mica %s does not know \"%.40s\"; a later one wrote the file", where, mica_version(),
			                  mica__name_fault(key) ? "(not printable)" : key);
	}
	return MICA_OK;
}

static mica_status read_part(mica_part *out, mica_context *ctx, const json_t *from, mica_part_type type, const char *where, int depth);

static mica_status wrong(const mica_kind *kind, const mica_field *f, const char *where)
{
	return mica__fail(MICA_EFORMAT, "%s: option %s of %s is not what it should be", where, f->name, kind->name);
}

static mica_status read_member(const mica_kind *kind, void *options, const mica_field *f, mica_context *ctx, const json_t *from,
                               const char *where, int depth)
{
	mica__field_value x = {0};
	mica_part part;
	const char *text = json_string_value(from);

	if (f->type == MICA_FIELD_IS_PART) {
		mica_status st = read_part(&part, ctx, from, f->part_type, where, depth + 1);
		memcpy((char *)options + f->offset, &part, sizeof part);
		return st;
	}
	if (f->type == MICA_FIELD_IS_TEXT) {
		memcpy((char *)options + f->offset, &text, sizeof text);
		return text || json_is_null(from) ? MICA_OK : wrong(kind, f, where);
	}
	if (f->count && (!json_is_array(from) || json_array_size(from) != f->count))
		return wrong(kind, f, where);
	for (size_t i = 0; i < (f->count ? f->count : 1); i++) {
		if (!number_read(f, f->count ? json_array_get(from, i) : from, &x))
			return wrong(kind, f, where);
		mica__field_put(f, options, i, mica__field_is_zero(f, x) ? mica__field_none(f) : x);
	}
	return MICA_OK;
}

static const mica_field *field_of(const mica_kind *kind, const char *name)
{
	for (size_t i = 0; i < kind->n_fields; i++)
		if (strcmp(kind->fields[i].name, name) == 0)
			return &kind->fields[i];
	return NULL;
}

/* What is not there is left at 0, for a default. */
static mica_status read_members(void *options, const mica_kind *kind, mica_context *ctx, const json_t *from, const char *where, int depth)
{
	const char *key;
	json_t *value;
	mica_status st = MICA_OK;

	json_object_foreach ((json_t *)(uintptr_t)from, key, value) {
		const mica_field *f = field_of(kind, key);
		if (!f)
			return mica__fail(MICA_EUNSUPPORTED, "%s: mica %s knows no option \"%.40s\" of %s; a later one wrote the file", where, mica_version(),
			                  mica__name_fault(key) ? "(not printable)" : key, kind->name);
		MICA_TRY(read_member(kind, options, f, ctx, value, where, depth));
	}
out:
	return st;
}

/* Parts among options that are only passed on, and so kept again. */
static void drop_read(const mica_kind *kind, void *options)
{
	for (size_t i = 0; options && i < kind->n_fields; i++)
		if (kind->fields[i].type == MICA_FIELD_IS_PART) {
			mica_part p = part_at(options, &kind->fields[i]);
			mica__part_drop(&p);
		}
	mica__free(options);
}

static mica_status read_options(mica_part *out, mica_context *ctx, const mica_kind *kind, const json_t *from, const char *where, int depth)
{
	void *options = NULL;
	mica_status st = MICA_OK;

	*out = (mica_part){kind, NULL};
	if (kind->size && !(options = mica__alloc(1, kind->size)))
		return MICA_ENOMEM;
	if (options)
		memcpy(options, &kind->size, sizeof kind->size);
	if (from && !json_is_object(from))
		st = mica__fail(MICA_EFORMAT, "%s: the options of %s are no object", where, kind->name);
	if (st == MICA_OK)
		st = read_members(options, kind, ctx, from, where, depth);
	out->options = options;
	if (st == MICA_OK && (st = mica__part_keep(out, kind->type, kind->type)) != MICA_OK) {
		mica__kept_reason why;
		mica__reason_keep(&why);
		mica__fail(st, "%.300s: %s", where, why.line);
	}
	drop_read(kind, options);
	if (st != MICA_OK)
		*out = (mica_part){NULL, NULL};
	return st;
}

mica_status mica__options_read(mica_part *out, mica_context *ctx, const mica_kind *kind, const json_t *from, const char *where)
{
	return read_options(out, ctx, kind, from, where, 0);
}

/* A loss is a metric, too; then its type is written. */
static bool read_type(const json_t *from, mica_part_type *type)
{
	const json_t *written = json_object_get(from, "type");

	if (!written)
		return true;
	if (*type != MICA_METRIC || !json_is_string(written) || strcmp(json_string_value(written), mica_part_type_name(MICA_LOSS)) != 0)
		return false;
	*type = MICA_LOSS;
	return true;
}

static mica_status read_part(mica_part *out, mica_context *ctx, const json_t *from, mica_part_type type, const char *where, int depth)
{
	static const char *const members[] = {"kind", "type", "options", NULL};
	const char *name = json_string_value(json_object_get(from, "kind"));
	mica_status st;

	*out = (mica_part){NULL, NULL};
	if (json_is_null(from))
		return MICA_OK;
	if (depth > DEEPEST || !name || mica__name_fault(name) || !read_type(from, &type))
		return mica__fail(MICA_EFORMAT, depth > DEEPEST ? "%s: parts in parts, too deep" : "%s: an object with a kind was expected", where);
	MICA_TRY(mica__members_known(from, members, where));
	const mica_kind *kind = mica__kind_find(ctx, type, name);
	if (!kind)
		return mica__fail(MICA_EUNSUPPORTED, strchr(name, '/') ? "%s: it needs the %s \"%.80s\", a kind of its writer's; mica_register that first"
		                  : "%s: mica knows no %s \"%.80s\"; a later one wrote the file", where, mica_part_type_name(type), name);
	st = read_options(out, ctx, kind, json_object_get(from, "options"), where, depth);
out:
	return st;
}

mica_status mica__part_read(mica_part *out, mica_context *ctx, const json_t *from, mica_part_type type, const char *where)
{
	return read_part(out, ctx, from, type, where, 0);
}
