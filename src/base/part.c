/* SPDX-License-Identifier: MIT */
/* base/part.c - parts that are kept: see part.h. */
#include "base/part.h"

#include <string.h>

enum { DEEPEST = 8 };

/* In the size of options that are kept: a real 0 among them must not become the default when they are kept again, as parts are
   that a layer was given for its weights. */
#define KEPT ((size_t)1 << (sizeof(size_t) * 8 - 1))

const char *mica_part_type_name(mica_part_type t)
{
	static const char *const names[] = {
		[MICA_ACTIVATION] = "activation", [MICA_INITIALIZER] = "initializer", [MICA_REGULARIZER] = "regularizer",
		[MICA_CONSTRAINT] = "constraint", [MICA_LAYER] = "layer",             [MICA_LOSS] = "loss",
		[MICA_METRIC] = "metric",         [MICA_SCHEDULE] = "schedule",     [MICA_OPTIMIZER] = "optimizer",
		[MICA_CALLBACK] = "callback",           [MICA_ALGORITHM] = "algorithm",
	};

	return (size_t)t < MICA__COUNT(names) && names[t] ? names[t] : "part of an unknown type";
}

/* Members as their fields say; copied, since a struct of the user's may be laid out as it likes. */
static mica_part get_part(const void *options, const mica_field *f)
{
	mica_part p;

	memcpy(&p, (const char *)options + f->offset, sizeof p);
	return p;
}

static const char *get_text(const void *options, const mica_field *f)
{
	const char *s;

	memcpy(&s, (const char *)options + f->offset, sizeof s);
	return s;
}

static void set(void *options, const mica_field *f, const void *member, size_t size)
{
	memcpy((char *)options + f->offset, member, size);
}

static void drop(mica_part *part);

/* Frees what the first n fields own. */
static void drop_members(const mica_kind *kind, void *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const mica_field *f = &kind->fields[i];
		if (f->type == MICA_FIELD_IS_PART) {
			mica_part p = get_part(options, f);
			drop(&p);
		} else if (f->type == MICA_FIELD_IS_TEXT) {
			mica__free((void *)(uintptr_t)get_text(options, f));
		}
	}
}

static void drop(mica_part *part)
{
	void *options = (void *)(uintptr_t)part->options;

	if (options)
		drop_members(part->kind, options, part->kind->n_fields);
	mica__free(options);
	*part = (mica_part){NULL, NULL};
}

void mica__part_drop(mica_part *part)
{
	drop(part);
}

static mica_status keep(mica_part *part, mica_part_type type, mica_part_type or_type, int depth);

static mica_status keep_member(void *options, const mica_field *f, int depth)
{
	if (f->type == MICA_FIELD_IS_PART) {
		mica_part p = get_part(options, f);
		if (!p.kind)
			p = (mica_part){f->part, NULL};
		mica_status st = keep(&p, f->part_type, f->part_type, depth + 1);
		set(options, f, &p, sizeof p);
		return st;
	}
	const char *text = f->type == MICA_FIELD_IS_TEXT ? get_text(options, f) : NULL;
	if (!text)
		return MICA_OK;
	char *copy = mica__strdup(text);
	set(options, f, &copy, sizeof copy);
	return copy ? MICA_OK : MICA_ENOMEM;
}

/* The number options of a part with defaults in place. */
static mica_status resolve(void *options, const mica_part *part)
{
	const mica_kind *kind = part->kind;
	size_t size = 0;
	mica_status st;

	if (part->options)
		memcpy(&size, part->options, sizeof size);
	if (size == (kind->size | KEPT)) {
		memcpy(options, part->options, kind->size);
		return MICA_OK;
	}
	MICA_TRY(mica__options(options, part->options, kind->size, kind->name));
	MICA_TRY(mica__fields_resolve(kind->name, options, kind->fields, kind->n_fields));
	size = kind->size | KEPT;
	memcpy(options, &size, sizeof size);
out:
	return st;
}

static mica_status copy_options(void **out, const mica_part *part, int depth)
{
	const mica_kind *kind = part->kind;
	size_t done = 0;
	mica_status st = MICA_OK;
	void *options = *out = mica__alloc(1, kind->size);

	if (!options)
		return MICA_ENOMEM;
	MICA_TRY(resolve(options, part));
	for (; done < kind->n_fields; done++)
		MICA_TRY(keep_member(options, &kind->fields[done], depth));
out:
	if (st != MICA_OK) {
		drop_members(kind, options, done);
		mica__free(options);
		*out = NULL;
	}
	return st;
}

