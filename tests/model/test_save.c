/* SPDX-License-Identifier: MIT */
/* model/test_save.c - weights to a file and back; files that do not fit change nothing. */
#include "base/fault.h"
#include "model/rig.h"

#include <stdio.h>
#include <unistd.h>

static char file[512];

static void name_file(void)
{
	const char *folder = getenv("MICA_TEST_FOLDER");

	snprintf(file, sizeof file, "%s/save-%ld.safetensors", folder ? folder : "/tmp", (long)getpid());
}

static void remove_file(void)
{
	unlink(file);
}

TestSuite(save, .init = name_file, .fini = remove_file);

Test(save, and_load_are_inverse)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 64, 20);
	mica_model *a = small_model(ctx, 20, 0), *b = mica_sequential(ctx, .seed = 99);
	float pa[640], pb[640];

	OK(mica_fit(a, d));
	OK(mica_save(a, file));
	mica_add(b, mica_input(20)); /* not compiled, other first values */
	mica_add(b, mica_dense(32, .activation = MICA_RELU));
	mica_add(b, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_load(b, file));
	same_weights(a, b);
	OK(mica_predict(a, mica_dataset_samples(d), pa, sizeof pa));
	OK(mica_predict(b, mica_dataset_samples(d), pb, sizeof pb));
	cr_expect(memcmp(pa, pb, sizeof pa) == 0);
	mica_close(ctx);
}

/* Wherever memory is short. */
Test(save, a_load_that_fails_changes_nothing)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 64, 20);
	mica_model *a = small_model(ctx, 20, 0), *b = small_model(ctx, 20, 0);
	mica_status st = MICA_ENOMEM;
	uint64_t n = 0;
	size_t count;

	OK(mica_fit(a, d, .epochs = 2));
	OK(mica_save(a, file));
	while (st != MICA_OK && n < 1000) {
		OK(mica_fit(b, d)); /* so that the newest weights are on the device */
		float *before = all_weights(b, &count);
		mica__fault_after(MICA__FAULT_MEMORY, ++n, false);
		st = mica_load(b, file);
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		float *after = all_weights(b, &count);
		cr_expect(st == MICA_OK || (st == MICA_ENOMEM && !memcmp(before, after, count * sizeof *before)),
		          "allocation %llu: %s", (unsigned long long)n, mica_status_name(st));
		mica_clear(ctx);
		free(before);
		free(after);
	}
	cr_expect(n > 3 && n < 1000, "%llu", (unsigned long long)n);
	same_weights(a, b);
	mica_close(ctx);
}

/* A model of other layers; words: what its refusal of file says. */
static void refuses(mica_context *ctx, mica_model *m, const char *words)
{
	size_t n;
	float *before = all_weights(m, &n);

	cr_expect(mica_load(m, file) == MICA_EFORMAT, "%s", mica_error(NULL));
	cr_expect(strstr(mica_error(NULL), words), "\"%s\" lacks \"%s\"", mica_error(NULL), words);
	float *after = all_weights(m, &n);
	cr_expect(memcmp(before, after, n * sizeof *before) == 0, "a refused file changes nothing");
	cr_expect(mica_model_status(m) == MICA_OK && mica_context_status(ctx) != MICA_OK, "the context knows, the model is good");
	mica_clear(ctx);
	free(before);
	free(after);
}

static mica_model *two_layers(mica_context *ctx, size_t width, const char *second)
{
	mica_model *m = mica_sequential(ctx, .seed = 5);

	mica_add(m, mica_input(20));
	mica_add(m, mica_dense(width));
	if (second)
		mica_add(m, mica_dense(10, .name = second));
	cr_assert(mica_model_status(m) == MICA_OK, "%s", mica_error(ctx));
	return m;
}

Test(save, refuses_another_models_file)
{
	mica_context *ctx = open_any();

	OK(mica_save(small_model(ctx, 20, 0), file));
	refuses(ctx, two_layers(ctx, 31, "dense_1"), "\"dense/kernel\" has shape (20, 32), the model's is (20, 31)");
	refuses(ctx, two_layers(ctx, 32, "head"), "no tensor \"head/kernel\"");
	refuses(ctx, two_layers(ctx, 32, NULL), "the model has no weight \"dense_1/");
	mica_close(ctx);
}

