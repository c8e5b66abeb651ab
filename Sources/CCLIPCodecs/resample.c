// Resampling of 8-bit samples with the registers of AVX2: see CCLIPPixels.h.
//
// A weight has more bits than the 16 that one instruction multiplies and adds in pairs, so it comes in two halves, whose
// sums are put together at the end. The sums wrap in 32 bits; the whole, which fits, does not mind.
#include "CCLIPPixels.h"

#include <string.h>

enum { fraction_bits = 22, half_bits = 15 };

size_t clip_resample_reach(const clip_weights *weights) {
    size_t last = 0;
    for (size_t pixel = 0; pixel < weights->count; pixel++)
        if ((size_t)weights->starts[pixel] > last) last = (size_t)weights->starts[pixel];
    // A group of four pixels has 12 bytes, and is loaded with 16.
    return 3 * (last + 4 * weights->groups) + 4;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

int clip_pixels_available(void) { return __builtin_cpu_supports("avx2") != 0; }

AVX2 static inline __m256i whole(__m256i lower, __m256i upper) {
    return _mm256_add_epi32(lower, _mm256_slli_epi32(upper, half_bits));
}

AVX2 static inline __m256i rounded(__m256i sums) {
    return _mm256_srai_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(1 << (fraction_bits - 1))), fraction_bits);
}

// MARK: Rows

// Four pixels as words: red and green of all in the lower lane, blue in the upper one.
AVX2 static inline __m256i spread(const uint8_t *pixels) {
    const __m256i places = _mm256_setr_epi8(
        0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1,
        2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    __m128i four = _mm_loadu_si128((const __m128i *)pixels);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(four), places);
}

AVX2 static inline __m256i four_weights(const int16_t *weights) {
    long long four;
    memcpy(&four, weights, sizeof four);
    return _mm256_set1_epi64x(four);
}

// The pixels of four rows, as four times red, green, blue, 0.
AVX2 static inline __m128i
packed_pixels(const __m256i lower[4], const __m256i upper[4]) {
    __m256i first = _mm256_hadd_epi32(whole(lower[0], upper[0]), whole(lower[1], upper[1]));
    __m256i second = _mm256_hadd_epi32(whole(lower[2], upper[2]), whole(lower[3], upper[3]));
    __m256i words = _mm256_packs_epi32(rounded(first), rounded(second));
    __m256i bytes = _mm256_packus_epi16(words, words);
    return _mm_unpacklo_epi16(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
}

AVX2 static void
resample_four_rows(const uint8_t *const input[4], uint8_t *const output[4], const clip_weights *weights) {
    const int16_t *lower_weights = weights->lower, *upper_weights = weights->upper;
    for (size_t pixel = 0; pixel < weights->count; pixel++) {
        __m256i lower[4], upper[4];
        for (int row = 0; row < 4; row++) lower[row] = upper[row] = _mm256_setzero_si256();
        size_t place = 3 * (size_t)weights->starts[pixel];
        for (size_t group = 0; group < weights->groups; group++) {
            __m256i low = four_weights(lower_weights), high = four_weights(upper_weights);
            for (int row = 0; row < 4; row++) {
                __m256i words = spread(input[row] + place);
                lower[row] = _mm256_add_epi32(lower[row], _mm256_madd_epi16(words, low));
                upper[row] = _mm256_add_epi32(upper[row], _mm256_madd_epi16(words, high));
            }
            place += 12;
            lower_weights += 4;
            upper_weights += 4;
        }
        // The fourth byte of each is overwritten by the next pixel, or lies behind the row.
        uint32_t pixels[4];
        _mm_storeu_si128((__m128i *)pixels, packed_pixels(lower, upper));
        for (int row = 0; row < 4; row++) memcpy(output[row] + 3 * pixel, &pixels[row], 4);
    }
}

void clip_resample_rows(
    const uint8_t *source, size_t stride, size_t rows, size_t available, const clip_weights *weights, uint8_t *slack,
    uint8_t *output, size_t output_stride) {
    size_t reach = clip_resample_reach(weights);
    size_t row = 0;
    for (; row < rows; row += 4) {
        size_t last = row + 3 < rows ? row + 3 : rows - 1;
        if (last * stride + reach > available) break;
        const uint8_t *input[4];
        uint8_t *results[4];
        for (size_t part = 0; part < 4; part++) {
            // Where fewer than four are left, the last one is made more than once.
            size_t index = row + part < last ? row + part : last;
            input[part] = source + index * stride;
            results[part] = output + index * output_stride;
        }
        resample_four_rows(input, results, weights);
    }
    // Rows that end near the end of the memory are read from a copy.
    for (; row < rows; row++) {
        size_t rest = available - row * stride;
        size_t length = rest < reach ? rest : reach;
        memcpy(slack, source + row * stride, length);
        memset(slack + length, 0, reach - length);
        uint8_t *result = output + row * output_stride;
        resample_four_rows(
            (const uint8_t *const[4]){slack, slack, slack, slack}, (uint8_t *const[4]){result, result, result, result},
            weights);
    }
}

// MARK: Columns

// 32 samples of an output row, from pairs of source rows beginning with `row`. A row behind the last one has no weight.
AVX2 static inline void resample_32_columns(
    const uint8_t *source, size_t stride, size_t row, size_t last, const int16_t *lower_weights,
    const int16_t *upper_weights, size_t pairs, uint8_t *output) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i lower[4] = {zero, zero, zero, zero}, upper[4] = {zero, zero, zero, zero};
    for (size_t pair = 0; pair < pairs; pair++) {
        int low_pair, high_pair;
        memcpy(&low_pair, lower_weights + 2 * pair, sizeof low_pair);
        memcpy(&high_pair, upper_weights + 2 * pair, sizeof high_pair);
        __m256i low = _mm256_set1_epi32(low_pair), high = _mm256_set1_epi32(high_pair);
        size_t first = row + 2 * pair < last ? row + 2 * pair : last;
        size_t second = first < last ? first + 1 : last;
        __m256i a = _mm256_loadu_si256((const __m256i *)(source + first * stride));
        __m256i b = _mm256_loadu_si256((const __m256i *)(source + second * stride));
        __m256i front = _mm256_unpacklo_epi8(a, b), back = _mm256_unpackhi_epi8(a, b);
        const __m256i words[4] = {
            _mm256_unpacklo_epi8(front, zero), _mm256_unpackhi_epi8(front, zero), _mm256_unpacklo_epi8(back, zero),
            _mm256_unpackhi_epi8(back, zero)};
        for (int part = 0; part < 4; part++) {
            lower[part] = _mm256_add_epi32(lower[part], _mm256_madd_epi16(words[part], low));
            upper[part] = _mm256_add_epi32(upper[part], _mm256_madd_epi16(words[part], high));
        }
    }
    for (int part = 0; part < 4; part++) lower[part] = rounded(whole(lower[part], upper[part]));
    __m256i bytes =
        _mm256_packus_epi16(_mm256_packs_epi32(lower[0], lower[1]), _mm256_packs_epi32(lower[2], lower[3]));
    _mm256_storeu_si256((__m256i *)output, bytes);
}

