#include "shim.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

bool clip_set_requires_grad(clip_tensor_ref tensor, bool required, char **error) {
    return guarded(false, error, [&] {
        unwrap(tensor).set_requires_grad(required);
        return true;
    });
}

bool clip_requires_grad(clip_tensor_ref tensor) { return unwrap(tensor).requires_grad(); }

bool clip_backward(clip_tensor_ref loss, char **error) {
    return guarded(false, error, [&] {
        torch::autograd::backward({unwrap(loss)}, {});
        return true;
    });
}

clip_tensor_ref clip_gradient(clip_tensor_ref tensor) {
    const auto &gradient = unwrap(tensor).grad();
    return gradient.defined() ? wrap(gradient) : nullptr;
}

void clip_clear_gradient(clip_tensor_ref tensor) { unwrap(tensor).mutable_grad().reset(); }

bool clip_set_gradient_mode(bool enabled) {
    bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(enabled);
    return before;
}

bool clip_set_autocast(const char *device, bool enabled, int32_t dtype, char **error) {
    return guarded(false, error, [&] {
        auto type = c10::Device(device).type();
        if (enabled) { at::autocast::set_autocast_dtype(type, static_cast<c10::ScalarType>(dtype)); }
        at::autocast::set_autocast_enabled(type, enabled);
        // The cache holds the cast of each weight; a weight that the optimiser changed must be cast again.
        if (!enabled) { at::autocast::clear_cache(); }
        return true;
    });
}
