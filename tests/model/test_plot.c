/* SPDX-License-Identifier: MIT */
/* model/test_plot.c - pictures of models and of trainings: what stands in them, and what is refused. */
#include "base/files.h"
#include "model/rig.h"

#include <stdio.h>
#include <unistd.h>

typedef struct picture {
	char folder[64], file[128];
	unsigned char *text;
} picture;

static void begin(picture *p, const char *name)
{
	*p = (picture){.folder = "/tmp/mica-plot-XXXXXX"};
	cr_assert(mkdtemp(p->folder));
	snprintf(p->file, sizeof p->file, "%s/%s", p->folder, name);
}

static const char *content(picture *p)
{
	size_t n;

	mica__free(p->text);
	OK(mica__file_read(&p->text, &n, p->file, 1 << 24));
	return (const char *)p->text;
}

static void end(picture *p)
{
	mica__free(p->text);
	unlink(p->file);
	rmdir(p->folder);
}

static size_t count(const char *text, const char *of)
{
	size_t n = 0;

	for (; (text = strstr(text, of)); text += strlen(of))
		n++;
	return n;
}

/* Whether Graphviz, where it is there, takes the file. */
static bool dot_takes(const picture *p)
{
	char command[256];

	snprintf(command, sizeof command, "! command -v dot >/dev/null || dot -Tsvg %s >/dev/null", p->file);
	return system(command) == 0;
}

/* Two inputs, two outputs, a layer with a name that has to be written otherwise. */
static mica_model *wide_and_deep(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx, .name = "wide & \"deep\"");
	mica_symbol *wide = mica_model_input(m, mica_input(5, .name = "wide")), *deep = mica_model_input(m, mica_input(6, .name = "deep"));
	mica_symbol *h = mica_apply(mica_dense(30, .activation = MICA_RELU, .name = "h<1> & \"q\" \xc3\xa9"), deep);

	mica_model_output(m, mica_apply(mica_dense(1, .name = "main"), mica_apply(mica_concatenate(), wide, h)));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "aux"), h));
	return m;
}

Test(plot, svg_has_a_box_for_each_layer_and_an_arrow_for_each_link)
{
	mica_context *ctx = open_any();
	mica_model *m = wide_and_deep(ctx);
	picture p;

	begin(&p, "net.svg");
	mica_set_trainable(mica_model_layer(m, "aux"), false);
	OK(mica_plot_model(m, p.file, .show_shapes = true, .show_dtype = true, .show_layer_names = true, .show_layer_activations = true,
	                   .show_trainable = true));
	const char *s = content(&p);
	cr_expect_eq(count(s, "<rect"), 1 + 6); /* and the ground */
	cr_expect_eq(count(s, "marker-end"), 5);
	cr_expect(strstr(s, "<title>wide &amp; &quot;deep&quot;</title>"));
	cr_expect(strstr(s, ">h&lt;1&gt; &amp; &quot;q&quot; \xc3\xa9 (Dense)<"), "%s", s);
	cr_expect(strstr(s, ">(None, 5), (None, 30)<") && strstr(s, ">(None, 35)<"));
	cr_expect_eq(count(s, ">f32<"), 6);
	cr_expect_eq(count(s, ">relu<"), 1);
	cr_expect_eq(count(s, ">linear<"), 2);
	cr_expect_eq(count(s, ">yes<"), 2);
	cr_expect_eq(count(s, ">no<"), 1);
	OK(mica_plot_model(m, p.file));
	s = content(&p);
	cr_expect_eq(count(s, ">Dense<"), 3);
	cr_expect(!strstr(s, "None") && !strstr(s, "main"));
	end(&p);
	mica_close(ctx);
}

Test(plot, dot_says_the_same)
{
	mica_context *ctx = open_any();
	mica_model *m = wide_and_deep(ctx);
	picture p;

	begin(&p, "net.dot");
	OK(mica_plot_model(m, p.file, .show_shapes = true, .show_layer_names = true, .rankdir = "LR"));
	const char *s = content(&p);
	cr_expect_eq(count(s, "[label=<"), 6);
	cr_expect_eq(count(s, " -> "), 5);
	cr_expect(strstr(s, "rankdir=LR") && strstr(s, "h&lt;1&gt; &amp; &quot;q&quot; \xc3\xa9 (Dense)"));
	cr_expect(dot_takes(&p));
	end(&p);
	mica_close(ctx);
}

