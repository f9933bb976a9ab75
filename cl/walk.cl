/* SPDX-License-Identifier: MIT */
/* walk.cl - a whole plan in one kernel on a CPU: every work-group walks the stages and takes tasks until none are left.

   Each group (a worker) owns a range of every stage's tasks, so that the core that wrote a panel reads it next; one that is
   done takes tasks of the others.  A stage is over when all of its tasks are done; every worker sees that by itself, from the
   count of all tasks done so far, and goes on.  No group ever waits for one that has not started: whoever runs can do all the
   tasks alone.  So this needs no two groups to run at once, only that a group that has taken a task goes on with it, as threads do.

   A loop's stages come once for each of its steps.  Counted so, the stages of one run of the plan are those of its segments
   (see lower/segments.c) one after the other, and run follows run; `begin` is the place, in a run, of the stage that is number 0
   since sync was zero, `first` the number of the stage that a launch begins with, `end` of the one before which it ends.

   sync[0] is the number of tasks done since sync was zero, the only word that all workers write, once a stage.  sync[16 + 16 w]
   are the tasks taken of worker w's range, as stage << 15 | count: the first who takes one of a stage writes its number, and a claim
   for a stage that is over fails, since all of it are taken.  Other cores' words are in their caches, and a worker looks at them
   only after it has waited a while: most stages are over by then. */
#define MICA_TAKEN 16
#define MICA_TASKS_BITS 15
#define MICA_PATIENCE 64 /* looks at sync[0] */

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
	volatile global int *word = sync + MICA_TAKEN + 16 * w;
	for (;;) {
		const int old = *word, of = old >> MICA_TASKS_BITS, taken = of < stage ? 0 : old & ((1 << MICA_TASKS_BITS) - 1);
		if (of > stage || taken >= limit)
			return -1;
		if (atomic_cmpxchg(word, old, (stage << MICA_TASKS_BITS | taken) + 1) == old)
			return taken;
	}
}

/* Are that many tasks done, or soon? */
MICA_INLINE bool mica_done(volatile global int *sync, int tasks, int looks)
{
	for (int i = 0; i < looks && *sync - tasks < 0; i++)
		MICA_PAUSE;
	return *sync - tasks >= 0;
}

/* Where the record of the stage that is number now stands in o, and the step of its loop: the walk's record says of each
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
