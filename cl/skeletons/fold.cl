/* SPDX-License-Identifier: MIT */
/* fold.cl - the accumulators of @n@ work-items of a GPU, @stride@ apart and numbered by @at@, together: a tree whose shape
   depends on sizes only. */
//@ tree
@before@
barrier(CLK_LOCAL_MEM_FENCE);
for (int h = @n@ / 2; h; h /= 2) {
	if (@at@ < h) {
@level@
	}
	barrier(CLK_LOCAL_MEM_FENCE);
}
@after@
barrier(CLK_LOCAL_MEM_FENCE);
