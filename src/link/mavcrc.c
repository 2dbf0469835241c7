/* CRC-16/MCRF4XX, sixteen bytes at a time. See vg_mav_crc in mavframe.h.
 *
 * slices[k][b] is the checksum of byte b followed by k zero bytes. Checksums are linear over XOR,
 * so a table is given by its eight entries of one bit each, and the checksum of a block is the XOR
 * of one look-up a byte, none waiting for another. The running value goes into the first two bytes;
 * zero bytes before the start change nothing, so the odd block comes first.
 * Source: Kounavis and Berry, "A Systematic Approach to Building High Performance, Software-based,
 * CRC Generators", ISCC 2005; polynomial x^16 + x^12 + x^5 + 1 reflected (0x8408). */
#include "link/mavframe.h"

#define BIT(i, j, b) (((i) >> (j)) & 1 ? (b) : 0)
#define E1(i, b0, b1, b2, b3, b4, b5, b6, b7)                                                      \
    (BIT(i, 0, b0) ^ BIT(i, 1, b1) ^ BIT(i, 2, b2) ^ BIT(i, 3, b3) ^ BIT(i, 4, b4) ^               \
     BIT(i, 5, b5) ^ BIT(i, 6, b6) ^ BIT(i, 7, b7))
#define E4(i, ...)                                                                                 \
    E1(i, __VA_ARGS__), E1(i + 1, __VA_ARGS__), E1(i + 2, __VA_ARGS__), E1(i + 3, __VA_ARGS__)
#define E16(i, ...)                                                                                \
    E4(i, __VA_ARGS__), E4(i + 4, __VA_ARGS__), E4(i + 8, __VA_ARGS__), E4(i + 12, __VA_ARGS__)
#define E64(i, ...)                                                                                \
    E16(i, __VA_ARGS__), E16(i + 16, __VA_ARGS__), E16(i + 32, __VA_ARGS__),                       \
        E16(i + 48, __VA_ARGS__)
#define SLICE(...)                                                                                 \
    {                                                                                              \
        E64(0, __VA_ARGS__), E64(64, __VA_ARGS__), E64(128, __VA_ARGS__), E64(192, __VA_ARGS__)    \
    }

enum {
    BLOCK = 16
};

/* clang-format off */
static const uint16_t slices[BLOCK][256] = {
    SLICE(0x1189, 0x2312, 0x4624, 0x8c48, 0x1081, 0x2102, 0x4204, 0x8408),
    SLICE(0x19d8, 0x33b0, 0x6760, 0xcec0, 0x9591, 0x2333, 0x4666, 0x8ccc),
    SLICE(0x5adc, 0xb5b8, 0x6361, 0xc6c2, 0x8595, 0x033b, 0x0676, 0x0cec),
    SLICE(0x1cbb, 0x3976, 0x72ec, 0xe5d8, 0xc3a1, 0x8f53, 0x16b7, 0x2d6e),
    SLICE(0x0b44, 0x1688, 0x2d10, 0x5a20, 0xb440, 0x6091, 0xc122, 0x8a55),
    SLICE(0x042b, 0x0856, 0x10ac, 0x2158, 0x42b0, 0x8560, 0x02d1, 0x05a2),
    SLICE(0x9fd5, 0x37bb, 0x6f76, 0xdeec, 0xb5c9, 0x6383, 0xc706, 0x861d),
    SLICE(0x81bf, 0x0b6f, 0x16de, 0x2dbc, 0x5b78, 0xb6f0, 0x65f1, 0xcbe2),
    SLICE(0x4dfd, 0x9bfa, 0x3fe5, 0x7fca, 0xff94, 0xf739, 0xe663, 0xc4d7),
    SLICE(0x2c27, 0x584e, 0xb09c, 0x6929, 0xd252, 0xacb5, 0x517b, 0xa2f6),
    SLICE(0x5591, 0xab22, 0x5e55, 0xbcaa, 0x7145, 0xe28a, 0xcd05, 0x921b),
    SLICE(0x8555, 0x02bb, 0x0576, 0x0aec, 0x15d8, 0x2bb0, 0x5760, 0xaec0),
    SLICE(0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0, 0xb5a0, 0x6351, 0xc6a2),
    SLICE(0x7eea, 0xfdd4, 0xf3b9, 0xef63, 0xd6d7, 0xa5bf, 0x436f, 0x86de),
    SLICE(0x482a, 0x9054, 0x28b9, 0x5172, 0xa2e4, 0x4dd9, 0x9bb2, 0x3f75),
    SLICE(0x8e10, 0x1431, 0x2862, 0x50c4, 0xa188, 0x4b01, 0x9602, 0x2415),
};
/* clang-format on */

/* Sixteen bytes at once. */
static inline uint16_t add_block(uint16_t crc, const uint8_t *p)
{
    unsigned a = slices[15][p[0] ^ (crc & 0xff)] ^ slices[14][p[1] ^ (crc >> 8)];
    unsigned b = slices[13][p[2]] ^ slices[12][p[3]] ^ slices[11][p[4]] ^ slices[10][p[5]];
    unsigned c = slices[9][p[6]] ^ slices[8][p[7]] ^ slices[7][p[8]] ^ slices[6][p[9]];
    unsigned d = slices[5][p[10]] ^ slices[4][p[11]] ^ slices[3][p[12]] ^ slices[2][p[13]];
    return (uint16_t)(a ^ b ^ c ^ d ^ slices[1][p[14]] ^ slices[0][p[15]]);
}

/* Fewer than sixteen bytes. */
static inline uint16_t add_some(uint16_t crc, const uint8_t *p, size_t n)
{
    if (n == 0) {
        return crc;
    }
    if (n == 1) {
        return (uint16_t)(crc >> 8 ^ slices[0][p[0] ^ (crc & 0xff)]);
    }
    unsigned r = slices[n - 1][p[0] ^ (crc & 0xff)] ^ slices[n - 2][p[1] ^ (crc >> 8)];
    for (size_t i = 2; i < n; i++) {
        r ^= slices[n - 1 - i][p[i]];
    }
    return (uint16_t)r;
}

uint16_t vg_mav_crc(uint16_t crc, const uint8_t *data, size_t n)
{
    size_t odd = n % BLOCK;
    crc = add_some(crc, data, odd);
    for (size_t i = odd; i < n; i += BLOCK) {
        crc = add_block(crc, data + i);
    }
    return crc;
}
