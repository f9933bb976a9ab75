/* SPDX-License-Identifier: MIT */
/* stages.cl - the kernels around the functions of groups.  A stage's record in the table `o` says which function runs for
   which task: see mica_entry in prelude.cl.  Holes: @parameters@ of kernels, @own@ parameters of functions and @arguments@ for
   them, @slabs@ (a declaration those need), @calls@ of the functions that may run, as cases of a switch. */
//@ cpu_stage
kernel __attribute__((reqd_work_group_size(1, 1, 1))) void @name@(@parameters@, const int record, const int step)
{
@slabs@
	global const long *const stage = o + record, *const part = MICA_PART(stage, 0);
	const int t = (int)get_group_id(0), j = mica_entry(part, (int)stage[0], t);
	global const long *const e = MICA_ENTRY(stage, j);
	const int n = t - mica_begin(part, j), width = (int)part[3 * j + 2], x = REST(n, width), y = n / width;
	switch ((int)e[0]) {
@calls@
	}
}

//@ simt_stage
MICA_KERNEL void @name@(@parameters@, const int record, const int step)
{
	local real m[MICA_LOCAL] __attribute__((aligned(32)));
	global const long *const stage = o + record, *const part = MICA_PART(stage, 0);
	const int t = (int)get_group_id(0), j = mica_entry(part, (int)stage[0], t);
	global const long *const e = MICA_ENTRY(stage, j);
	const int n = t - mica_begin(part, j), width = (int)part[3 * j + 2], x = REST(n, width), y = n / width;
	switch ((int)e[0]) {
@calls@
	}
}

//@ walk
MICA_INLINE void mica_call(@own@, global const long *e, const int x, const int y, const int step)
{
	switch ((int)e[0]) {
@calls@
	}
}

/* Takes all it can of the tasks in the range of worker v. */
MICA_INLINE void mica_take(@own@, global const long *stage, volatile global int *sync, const int v, const int now, const int step)
{
	const int groups = (int)stage[0];
	global const long *const part = MICA_PART(stage, v);
	const int limit = (int)part[3 * groups - 3];
	int done = 0;
	for (int t; (t = mica_claim(sync, v, now, limit)) >= 0; done++) {
		const int j = mica_entry(part, groups, t), n = t - mica_begin(part, j);
		const int first = (int)part[3 * j + 1], width = (int)part[3 * j + 2];
		mica_call(@arguments@, MICA_ENTRY(stage, j), first + REST(n, width), n / width, step);
	}
	MICA_FENCE;
	if (done)
		atomic_add(sync, done);
}

kernel __attribute__((reqd_work_group_size(1, 1, 1))) void walk(@parameters@, const int record, volatile global int *sync,
                                                                const int first, const int end, const int begin, int tasks)
{
@slabs@
	const int w = (int)get_group_id(0), workers = (int)get_num_groups(0);
	for (int now = first; now < end; now++) {
		int step;
		global const long *const stage = o + mica_stage(o, o + record, begin, now, &step);
		tasks += (int)stage[1];
		for (int i = 0; i < workers && !(i == 1 && mica_done(sync, tasks, MICA_PATIENCE)); i++)
			mica_take(@arguments@, stage, sync, (w + i) % workers, now, step);
		while (!mica_done(sync, tasks, 1))
			;
		MICA_FENCE;
	}
}
