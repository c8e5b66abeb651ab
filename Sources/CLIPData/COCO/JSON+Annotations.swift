internal import CLIPFiles

extension JSON {
    private static let largestFile = 4 << 30
    private static let mostValues = 1 << 27

    /// Reads a file of annotations, which may be larger than other files of JSON.
    init(annotations path: String) throws {
        let bytes = try contents(ofFile: path, limit: Self.largestFile)
        do {
            self = try bytes.withUnsafeBytes { try JSON(parsing: $0, limit: Self.mostValues) }
        } catch let error as JSON.SyntaxError {
            throw FileError(.badData, path: path, "expected JSON: \(error)")
        }
    }
}
