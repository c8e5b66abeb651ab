import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// Bad files end in one clear line that names them.
@Suite struct HostileVocabularyTests {
    @Test(arguments: [
        "", "{", "[]", "null", "{\"a\": \"b\"}", "{\"a\": 1.5}", "{\"a\": 0, \"b\": 0}", "{\"a\": 7}", "{\"a\": -1}",
        "{\"a\": 99999999999999999999}", "{\"a\": 0}", "\u{0}\u{1}", "{\"a\": [[[[]]]]}", "{\"\u{1B}[31m\\n\": -3}",
        String(repeating: "[", count: 200_000), String(repeating: "{\"a\":", count: 100_000),
    ])
    func `a bad vocab.json is refused by name`(content: String) throws {
        try withTemporaryFolder { folder in
            try write(content, "vocab.json", in: folder)
            try write("#version: 0.2\na b\n", "merges.txt", in: folder)
            expectOneLine(fault { try BPEVocabulary(folder: folder) }, naming: "vocab.json")
        }
    }

    @Test(arguments: ["a\n", "a b c\n", "#version: 0.2\n\na b\nx"])
    func `a bad merges.txt is refused with its line`(content: String) throws {
        try withTemporaryFolder { folder in
            try LearnedVocabulary.learn().save(to: folder)
            try write(content, "merges.txt", in: folder)
            let error = fault { try BPEVocabulary(folder: folder) }
            expectOneLine(error, naming: "merges.txt")
            #expect(error?.expected.contains("line") == true)
        }
    }

    @Test(arguments: ["", "#version: 0.2\n"])
    func `a merges.txt without merges is refused beside a vocabulary that has some`(content: String) throws {
        try withTemporaryFolder { folder in
            try LearnedVocabulary.learn().save(to: folder)
            try write(content, "merges.txt", in: folder)
            let error = fault { try BPEVocabulary(folder: folder) }
            expectOneLine(error, naming: "merges.txt")
            #expect(error?.found == "none")
        }
    }

    @Test(arguments: [
        "", "{}", "{\"model\": 3}", "{\"model\": {\"vocab\": {}, \"merges\": []}}",
        "{\"model\": {\"type\": \"Unigram\", \"vocab\": [], \"merges\": []}}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": [], \"end_of_word_suffix\": \"</w>\"}}",
        "{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [[\"a\"]], \"end_of_word_suffix\": \"</w>\"}}",
        "{\"model\": {\"vocab\": {\"a\": 0}, \"merges\": [7], \"end_of_word_suffix\": \"</w>\"}}",
    ])
    func `a bad tokenizer.json is refused by name`(content: String) throws {
        try withTemporaryFolder { folder in
            try write(content, "tokenizer.json", in: folder)
            expectOneLine(fault { try BPEVocabulary(folder: folder) }, naming: "tokenizer.json")
        }
    }

    @Test func `a folder without vocabulary, a folder that is not there and a folder for a file are refused`() throws {
        try withTemporaryFolder { folder in
            expectOneLine(fault { try BPEVocabulary(folder: folder) }, naming: folder.lastPathComponent)
            let missing = folder.appending(path: "missing")
            #expect(fault { try CLIPTokenizer(folder: missing) }?.found == "no such folder")
            expectOneLine(fault { try BPEVocabulary(openAI: folder) }, naming: folder.lastPathComponent)
            expectOneLine(fault { try BPEVocabulary(tokenizer: missing) }, naming: "missing")
            expectOneLine(fault { try LearnedVocabulary.learn().save(to: missing) }, naming: "vocab.json")
            try LearnedVocabulary.learn().save(to: folder)
            #expect(fault { try CLIPTokenizer(folder: folder, contextLength: 1) }?.found == "1")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `a gzip file that ends early or is damaged is refused`() throws {
        let whole = try Data(contentsOf: openAIFile)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "bpe.gz")
            try whole.prefix(whole.count / 2).write(to: file)
            #expect(fault { try BPEVocabulary(openAI: file) }?.found == "one that ends early")
            var damaged = whole
            for position in 1_000..<1_100 { damaged[position] = 0xFF }
            try damaged.write(to: file)
            expectOneLine(fault { try BPEVocabulary(openAI: file) }, naming: "bpe.gz")
            try Data([0x1F, 0x8B]).write(to: file)
            expectOneLine(fault { try BPEVocabulary(openAI: file) }, naming: "bpe.gz")
        }
    }

    @Test func `a file that claims to be huge is refused before it is read`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            #expect(fault { try BPEVocabulary(folder: folder) }?.found == "\(1 << 40) bytes")
        }
    }

    private func write(_ text: String, _ name: String, in folder: URL) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func expectOneLine(_ error: VocabularyError?, naming name: String) {
        #expect(error?.file?.hasSuffix(name) == true, "\(error?.description ?? "no error")")
        let line = error?.description ?? ""
        #expect(line.count < 1_000 && !line.unicodeScalars.contains { $0.value < 0x20 })
    }
}
