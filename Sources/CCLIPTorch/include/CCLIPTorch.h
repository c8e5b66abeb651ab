/// libtorch behind a C ABI: the boxed dispatcher, and what the dispatcher does not offer.
///
/// Every function that can fail takes `char **error` last: on failure it returns false or NULL and stores a message
/// there, which the caller frees with `clip_string_free`. No C++ exception leaves this target.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Tensors

/// An owned reference to a tensor (an `at::Tensor` on the heap).
typedef struct clip_tensor *clip_tensor_ref;

/// The numbers of `c10::ScalarType`.
typedef enum clip_dtype {
    CLIP_UINT8 = 0,
    CLIP_INT8 = 1,
    CLIP_INT16 = 2,
    CLIP_INT32 = 3,
    CLIP_INT64 = 4,
    CLIP_FLOAT16 = 5,
    CLIP_FLOAT32 = 6,
    CLIP_FLOAT64 = 7,
    CLIP_BOOL = 11,
    CLIP_BFLOAT16 = 15,
} clip_dtype;

/// Frees the memory that a tensor was made over.
typedef void (*clip_deleter)(void *context);

/// A tensor over memory of the caller's, which stays valid until `deleter(context)` is called, by any thread.
/// On failure the deleter is not called.
clip_tensor_ref clip_tensor_over(void *data, const int64_t *shape, size_t rank, int32_t dtype, clip_deleter deleter,
                                 void *context, char **error);
void clip_tensor_release(clip_tensor_ref tensor);
/// Another reference to the same tensor.
clip_tensor_ref clip_tensor_share(clip_tensor_ref tensor);
size_t clip_tensor_rank(clip_tensor_ref tensor);
int64_t clip_tensor_size(clip_tensor_ref tensor, size_t axis);
int32_t clip_tensor_dtype(clip_tensor_ref tensor);
bool clip_tensor_is_contiguous(clip_tensor_ref tensor);
/// The first element of a CPU tensor; NULL for a tensor on another device.
void *clip_tensor_data(clip_tensor_ref tensor);
/// "cpu", "cuda:0" … in memory to be freed with `clip_string_free`.
char *clip_tensor_device(clip_tensor_ref tensor);
void clip_string_free(char *string);

// MARK: Random numbers

/// A generator of random numbers on the CPU (an `at::Generator` on the heap).
typedef struct clip_generator *clip_generator_ref;

clip_generator_ref clip_generator_make(uint64_t seed, char **error);
void clip_generator_release(clip_generator_ref generator);

// MARK: The boxed dispatcher

typedef enum clip_kind {
    CLIP_NONE,
    CLIP_TENSOR,
    CLIP_INT,
    CLIP_DOUBLE,
    CLIP_BOOLEAN,
    CLIP_STRING,
    CLIP_INTS,
    CLIP_DOUBLES,
    CLIP_BOOLEANS,
    CLIP_TENSORS,
    CLIP_GENERATOR,
} clip_kind;

/// An argument or a result. Lists are borrowed in arguments and owned (`clip_value_free`) in results.
typedef struct clip_value {
    clip_kind kind;
    int64_t integer;   // CLIP_INT, CLIP_BOOLEAN
    double number;     // CLIP_DOUBLE
    const void *items; // CLIP_TENSOR, CLIP_GENERATOR: the reference; CLIP_STRING: char *; lists: the first element
    size_t count;      // lists
} clip_value;

typedef struct clip_operator *clip_operator_ref;

/// The operator "namespace::name" with the overload (often ""). It lives as long as the process.
clip_operator_ref clip_operator_find(const char *name, const char *overload, char **error);

/// Calls an operator. Arguments that are left out at the end take the schema's defaults. At most `capacity` results are
/// stored; `*count` says how many there were.
bool clip_operator_call(clip_operator_ref operation, const clip_value *arguments, size_t argument_count,
                        clip_value *results, size_t capacity, size_t *count, char **error);

// MARK: Gradients

bool clip_set_requires_grad(clip_tensor_ref tensor, bool required, char **error);
bool clip_requires_grad(clip_tensor_ref tensor);
/// Accumulates the gradient of a scalar into every leaf that requires one.
bool clip_backward(clip_tensor_ref loss, char **error);
/// The same from several tensors, each with the gradient that reaches it.
bool clip_backward_from(const clip_tensor_ref *tensors, const clip_tensor_ref *gradients, size_t count, char **error);
/// The accumulated gradient, or NULL where there is none.
clip_tensor_ref clip_gradient(clip_tensor_ref tensor);
void clip_clear_gradient(clip_tensor_ref tensor);

/// Works out the gradients of a function's inputs from those of its outputs; NULL stands for zeros, on both sides.
/// References in `inputs` are handed over, those in `outputs` are borrowed. Errors as everywhere.
typedef bool (*clip_backward_function)(void *context, const clip_tensor_ref *outputs, size_t output_count,
                                       clip_tensor_ref *inputs, size_t input_count, char **error);
/// Makes `outputs`, which were computed without recording, functions of `inputs`, whose gradients `backward` works out.
/// `release(context)` is called once, by any thread, when `backward` is not needed any more, on failure too.
bool clip_set_history(const clip_tensor_ref *inputs, size_t input_count, const clip_tensor_ref *outputs,
                      size_t output_count, clip_backward_function backward, clip_deleter release, void *context,
                      char **error);
/// Whether this thread records operations for `clip_backward`.
bool clip_gradient_mode(void);
/// Whether this thread records operations for `clip_backward`. Returns what it was.
bool clip_set_gradient_mode(bool enabled);
/// Autocast of this thread for a kind of device ("cpu", "cuda"): operators that gain by it run in `dtype`.
bool clip_set_autocast(const char *device, bool enabled, int32_t dtype, char **error);
/// The number of the type that this thread casts to for a kind of device; -1 where it does not cast.
int32_t clip_autocast_dtype(const char *device);

// MARK: The process

const char *clip_torch_version(void);
/// Whether this libtorch has oneDNN's products for a CPU of x86-64.
bool clip_has_onednn(void);
void clip_set_thread_count(int32_t count);
int32_t clip_thread_count(void);
bool clip_set_deterministic(bool enabled, char **error);
int32_t clip_cuda_device_count(void);
/// Keeps freed memory in the process for the next tensor, in place of giving its pages back to the kernel and faulting
/// them in anew (a third of the time of a small model's training step). glibc only; elsewhere it does nothing.
void clip_keep_freed_memory(void);

/// Treats numbers too small for a normal exponent as 0 on this thread and on those that it starts: processors take a
/// hundred times as long for them, and the moments of rarely seen tokens decay into them.
void clip_flush_denormals(void);

#ifdef __cplusplus
}
#endif
