#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

const char *clip_torch_version(void) { return TORCH_VERSION; }

bool clip_has_onednn(void) {
#if defined(__x86_64__)
    return at::hasMKLDNN() && at::globalContext().userEnabledMkldnn();
#else
    return false;
#endif
}

void clip_set_thread_count(int32_t count) { at::set_num_threads(count); }

int32_t clip_thread_count(void) { return at::get_num_threads(); }

bool clip_set_deterministic(bool enabled, char **error) {
    return guarded(false, error, [&] {
        at::globalContext().setDeterministicAlgorithms(enabled, false);
        return true;
    });
}

int32_t clip_cuda_device_count(void) {
    char *error = nullptr;
    auto count = guarded<int32_t>(0, &error, [] { return static_cast<int32_t>(torch::cuda::device_count()); });
    free(error);
    return count;
}

void clip_flush_denormals(void) { at::globalContext().setFlushDenormal(true); }
