import CLIPFiles
import CLIPTestSupport
import Testing

@Suite struct ContentDigestTests {
    @Test("digests are those that everyone computes, whatever the parts")
    func known() throws {
        let sha256 = ContentDigest()
        sha256.add([UInt8]("a".utf8))
        sha256.add([UInt8]("bc".utf8))
        #expect(
            sha256.finish().hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let sha1 = ContentDigest(.sha1)
        sha1.add([UInt8]("abc".utf8))
        #expect(sha1.finish().hexadecimal == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test("a file has the digest of its bytes, and a missing one is named")
    func files() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8]("abc".utf8), as: "abc")
        let (one, other) = (ContentDigest(), ContentDigest())
        try one.add(file: path)
        other.add([UInt8]("abc".utf8))
        #expect(one.finish() == other.finish())
        let error = #expect(throws: FileError.self) { try ContentDigest().add(file: folder.path("none")) }
        #expect(error?.code == .notFound && error?.path == folder.path("none"))
    }

    @Test("two texts are not one")
    func texts() {
        let (one, other) = (ContentDigest(), ContentDigest())
        one.add("ab")
        one.add("c")
        other.add("a")
        other.add("bc")
        #expect(one.finish() != other.finish())
    }
}
