/* SPDX-License-Identifier: MIT */
/* convolution_blocks.cl - what a convolution is, in numbers, and the part of its result that a task on a CPU makes: a box of its
   pixels, one after the other in memory.  Needs prelude.cl with MICA_CPU. */

/* The numbers of a convolution, as they stand in the plan's table.  source is what windows see, result what is made of it. */
typedef struct mica_conv {
	long images, source[3], result[3], taps[3], stride[3], dilation[3], before[3];
	long in, out, groups; /* channels of a group: of the source, of the result */
	long transposed;      /* whether the source is what windows over the result make */
	long one_tap;         /* whether each pass has one tap; else each has all */
	long channels;        /* of the source in a pass */
	long block[4];        /* of the result, in a task: images and pixels along each axis */
	long row, panel;      /* element (r, c) of the source is at (c / PW) * panel + r * row + c % PW */
} mica_conv;

/* A task's block, and the pass at hand over it. */
typedef struct mica_conv_block {
	int first[4], end[4];        /* images; pixels of the result along each axis */
	int row, rows;               /* of the result */
	int tap[3], taps[3];         /* first tap of the pass, and how many, along each axis */
	int channel, channels;       /* of the pass, counted over all groups */
	int from[3], size[3], every[3]; /* box of the source: first pixel (may be outside), pixels, and how far they are apart */
} mica_conv_block;

/* Block number n. */
MICA_INLINE void mica_conv_begin(mica_conv_block *b, global const mica_conv *g, int n)
{
	b->row = 0;
	b->rows = 1;
	for (int i = 3; i >= 0; i--) {
		const int size = (int)(i ? g->result[i - 1] : g->images), step = (int)g->block[i], blocks = max(1, (size + step - 1) / step);
		b->first[i] = REST(n, blocks) * step;
		b->end[i] = min(b->first[i] + step, size);
		n /= blocks;
	}
	for (int i = 0; i < 4; i++) {
		b->row = b->row * (int)(i ? g->result[i - 1] : g->images) + b->first[i];
		b->rows *= b->end[i] - b->first[i];
	}
}
