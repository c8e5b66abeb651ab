// The inner loops over pixels that are worth writing for a processor's wide registers. Each gives the very bytes of the
// plain loop that stands beside it in CLIPImaging, where `ResamplingKernel` says what is computed.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Whether the processor has what these functions are written for (AVX2). They may be called only where it has.
int clip_pixels_available(void);

/// The weights along one axis. Each output pixel has `groups` groups of them: of four for rows, of two for columns, those
/// that are not needed 0. A weight, of 22 bits behind its point, is `upper * 32768 + lower`.
typedef struct {
    /// The first source pixel of each output pixel.
    const int32_t *starts;
    const int16_t *lower, *upper;
    /// Output pixels.
    size_t count;
    size_t groups;
} clip_weights;

/// Resamples rows of RGB along their length.
///
/// `available` bytes may be read from `source` on, and `slack` is memory of at least
/// `clip_resample_reach(weights)` bytes. Each output row begins `output_stride` bytes after the one before, which is at
/// least a byte more than the row has.
void clip_resample_rows(
    const uint8_t *source, size_t stride, size_t rows, size_t available, const clip_weights *weights, uint8_t *slack,
    uint8_t *output, size_t output_stride);

/// How many bytes of a source row `clip_resample_rows` reads.
size_t clip_resample_reach(const clip_weights *weights);

/// Resamples columns: `length` bytes, at least 32, of each of `rows` source rows become as many of each output row. The
/// output has no gaps.
void clip_resample_columns(
    const uint8_t *source, size_t stride, size_t rows, size_t length, const clip_weights *weights, uint8_t *output);

/// Takes `count` interleaved RGB pixels apart into three planes.
void clip_split_planes(const uint8_t *pixels, size_t count, uint8_t *planes);
