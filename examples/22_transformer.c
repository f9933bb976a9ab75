/* SPDX-License-Identifier: MIT */
/* examples/22_transformer.c - a causal transformer that learns a sonnet by heart, letter by letter.
   Two blocks, each x + attention(norm(x)), then x + dense(relu(dense(norm(x)))); what it makes of a letter is who comes next.  All letters of a window are
   trained at once, since the causal mask keeps each from looking at those after it.
   Checked: it is right about nearly all letters; given the first line, it goes on with the second; a letter that is changed changes nothing
   before it.
   The text is Shakespeare's eighteenth sonnet (1609), which is in the public domain. */
#include "example.h"

enum { STEPS = 32, WIDTH = 64, HEADS = 4, BLOCKS = 2, LETTERS = 128, EPOCHS = 18, MOST_TEXT = 1024 };

static const char *const lines[] = {
	"Shall I compare thee to a summer's day?",
	"Thou art more lovely and more temperate:",
	"Rough winds do shake the darling buds of May,",
	"And summer's lease hath all too short a date:",
	"Sometime too hot the eye of heaven shines,",
	"And often is his gold complexion dimm'd;",
	"And every fair from fair sometime declines,",
	"By chance or nature's changing course untrimm'd;",
	"But thy eternal summer shall not fade",
	"Nor lose possession of that fair thou owest;",
	"Nor shall Death brag thou wander'st in his shade,",
	"When in eternal lines to time thou growest:",
	"So long as men can breathe or eyes can see,",
	"So long lives this and this gives life to thee.",
};

/* The lines as one text; returns its length. */
static size_t write_text(char text[MOST_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		n += (size_t)snprintf(text + n, MOST_TEXT - n, "%s\n", lines[i]);
	return n;
}

/* Every window of the text, and what stands one letter further on: (n, STEPS) each. */
static mica_dataset *windows(mica_context *ctx, const char *text, size_t length)
{
	static int32_t x[MOST_TEXT][STEPS], y[MOST_TEXT][STEPS];
	size_t n = length - STEPS;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < STEPS; k++) {
			x[i][k] = text[i + k];
			y[i][k] = text[i + k + 1];
		}
	return mica_dataset_arrays(ctx, x, MICA_I32, MICA_SHAPE(n, STEPS), y, MICA_I32, MICA_SHAPE(n, STEPS), 1);
}

/* A layer of our own: attention does not know where a letter stands, so each place has numbers that are added to it. */
static mica_var add_places(mica_build *b, mica_var x, void *payload)
{
	mica_shape s = mica_var_shape(x);

	(void)payload;
	return mica_op_add(x, mica_weight(b, "places", MICA_SHAPE(s.dim[1], s.dim[2]), .initializer = MICA_RANDOM_UNIFORM));
}

static mica_symbol *block(mica_symbol *x)
{
	mica_symbol *seen = mica_apply(mica_multi_head_attention(HEADS, WIDTH / HEADS, .use_causal_mask = true), mica_apply(mica_layer_normalization(), x));

	x = mica_apply(mica_merge_add(), x, seen);
	mica_symbol *thought = mica_apply(mica_dense(4 * WIDTH, .activation = MICA_RELU), mica_apply(mica_layer_normalization(), x));
	return mica_apply(mica_merge_add(), x, mica_apply(mica_dense(WIDTH), thought));
}

static mica_model *network(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx, .seed = 1);
	mica_symbol *x = mica_apply(mica_embedding(LETTERS, WIDTH), mica_model_input(m, mica_input(STEPS, .type = MICA_I32)));

	x = mica_apply(mica_custom_layer(.call = add_places), x);
	for (int i = 0; i < BLOCKS; i++)
		x = block(x);
	mica_model_output(m, mica_apply(mica_dense(LETTERS, .activation = MICA_SOFTMAX), mica_apply(mica_layer_normalization(), x)));
	mica_compile(m, .optimizer = mica_adam(2e-3), .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
	return m;
}

/* The probabilities (STEPS, LETTERS) of what follows each letter of a window. */
static void predict(mica_model *m, const char *window, float *out)
{
	int32_t x[STEPS];

	for (size_t k = 0; k < STEPS; k++)
		x[k] = window[k];
	TRY(mica_predict(m, MICA_ARRAY(x, 1, STEPS), out, STEPS * LETTERS * sizeof *out));
}

static char likeliest(const float *p)
{
	int best = 0;

	for (int i = 1; i < LETTERS; i++)
		best = p[i] > p[best] ? i : best;
	return (char)best;
}

int main(void)
{
	static float p[STEPS * LETTERS], changed[STEPS * LETTERS];
	char text[MOST_TEXT], said[128] = "", window[STEPS];
	size_t length = write_text(text), first = strlen(lines[0]) + 1;
	mica_context *ctx = open_device();
	mica_model *m = network(ctx);
	mica_dataset *d = windows(ctx, text, length);
	mica_logs scores;

	TRY(mica_summary(m, print_text, NULL));
	TRY(mica_fit(m, d, .epochs = EPOCHS, .batch_size = 32, .verbose = 2, .print = print_text));
	TRY(mica_evaluate(m, d, &scores));
	printf("%.1f %% of the letters\n", 100 * mica_log(&scores, "accuracy"));
	require(mica_log(&scores, "accuracy") > 0.85, "it knows nearly all letters; of a window's first ones many might follow");

	for (size_t i = 0; i < strlen(lines[1]); i++) { /* each letter from those before it, of which those after the first line are its own */
		for (size_t k = 0; k < STEPS; k++) {
			size_t at = first + i - STEPS + k;
			window[k] = at < first ? text[at] : said[at - first];
		}
		predict(m, window, p);
		said[i] = likeliest(p + (STEPS - 1) * LETTERS);
	}
	printf("%s\n%s\n", lines[0], said);
	require(strcmp(said, lines[1]) == 0, "it goes on with the second line");

	predict(m, text, p);
	memcpy(window, text, STEPS);
	window[STEPS - 1] = '!';
	predict(m, window, changed);
	require(memcmp(p, changed, (STEPS - 1) * LETTERS * sizeof *p) == 0, "no letter looks ahead");
	require(memcmp(p, changed, sizeof p) != 0, "the last letter counts");
	mica_close(ctx);
	return 0;
}
