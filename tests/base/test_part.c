/* SPDX-License-Identifier: MIT */
/* base/test_part.c - parts that are kept own what they have: options with defaults, texts, parts in parts. */
#include "base/part.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

typedef struct inner_opts {
	size_t size;
	double factor;
} inner_opts;
static const mica_field inner_fields[] = {MICA_FIELD_REAL(inner_opts, factor, .otherwise = 2, MICA_ABOVE(0))};
static const mica_kind inner = {.name = "mine/inner", .type = MICA_ACTIVATION, .size = sizeof(inner_opts), MICA_FIELDS(inner_fields)};
static const mica_kind plain = {.name = "mine/plain", .type = MICA_ACTIVATION};

typedef struct outer_opts {
	size_t size;
	size_t units;
	mica_activation given, usual, none;
	const char *name;
	const void *payload;
	bool flag;
} outer_opts;
static const mica_field outer_fields[] = {
	MICA_FIELD_SIZE(outer_opts, units, .otherwise = 3, MICA_COUNT_FROM(1)),
	MICA_FIELD_PART(outer_opts, given, .part_type = MICA_ACTIVATION),
	MICA_FIELD_PART(outer_opts, usual, .part_type = MICA_ACTIVATION, .part = &inner),
	MICA_FIELD_PART(outer_opts, none, .part_type = MICA_ACTIVATION),
	MICA_FIELD_TEXT(outer_opts, name),
	MICA_FIELD_FLAG(outer_opts, flag),
};
static const mica_kind outer = {.name = "mine/outer", .type = MICA_LAYER, .size = sizeof(outer_opts), MICA_FIELDS(outer_fields)};

static mica_status keep(mica_layer *l)
{
	return mica__part_keep(&l->part, MICA_LAYER, MICA_LAYER);
}

Test(part, owns_what_it_was_made_of)
{
	char name[] = "first";
	inner_opts of_inner = {.factor = 5};
	outer_opts opts = {MICA_OPTS(outer_opts), .given = MICA_PART(mica_activation, &inner, &of_inner), .name = name, .payload = &opts};
	mica_layer l = MICA_PART(mica_layer, &outer, &opts);

	cr_assert(keep(&l) == MICA_OK, "%s", mica__reason());
	memset(name, 'x', sizeof name - 1);
	memset(&of_inner, 0, sizeof of_inner);
	const outer_opts *o = l.part.options;
	cr_assert(o != &opts && o->units == 3 && o->payload == &opts && !o->flag);
	cr_expect(strcmp(o->name, "first") == 0 && strcmp(mica__part_text(&l.part, "name"), "first") == 0);
	cr_expect(!mica__part_text(&l.part, "title") && !mica__part_text(&l.part, "units"));
	cr_expect(((const inner_opts *)o->given.part.options)->factor == 5);
	cr_expect(o->usual.part.kind == &inner && ((const inner_opts *)o->usual.part.options)->factor == 2);
	cr_expect(!o->none.part.kind && !o->none.part.options);
	mica__part_drop(&l.part);
	cr_expect(!l.part.kind);
	mica__part_drop(&l.part);
}

Test(part, may_have_no_options)
{
	mica_activation a = MICA_PART(mica_activation, &plain, NULL), none = {{NULL, NULL}};
	mica_layer l = MICA_PART(mica_layer, &outer, NULL);

	cr_expect(mica__part_keep(&a.part, MICA_ACTIVATION, MICA_ACTIVATION) == MICA_OK && a.part.kind == &plain && !a.part.options);
	cr_expect(mica__part_keep(&none.part, MICA_ACTIVATION, MICA_ACTIVATION) == MICA_OK && !none.part.kind);
	cr_assert(keep(&l) == MICA_OK);
	cr_expect(((const outer_opts *)l.part.options)->units == 3);
	mica__part_drop(&l.part);
	mica__part_drop(&a.part);
}

/* A real 0 is no option left out, however often the part is kept. */
Test(part, stays_what_it_is_when_it_is_kept_again)
{
	static const mica_field rows[] = {MICA_FIELD_REAL(inner_opts, factor, .otherwise = 2, MICA_FROM(0))};
	static const mica_kind from_0 = {.name = "mine/from_0", .type = MICA_ACTIVATION, .size = sizeof(inner_opts), MICA_FIELDS(rows)};
	mica_activation first = MICA_PART(mica_activation, &from_0, &(inner_opts){MICA_OPTS(inner_opts), .factor = MICA_ZERO}), again;

	cr_assert(mica__part_keep(&first.part, MICA_ACTIVATION, MICA_ACTIVATION) == MICA_OK, "%s", mica__reason());
	again = first;
	cr_assert(mica__part_keep(&again.part, MICA_ACTIVATION, MICA_ACTIVATION) == MICA_OK, "%s", mica__reason());
	cr_expect(again.part.options != first.part.options && ((const inner_opts *)again.part.options)->factor == 0);
	mica__part_drop(&first.part);
	mica__part_drop(&again.part);
}

