import CLIPHub
import CLIPTestSupport
import Testing

struct BlobDigestTests {
    @Test("a file is told from another by the tag's digits")
    func digests() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Array("abc".utf8), as: "x")
        // FIPS 180-4's example, and what git hash-object says of the same bytes.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let git = "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f"
        #expect(try BlobDigest(tag: sha256)?.matches(file: file) == true)
        #expect(try BlobDigest(tag: git)?.matches(file: file) == true)
        #expect(try BlobDigest(tag: String(sha256.dropLast()) + "e")?.matches(file: file) == false)
        #expect(try BlobDigest(tag: String(git.dropLast()) + "c")?.matches(file: file) == false)
        #expect(BlobDigest(tag: "abc-12") == nil && BlobDigest(tag: git.uppercased()) == nil)
    }

    @Test("a file larger than the buffer, and an empty one, are digested whole")
    func sizes() throws {
        let folder = try TemporaryFolder()
        let large = try folder.write([UInt8](repeating: 97, count: 3_000_001), as: "large")
        let empty = try folder.write([], as: "empty")
        let ofLarge = "71b1401c2645810a611615bae0fce7b308f0ed904a54af8ec8be0fe435581611"
        let ofEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(try BlobDigest.sha256(ofLarge).matches(file: large))
        #expect(try BlobDigest.sha256(ofEmpty).matches(file: empty))
        #expect(try BlobDigest.git("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391").matches(file: empty))
    }
}
