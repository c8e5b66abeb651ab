internal import CCLIPTorch

private let detachOperator = Operator("aten::detach")

/// Gradients: a tensor that requires one records what is computed from it, and ``backward()`` walks back.
extension Tensor {
    /// Whether a gradient is recorded for this tensor.
    public var requiresGradient: Bool { clip_requires_grad(handle.reference) }

    /// Asks for a gradient of this tensor, which must have floating-point elements.
    public func requireGradient(_ required: Bool = true) throws {
        _ = try checked("requireGradient") { clip_set_requires_grad(handle.reference, required, &$0) }
    }

    /// Adds the gradient of this scalar to the ``gradient`` of every tensor that requires one.
    public func backward() throws {
        _ = try checked("backward") { clip_backward(handle.reference, &$0) }
    }

    /// The accumulated gradient; nil where nothing has reached this tensor.
    public var gradient: Tensor? { clip_gradient(handle.reference).map { Tensor(owning: $0) } }

    /// Forgets the accumulated gradient.
    public func clearGradient() { clip_clear_gradient(handle.reference) }

    /// Walks back from several tensors at once, each with the gradient that reaches it.
    public static func backward(_ tensors: [Tensor], gradients: [Tensor]) throws {
        let (heads, reaching) = (tensors.references, gradients.references)
        _ = try withExtendedLifetime((tensors, gradients)) {
            try checked("backward") { clip_backward_from(heads, reaching, heads.count, &$0) }
        }
    }

    /// The same elements without their history.
    public func detached() throws -> Tensor { try detachOperator(.tensor(self)) }
}

/// Runs `body` without recording for gradients, on this thread.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = clip_set_gradient_mode(false)
    defer { _ = clip_set_gradient_mode(before) }
    return try body()
}

/// Runs `body` recording for gradients, on this thread: inside a hand-written gradient, for example.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = clip_set_gradient_mode(true)
    defer { _ = clip_set_gradient_mode(before) }
    return try body()
}

/// Runs `body` with autocast on this thread: products run in `dtype` (`.bfloat16` or `.float16`), sums and norms that need
/// more in 32 bits, by libtorch's own lists. With nil nothing changes. What held before holds again afterwards.
public func withAutocast<Result>(_ dtype: DType?, on device: Device, _ body: () throws -> Result) throws -> Result {
    guard let dtype else { return try body() }
    let before = autocastType(on: device)
    _ = try checked("autocast") { clip_set_autocast(device.kind, true, dtype.rawValue, &$0) }
    defer {
        var message: UnsafeMutablePointer<CChar>?
        _ = clip_set_autocast(device.kind, before != nil, (before ?? dtype).rawValue, &message)
        clip_string_free(message)
    }
    return try body()
}

/// What products run in on this thread; nil without autocast.
package func autocastType(on device: Device) -> DType? { DType(rawValue: clip_autocast_dtype(device.kind)) }
