import CLIPDemo
import Testing

@Suite struct DemoResultTests {
    @Test(
        "paths are quoted for a shell where they need it",
        arguments: [
            ("runs/demo/model", "runs/demo/model"), ("my run", "'my run'"), ("it's", "'it'\\''s'"), ("", "''"),
            ("a{}b", "'a{}b'"), ("~x", "'~x'"),
        ])
    func shell(path: String, quoted: String) {
        #expect(path.quotedForShell == quoted)
    }
}
