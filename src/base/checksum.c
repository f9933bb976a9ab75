/* SPDX-License-Identifier: MIT */
/* base/checksum.c - CRC32C (Castagnoli), as record files have it: bit by bit, since what is written so is short. */
#include "base/base.h"

uint32_t mica__crc32c(const void *data, size_t n)
{
	const unsigned char *byte = data;
	uint32_t crc = ~(uint32_t)0;

	for (size_t i = 0; i < n; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}
