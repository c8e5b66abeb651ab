// JPEG through libjpeg-turbo, with its default choices: the accurate integer DCT and fancy upsampling.
#include "jpeg_errors.h"

#include <string.h>

// More scans than any encoder writes. A small progressive file can otherwise ask for hours of work.
enum { scan_limit = 100 };

static void check_scans(j_common_ptr info) {
    if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > scan_limit)
        escape_with(info, CLIP_CODEC_BROKEN, "it has more than 100 scans");
}

static void on_source(j_decompress_ptr info) { (void)info; }

// Called when the data are used up. Returning FALSE suspends the decoder, which its caller sees as a truncated file.
// libjpeg's own memory source would make up an end instead.
static boolean no_more_input(j_decompress_ptr info) {
    (void)info;
    return FALSE;
}

static void skip_input(j_decompress_ptr info, long count) {
    struct jpeg_source_mgr *source = info->src;
    if (count <= 0) return;
    size_t step = (size_t)count < source->bytes_in_buffer ? (size_t)count : source->bytes_in_buffer;
    // A skip beyond the end is noticed at the next read.
    source->next_input_byte += step;
    source->bytes_in_buffer -= step;
}

typedef struct {
    struct jpeg_decompress_struct info;
    error_handler handler;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
} decoder;

// Sets everything that cannot fail. `jpeg_create_decompress` can, and comes after `setjmp`.
static void prepare(decoder *decoder, const uint8_t *data, size_t length, char *message) {
    memset(decoder, 0, sizeof *decoder);
    decoder->info.err = prepare_errors(&decoder->handler, message);
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = data,
        .bytes_in_buffer = length,
        .init_source = on_source,
        .fill_input_buffer = no_more_input,
        .skip_input_data = skip_input,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = on_source,
    };
    decoder->progress.progress_monitor = check_scans;
}

// The functions that hold a `setjmp` have no state of their own: all of it lies in their caller's decoder.
static int open_header(decoder *decoder, char *message) {
    jpeg_create_decompress(&decoder->info);
    decoder->info.src = &decoder->source;
    decoder->info.progress = &decoder->progress;
    if (jpeg_read_header(&decoder->info, TRUE) == JPEG_SUSPENDED)
        return clip_fail(message, CLIP_CODEC_TRUNCATED, "the data end within the header");
    return CLIP_CODEC_OK;
}

static int guarded_header(decoder *decoder, clip_jpeg_header *header, char *message) {
    if (setjmp(decoder->handler.escape)) return decoder->handler.status;
    int status = open_header(decoder, message);
    if (status != CLIP_CODEC_OK) return status;
    *header = (clip_jpeg_header){
        .width = decoder->info.image_width,
        .height = decoder->info.image_height,
        .components = decoder->info.num_components,
        .arithmetic = decoder->info.arith_code,
    };
    return CLIP_CODEC_OK;
}

int clip_jpeg_read_header(const uint8_t *data, size_t length, clip_jpeg_header *header, char *message) {
    decoder decoder;
    prepare(&decoder, data, length, message);
    int status = guarded_header(&decoder, header, message);
    jpeg_destroy_decompress(&decoder.info);
    return status;
}

static J_COLOR_SPACE output_space(int components) {
    switch (components) {
    case 1: return JCS_GRAYSCALE;
    case 3: return JCS_RGB;
    default: return JCS_CMYK;
    }
}

static int read_rows(struct jpeg_decompress_struct *info, uint8_t *pixels, size_t stride, char *message) {
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = pixels + stride * info->output_scanline;
        if (jpeg_read_scanlines(info, &row, 1) == 1) continue;
        snprintf(
            message, CLIP_CODEC_MESSAGE, "the data end at row %u of %u", info->output_scanline, info->output_height);
        return CLIP_CODEC_TRUNCATED;
    }
    return CLIP_CODEC_OK;
}

static int guarded_decode(decoder *decoder, uint8_t *pixels, size_t capacity, char *message) {
    if (setjmp(decoder->handler.escape)) return decoder->handler.status;
    struct jpeg_decompress_struct *info = &decoder->info;
    int status = open_header(decoder, message);
    if (status != CLIP_CODEC_OK) return status;
    info->out_color_space = output_space(info->num_components);
    if (!jpeg_start_decompress(info))
        return clip_fail(message, CLIP_CODEC_TRUNCATED, "the data end before the last scan");
    size_t stride = (size_t)info->output_width * (size_t)info->output_components;
    if (capacity < stride * info->output_height)
        return clip_fail(message, CLIP_CODEC_BROKEN, "the decoded size differs from the header's");
    return read_rows(info, pixels, stride, message);
}

int clip_jpeg_decode(const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, char *message) {
    decoder decoder;
    prepare(&decoder, data, length, message);
    int status = guarded_decode(&decoder, pixels, capacity, message);
    // What follows the last row does not matter, so the decoder is destroyed without being finished.
    jpeg_destroy_decompress(&decoder.info);
    return status;
}
