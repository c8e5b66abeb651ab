import CLIPModels
import CLIPTensor
import Testing

extension ModelParityTests {
    @Suite("Models of full size")
    struct FullSizeParityTests {
        @Test("Embeddings of random weights are open_clip's to 1e-4", arguments: ["ViT-B-32", "RN50"])
        func embeddings(name: String) throws {
            let configuration = try #require(CLIPConfiguration.openCLIP("\(name)-quickgelu"))
            let model = try ReferenceModels.model(configuration, from: "\(name).weights")
            let expected = try ReferenceModels.tensors("\(name).embeddings")
            try withoutGradients {
                let images = try model.embedImages(expected.tensor("pixels"))
                let texts = try model.embedTexts(expected.tensor("tokens"))
                for (kind, found) in [("images", images), ("texts", texts)] {
                    let distance = try Distance(found, from: expected.tensor(kind))
                    // 32 bits: the project's contract with its users, far above what rounding does.
                    #expect(try distance.greatest < 1e-4, "\(kind)")
                    #expect(try distance.leastCosine > 1 - 1e-5, "\(kind)")
                    let spread = try Distance(found.select(0, 0), from: found.select(0, 1)).greatest
                    // Different inputs lie farther apart than the bound: the comparison can see a mistake.
                    #expect(spread > 1e-2, "\(kind)")
                    print("\(name) \(kind): by \(try distance.greatest); two of them by \(spread)")
                }
                let logits = try Distance(
                    model.logits(images: images, texts: texts), from: expected.tensor("logits"))
                #expect(try logits.greatest < 2e-3)
            }
        }
    }
}