/* A kind that is a part of itself by default has no end. */
typedef struct endless_opts {
	size_t size;
	mica_activation inside;
} endless_opts;
extern const mica_kind endless;
static const mica_field endless_fields[] = {MICA_FIELD_PART(endless_opts, inside, .part_type = MICA_ACTIVATION, .part = &endless)};
const mica_kind endless = {.name = "mine/endless", .type = MICA_ACTIVATION, .size = sizeof(endless_opts), MICA_FIELDS(endless_fields)};

Test(part, is_none_where_it_is_refused)
{
	struct {
		outer_opts known;
		size_t more;
	} newer = {.known = {.size = sizeof newer}, .more = 1};
	const outer_opts wrong_inside = {.name = "n", .given = {{&outer, NULL}}};
	const outer_opts bad_inside = {.given = MICA_PART(mica_activation, &inner, &(inner_opts){.factor = -1})};
	const struct {
		mica_layer l;
		mica_status st;
		const char *says;
	} bad[] = {
		{MICA_PART(mica_layer, &inner, NULL), MICA_EINVAL, "mine/inner is of type activation; give a part of type layer"},
		{MICA_PART(mica_layer, &outer, &wrong_inside), MICA_EINVAL, "mine/outer is of type layer; give a part of type activation"},
		{MICA_PART(mica_layer, &outer, &bad_inside), MICA_EINVAL, "mine/inner: factor is -1; give a finite number above 0 (0 stands for 2)"},
		{MICA_PART(mica_layer, &outer, &(outer_opts){.units = (size_t)MICA_NONE}), MICA_EINVAL, "mine/outer: units is 0"},
		{MICA_PART(mica_layer, &outer, &newer), MICA_EUNSUPPORTED, "mine/outer: an option that this version"},
	};

	for (size_t i = 0; i < MICA__COUNT(bad); i++) {
		mica_layer l = bad[i].l;
		cr_expect(keep(&l) == bad[i].st && !l.part.kind && !l.part.options, "%s", bad[i].says);
		cr_expect(strstr(mica__reason(), bad[i].says), "\"%s\" lacks \"%s\"", mica__reason(), bad[i].says);
	}
	mica_activation a = MICA_PART(mica_activation, &endless, NULL);
	cr_expect(mica__part_keep(&a.part, MICA_ACTIVATION, MICA_ACTIVATION) == MICA_EINVAL && strstr(mica__reason(), "more than 8 deep"));
}

Test(part, is_kept_by_users_of_whatever_type)
{
	char name[] = "x";
	mica_part none = {NULL, NULL}, p = {&outer, &(outer_opts){.given = MICA_PART(mica_activation, &inner, NULL), .name = name}}, again;
	mica_part wrong = {&inner, &(inner_opts){.factor = -1}};

	cr_expect(mica_part_keep(&none) == MICA_OK && !none.kind);
	cr_assert_eq(mica_part_keep(&p), MICA_OK);
	again = p;
	cr_assert_eq(mica_part_keep(&again), MICA_OK);
	mica_part_drop(&p);
	name[0] = 'y';
	const outer_opts *o = again.options;
	cr_expect(o->units == 3 && strcmp(o->name, "x") == 0 && ((const inner_opts *)o->given.part.options)->factor == 2);
	cr_expect(mica_part_keep(&wrong) == MICA_EINVAL && !wrong.kind && !wrong.options);
	mica_part_drop(&again);
	mica_part_drop(&none);
}

Test(part, has_options_that_are_set_by_name)
{
	outer_opts o = {MICA_OPTS(outer_opts)};

	cr_expect(mica_option_set(&outer, &o, "units", 7) == MICA_OK && o.units == 7);
	cr_expect(mica_option_set(&outer, &o, "flag", 1) == MICA_OK && o.flag);
	for (size_t i = 0; i < 4; i++)
		cr_expect(mica_option_set(&outer, &o, "units", ((double[]){(double)NAN, 1e300, 1.5, -0x1p60})[i]) == MICA_EINVAL && o.units == 7);
	cr_expect(mica_option_set(&outer, &o, "name", 1) == MICA_EINVAL && strstr(mica__reason(), "no option name that is a number"));
	cr_expect(mica_option_set(&outer, &o, "rate", 1) == MICA_EINVAL && mica_option_set(NULL, &o, "units", 1) == MICA_EINVAL);
}
