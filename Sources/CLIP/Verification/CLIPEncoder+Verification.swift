public import CLIPImaging
internal import CLIPModels
internal import CLIPTensor
internal import CLIPTokenization

/// Holding weights against what is known of them.
extension CLIPEncoder {
    /// Compares the model with what must be true of every model, and with the published numbers of the weights that it may
    /// have, for those pictures that are given.
    ///
    /// - Parameter images: Pictures by their file names: `CLIP.png` of the repository openai/CLIP, and the photograph
    ///   `000000039769.jpg` of COCO's validation set of 2017. A picture is recognised by its size besides.
    public nonisolated func verify(images: [String: Bitmap] = [:]) async throws -> Verification {
        try await verify(images: images, against: GoldenNumbers.all)
    }

    package nonisolated func verify(images: [String: Bitmap], against golden: [GoldenNumbers]) async throws
        -> Verification
    {
        var checks = [try await finiteWeights(), try await temperature()]
        // Such weights give no results to compare.
        guard checks[0].result == .passed else { return Verification(checks: checks) }
        if let check = tokens(try await tokenizer()) { checks.append(check) }
        checks.append(try await companyOfTexts())
        for numbers in golden where numbers.fits(configuration) {
            checks.append(try await compare(numbers, images[numbers.image]))
        }
        return Verification(checks: checks)
    }

    /// Every weight is a number.
    private func finiteWeights() throws -> Verification.Check {
        let names = try infiniteParameters()
        return .init(
            subject: "weights", expected: "finite numbers",
            found: names.first.map { "\($0) and \(names.count - 1) more tensors are not" } ?? "finite numbers",
            result: names.isEmpty ? .passed : .failed)
    }

    /// The factor on cosines stays below 100 in every published run.
    private func temperature() throws -> Verification.Check {
        let scale = try logitFactor()
        let isPlausible = scale > 1 && scale < 200
        return .init(
            subject: "factor on cosines", expected: "1 to 200", found: "\(scale)",
            result: isPlausible ? .passed : .failed)
    }

    /// Ids that the references give; nil of another vocabulary than OpenAI's.
    private nonisolated func tokens(_ tokenizer: any Tokenizer) -> Verification.Check? {
        guard tokenizer is CLIPTokenizer, tokenizer.vocabularySize == 49408 else { return nil }
        let known: [(String, [Int32])] = [
            ("Hello World!", [49406, 3306, 1002, 256, 49407]),
            ("You should've done this", [49406, 592, 1535, 1200, 1700, 589, 49407]),
        ]
        let wrong = known.first { tokenizer.encode($0.0).ids != $0.1 }
        return .init(
            subject: "tokens of \"\(wrong?.0 ?? known[0].0)\"", expected: "\(wrong?.1 ?? known[0].1)",
            found: "\(tokenizer.encode(wrong?.0 ?? known[0].0).ids)", result: wrong == nil ? .passed : .failed)
    }

    /// A text's embedding does not depend on the texts beside it.
    private nonisolated func companyOfTexts() async throws -> Verification.Check {
        let alone = try await embed(texts: ["a photo of a cat"])
        let together = try await embed(texts: ["a", "a photo of a cat", "a much longer text about a cat and a dog"])
        let cosine = alone.similarities(to: together)[0][1]
        return .init(
            subject: "cosine of a text alone with itself among others", expected: "at least 0.99999",
            found: "\(cosine)",
            result: cosine >= 0.99999 ? .passed : .failed)
    }

    private nonisolated func compare(_ golden: GoldenNumbers, _ image: Bitmap?) async throws -> Verification.Check {
        let subject = "\(golden.kind.rawValue) of \(golden.image) (\(golden.source), \(golden.weights))"
        let expected = Self.list(golden.expected)
        let (width, height) = golden.imageSize
        guard let image else {
            return .init(
                subject: subject, expected: expected, found: "not compared: \(golden.image) was not given",
                result: .skipped)
        }
        guard image.width == width, image.height == height else {
            return .init(
                subject: subject, expected: expected,
                found: "not compared: \(golden.image) is \(image.width)×\(image.height) and not \(width)×\(height)",
                result: .skipped)
        }
        let (pixels, texts) = try await (embed(images: [.bitmap(image)]), embed(texts: golden.texts))
        let found = try await golden.kind == .logits ? logits(pixels, texts)[0] : probabilities(pixels, texts)[0]
        let isClose = zip(found, golden.expected).allSatisfy { abs($0 - $1) <= golden.tolerance }
        return .init(
            subject: subject, expected: expected, found: Self.list(found), result: isClose ? .passed : .failed)
    }

    private static func list(_ numbers: [Float]) -> String { numbers.map { "\($0)" }.joined(separator: ", ") }
}
