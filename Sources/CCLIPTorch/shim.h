/// What the C++ files of this target share.
#pragma once

#include "CCLIPTorch.h"

#include <ATen/ATen.h>
#include <cstdlib>
#include <cstring>
#include <exception>

/// The C handle is the `at::Tensor` itself, on the heap.
inline at::Tensor &unwrap(clip_tensor_ref tensor) { return *reinterpret_cast<at::Tensor *>(tensor); }
inline clip_tensor_ref wrap(at::Tensor tensor) {
    return reinterpret_cast<clip_tensor_ref>(new at::Tensor(std::move(tensor)));
}

/// Runs `body` and turns any C++ exception into a message.
template <typename Result, typename Body> Result guarded(Result failure, char **error, Body body) noexcept {
    try {
        return body();
    } catch (const c10::Error &thrown) {
        *error = strdup(thrown.what_without_backtrace());
    } catch (const std::exception &thrown) {
        *error = strdup(thrown.what());
    } catch (...) {
        *error = strdup("an exception of an unknown type");
    }
    return failure;
}