/* A model that is called twice, and one in it. */
static mica_model *nested(mica_context *ctx)
{
	mica_model *inner = mica_sequential(ctx, .name = "inner"), *tower = mica_functional(ctx, .name = "tower");
	mica_model *m = mica_functional(ctx);

	mica_add(inner, mica_input(4));
	mica_add(inner, mica_dense(3));
	mica_symbol *x = mica_model_input(tower, mica_input(4));
	mica_model_output(tower, mica_apply(mica_nested(inner), x));
	mica_instance *both = mica_make(m, mica_nested(tower));
	mica_symbol *left = mica_model_input(m, mica_input(4)), *right = mica_model_input(m, mica_input(4));
	mica_model_output(m, mica_apply(mica_merge_add(), mica_call(both, left), mica_call(both, right)));
	return m;
}

Test(plot, nested_models_are_boxes_or_frames)
{
	mica_context *ctx = open_any();
	mica_model *m = nested(ctx);
	picture p;

	begin(&p, "net.svg");
	OK(mica_plot_model(m, p.file, .show_layer_names = true));
	cr_expect_eq(count(content(&p), "<rect"), 1 + 5);
	cr_expect(strstr(content(&p), ">tower (Functional), call 2<"));
	OK(mica_plot_model(m, p.file, .show_layer_names = true, .expand_nested = true, .rankdir = "LR"));
	cr_expect_eq(count(content(&p), "stroke-dasharray"), 4);
	cr_expect_eq(count(content(&p), "<rect"), 1 + 3 + 2 * (1 + 1 + 1 + 2));
	end(&p);
	begin(&p, "net.dot");
	OK(mica_plot_model(m, p.file, .expand_nested = true));
	cr_expect_eq(count(content(&p), "subgraph"), 4);
	cr_expect(strstr(content(&p), "n0 -> n3;"), "%s", content(&p)); /* to the input inside */
	cr_expect_eq(count(content(&p), " -> "), 2 * 3 + 2);
	cr_expect(dot_takes(&p));
	end(&p);
	mica_close(ctx);
}

Test(plot, what_cannot_be_drawn_is_refused)
{
	mica_context *ctx = open_any();
	mica_model *m = wide_and_deep(ctx), *empty = mica_sequential(ctx);
	picture p;

	begin(&p, "net.png");
	cr_expect_eq(mica_plot_model(m, p.file), MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), ".svg or .dot") && strstr(mica_error(NULL), p.file), "%s", mica_error(NULL));
	cr_expect_eq(mica_plot_model(m, NULL), MICA_EINVAL);
	cr_expect_eq(mica_plot_model(m, "net.svg", .rankdir = "UP"), MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "\"UP\""), "%s", mica_error(NULL));
	cr_expect_eq(mica_plot_model(m, "/nowhere/net.svg"), MICA_EIO);
	cr_expect_eq(mica_plot_model(empty, "net.svg"), MICA_EINVAL);
	cr_expect_eq(mica_plot_model(NULL, "net.svg"), MICA_EINVAL);
	cr_expect_eq(mica_plot_history(m, "curves.png"), MICA_EINVAL);
	cr_expect_eq(mica_plot_history(m, "curves.svg"), MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "train first"), "%s", mica_error(NULL));
	cr_expect_eq(mica_plot_history(NULL, "curves.svg"), MICA_EINVAL);
	end(&p);
	mica_close(ctx);
}

/* ---- curves ---- */

/* Points of curves are the corners of their paths. */
static size_t points(const char *svg)
{
	size_t n = 0;

	for (const char *s = svg; (s = strstr(s, "fill=\"none\" stroke=\"#")); s++) {
		const char *from = s;
		while (strncmp(from, "<path", 5) != 0)
			from--;
		for (from += 9; from < s; from++)
			n += *from == 'M' || *from == 'L';
	}
	return n;
}