static mica_status keep(mica_part *part, mica_part_type type, mica_part_type or_type, int depth)
{
	const mica_kind *kind = part->kind;
	mica_part own = {kind, NULL};
	void *options = NULL;
	mica_status st = MICA_OK;

	if (kind && (!kind->name || (kind->type != type && kind->type != or_type)))
		st = mica__fail(MICA_EINVAL, "%s is of type %s; give a part of type %s", kind->name ? kind->name : "a kind without name",
		                mica_part_type_name(kind->type), mica_part_type_name(type));
	else if (depth > DEEPEST)
		st = mica__fail(MICA_EINVAL, "%s: parts in parts, more than %d deep", kind ? kind->name : "part", DEEPEST);
	else if (kind && kind->size)
		st = copy_options(&options, part, depth);
	own.options = options;
	*part = st == MICA_OK && kind ? own : (mica_part){NULL, NULL};
	return st;
}

mica_status mica__part_keep(mica_part *part, mica_part_type type, mica_part_type or_type)
{
	return keep(part, type, or_type, 0);
}

mica_status mica_part_keep(mica_part *part)
{
	if (!part)
		return mica__fail(MICA_EINVAL, "part_keep: no part");
	mica_part_type type = part->kind ? part->kind->type : 0;

	return keep(part, type, type, 0);
}

void mica_part_drop(mica_part *part)
{
	if (part)
		drop(part);
}

/* ---- what rows say of it ---- */

/* Whether a row is about one of the bytes of a word. */
static bool has_row(const mica_kind *kind, size_t at)
{
	for (size_t i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].offset < at + sizeof(void *) && at < kind->fields[i].offset + mica__field_bytes(&kind->fields[i]))
			return true;
	return false;
}

/* By words, of which none is all padding. */
static bool is_described(const mica_part *part)
{
	for (size_t at = sizeof(size_t); part->options && at + sizeof(void *) <= part->kind->size; at += sizeof(void *)) {
		uintptr_t word;
		memcpy(&word, (const char *)part->options + at, sizeof word);
		if (word && !has_row(part->kind, at))
			return false;
	}
	return true;
}

const mica_kind *mica__part_undescribed(const mica_part *part)
{
	const mica_kind *found = NULL;

	if (!part->kind || !is_described(part))
		return part->kind;
	for (size_t i = 0; part->options && i < part->kind->n_fields && !found; i++)
		if (part->kind->fields[i].type == MICA_FIELD_IS_PART) {
			mica_part inner = get_part(part->options, &part->kind->fields[i]);
			found = mica__part_undescribed(&inner);
		}
	return found;
}

const char *mica__part_text(const mica_part *part, const char *name)
{
	const mica_kind *kind = part->kind;

	for (size_t i = 0; kind && part->options && i < kind->n_fields; i++)
		if (kind->fields[i].type == MICA_FIELD_IS_TEXT && strcmp(kind->fields[i].name, name) == 0)
			return get_text(part->options, &kind->fields[i]);
	return NULL;
}

bool mica__part_inner(const mica_part *part, const char *name, mica_part *out)
{
	const mica_kind *kind = part->kind;

	for (size_t i = 0; kind && part->options && i < kind->n_fields; i++)
		if (kind->fields[i].type == MICA_FIELD_IS_PART && strcmp(kind->fields[i].name, name) == 0) {
			*out = get_part(part->options, &kind->fields[i]);
			return true;
		}
	return false;
}

const char *mica__kind_title(const mica_kind *kind)
{
	return kind->title ? kind->title : kind->name;
}

mica_status mica_option_set(const mica_kind *kind, void *options, const char *name, double value)
{
	if (!kind || !options || !name)
		return mica__fail(MICA_EINVAL, "option: no kind, no options or no name");
	for (size_t i = 0; i < kind->n_fields; i++) {
		const mica_field *f = &kind->fields[i];
		if (strcmp(f->name, name) != 0 || f->type == MICA_FIELD_IS_TEXT || f->type == MICA_FIELD_IS_PART)
			continue;
		if (!mica__field_fits(f, value))
			return mica__fail(MICA_EINVAL, "%s: %s is %g; give a whole number that its type has", kind->name, name, value);
		mica__field_set(f, options, value);
		return MICA_OK;
	}
	return mica__fail(MICA_EINVAL, "%s: it has no option %s that is a number", kind->name, name);
}
