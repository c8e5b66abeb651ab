internal import ArgumentParser
internal import CLIPFiles

extension ClipCommand {
    /// Throws for what the parser would pass over in silence.
    static func checkArguments() throws {
        for (number, argument) in rawArguments.enumerated() where String(validating: argument, as: UTF8.self) == nil {
            // The parser works on repaired texts: it would name other files and other words than its user.
            let shown = String(decoding: argument, as: UTF8.self).quoted()
            throw ValidationError("expected UTF-8 on the command line, found \(shown) as word \(number + 1)")
        }
        // Any word after "help" brings the general help.
        let words = CommandLine.arguments.dropFirst()
        guard words.first == "help", let name = words.dropFirst().first, !name.hasPrefix("-") else { return }
        let known = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard (known + ["help"]).contains(name) else {
            throw ValidationError("help: expected one of \(known.joined(separator: ", ")), found \(name.quoted())")
        }
    }

    /// The words of the command line as the system gave them.
    private static var rawArguments: [[UInt8]] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { word in
                var length = 0
                while word[length] != 0 { length += 1 }
                return (0..<length).map { UInt8(bitPattern: word[$0]) }
            }
        }
    }
}
