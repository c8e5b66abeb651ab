// PNG through libspng.
#include "message.h"

#include <stdlib.h>
#include <string.h>

#include <spng.h>

// No ancillary chunk (text, profile) may be larger than this, nor all of them together: they can be small files that
// inflate to gigabytes, and none of them is used here.
enum { ancillary_limit = 16 << 20 };

static int fail(char *message, int error) {
    switch (error) {
    case SPNG_IO_EOF:
    case SPNG_EIDAT_TOO_SHORT: return clip_fail(message, CLIP_CODEC_TRUNCATED, "the data end before the last row");
    case SPNG_EMEM: return clip_fail(message, CLIP_CODEC_MEMORY, "out of memory");
    default: return clip_fail(message, CLIP_CODEC_BROKEN, spng_strerror(error));
    }
}

static spng_ctx *open_decoder(const uint8_t *data, size_t length, int *error) {
    spng_ctx *context = spng_ctx_new(0);
    if (context == NULL) {
        *error = SPNG_EMEM;
        return NULL;
    }
    *error = spng_set_png_buffer(context, data, length);
    if (*error == 0) *error = spng_set_chunk_limits(context, ancillary_limit, ancillary_limit);
    return context;
}

static int read_header(spng_ctx *context, clip_png_header *header) {
    struct spng_ihdr ihdr;
    int error = spng_get_ihdr(context, &ihdr);
    if (error == 0) {
        *header = (clip_png_header){
            .width = ihdr.width, .height = ihdr.height, .bit_depth = ihdr.bit_depth, .color_type = ihdr.color_type};
    }
    return error;
}

int clip_png_read_header(const uint8_t *data, size_t length, clip_png_header *header, char *message) {
    int error;
    spng_ctx *context = open_decoder(data, length, &error);
    if (error == 0) error = read_header(context, header);
    spng_ctx_free(context);
    return error == 0 ? CLIP_CODEC_OK : fail(message, error);
}

static int read_palette(spng_ctx *context, clip_png_colors *colors) {
    struct spng_plte plte;
    int error = spng_get_plte(context, &plte);
    if (error != 0) return error == SPNG_ECHUNKAVAIL ? 0 : error;
    colors->palette_count = plte.n_entries;
    for (uint32_t i = 0; i < plte.n_entries && i < 256; i++) {
        colors->palette[3 * i] = plte.entries[i].red;
        colors->palette[3 * i + 1] = plte.entries[i].green;
        colors->palette[3 * i + 2] = plte.entries[i].blue;
    }
    return 0;
}

static int read_transparency(spng_ctx *context, uint8_t color_type, clip_png_colors *colors) {
    struct spng_trns trns;
    int error = spng_get_trns(context, &trns);
    if (error != 0) return error == SPNG_ECHUNKAVAIL ? 0 : error;
    if (color_type == SPNG_COLOR_TYPE_INDEXED) {
        colors->alpha_count = trns.n_type3_entries;
        memcpy(colors->alpha, trns.type3_alpha, sizeof colors->alpha);
        return 0;
    }
    colors->has_key = 1;
    colors->key[0] = color_type == SPNG_COLOR_TYPE_GRAYSCALE ? trns.gray : trns.red;
    colors->key[1] = trns.green;
    colors->key[2] = trns.blue;
    return 0;
}

static int decode(spng_ctx *context, uint8_t *pixels, size_t capacity, clip_png_colors *colors) {
    clip_png_header header;
    int error = read_header(context, &header);
    if (error == 0) error = read_palette(context, colors);
    if (error == 0) error = read_transparency(context, header.color_type, colors);
    size_t size = 0;
    if (error == 0) error = spng_decoded_image_size(context, SPNG_FMT_PNG, &size);
    if (error == 0 && size > capacity) error = SPNG_EBUFSIZ;
    // libspng adds the bits of an interlaced row to those that are there.
    if (error == 0 && header.bit_depth < 8) memset(pixels, 0, size);
    if (error == 0) error = spng_decode_image(context, pixels, size, SPNG_FMT_PNG, 0);
    return error;
}

int clip_png_decode(
    const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, clip_png_colors *colors, char *message) {
    memset(colors, 0, sizeof *colors);
    int error;
    spng_ctx *context = open_decoder(data, length, &error);
    if (error == 0) error = decode(context, pixels, capacity, colors);
    spng_ctx_free(context);
    return error == 0 ? CLIP_CODEC_OK : fail(message, error);
}

int clip_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int level, uint8_t **data, size_t *length,
    char *message) {
    spng_ctx *context = spng_ctx_new(SPNG_CTX_ENCODER);
    if (context == NULL) return fail(message, SPNG_EMEM);
    static const uint8_t color_types[] = {
        SPNG_COLOR_TYPE_GRAYSCALE, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, SPNG_COLOR_TYPE_TRUECOLOR,
        SPNG_COLOR_TYPE_TRUECOLOR_ALPHA};
    struct spng_ihdr ihdr = {.width = width, .height = height, .bit_depth = 8, .color_type = color_types[channels - 1]};
    int error = spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
    if (error == 0) error = spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, level);
    if (error == 0) error = spng_set_ihdr(context, &ihdr);
    size_t size = (size_t)width * height * (size_t)channels;
    if (error == 0) error = spng_encode_image(context, pixels, size, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
    if (error == 0) *data = spng_get_png_buffer(context, length, &error);
    spng_ctx_free(context);
    return error == 0 ? CLIP_CODEC_OK : fail(message, error);
}

void clip_codec_free(void *memory) { free(memory); }
