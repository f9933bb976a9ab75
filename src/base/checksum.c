/* SPDX-License-Identifier: MIT */
/* base/checksum.c - cyclic sums of 32 bits, lowest bit first, half a byte at a time. */
#include "base/base.h"

uint32_t mica__checksum(uint32_t polynomial, uint32_t sum, const void *data, size_t n)
{
	const unsigned char *byte = data;
	uint32_t step[16];

	for (uint32_t i = 0; i < 16; i++) {
		step[i] = i;
		for (int bit = 0; bit < 4; bit++)
			step[i] = step[i] >> 1 ^ (step[i] & 1 ? polynomial : 0);
	}
	sum = ~sum;
	for (size_t i = 0; i < n; i++) {
		sum ^= byte[i];
		sum = sum >> 4 ^ step[sum & 15];
		sum = sum >> 4 ^ step[sum & 15];
	}
	return ~sum;
}
