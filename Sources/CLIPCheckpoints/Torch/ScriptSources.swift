/// What the source text in a TorchScript archive declares of its classes.
///
/// A module's attributes are written down without a word on which tensors are its state; the source of its class lists
/// them:
///
/// ```
/// class Linear(Module):
///   __parameters__ = ["weight", "bias", ]
///   __buffers__ = []
///   weight : Tensor
/// ```
struct ScriptSources {
    /// A class of the archive.
    struct Class {
        /// Whether it is a module, not another class whose instances are values.
        let isModule: Bool
        /// The attributes that are parameters or buffers.
        let tensors: Set<String>
    }

    private let archive: ZipArchive
    private var classes: [String: Class] = [:]
    private var readFiles: Set<String> = []
    private var readCount = 0

    /// More than the source of any model, in all files together.
    private static let sizeLimit = 16 << 20

    init(_ archive: ZipArchive) { self.archive = archive }

    /// The class of a full name, such as `__torch__.torch.nn.modules.linear.Linear`.
    mutating func type(_ name: String) throws -> Class {
        let module = name[..<(name.lastIndex(of: ".") ?? name.endIndex)]
        if readFiles.insert(String(module)).inserted { try read(String(module)) }
        guard let found = classes[name] else {
            throw TorchFormatError(expected: "the class \(name.brief) in the archive's source text", found: "none")
        }
        return found
    }

    private mutating func read(_ module: String) throws {
        let path = "code/" + module.replacing(".", with: "/") + ".py"
        guard let text = try archive.text(of: path, limit: Self.sizeLimit - readCount) else { return }
        readCount += text.utf8.count
        var header: (name: Substring, isModule: Bool)?
        var tensors: Set<String> = []
        func finish() {
            guard let header else { return }
            classes["\(module).\(header.name)"] = Class(isModule: header.isModule, tensors: tensors)
        }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("class ") {
                finish()
                header = Self.header(line)
                tensors = []
            } else if line.hasPrefix("  __parameters__ = [") || line.hasPrefix("  __buffers__ = [") {
                tensors.formUnion(Self.strings(line))
            }
        }
        finish()
    }

    private static func header(_ line: Substring) -> (name: Substring, isModule: Bool) {
        let name = line.dropFirst("class ".count).prefix { $0 != "(" && $0 != ":" }
        return (name, line.hasSuffix("(Module):"))
    }

    /// The strings of a list literal.
    private static func strings(_ line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
}