AVX2 void clip_resample_columns(
    const uint8_t *source, size_t stride, size_t rows, size_t length, const clip_weights *weights, uint8_t *output) {
    for (size_t row = 0; row < weights->count; row++) {
        const int16_t *lower = weights->lower + 2 * weights->groups * row;
        const int16_t *upper = weights->upper + 2 * weights->groups * row;
        for (size_t column = 0; column < length; column += 32) {
            // The last ones are made together with some that were made before.
            size_t place = column + 32 <= length ? column : length - 32;
            resample_32_columns(
                source + place, stride, (size_t)weights->starts[row], rows - 1, lower, upper, weights->groups,
                output + row * length + place);
        }
    }
}

// MARK: Planes

// The samples of one colour among 16 pixels, whose places in the three registers are given.
AVX2 static inline __m128i
gathered(__m128i a, __m128i b, __m128i c, __m128i from_a, __m128i from_b, __m128i from_c) {
    __m128i ab = _mm_or_si128(_mm_shuffle_epi8(a, from_a), _mm_shuffle_epi8(b, from_b));
    return _mm_or_si128(ab, _mm_shuffle_epi8(c, from_c));
}

AVX2 void clip_split_planes(const uint8_t *pixels, size_t count, uint8_t *planes) {
    uint8_t places[3][3][16];
    for (int colour = 0; colour < 3; colour++)
        for (int part = 0; part < 3; part++)
            for (int pixel = 0; pixel < 16; pixel++) {
                int place = 3 * pixel + colour - 16 * part;
                places[colour][part][pixel] = place >= 0 && place < 16 ? (uint8_t)place : 0x80;
            }
    size_t pixel = 0;
    for (; pixel + 16 <= count; pixel += 16) {
        const __m128i *source = (const __m128i *)(pixels + 3 * pixel);
        __m128i a = _mm_loadu_si128(source), b = _mm_loadu_si128(source + 1), c = _mm_loadu_si128(source + 2);
        for (int colour = 0; colour < 3; colour++) {
            const __m128i *from = (const __m128i *)places[colour];
            __m128i plane =
                gathered(a, b, c, _mm_loadu_si128(from), _mm_loadu_si128(from + 1), _mm_loadu_si128(from + 2));
            _mm_storeu_si128((__m128i *)(planes + (size_t)colour * count + pixel), plane);
        }
    }
    for (; pixel < count; pixel++)
        for (size_t colour = 0; colour < 3; colour++) planes[colour * count + pixel] = pixels[3 * pixel + colour];
}

#else

int clip_pixels_available(void) { return 0; }

void clip_resample_rows(
    const uint8_t *source, size_t stride, size_t rows, size_t available, const clip_weights *weights, uint8_t *slack,
    uint8_t *output, size_t output_stride) {}

void clip_resample_columns(
    const uint8_t *source, size_t stride, size_t rows, size_t length, const clip_weights *weights, uint8_t *output) {}

void clip_split_planes(const uint8_t *pixels, size_t count, uint8_t *planes) {}

#endif
