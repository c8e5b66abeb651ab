/// A class and the sentences that say it.
public struct ClassPrompts: Codable, Sendable, Hashable {
    /// What the class is called in results.
    public let label: String
    /// Sentences whose embeddings are averaged; at least one.
    public let prompts: [String]

    /// A class with sentences of its own.
    public init(label: String, prompts: [String]) {
        precondition(!prompts.isEmpty, "a class has at least one sentence")
        (self.label, self.prompts) = (label, prompts)
    }

    /// A class with one or several names, each in each of the templates.
    public init(label: String, names: [String]? = nil, templates: [PromptTemplate]) {
        self.init(label: label, prompts: (names ?? [label]).flatMap { name in templates.map { $0(name) } })
    }
}
