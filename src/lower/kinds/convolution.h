/* SPDX-License-Identifier: MIT */
/* lower/kinds/convolution.h - what the kinds for convolutions share. */
#ifndef MICA_LOWER_KINDS_CONVOLUTION_H
#define MICA_LOWER_KINDS_CONVOLUTION_H
#include "lower/emit.h"

/* A convolution as the kernel sees it: windows over the source make the result; in the transpose, the result's windows over
   the source.  in, out: channels of a group. */
typedef struct mica__conv_pass {
	bool transposed;
	size_t images, groups, in, out;
	size_t source[MICA__MOST_SPATIAL], result[MICA__MOST_SPATIAL];
	size_t taps[MICA__MOST_SPATIAL], stride[MICA__MOST_SPATIAL], dilation[MICA__MOST_SPATIAL], before[MICA__MOST_SPATIAL];
} mica__conv_pass;

mica__conv_pass mica__conv_pass_of(mica_var x);
/* Whether every channel is a group with one filter. */
static inline bool mica__conv_depthwise(const mica__conv_pass *w)
{
	return w->in == 1 && w->out == 1 && w->groups > 1;
}

/* What one task makes, and how much of the source it packs at a time: see mica_conv in cl/convolution_blocks.cl. */
typedef struct mica__conv_block {
	size_t size[4];  /* images, pixels of the result along each axis */
	size_t channels; /* in a pass */
	bool one_tap;    /* in a pass; else all */
} mica__conv_block;

enum { MICA__CONV_SCRATCH = 24576 }; /* elements that are packed at a time */
/* Parts of n, as equal as they can be, of at most `most` each. */
size_t mica__even_part(size_t n, size_t most);
/* Makes of size a box of at most `most` pixels that follow one another: whole lines, whole planes, whole images as far as they
   go.  How many of them there are. */
void mica__conv_set_box(const mica__conv_pass *w, size_t most, size_t *size);
size_t mica__conv_blocks(const mica__conv_pass *w, const mica__conv_block *b);

/* On CPUs: the matrix that an operand is stored as; mica_conv of cl/convolution_*.cl, in the table, and its slot as text; rows of
   the result of one task, so that there are some tasks for each worker. */
mica__matrix mica__conv_operand(mica__emitter *e, mica_var x);
void mica__conv_put_table(mica__emitter *e, const mica__conv_pass *w, const mica__conv_block *b, mica_var source, char slot[24]);
size_t mica__conv_rows_per_task(const mica__emitter *e, size_t least, size_t most);
/* Sections "cpu" and "cpu_weight" of that file of skeletons, for the group of a convolution, or of the gradient of its weights. */
void mica__conv_cpu(mica__emitter *e, const char *skeleton, const mica__conv_pass *w, const mica__conv_block *b, mica__text *out);
void mica__conv_cpu_weight(mica__emitter *e, const char *skeleton, const mica__conv_pass *w, const mica__conv_block *b, mica__text *out);

/* Members of the kinds. */
double mica__conv_flops(const mica__plan *p, const mica__group *g);
void mica__conv_label(const mica__plan *p, const mica__group *g, char *out, size_t size);

#endif
