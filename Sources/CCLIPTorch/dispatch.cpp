// The single call into the boxed dispatcher: values in, values out, by the operator's own schema.

#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

namespace {

template <typename Element> at::ArrayRef<Element> items(const clip_value &value) {
    return at::ArrayRef<Element>(static_cast<const Element *>(value.items), value.count);
}

at::Tensor tensor_of(const void *reference) { return *static_cast<const at::Tensor *>(reference); }

/// `Tensor[]` or `Tensor?[]`, as the schema asks; a NULL reference is an absent tensor.
c10::IValue tensor_list(const clip_value &value, const c10::Type &wanted) {
    auto references = items<const void *>(value);
    auto list = wanted.castRaw<c10::ListType>();
    if (list && list->getElementType()->kind() == c10::TypeKind::OptionalType) {
        c10::List<std::optional<at::Tensor>> optionals;
        optionals.reserve(references.size());
        for (auto reference : references) {
            optionals.push_back(reference ? std::make_optional(tensor_of(reference)) : std::nullopt);
        }
        return optionals;
    }
    c10::List<at::Tensor> tensors;
    tensors.reserve(references.size());
    for (auto reference : references) { tensors.push_back(tensor_of(reference)); }
    return tensors;
}

/// `float[]` or `Scalar?[]`, as the schema asks.
c10::IValue number_list(at::ArrayRef<double> numbers, const c10::Type &wanted) {
    auto list = wanted.castRaw<c10::ListType>();
    if (!list || list->getElementType()->kind() != c10::TypeKind::OptionalType) { return c10::List<double>(numbers); }
    c10::List<std::optional<at::Scalar>> scalars;
    for (auto number : numbers) { scalars.push_back(at::Scalar(number)); }
    return scalars;
}

/// The schema's type without its `optional`.
const c10::Type &unwrapped(const c10::Type &type) {
    auto optional = type.castRaw<c10::OptionalType>();
    return optional ? *optional->getElementType() : type;
}

c10::IValue to_ivalue(const clip_value &value, const c10::Type &declared) {
    const auto &type = unwrapped(declared);
    switch (value.kind) {
    case CLIP_NONE: return {};
    case CLIP_TENSOR: return tensor_of(value.items);
    case CLIP_INT:
        if (type.kind() == c10::TypeKind::FloatType) { return static_cast<double>(value.integer); }
        return value.integer;
    case CLIP_DOUBLE: return value.number;
    case CLIP_BOOLEAN: return value.integer != 0;
    case CLIP_STRING: {
        std::string text(static_cast<const char *>(value.items));
        if (type.kind() == c10::TypeKind::DeviceObjType) { return c10::Device(text); }
        return text;
    }
    case CLIP_INTS: return c10::List<int64_t>(items<int64_t>(value));
    case CLIP_DOUBLES: return number_list(items<double>(value), type);
    case CLIP_BOOLEANS: {
        c10::List<bool> flags;
        for (auto flag : items<bool>(value)) { flags.push_back(flag); }
        return flags;
    }
    case CLIP_TENSORS: return tensor_list(value, type);
    case CLIP_GENERATOR: return *static_cast<const at::Generator *>(value.items);
    }
    TORCH_CHECK(false, "an argument of an unknown kind ", static_cast<int>(value.kind));
}

clip_value from_ivalue(const c10::IValue &value) {
    clip_value result{CLIP_NONE, 0, 0, nullptr, 0};
    if (value.isTensor()) {
        if (value.toTensor().defined()) {
            result.kind = CLIP_TENSOR;
            result.items = wrap(value.toTensor());
        }
    } else if (value.isInt()) {
        result.kind = CLIP_INT;
        result.integer = value.toInt();
    } else if (value.isDouble()) {
        result.kind = CLIP_DOUBLE;
        result.number = value.toDouble();
    } else if (value.isBool()) {
        result.kind = CLIP_BOOLEAN;
        result.integer = value.toBool();
    } else if (value.isScalar()) {
        auto scalar = value.toScalar();
        result.kind = scalar.isIntegral(false) ? CLIP_INT : CLIP_DOUBLE;
        scalar.isIntegral(false) ? (void)(result.integer = scalar.toLong()) : (void)(result.number = scalar.toDouble());
    } else if (value.isTensorList()) {
        auto tensors = value.toTensorVector();
        auto references = static_cast<clip_tensor_ref *>(malloc(tensors.size() * sizeof(clip_tensor_ref) + 1));
        for (size_t i = 0; i < tensors.size(); i++) { references[i] = wrap(tensors[i]); }
        result.kind = CLIP_TENSORS;
        result.items = references;
        result.count = tensors.size();
    } else {
        TORCH_CHECK(value.isNone(), "a result of the kind ", value.tagKind(), ", which is not passed on");
    }
    return result;
}

} // namespace

clip_operator_ref clip_operator_find(const char *name, const char *overload, char **error) {
    return guarded<clip_operator_ref>(nullptr, error, [&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        return reinterpret_cast<clip_operator_ref>(new c10::OperatorHandle(handle));
    });
}

bool clip_operator_call(clip_operator_ref operation, const clip_value *arguments, size_t argument_count,
                        clip_value *results, size_t capacity, size_t *count, char **error) {
    return guarded(false, error, [&] {
        const auto &handle = *reinterpret_cast<c10::OperatorHandle *>(operation);
        const auto &declared = handle.schema().arguments();
        TORCH_CHECK(argument_count <= declared.size(), argument_count, " arguments for ", handle.schema());
        torch::jit::Stack stack;
        stack.reserve(declared.size());
        for (size_t i = 0; i < declared.size(); i++) {
            if (i < argument_count) {
                stack.push_back(to_ivalue(arguments[i], *declared[i].real_type()));
            } else {
                TORCH_CHECK(declared[i].default_value(), "no value for the argument ", declared[i].name(), " of ",
                            handle.schema());
                stack.push_back(*declared[i].default_value());
            }
        }
        handle.callBoxed(stack);
        *count = stack.size();
        for (size_t i = 0; i < stack.size() && i < capacity; i++) { results[i] = from_ivalue(stack[i]); }
        return true;
    });
}
