package import CLIPFiles
package import CLIPTokenization

/// The vocabulary of a text tower as a model's folder gets it.
package enum SavedVocabulary: Hashable {
    /// CLIP's pairs of bytes, written in Hugging Face's files.
    case pairs(BPEVocabulary)
    /// Files by their names, which are written as they are, with what `open_clip_config.json` says of them.
    case files([String: [UInt8]], members: [JSON.Member])
}
