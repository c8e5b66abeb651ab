// JPEG files through libjpeg-turbo, with its default choices: baseline, the accurate integer DCT, colour at half the
// resolution, standard Huffman tables. They are Pillow's as well, so files are equal where the libraries are.
#include "jpeg_errors.h"

#include <stdlib.h>
#include <string.h>

enum { first_capacity = 1 << 16 };

typedef struct {
    struct jpeg_compress_struct info;
    error_handler handler;
    struct jpeg_destination_mgr destination;
    // The file so far: what lies behind `destination.next_output_byte` is free.
    uint8_t *data;
    size_t capacity;
} encoder;

// Makes the memory larger, and goes on writing after the bytes that are there.
static void grow(j_compress_ptr info, size_t capacity) {
    encoder *encoder = info->client_data;
    size_t used = encoder->capacity;
    uint8_t *data = realloc(encoder->data, capacity);
    if (data == NULL) escape_with((j_common_ptr)info, CLIP_CODEC_MEMORY, "out of memory");
    encoder->data = data;
    encoder->capacity = capacity;
    info->dest->next_output_byte = data + used;
    info->dest->free_in_buffer = capacity - used;
}

static void on_start(j_compress_ptr info) { grow(info, first_capacity); }

// Called when the memory is full, whatever `free_in_buffer` says.
static boolean on_full(j_compress_ptr info) {
    size_t capacity = ((encoder *)info->client_data)->capacity;
    if (capacity > SIZE_MAX / 2) escape_with((j_common_ptr)info, CLIP_CODEC_MEMORY, "out of memory");
    grow(info, 2 * capacity);
    return TRUE;
}

static void on_end(j_compress_ptr info) { (void)info; }

// Sets everything that cannot fail. `jpeg_create_compress` can, and comes after `setjmp`.
static void prepare(encoder *encoder, char *message) {
    memset(encoder, 0, sizeof *encoder);
    encoder->info.err = prepare_errors(&encoder->handler, message);
    encoder->info.client_data = encoder;
    encoder->destination = (struct jpeg_destination_mgr){
        .init_destination = on_start,
        .empty_output_buffer = on_full,
        .term_destination = on_end,
    };
}

typedef struct {
    const uint8_t *pixels;
    uint32_t width, height;
    int channels;
} image;

static void write_rows(struct jpeg_compress_struct *info, const image *image) {
    size_t stride = (size_t)image->width * (size_t)image->channels;
    while (info->next_scanline < info->image_height) {
        // libjpeg does not write to its input, though its type would let it.
        JSAMPROW row = (JSAMPROW)image->pixels + stride * info->next_scanline;
        jpeg_write_scanlines(info, &row, 1);
    }
}

// Holds the `setjmp`, and no state of its own.
static int guarded_encode(encoder *encoder, const image *image, int quality) {
    if (setjmp(encoder->handler.escape)) return encoder->handler.status;
    struct jpeg_compress_struct *info = &encoder->info;
    jpeg_create_compress(info);
    info->dest = &encoder->destination;
    info->image_width = image->width;
    info->image_height = image->height;
    info->input_components = image->channels;
    info->in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    jpeg_start_compress(info, TRUE);
    write_rows(info, image);
    jpeg_finish_compress(info);
    return CLIP_CODEC_OK;
}

int clip_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality, uint8_t **data, size_t *length,
    char *message) {
    encoder encoder;
    prepare(&encoder, message);
    image image = {.pixels = pixels, .width = width, .height = height, .channels = channels};
    int status = guarded_encode(&encoder, &image, quality);
    jpeg_destroy_compress(&encoder.info);
    if (status != CLIP_CODEC_OK) {
        free(encoder.data);
        return status;
    }
    *data = encoder.data;
    *length = encoder.capacity - encoder.destination.free_in_buffer;
    return CLIP_CODEC_OK;
}
