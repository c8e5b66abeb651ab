#include "shim.h"

#include <ATen/CPUGeneratorImpl.h>
#include <string>

clip_tensor_ref clip_tensor_over(void *data, const int64_t *shape, size_t rank, int32_t dtype, clip_deleter deleter,
                                 void *context, char **error) {
    return guarded<clip_tensor_ref>(nullptr, error, [&] {
        auto release = [deleter, context](void *) { deleter(context); };
        auto type = static_cast<c10::ScalarType>(dtype);
        return wrap(at::from_blob(data, at::IntArrayRef(shape, rank), release, at::TensorOptions().dtype(type)));
    });
}

void clip_tensor_release(clip_tensor_ref tensor) { delete &unwrap(tensor); }

clip_tensor_ref clip_tensor_share(clip_tensor_ref tensor) { return wrap(unwrap(tensor)); }

size_t clip_tensor_rank(clip_tensor_ref tensor) { return unwrap(tensor).dim(); }

int64_t clip_tensor_size(clip_tensor_ref tensor, size_t axis) { return unwrap(tensor).sizes()[axis]; }

int32_t clip_tensor_dtype(clip_tensor_ref tensor) { return static_cast<int32_t>(unwrap(tensor).scalar_type()); }

bool clip_tensor_is_contiguous(clip_tensor_ref tensor) { return unwrap(tensor).is_contiguous(); }

void *clip_tensor_data(clip_tensor_ref tensor) {
    const auto &value = unwrap(tensor);
    return value.is_cpu() ? value.data_ptr() : nullptr;
}

char *clip_tensor_device(clip_tensor_ref tensor) { return strdup(unwrap(tensor).device().str().c_str()); }

clip_generator_ref clip_generator_make(uint64_t seed, char **error) {
    return guarded<clip_generator_ref>(nullptr, error, [&] {
        return reinterpret_cast<clip_generator_ref>(new at::Generator(at::detail::createCPUGenerator(seed)));
    });
}

void clip_generator_release(clip_generator_ref generator) { delete reinterpret_cast<at::Generator *>(generator); }

void clip_string_free(char *string) { free(string); }
