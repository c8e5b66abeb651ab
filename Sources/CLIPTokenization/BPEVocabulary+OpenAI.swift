public import Foundation

extension BPEVocabulary {
    /// The number of merges of OpenAI's vocabulary: its file holds more, which CLIP does not use.
    public static let openAIMergeCount = 48_894

    /// Reads OpenAI's `bpe_simple_vocab_16e6.txt.gz`, or a file of the same form, packed or not: a heading, then a merge
    /// a line. The special tokens have open_clip's names.
    ///
    /// - Parameter mergeCount: The merges that are used, from the first on.
    /// - Throws: `VocabularyError` naming the file.
    public init(openAI file: URL, mergeCount: Int = BPEVocabulary.openAIMergeCount) throws {
        let data = try VocabularyFile.read(file)
        do {
            let text = data.starts(with: [0x1F, 0x8B]) ? try Self.unpack(data) : Array(data)
            let merges = try MergesText.parse(text, hasHeader: true, limit: mergeCount)
            guard !merges.isEmpty else {
                throw VocabularyError(expected: "merges, one a line", found: "\(text.count) bytes without any")
            }
            try self.init(merges: merges, specialTokens: Self.openCLIPSpecialTokens)
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    private static func unpack(_ data: Data) throws -> [UInt8] {
        do {
            return try Gzip.inflate(data, limit: VocabularyFile.largestSize)
        } catch Gzip.Failure.truncated {
            throw VocabularyError(expected: "a whole gzip file", found: "one that ends early")
        } catch Gzip.Failure.tooLarge {
            throw VocabularyError(
                expected: "at most \(VocabularyFile.largestSize) bytes when unpacked", found: "more")
        } catch {
            throw VocabularyError(expected: "gzip data", found: "data that does not unpack")
        }
    }
}
