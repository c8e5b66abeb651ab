// WebP through libwebp: still images, and the first frame of animations.
#include "message.h"

#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

static int fail(char *message, VP8StatusCode code) {
    switch (code) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return clip_fail(message, CLIP_CODEC_TRUNCATED, "the data end within the image");
    case VP8_STATUS_OUT_OF_MEMORY: return clip_fail(message, CLIP_CODEC_MEMORY, "out of memory");
    case VP8_STATUS_UNSUPPORTED_FEATURE: return clip_fail(message, CLIP_CODEC_BROKEN, "an unsupported feature");
    default: return clip_fail(message, CLIP_CODEC_BROKEN, "the bit stream is damaged");
    }
}

int clip_webp_read_header(const uint8_t *data, size_t length, clip_webp_header *header, char *message) {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(data, length, &features);
    if (code != VP8_STATUS_OK) return fail(message, code);
    *header = (clip_webp_header){
        .width = (uint32_t)features.width,
        .height = (uint32_t)features.height,
        .has_alpha = features.has_alpha,
        .is_animated = features.has_animation,
    };
    return CLIP_CODEC_OK;
}

// A file may lack its end and still decode; the demultiplexer looks at all of it.
static int check_whole(const WebPData *file, char *message) {
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(file, &state);
    WebPDemuxDelete(demuxer);
    if (state == WEBP_DEMUX_DONE) return CLIP_CODEC_OK;
    if (state == WEBP_DEMUX_PARSE_ERROR) return fail(message, VP8_STATUS_BITSTREAM_ERROR);
    return fail(message, VP8_STATUS_NOT_ENOUGH_DATA);
}

static int decode_still(
    const WebPData *file, const WebPBitstreamFeatures *features, uint8_t *pixels, size_t capacity, char *message) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return clip_fail(message, CLIP_CODEC_BROKEN, "libwebp has another version");
    config.output.colorspace = features->has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = features->width * (features->has_alpha ? 4 : 3);
    config.output.u.RGBA.size = capacity;
    VP8StatusCode code = WebPDecode(file->bytes, file->size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? CLIP_CODEC_OK : fail(message, code);
}

static void drop_alpha(const uint8_t *rgba, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) memcpy(rgb + 3 * i, rgba + 4 * i, 3);
}

static int decode_first_frame(
    const WebPData *file, const WebPBitstreamFeatures *features, uint8_t *pixels, char *message) {
    WebPAnimDecoderOptions options;
    if (!WebPAnimDecoderOptionsInit(&options))
        return clip_fail(message, CLIP_CODEC_BROKEN, "libwebp has another version");
    options.color_mode = MODE_RGBA;
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(file, &options);
    if (decoder == NULL) return clip_fail(message, CLIP_CODEC_BROKEN, "the animation cannot be opened");
    uint8_t *canvas;
    int timestamp;
    int status = CLIP_CODEC_OK;
    size_t count = (size_t)features->width * (size_t)features->height;
    if (!WebPAnimDecoderGetNext(decoder, &canvas, &timestamp))
        status = clip_fail(message, CLIP_CODEC_BROKEN, "the first frame cannot be decoded");
    else if (features->has_alpha)
        memcpy(pixels, canvas, 4 * count);
    else
        drop_alpha(canvas, pixels, count);
    WebPAnimDecoderDelete(decoder);
    return status;
}

int clip_webp_decode(const uint8_t *data, size_t length, uint8_t *pixels, size_t capacity, char *message) {
    WebPData file = {.bytes = data, .size = length};
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(data, length, &features);
    if (code != VP8_STATUS_OK) return fail(message, code);
    size_t needed = (size_t)features.width * (size_t)features.height * (features.has_alpha ? 4 : 3);
    if (capacity < needed) return clip_fail(message, CLIP_CODEC_BROKEN, "the decoded size differs from the header's");
    int status = check_whole(&file, message);
    if (status != CLIP_CODEC_OK) return status;
    return features.has_animation ? decode_first_frame(&file, &features, pixels, message)
                                  : decode_still(&file, &features, pixels, capacity, message);
}
