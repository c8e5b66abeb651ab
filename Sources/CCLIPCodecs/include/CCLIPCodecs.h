// libjpeg-turbo, libspng and libwebp behind one small C interface that Swift can call: each file format has a function
// that reads the header alone, and one that decodes into memory that the caller has made after looking at the header;
// JPEG and PNG have one that encodes.
// Nothing here keeps state between calls. Every function returns 0 for success, and otherwise a status with its
// reason, in one line, in the caller's message buffer.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CCLIPPixels.h"

/// The size of every message buffer, in bytes.
#define CLIP_CODEC_MESSAGE 256

/// What a codec call came to.
enum clip_codec_status {
    /// Done.
    CLIP_CODEC_OK = 0,
    /// The data end before the image does.
    CLIP_CODEC_TRUNCATED = 1,
    /// The data break the format's rules, or use a part of it that is not read here.
    CLIP_CODEC_BROKEN = 2,
    /// Memory ran out.
    CLIP_CODEC_MEMORY = 3,
};

/// What a JPEG file says of itself before its first scan.
typedef struct {
    uint32_t width, height;
    /// 1 grey, 3 colour, 4 CMYK or YCCK.
    int32_t components;
    /// Whether the entropy coding is arithmetic, whose output has no lower bound per pixel.
    int32_t arithmetic;
} clip_jpeg_header;

/// Reads a JPEG file's header.
int clip_jpeg_read_header(const uint8_t *data, size_t length, clip_jpeg_header *header, char *message);

/// Decodes a JPEG file into `width * height * components` interleaved bytes: grey, RGB, or CMYK as it lies in the file.
int clip_jpeg_decode(const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, char *message);

/// Encodes `width * height * channels` bytes (1 grey, 3 RGB) as a baseline JPEG file in memory that `clip_codec_free`
/// frees, with libjpeg's tables for a quality of 1 to 100 and colour at half the resolution (4:2:0).
int clip_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality, uint8_t **data, size_t *length,
    char *message);

/// What a PNG file's first chunk says.
typedef struct {
    uint32_t width, height;
    /// Bits of a sample: 1, 2, 4, 8, 16.
    uint8_t bit_depth;
    /// 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.
    uint8_t color_type;
} clip_png_header;

/// A PNG file's palette and transparency.
typedef struct {
    uint32_t palette_count;
    /// RGB of each entry.
    uint8_t palette[256 * 3];
    uint32_t alpha_count;
    /// The alpha of the first `alpha_count` palette entries.
    uint8_t alpha[256];
    /// Whether a colour stands for full transparency.
    int32_t has_key;
    /// That colour: one grey sample, or red, green, blue.
    uint16_t key[3];
} clip_png_colors;

/// Reads a PNG file's header.
int clip_png_read_header(const uint8_t *data, size_t length, clip_png_header *header, char *message);

/// Decodes a PNG file into rows of `ceil(width * channels * bit_depth / 8)` bytes, samples packed as in the file, those
/// of 16 bits in the machine's byte order.
int clip_png_decode(
    const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, clip_png_colors *colors, char *message);

/// Encodes `width * height * channels` bytes (1 grey, 3 RGB, 4 RGBA) as a PNG file in memory that `clip_codec_free` frees.
int clip_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int level, uint8_t **data, size_t *length,
    char *message);

/// Frees memory that an encoder returned.
void clip_codec_free(void *memory);

/// What a WebP file says of itself.
typedef struct {
    uint32_t width, height;
    int32_t has_alpha;
    int32_t is_animated;
} clip_webp_header;

/// Reads a WebP file's header: the size of the whole canvas.
int clip_webp_read_header(const uint8_t *data, size_t length, clip_webp_header *header, char *message);

/// Decodes a WebP file, or the first frame of an animation on its canvas, into interleaved RGBA where the header tells of
/// an alpha channel, else RGB.
int clip_webp_decode(const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, char *message);
