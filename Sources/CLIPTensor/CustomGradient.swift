internal import CCLIPTorch

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Functions whose gradients are worked out by hand.
extension Tensor {
    /// Computes tensors without recording, and makes them functions of `inputs` whose gradients `backward` works out.
    ///
    /// What `backward` needs is captured by it, and given up once it has run. It must not capture a result (a detached copy
    /// is fine): the result keeps `backward` alive.
    ///
    /// - Parameters:
    ///   - compute: gives tensors of their own, none of them an input or a view of one.
    ///   - backward: from the gradients of the results those of the inputs; nil stands for zeros, on both sides.
    package static func function(
        of inputs: [Tensor], _ compute: () throws -> [Tensor],
        backward: @escaping ([Tensor?]) throws -> [Tensor?]
    ) throws -> [Tensor] {
        let outputs = try withoutGradients(compute)
        guard clip_gradient_mode(), inputs.contains(where: \.requiresGradient) else { return outputs }
        let context = Unmanaged.passRetained(BackwardClosure(call: backward)).toOpaque()
        // The references are borrowed: the tensors stay alive until the call returns.
        _ = try withExtendedLifetime((inputs, outputs)) {
            let (sources, results) = (inputs.references, outputs.references)
            return try checked("a function of tensors") { error in
                clip_set_history(
                    sources, sources.count, results, results.count, callBackward,
                    { Unmanaged<BackwardClosure>.fromOpaque($0!).release() }, context, &error)
            }
        }
        return outputs
    }
}

/// What libtorch holds until the gradients have been worked out.
private final class BackwardClosure {
    let call: ([Tensor?]) throws -> [Tensor?]

    init(call: @escaping ([Tensor?]) throws -> [Tensor?]) {
        self.call = call
    }
}

/// The C function behind every closure.
private let callBackward: clip_backward_function = { context, outputs, outputCount, inputs, inputCount, error in
    guard let context, let outputs, let inputs else { return false }
    let closure = Unmanaged<BackwardClosure>.fromOpaque(context).takeUnretainedValue()
    do {
        let gradients = try closure.call((0..<outputCount).map { outputs[$0].map(Tensor.init(sharing:)) })
        precondition(gradients.count == inputCount, "a gradient for each input")
        for (index, gradient) in gradients.enumerated() {
            inputs[index] = gradient.map { clip_tensor_share($0.handle.reference) }
        }
        return true
    } catch let failure {
        error?.pointee = strdup("\(failure)")
        return false
    }
}

extension [Tensor] {
    /// What the C side borrows while the tensors are kept alive.
    var references: [clip_tensor_ref?] { map(\.handle.reference) }
}

extension Tensor {
    /// Another reference to a tensor that is borrowed.
    fileprivate init(sharing reference: clip_tensor_ref) { self.init(owning: clip_tensor_share(reference)) }
}
