/* SPDX-License-Identifier: MIT */
/* Programs are joined from pieces, shared, and say what is wrong with them; kernel texts are found. */
#include "device/objects.h"
#include "device/source.h"

#include "device/check.h"
#include <sys/stat.h>
#include <unistd.h>

Test(program, the_same_text_and_options_are_one_program)
{
	const char *pieces[] = {"kernel void f(global int *x) { x[0]", " = N; }\n"}, *other[] = {pieces[0], " = N+1; }\n"};
	mica_context *ctx = open_with(NULL);
	mica__program *a, *b, *c, *d;
	OK(mica__program_create(&a, mica__device_of(ctx), "a", pieces, 2, "-DN=1"));
	OK(mica__program_create(&b, mica__device_of(ctx), "b", pieces, 2, "-DN=1"));
	OK(mica__program_create(&c, mica__device_of(ctx), "c", pieces, 2, "-DN=2"));
	OK(mica__program_create(&d, mica__device_of(ctx), "d", other, 2, "-DN=1"));
	cr_assert(a == b && a != c && a != d && c != d);
	mica__program_destroy(a);
	mica__kernel *k;
	OK(mica__kernel_create(&k, b, "f"));
	mica__kernel_destroy(k);
	mica__program_destroy(b);
	mica__program_destroy(c);
	mica__program_destroy(d);
	mica__program_destroy(NULL);
	mica_close(ctx);
}

/* Those used last are found again; there are not more and more of them. */
Test(program, stays_for_a_while_when_nobody_uses_it)
{
	const char *text = "kernel void f(global int *x) { x[0] = N; }\n";
	mica_context *ctx = open_with(NULL);
	mica__device *d = mica__device_of(ctx);
	mica__program *p, *again;
	char options[16];
	size_t alive = 0;
	for (int i = 0; i < 18; i++) {
		snprintf(options, sizeof options, "-DN=%d", i);
		OK(mica__program_create(&p, d, "p", &text, 1, options));
		mica__program_destroy(p);
	}
	OK(mica__program_create(&again, d, "p", &text, 1, options));
	cr_assert(again == p);
	mica__kernel *k;
	OK(mica__kernel_create(&k, again, "f"));
	mica__kernel_destroy(k);
	mica__program_destroy(again);
	for (p = d->programs; p; p = p->next)
		alive += p->uses == 0;
	cr_assert_eq(alive, 16);
	mica_close(ctx);
}

Test(program, the_first_error_of_a_build_is_told_with_file_and_line)
{
	const char *pieces[] = {"#line 40 \"relu.cl\"\n", "kernel void f(global int *x) { x[0] = nonsense; }\n"};
	mica_context *ctx = open_with(NULL);
	mica__program *p;
	FAILS(mica__program_create(&p, mica__device_of(ctx), "relu", pieces, 2, NULL), MICA_EBUILD, "relu on ");
	cr_assert_null(p);
	cr_assert(strstr(mica_error(NULL), "nonsense"), "%s", mica_error(NULL));
	if (!strstr(mica_context_device(ctx)->platform, "Oclgrind")) /* which counts lines itself */
		cr_assert(strstr(mica_error(NULL), "relu.cl:40:"), "%s", mica_error(NULL));
	mica_close(ctx);
}

Test(program, a_failed_build_leaves_the_context_usable)
{
	const char *bad = "kernel void f(\n", *good = "kernel void f(global int *x) { x[0] = 5; }\n";
	mica_context *ctx = open_with(NULL);
	mica__program *p;
	for (int i = 0; i < 3; i++)
		FAILS(mica__program_create(&p, mica__device_of(ctx), "bad", &bad, 1, NULL), MICA_EBUILD, "bad on ");
	mica__kernel *k = make_kernel(ctx, good, "f");
	mica__buffer *b = make_buffer(ctx, 4);
	int got = 0;
	OK(mica__kernel_buffer(k, 0, b));
	OK(mica__kernel_launch(k, 1, 1));
	OK(mica__buffer_read(b, 0, &got, 4));
	cr_assert_eq(got, 5);
	mica__kernel_destroy(k);
	mica__buffer_destroy(b);
	mica_close(ctx);
}

Test(program, a_missing_piece_is_refused)
{
	const char *pieces[] = {"\n", NULL};
	mica_context *ctx = open_with(NULL);
	mica__program *p;
	FAILS(mica__program_create(&p, mica__device_of(ctx), "walk", pieces, 2, NULL), MICA_EINVAL, "program walk: piece 1 of its source is missing");
	mica_close(ctx);
}

Test(program, is_compiled_as_opencl_1_2)
{
	const char *source = "#if __OPENCL_C_VERSION__ != 120\n#error another language\n#endif\nkernel void f(global int *x) {}\n";
	mica_context *ctx = open_with(NULL);
	mica__kernel_destroy(make_kernel(ctx, source, "f"));
	mica_close(ctx);
}

Test(program, a_kernel_that_is_not_in_it_is_named)
{
	const char *source = "kernel void f(global int *x) { x[0] = 1; }\n";
	mica_context *ctx = open_with(NULL);
	mica__program *p;
	mica__kernel *k;
	OK(mica__program_create(&p, mica__device_of(ctx), "one", &source, 1, NULL));
	FAILS(mica__kernel_create(&k, p, "g"), MICA_EBUILD, "no kernel 'g'");
	cr_assert_null(k);
	mica__program_destroy(p);
	mica_close(ctx);
}

Test(source, every_compiled_in_text_is_found_and_others_are_not)
{
	unsetenv("MICA_KERNEL_DIR");
	cr_assert(mica__kernel_texts[0].file, "no kernel text is compiled in");
	for (const mica__kernel_text *t = mica__kernel_texts; t->file; t++) {
		cr_assert_str_eq(mica__kernel_source(t->file), t->text);
		cr_assert(strstr(t->text, "SPDX-License-Identifier"), "%s", t->file);
	}
	cr_assert_null(mica__kernel_source("none.cl"));
}

Test(source, a_folder_of_texts_goes_before_those_compiled_in)
{
	char folder[] = "/tmp/mica-kernels-XXXXXX", path[64];
	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/mine.cl", folder);
	FILE *f = fopen(path, "w");
	cr_assert(f && fputs("text on disk\n", f) >= 0 && !fclose(f));
	setenv("MICA_KERNEL_DIR", folder, 1);
	const char *text = mica__kernel_source("mine.cl");
	unlink(path);
	rmdir(folder);
	cr_assert_not_null(text);
	cr_assert_str_eq(text, "text on disk\n");
	cr_assert_eq(mica__kernel_source("mine.cl"), text, "a text lives on");
	cr_assert_null(mica__kernel_source(mica__kernel_texts[0].file));
}