Test(save, names_a_file_it_cannot_read_or_write)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);

	cr_expect(mica_load(m, file) == MICA_EIO && strstr(mica_error(NULL), file), "%s", mica_error(NULL));
	cr_expect(mica_save(m, "/tmp/no/such/folder/x.safetensors") == MICA_EIO);
	cr_expect(strstr(mica_error(NULL), "/tmp/no/such/folder"), "%s", mica_error(NULL));
	cr_expect(mica_save(m, NULL) == MICA_EINVAL && mica_load(m, NULL) == MICA_EINVAL);
	FILE *f = fopen(file, "w");
	fputs("this is not a safetensors file", f);
	fclose(f);
	refuses(ctx, m, file);
	mica_close(ctx);
}

Test(save, is_checked_before_training)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);

	cr_expect(mica_save_check(m, file) == MICA_OK, "%s", mica_error(NULL));
	cr_expect(access(file, F_OK) != 0, "a check leaves nothing");
	cr_expect(mica_save_check(m, "/tmp/no/such/folder/x") == MICA_EIO && strstr(mica_error(NULL), "/tmp/no/such/folder"));
	cr_expect(mica_save_check(m, "/tmp") == MICA_EIO && mica_save_check(m, NULL) == MICA_EINVAL && mica_save_check(NULL, file) == MICA_EINVAL);
	mica_model *other = mica_sequential(ctx);
	mica_add(other, mica_input(4));
	mica_add(other, mica_dense(3, .activation = MICA_GELU_OF(.approximate = true), .name = "soft"));
	cr_expect(mica_save_check(other, "/tmp/x.keras") == MICA_EUNSUPPORTED && strstr(mica_error(NULL), "\"soft\""), "%s", mica_error(NULL));
	mica_close(ctx);
}

static void rewrite(const char *from, const char *to)
{
	static char bytes[1 << 16];
	FILE *f = fopen(file, "rb");
	size_t n = fread(bytes, 1, sizeof bytes, f);

	fclose(f);
	for (size_t i = 0; i + strlen(from) <= n; i++)
		if (!memcmp(bytes + i, from, strlen(from))) {
			memcpy(bytes + i, to, strlen(to));
			break;
		}
	f = fopen(file, "wb");
	fwrite(bytes, 1, n, f);
	fclose(f);
}

Test(save, another_version_of_the_format_is_refused)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);

	OK(mica_save(m, file));
	rewrite("\"version\":\"1\"", "\"version\":\"2\"");
	cr_expect(mica_load(m, file) == MICA_EUNSUPPORTED && strstr(mica_error(NULL), "version 2 of the format"), "%s", mica_error(NULL));
	rewrite("\"format\":\"mica\"", "\"format\":\"pt\"  ");
	OK(mica_load(m, file));
	mica_close(ctx);
}

Test(save, names_that_files_cannot_hold_are_refused_when_they_are_given)
{
	static const char *const bad[] = {"a\nb", "\xff", ""};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		mica_context *ctx = open_any();
		mica_model *m = mica_sequential(ctx);
		mica_add(m, mica_input(20));
		mica_add(m, mica_dense(3, .name = bad[i]));
		cr_expect(mica_model_status(m) == MICA_EINVAL && strstr(mica_error(ctx), "layer name"), "%s", mica_error(ctx));
		mica_clear(ctx);
		m = mica_sequential(ctx, .name = bad[i]);
		cr_expect(!m == (bad[i][0] != 0) && (m || strstr(mica_error(ctx), "the model's name")), "%s", mica_error(ctx));
		mica_clear(ctx);
		cr_expect(!mica_functional(ctx, .name = "a name that is longer than the 47 bytes of which there is room"));
		cr_expect(strstr(mica_error(ctx), "47 bytes"), "%s", mica_error(ctx));
		mica_close(ctx);
	}
}
