#include "shim.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <utility>

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

bool clip_backward_from(const clip_tensor_ref *tensors, const clip_tensor_ref *gradients, size_t count, char **error) {
    return guarded(false, error, [&] {
        std::vector<at::Tensor> heads, reaching;
        for (size_t i = 0; i < count; i++) {
            heads.push_back(unwrap(tensors[i]));
            reaching.push_back(unwrap(gradients[i]));
        }
        torch::autograd::backward(heads, reaching);
        return true;
    });
}

clip_tensor_ref clip_gradient(clip_tensor_ref tensor) {
    const auto &gradient = unwrap(tensor).grad();
    return gradient.defined() ? wrap(gradient) : nullptr;
}

void clip_clear_gradient(clip_tensor_ref tensor) { unwrap(tensor).mutable_grad().reset(); }

namespace {

using torch::autograd::variable_list;

/// A function whose gradient the caller works out.
struct CallerFunction : torch::autograd::Node {
    CallerFunction(clip_backward_function backward, clip_deleter release, void *context)
        : backward(backward), release(release), context(context) {}

    ~CallerFunction() override { release_variables(); }

    std::string name() const override { return "CallerFunction"; }

    /// Frees what the caller saved, as soon as it is used up.
    void release_variables() override {
        if (auto owned = std::exchange(context, nullptr)) { release(owned); }
    }

    variable_list apply(variable_list &&gradients) override {
        TORCH_CHECK(context, "the gradients of a function were asked for twice");
        std::vector<clip_tensor_ref> outputs;
        for (auto &gradient : gradients) {
            outputs.push_back(gradient.defined() ? reinterpret_cast<clip_tensor_ref>(&gradient) : nullptr);
        }
        std::vector<clip_tensor_ref> inputs(num_outputs(), nullptr);
        char *message = nullptr;
        bool done = backward(context, outputs.data(), outputs.size(), inputs.data(), inputs.size(), &message);
        variable_list results;
        for (auto input : inputs) {
            results.push_back(input ? unwrap(input) : at::Tensor());
            if (input) { clip_tensor_release(input); }
        }
        std::string reason = message ? message : "no reason given";
        free(message);
        TORCH_CHECK(done, reason);
        return results;
    }

  private:
    clip_backward_function backward;
    clip_deleter release;
    void *context;
};

} // namespace

bool clip_set_history(const clip_tensor_ref *inputs, size_t input_count, const clip_tensor_ref *outputs,
                      size_t output_count, clip_backward_function backward, clip_deleter release, void *context,
                      char **error) {
    return guarded(false, error, [&] {
        c10::intrusive_ptr<torch::autograd::Node> node = c10::make_intrusive<CallerFunction>(backward, release, context);
        torch::autograd::edge_list edges;
        for (size_t i = 0; i < input_count; i++) {
            edges.push_back(torch::autograd::impl::gradient_edge(unwrap(inputs[i])));
        }
        node->set_next_edges(std::move(edges));
        for (size_t i = 0; i < output_count; i++) { torch::autograd::set_history(unwrap(outputs[i]), node); }
        return true;
    });
}

bool clip_gradient_mode(void) { return c10::GradMode::is_enabled(); }

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

int32_t clip_autocast_dtype(const char *device) {
    auto type = c10::Device(device).type();
    return at::autocast::is_autocast_enabled(type) ? static_cast<int32_t>(at::autocast::get_autocast_dtype(type)) : -1;
}
