/* SPDX-License-Identifier: MIT */
/* tests/data/test_csv.c - tables of text: good ones, odd ones, and what is refused. */
#include "base/fault.h"
#include "check.h"
#include "data/csv.h"

#include <math.h>

static mica__csv c;

static mica_status parse_like(const char *text, const mica__legend *like, const mica_csv_opts *o)
{
	size_t n = strlen(text);
	unsigned char *copy = exact(text, n);

	mica__csv_free(&c);
	mica_status st = mica__csv_parse(&c, copy, n, "f.csv", o, like);
	free(copy);
	return st;
}

#define PARSE(...) PARSE_(__VA_ARGS__, MICA_OPTS(mica_csv_opts))
#define PARSE_(text, ...) parse_like(text, NULL, &(mica_csv_opts){__VA_ARGS__})

static void clean(void)
{
	mica__csv_free(&c);
}

TestSuite(csv, .fini = clean);

static void check_floats(const mica__array *a, const float *expected, size_t n, int line)
{
	cr_assert(a->data, "line %d: %s", line, mica_error(NULL));
	cr_assert_eq(a->type, MICA_F32);
	cr_assert_eq(mica__shape_count(&a->shape), n, "line %d: %s", line, mica__shape_text(&a->shape));
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(((float *)a->data)[i], expected[i], "line %d: number %zu is %g", line, i, (double)((float *)a->data)[i]);
}

#define FLOATS(a, ...) check_floats(&(a), (const float[]){__VA_ARGS__}, sizeof((const float[]){__VA_ARGS__}) / sizeof(float), __LINE__)

static void check_classes(const int32_t *expected, size_t n, int line)
{
	cr_assert(c.y.data, "line %d: %s", line, mica_error(NULL));
	cr_assert_eq(c.y.type, MICA_I32, "line %d", line);
	cr_assert_eq(c.y.shape.dim[0], n, "line %d", line);
	cr_assert_arr_eq(c.y.data, expected, n * sizeof *expected, "line %d", line);
}

#define CLASSES(...) check_classes((const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t), __LINE__)

