import CLIPModels
import CLIPTensor
import CLIPTraining
import Testing

extension ModelParityTests {
    @Suite("Forward passes")
    struct ForwardParityTests {
        /// The norm of an intermediate's difference over its norm. 32 bits: a product of a few hundred terms rounds to
        /// 1e-6, and a stack of layers adds up some of those. 16 bits: bfloat16 keeps 8 bits, so that one rounding is
        /// 2e-3, and both sides round at each product.
        static func bound(_ precision: Precision) -> Double { precision == .fp32 ? 1e-5 : 2e-2 }

        @Test("Every module's output is open_clip's", arguments: SmallModel.allCases, Precision.allCases)
        func intermediates(small: SmallModel, precision: Precision) throws {
            let (model, expected) = try (small.model(), small.results("forward", precision))
            let trace = Trace()
            let raw = try Self.results(of: model, expected, precision, Pass(trace: trace)).raw
            let names = expected.names.filter { $0.hasPrefix("trace/") }.map { String($0.dropFirst(6)) }
            var greatest = (error: 0.0, name: "")
            for name in names where !Self.isLeftOut(name) {
                let found = try #require(name == "visual" ? raw : trace[name], "\(name)")
                let error = try Distance(found, from: expected.tensor("trace/\(name)")).relative()
                #expect(error < Self.bound(precision), "\(name)")
                if error > greatest.error { greatest = (error, name) }
            }
            print("\(small.rawValue) \(precision): \(names.count) outputs, greatest relative error \(greatest)")
            #expect(Set(trace.tensors.map(\.name)).isSubset(of: names))
        }

        /// Modules whose output says nothing new: stacks give their last block's, second layers their perceptron's,
        /// the ResNet's activations max(x, 0) of a norm or their block's, its shortcuts a norm's and its inner pools what
        /// the next convolution shows.
        private static func isLeftOut(_ name: String) -> Bool {
            let parts = name.split(separator: ".")
            return ["transformer", "c_proj", "act1", "act2", "act3", "downsample", "-1"].contains(parts.last)
                || (parts.last == "avgpool" && parts.count > 2)
        }

        @Test(
            "Embeddings, logits and the loss are open_clip's", arguments: SmallModel.allCases, Precision.allCases)
        func results(small: SmallModel, precision: Precision) throws {
            let (model, expected) = try (small.model(), small.results("forward", precision))
            let found = try Self.results(of: model, expected, precision)
            for (name, tensor) in [("images", found.images), ("texts", found.texts)] {
                let distance = try Distance(tensor, from: expected.tensor(name))
                #expect(try distance.leastCosine > (precision == .fp32 ? 1 - 1e-6 : 0.999), "\(name)")
                #expect(try distance.greatest < (precision == .fp32 ? 1e-5 : 2e-2), "\(name)")
            }
            // A cosine times the scale, 18 here, is rounded to 0.06 in bfloat16, and its factors are rounded before.
            let logits = try Distance(found.logits, from: expected.tensor("logits"))
            #expect(try logits.greatest < (precision == .fp32 ? 1e-4 : 0.3))
            // Autocast brings the logits to 32 bits before the cross entropy.
            let loss = try ContrastiveLoss().whole(
                logits: found.logits.cast(to: .float32), Matches(count: found.logits.size(0)))
            let error = try Distance(loss, from: expected.tensor("loss"))
            #expect(try error.greatest < (precision == .fp32 ? 1e-5 : 6e-2))
            print("\(small.rawValue) \(precision): logits by \(try logits.greatest), loss by \(try error.greatest)")
        }

        @Test("The other activation, which no shape betrays, is far outside the bounds", arguments: SmallModel.allCases)
        func wrongActivation(small: SmallModel) throws {
            var configuration = try small.configuration
            configuration.activation = configuration.activation == .gelu ? .quickGELU : .gelu
            let model = try ReferenceModels.model(configuration, from: "\(small.rawValue).weights")
            let expected = try small.results("forward", .fp32)
            let texts = try Self.results(of: model, expected, .fp32).texts
            #expect(try Distance(texts, from: expected.tensor("texts")).greatest > 1e-3)
        }

        /// What a model says of the file's inputs; `raw` are the images' embeddings before they are normalised.
        private struct Results {
            var raw: Tensor
            var images: Tensor
            var texts: Tensor
            var logits: Tensor
        }

        private static func results(
            of model: CLIPModel, _ file: Safetensors, _ precision: Precision, _ pass: Pass = Pass()
        ) throws -> Results {
            try withoutGradients {
                try withAutocast(precision.autocast, on: .cpu) {
                    let raw = try model.visual(file.tensor("pixels"), pass)
                    let texts = try model.embedTexts(file.tensor("tokens"), pass)
                    let images = try raw.normalized()
                    return Results(
                        raw: raw, images: images, texts: texts, logits: try model.logits(images: images, texts: texts))
                }
            }
        }
    }
}
