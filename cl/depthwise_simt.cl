/* SPDX-License-Identifier: MIT */
/* depthwise_simt.cl - convolution of every channel by itself, its transpose and the gradient of its weights on GPUs: a work-item
   makes one element.  Needs prelude.cl with MICA_SIMT, product_simt.cl and convolution_simt.cl. */

/* Element (r, c) of the result of a convolution or, by `way`, its transpose. */
MICA_INLINE real mica_depthwise(global const mica_conv *g, global const real *x, global const real *weights, int r, int c, const int way)
{
	const int taps = (int)(g->taps[0] * g->taps[1] * g->taps[2]);
	real sum = R(0.0);
	for (int t = 0; t < taps; t++)
		sum = fma(mica_conv_element(x, g, c, r, t, way), weights[(size_t)t * g->groups + c], sum);
	return sum;
}

/* Element (t, c) of the gradient of the weights, of pixels first..end. */
MICA_INLINE real mica_depthwise_weight(global const mica_conv *g, global const real *x, global const real *y, int t, int c, int first, int end)
{
	real sum = R(0.0);
	for (int p = first; p < end; p++)
		sum = fma(mica_conv_element(x, g, c, p, t, MICA_CONV_WEIGHT), y[(size_t)p * g->groups + c], sum);
	return sum;
}
