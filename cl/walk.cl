/* SPDX-License-Identifier: MIT */
/* walk.cl - a whole plan in one kernel on a CPU: every work-group walks the stages and takes tasks until none are left.

   Each group (a worker) owns a range of every stage's tasks, so that the core that wrote a panel reads it next; one that is
   done takes tasks of the others.  A stage ends when all of its tasks are done; who does the last one opens the next stage.
   No group ever waits for one that has not started: whoever runs can do all the tasks alone.  So this needs no two groups
   to run at once, only that a group that has taken a task goes on with it, as threads do.

   A loop's stages come once for each of its steps.  Counted so, the stages of one run of the plan are those of its segments
   (see lower/segments.c) one after the other, and run follows run; `begin` is the place, in a run, of the stage that is number 0
   in sync.

   sync[0] is the number of the current stage since sync was zero, sync[16] the tasks done in it, sync[32 + 16 w] the tasks
   taken of worker w's range, as stage << 15 | count, so that a claim for a stage that is over fails. */
#define MICA_STAGE_OF 32
#define MICA_TASKS_BITS 15

#ifdef MICA_X86
#define MICA_PAUSE __asm__ volatile("pause" ::: "memory")
#define MICA_FENCE __asm__ volatile("" ::: "memory")
#else
#define MICA_PAUSE
#define MICA_FENCE mem_fence(CLK_GLOBAL_MEM_FENCE)
#endif

/* Takes the next task of worker w's range in a stage; -1 if there is none. */
MICA_INLINE int mica_claim(volatile global int *sync, int w, int stage, int limit)
{
	volatile global int *word = sync + MICA_STAGE_OF + 16 * w;
	for (;;) {
		const int old = *word, taken = old & ((1 << MICA_TASKS_BITS) - 1);
		if (old >> MICA_TASKS_BITS != stage || taken >= limit)
			return -1;
		if (atomic_cmpxchg(word, old, old + 1) == old)
			return taken;
	}
}

/* After the last task of a stage: opens the next. */
MICA_INLINE void mica_open_next(volatile global int *sync, int workers, int stage)
{
	for (int w = 0; w < workers; w++)
		sync[MICA_STAGE_OF + 16 * w] = (stage + 1) << MICA_TASKS_BITS;
	sync[16] = 0;
	mem_fence(CLK_GLOBAL_MEM_FENCE);
	MICA_FENCE;
	atomic_xchg(sync, stage + 1);
}

/* Where the record of the stage that is number now in sync stands in o, and the step of its loop: the walk's record says of each
   segment where it ends, how many stages it has, which word says where the first one's record is, and its steps, negative if
   the last comes first. */
MICA_INLINE int mica_stage(global const long *o, global const long *walk, const int begin, const int now, private int *step)
{
	const int total = (int)walk[4 * walk[0] - 3], at = (int)(((long)begin + now) % total);
	int before = 0;
	for (walk++; at >= (int)walk[0]; walk += 4)
		before = (int)walk[0];
	const int stages = (int)walk[1], steps = (int)walk[3], k = (at - before) / stages;
	*step = steps < 0 ? -1 - steps - k : k;
	return (int)o[walk[2] + REST(at - before, stages)];
}
