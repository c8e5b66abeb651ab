import CLIPHub
import Testing

struct HubRepositoryTests {
    @Test("a name is an owner and a name, or a name alone, and perhaps a revision")
    func names() throws {
        let full = try HubRepository("openai/clip-vit-base-patch32@refs/pr/3")
        #expect(full.name == "openai/clip-vit-base-patch32" && full.revision == "refs/pr/3" && full.hasOwner)
        #expect(full.description == "openai/clip-vit-base-patch32@refs/pr/3")
        let short = try HubRepository("gpt2")
        #expect(short.name == "gpt2" && short.revision == "main" && !short.hasOwner && short.description == "gpt2")
        _ = try HubRepository("Foo-BAR_foo.bar123/_x_")
    }

    @Test(
        "what the hub would allow no name for is refused",
        arguments: [
            "", "/", "a/", "/a", "a/b/c", "../a", "a/..", "a/b..c", "a--b", "a/.b", "a/b.", "-a/b", "a/b-", "a b/c",
            "a/b\0", "a/é", "a/b.git", "a\n/b", "a/" + String(repeating: "x", count: 97),
        ])
    func badNames(name: String) {
        let error = #expect(throws: HubError.self) { try HubRepository(name) }
        #expect(error?.code == .invalidName && error?.description.contains("\n") == false)
    }

    @Test(
        "a revision that would leave the cache's folder, or that git has none of, is refused",
        arguments: [
            "", "..", "a/../b", "/a", "a/", "a//b", ".a", "a/.b", "-x", "a b", "a\0", "a~1", "a^", "a:b", "a\\b",
            "a.lock",
            "@{1}", String(repeating: "x", count: 201),
        ])
    func badRevisions(revision: String) {
        #expect(throws: HubError.self) { try HubRepository("a/b@\(revision)") }
    }
}