Test(csv, numbers_under_names)
{
	cr_assert_eq(PARSE("a,price,b\n1,10,-2.5\n3e2,20,+.5\n", .label = "price"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(c.x.shape.rank, 2);
	cr_assert_eq(c.x.shape.dim[0], 2);
	FLOATS(c.x, 1, -2.5f, 300, 0.5f);
	FLOATS(c.y, 10, 20);
	cr_assert_str_eq(mica__names_get(&c.legend.columns, 1), "b");
	cr_assert_null(mica__names_get(&c.legend.columns, 2));
	cr_assert_str_eq(mica__names_get(&c.legend.label, 0), "price");
	cr_assert_eq(c.legend.classes.n, 0);
}

Test(csv, columns_by_name_in_any_order)
{
	const char *text = "id,a,b,c\nx,1,2,3\ny,4,5,6\n";

	cr_assert_eq(PARSE(text, .columns = {"c", "a"}), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 3, 1, 6, 4);
	cr_assert_null(c.y.data);
	cr_assert_eq(PARSE(text, .label = "b", .without = {"id"}), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 3, 4, 6);
	FLOATS(c.y, 2, 5);
	FAILS(PARSE(text, .columns = {"a", "b"}, .label = "a"), MICA_EINVAL, "\"a\" is named twice");
	FAILS(PARSE(text, .columns = {"a"}, .without = {"b"}), MICA_EINVAL, "both .columns and .without");
	FAILS(PARSE(text, .label = "Price"), MICA_EFORMAT, "f.csv: there is no column \"Price\"; it has: id, a, b, c");
	FAILS(PARSE("a\n1\n", .label = "a"), MICA_EFORMAT, "no column is left");
	FAILS(PARSE("a;b\n1;2\n", .label = "a"), MICA_EFORMAT, "it has: a;b", "give .separator");
}

Test(csv, what_rfc_4180_has)
{
	cr_assert_eq(PARSE("\xef\xbb\xbf\"a \"\"x\"\", b\",c\r\n\"1\", 2 \r\n\r\n 3 ,\"4\" \r\n\r\n"), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 2, 3, 4);
	cr_assert_str_eq(mica__names_get(&c.legend.columns, 0), "a \"x\", b");
	cr_assert_eq(PARSE("\n\na,b\n1,2"), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 2);
	cr_assert_eq(PARSE("kind,x\n\"one\ntwo\",1\n\"three, four\",2\n", .label = "kind"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_str_eq(mica__names_get(&c.legend.classes, 0), "one\ntwo");
	CLASSES(0, 1);
	cr_assert_eq(PARSE("a;b\n1,5;2\n", .separator = ';', .columns = {"b"}), MICA_OK, "what is left out may be anything: %s", mica_error(NULL));
	cr_assert_eq(PARSE("a\tb\n1\t2\n", .separator = '\t'), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 2);
	cr_assert_eq(PARSE("a b\n1 2\n", .separator = ' '), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 2);
}

Test(csv, without_names)
{
	cr_assert_eq(PARSE("1,2,3\n4,5,6", .no_header = true, .label = "3"), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 1, 2, 4, 5);
	FLOATS(c.y, 3, 6);
	cr_assert_str_eq(mica__names_get(&c.legend.columns, 1), "2");
}

Test(csv, classes_are_sorted_or_as_they_appear)
{
	const char *names = "x,y\n0,pear\n0,apple\n0,pear\n0,fig\n", *numbers = "x,y\n0,10\n0,9\n0,-1\n0,10\n";

	cr_assert_eq(PARSE(names, .label = "y"), MICA_OK, "%s", mica_error(NULL));
	CLASSES(2, 0, 2, 1);
	cr_assert_str_eq(mica__names_get(&c.legend.classes, 0), "apple");
	cr_assert_eq(PARSE(names, .label = "y", .by_appearance = true), MICA_OK, "%s", mica_error(NULL));
	CLASSES(0, 1, 0, 2);
	cr_assert_eq(PARSE(numbers, .label = "y"), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.y, 10, 9, -1, 10);
	cr_assert_eq(PARSE(numbers, .label = "y", .classes = true), MICA_OK, "%s", mica_error(NULL));
	CLASSES(2, 1, 0, 2);
	cr_assert_eq(PARSE("x,y\n0,a\n0,2\n0,10\n", .label = "y"), MICA_OK, "%s", mica_error(NULL));
	CLASSES(2, 0, 1);
	FAILS(PARSE("x,y\n0,1\n0,a\n", .label = "y"), MICA_EFORMAT, "line 3", "\"a\" is no number", ".classes");
	FAILS(PARSE("x,y\n0,a\n0,\n", .label = "y"), MICA_EFORMAT, "f.csv: line 3: column \"y\": \"\" is missing; fill it in");
}

Test(csv, like_another)
{
	mica__csv train;

	cr_assert_eq(PARSE("a,kind,b\n1,dog,2\n3,cat,4\n", .label = "kind"), MICA_OK, "%s", mica_error(NULL));
	train = c;
	c = (mica__csv){.x = {.data = NULL}};
	const mica__legend *like = &train.legend;
	cr_assert_eq(parse_like("kind,more,b,a\ndog,?,5,6\n", like, &(mica_csv_opts){0}), MICA_OK, "%s", mica_error(NULL));
	FLOATS(c.x, 6, 5);
	CLASSES(1);
	cr_assert_str_eq(mica__names_get(&c.legend.classes, 0), "cat");
	cr_assert_eq(parse_like("b,a\n5,6\n", like, &(mica_csv_opts){0}), MICA_OK, "no labels: %s", mica_error(NULL));
	cr_assert_null(c.y.data);
	FAILS(parse_like("b,kind\n5,dog\n", like, &(mica_csv_opts){0}), MICA_EFORMAT, "no column \"a\"");
	FAILS(parse_like("a,b,kind\n5,6,fox\n", like, &(mica_csv_opts){0}), MICA_EFORMAT, "line 2", "\"fox\" is no class", "2 from \"cat\" on");
	FAILS(parse_like("a,b\n1,2\n", like, &(mica_csv_opts){.columns = {"a"}}), MICA_EINVAL, ".like");
	FAILS(parse_like("a,b\n1,2\n", &(mica__legend){.label = {.n = 0}}, &(mica_csv_opts){0}), MICA_EINVAL, "has no names of columns");
	mica__csv_free(&train);
}

Test(csv, what_is_wrong_is_named_where_it_stands)
{
	static const struct {
		const char *text, *cause, *remedy;
	} cases[] = {
		{"", "f.csv: the file is empty", "expected a line with the names"},
		{"\n\n", "f.csv: the file is empty", "expected"},
		{"a,b\n", "no line behind the names", "expected one for each sample"},
		{"a,,c\n1,2,3\n", "line 1: column 2 has no name", ".no_header"},
		{"a,b,a\n1,2,3\n", "line 1: two columns are called \"a\"", "rename"},
		{"a,b\n1,2\n\n3,\n", "f.csv: line 4: column \"b\": \"\" is missing", "fill it in"},
		{"a,b\n1,2\n3,NaN\n", "line 3: column \"b\": \"NaN\" is missing", "leave out"},
		{"a,b\n1,n/a\n", "\"n/a\" is no number", "write numbers for names"},
		{"a,b\n1,\"2,5\"\n", "\"2,5\" is no number", "decimal point"},
		{"a,b\n1,1e39\n", "\"1e39\" does not fit", "smaller"},
		{"a,b\n1,-inf\n", "\"-inf\" does not fit", "smaller"},
		{"a,b\n1,2 3\n", "\"2 3\" is no number", "numbers"},
		{"a,b\n1,\"x\ty\"\n", "\"x?y\"", "numbers"},
		{"a,b\n1\n", "line 2: 1 fields, and the first line has 2", "leave out"},
		{"a,b\n1,2\n1,2,3\n", "line 3: more than 2 fields", "quote"},
		{"a,b\n\"1\n\n,2\n", "line 2: a field begins with a quote and the file ends", "end it"},
		{"a,b\n1,\"2\"3\n", "line 2: there is more behind the quote", "twice"},
		{"a,b\n1,0123456789012345678901234567890123456789012345678901234567x\n", "\"0123456789012345678901234567890123456789...\" is no", "write"},
	};

	for (size_t i = 0; i < MICA__COUNT(cases); i++)
		FAILS(PARSE(cases[i].text), MICA_EFORMAT, cases[i].cause, cases[i].remedy);
	FAILS(mica__csv_parse(&c, (const unsigned char *)"a,b\n1,2\0\n", 10, "f", &(mica_csv_opts){0}, NULL), MICA_EFORMAT, "line 2", "byte 0");
	FAILS(PARSE("a\n1\n", .separator = '"'), MICA_EINVAL, "separator");
}

/* As the parsers of arrays are tested: whatever the bytes are, the table is read or refused, and nothing is read past their end. */
static mica_status parse_table(mica__array *out, const unsigned char *bytes, size_t n, const char *name)
{
	mica__csv table;
	mica_status st = mica__csv_parse(&table, bytes, n, name, &(mica_csv_opts){.label = "kind"}, NULL);

	*out = table.x;
	table.x = (mica__array){.data = NULL};
	mica__csv_free(&table);
	return st;
}

static const char odd[] = "\xef\xbb\xbf" "a,\"b \"\"c\"\"\",kind\r\n1,-2.5e3,\"x, y\"\r\n\n4 , \"7\" ,x\n.5,0x10,\"\xc3\xa4\nz\"";

Test(csv, every_length_and_every_bit)
{
	mica__array a;

	for (size_t n = 0; n < sizeof odd; n++) {
		unsigned char *part = exact(odd, n);
		mica_status st = parse_table(&a, part, n, "part");
		cr_assert(st == MICA_OK || st == MICA_EFORMAT, "%zu bytes: %s", n, mica_error(NULL));
		cr_assert(st == MICA_OK || !a.data);
		cr_assert(n != sizeof odd - 1 || st == MICA_OK, "%s", mica_error(NULL));
		mica__array_free(&a);
		free(part);
	}
	check_every_bit(parse_table, odd, sizeof odd - 1);
}

/* What a first line of a million names costs must not grow with its square. */
Test(csv, many_columns_and_many_lines)
{
	enum { MANY = 200000 };
	mica__text text = {.s = NULL};

	for (int i = 0; i < MANY; i++)
		mica__text_add(&text, "%sc%d", i ? "," : "", i);
	mica__text_append(&text, "\n", 1);
	for (int i = 0; i < MANY; i++)
		mica__text_add(&text, "%s%d", i ? "," : "", i);
	cr_assert_eq(PARSE(text.s, .label = "c7"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(c.x.shape.dim[1], MANY - 1);
	cr_assert_eq(((float *)c.x.data)[MANY - 2], (float)(MANY - 1));
	mica__text_free(&text);
	mica__text_add(&text, "x,kind\n");
	for (int i = 0; i < MANY; i++)
		mica__text_add(&text, "%d,k%d\n", i, i % (MANY / 2));
	cr_assert_eq(PARSE(text.s, .label = "kind"), MICA_OK, "%s", mica_error(NULL));
	cr_assert_eq(c.x.shape.dim[0], MANY);
	cr_assert_eq(c.legend.classes.n, MANY / 2);
	mica__text_free(&text);
}

/* Each allocation fails once, of a table and of one that is to be like it. */
Test(csv, memory_that_fails)
{
	const char *text = "a,kind,b\n1,x,2\n3,y,4\n5,x,6\n";
	mica__csv first = {.x = {.data = NULL}};
	mica_status st = MICA_ENOMEM;
	uint64_t n;

	for (size_t like = 0; like < 2; like++, st = MICA_ENOMEM) {
		for (n = 1; st != MICA_OK && n < 100; n++) {
			mica__csv_free(&c);
			mica__fault_after(MICA__FAULT_MEMORY, n, false);
			st = mica__csv_parse(&c, (const unsigned char *)text, strlen(text), "f.csv",
			                     &(mica_csv_opts){.label = "kind"}, like ? &first.legend : NULL);
			mica__fault_after(MICA__FAULT_MEMORY, 0, false);
			cr_assert(st == MICA_OK || (st == MICA_ENOMEM && !c.x.data && !c.y.data), "%s", mica_error(NULL));
		}
		cr_assert(n > 10 && st == MICA_OK);
		if (!like) {
			first = c;
			c = (mica__csv){.x = {.data = NULL}};
		}
	}
	mica__csv_free(&first);
}
