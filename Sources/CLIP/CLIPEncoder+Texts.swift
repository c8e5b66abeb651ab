public import CLIPTokenization

extension CLIPEncoder {
    /// Embeds texts: a row of length 1 for each, in their order. A text that is longer than the context is cut, which
    /// ``tokenizer()`` tells.
    public nonisolated func embed(texts: [String]) async throws -> Embeddings {
        let tokenizer = try await tokenizer()
        return try await embed(tokens: texts.map { tokenizer.encode($0) })
    }

    /// Embeds texts that were turned into ids by ``tokenizer()``: a row of length 1 for each, in their order.
    public nonisolated func embed(tokens: [TokenizedText]) async throws -> Embeddings {
        var result = Embeddings(width: width)
        try await embed(tokens: tokens) { result.append($0) }
        return result
    }

    /// Embeds texts batch after batch, for more than fit in memory.
    ///
    /// - Parameters:
    ///   - normalized: Whether rows are divided by their length.
    ///   - body: Takes over the rows of each batch, in the order of the inputs. What it throws ends the work.
    public nonisolated func embed(
        tokens: [TokenizedText], normalized: Bool = true, _ body: (Embeddings) async throws -> Void
    ) async throws {
        for start in stride(from: 0, to: tokens.count, by: options.batchSize) {
            try Task.checkCancellation()
            let rows = try await run(tokens[start..<min(start + options.batchSize, tokens.count)])
            try await body(normalized ? rows.normalized() : rows)
        }
        try Task.checkCancellation()
    }
}
