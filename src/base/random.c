/* SPDX-License-Identifier: MIT */
/* base/random.c - the counter-based generator Philox4x32-10, and the hash for keys.
   Both give the same bits on every machine of the same byte order; the kernels have the same Philox. */
#include "base/base.h"

#include <string.h>

void mica__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
	uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k[2] = {key[0], key[1]};
	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)c[0] * 0xD2511F53u, b = (uint64_t)c[2] * 0xCD9E8D57u;
		c[0] = (uint32_t)(b >> 32) ^ c[1] ^ k[0];
		c[1] = (uint32_t)b;
		c[2] = (uint32_t)(a >> 32) ^ c[3] ^ k[1];
		c[3] = (uint32_t)a;
		k[0] += 0x9E3779B9u;
		k[1] += 0xBB67AE85u;
	}
	memcpy(out, c, sizeof c);
}

void mica__shuffled(int32_t *order, size_t n, uint64_t seed, uint64_t turn, uint32_t tag)
{
	const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
	uint32_t bits[4] = {0};
	for (size_t i = 0; i < n; i++)
		order[i] = (int32_t)i;
	for (size_t i = n; i-- > 1;) {
		const uint32_t counter[4] = {(uint32_t)(i / 4), (uint32_t)turn, (uint32_t)(turn >> 32), tag};
		if (i % 4 == 3 || i == n - 1)
			mica__philox(bits, counter, key);
		size_t j = (size_t)((uint64_t)bits[i % 4] * (i + 1) >> 32);
		int32_t swapped = order[i];
		order[i] = order[j];
		order[j] = swapped;
	}
}

/* Eight bytes at a time; the shift carries high bits down, which FNV's multiplication alone never does. */
uint64_t mica__hash(uint64_t seed, const void *data, size_t n)
{
	const uint64_t prime = 0x100000001B3u;
	const unsigned char *p = data;
	uint64_t h = (seed ^ 0xCBF29CE484222325u ^ n) * prime;
	for (; n; p += n < 8 ? n : 8, n -= n < 8 ? n : 8) {
		uint64_t word = 0;
		memcpy(&word, p, n < 8 ? n : 8);
		h = (h ^ word) * prime;
		h ^= h >> 32;
	}
	h *= 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}