Test(plot, history_is_of_the_last_fit_and_what_it_went_on_from)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	mica_dataset *d = hashed(ctx, 64, 20);
	picture p;

	begin(&p, "curves.svg");
	OK(mica_fit(m, d, .epochs = 4, .validation_split = 0.25));
	OK(mica_plot_history(m, p.file));
	cr_expect_eq(points(content(&p)), 16);
	cr_expect_eq(count(content(&p), ">validation<"), 2);
	cr_expect(strstr(content(&p), ">accuracy<"));
	OK(mica_fit(m, d, .epochs = 6, .initial_epoch = 3));
	OK(mica_plot_history(m, p.file, .log_scale = true));
	cr_expect_eq(points(content(&p)), 3 * 4 + 3 * 2);
	OK(mica_fit(m, d, .epochs = 2));
	OK(mica_plot_history(m, p.file, .title = "<again>"));
	cr_expect_eq(points(content(&p)), 4);
	cr_expect_eq(count(content(&p), ">validation<"), 0);
	cr_expect(strstr(content(&p), "<title>&lt;again&gt;</title>"));
	end(&p);
	mica_close(ctx);
}

static void write_text(const char *file, const char *text)
{
	OK(mica__file_replace(file, &(mica__piece){text, strlen(text)}, 1));
}

static mica_status plot_log(picture *p, const char *text, bool log_scale)
{
	char log[160];

	snprintf(log, sizeof log, "%s/log.csv", p->folder);
	write_text(log, text);
	mica_status st = mica_plot_history(NULL, p->file, .log = log, .log_scale = log_scale);
	unlink(log);
	return st;
}

Test(plot, logs_of_csv_loggers_are_read)
{
	picture p;

	begin(&p, "curves.svg");
	OK(plot_log(&p, "epoch,loss,main_mae,val_loss\r\n0,3,0.5,4\r\n1,nan,0.4,NA\r\n2,0,0.3,-inf\r\n3,1,0.2,2\r\n", false));
	cr_expect_eq(points(content(&p)), 3 + 4 + 2);
	cr_expect(strstr(content(&p), "2 values not finite<"));
	OK(plot_log(&p, "epoch,loss,main_mae,val_loss\r\n0,3,0.5,4\r\n1,nan,0.4,NA\r\n2,0,0.3,-inf\r\n3,1,0.2,2\r\n", true));
	cr_expect_eq(points(content(&p)), 2 + 4 + 2);
	cr_expect(strstr(content(&p), "3 values not finite or not above 0<"));
	OK(plot_log(&p, "epoch;\"a;\"\"b\"\"&\"\n0;1\n1;2\nepoch;x\n0;3\n", false)); /* begun again */
	cr_expect_eq(points(content(&p)), 1);
	cr_expect(strstr(content(&p), ">a;&quot;b&quot;&amp;<"));
	OK(plot_log(&p, "epoch,loss\n0,nan\n1,inf\n", true));
	cr_expect_eq(points(content(&p)), 0);
	OK(plot_log(&p, "epoch,loss\n0,5\n", true));
	cr_expect_eq(count(content(&p), "<circle"), 1);
	end(&p);
}

Test(plot, broken_logs_are_refused)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "expected \"epoch\""}, {"loss,epoch\n1,0\n", "expected \"epoch\""}, {"epoch,loss\n", "no epoch"}, {"epoch,loss\n0\n", "line 2"},
		{"epoch,loss\n0,1\n1,2,3\n", "line 3"}, {"epoch,loss\n0,x\n", "\"x\" is no number"}, {"epoch,loss\n-1,2\n", "from 0"},
		{"epoch,loss\n0.5,2\n", "from 0"}, {"epoch,loss\nNA,2\n", "is no number"}, {"epoch,\"loss\n0,2\n", "quote"},
		{"epoch,loss\nnan,2\n", "from 0"}, {"epoch,a234567890123456789012345678901234567890123456789012345678901234567890\n", "more than"},
	};
	picture p;

	begin(&p, "curves.svg");
	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		mica_status st = plot_log(&p, cases[i].text, false);
		cr_expect(st == MICA_EFORMAT || st == MICA_EINVAL, "%zu", i);
		cr_expect(strstr(mica_error(NULL), cases[i].why), "%zu: %s", i, mica_error(NULL));
	}
	cr_expect_eq(mica_plot_history(NULL, p.file, .log = "/nowhere/log.csv"), MICA_EIO);
	end(&p);
}
