internal import ArgumentParser
internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPHub
internal import CLIPImaging
internal import CLIPModels
internal import CLIPTokenization
internal import CLIPTraining
internal import Foundation

/// The tool's exit statuses, after BSD's `sysexits.h`.
struct ExitStatus: Hashable, Sendable {
    let code: Int32

    /// All was done.
    static let done = ExitStatus(code: 0)
    /// The command line is wrong.
    static let usage = ExitStatus(code: 64)
    /// An input is not what it should be, one of many or all.
    static let badData = ExitStatus(code: 65)
    /// There is no such input.
    static let noInput = ExitStatus(code: 66)
    /// A device, a disk or a service cannot be used.
    static let unavailable = ExitStatus(code: 69)
    /// A fault of the tool.
    static let software = ExitStatus(code: 70)
    /// The user stopped the work.
    static let interrupted = ExitStatus(code: 130)
}

/// A failure with the status that it ends the tool with. Commands throw it where the error below does not tell.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// One line for standard error; empty where all was said.
    let description: String

    init(_ status: ExitStatus, _ description: String = "") {
        self.status = status
        self.description = description
    }
}

/// How a command ended, and what is left to say about it.
enum Outcome {
    case done
    /// The command line was wrong, or asked for help: the parser says the rest.
    case parsed(any Error)
    case failed(CommandFailure)

    init(_ error: any Error) {
        if Interruption.isRequested {
            self = .failed(CommandFailure(.interrupted, "interrupted"))
        } else if ClipCommand.exitCode(for: error) != .failure {
            self = .parsed(error)
        } else {
            self = .failed(error as? CommandFailure ?? CommandFailure(ExitStatus(for: error), "\(error)".onOneLine))
        }
    }

    /// Says what is left and ends the process.
    func end() -> Never {
        switch self {
        case .done: exit(Interruption.isRequested ? ExitStatus.interrupted.code : ExitStatus.done.code)
        case .parsed(let error): Self.end(parsing: error)
        case .failed(let failure):
            if !failure.description.isEmpty { Console.report(failure.description) }
            exit(failure.status.code)
        }
    }
}

extension Outcome {
    /// Ends as the parser would, but for help that cannot be written.
    private static func end(parsing error: any Error) -> Never {
        let text = ClipCommand.fullMessage(for: error)
        let status = ClipCommand.exitCode(for: error).rawValue
        guard status == ExitStatus.done.code else {
            try? Console.write(Array("\(text)\n".utf8), to: STDERR_FILENO)
            exit(status)
        }
        do {
            if !text.isEmpty { try Console.print(text) }
            exit(status)
        } catch {
            Console.report("\(error)".onOneLine)
            exit(ExitStatus(for: error).code)
        }
    }
}

extension ExitStatus {
    /// The status that an error of the rooms below ends the tool with.
    init(for error: any Error) {
        self =
            switch error {
            case let failure as CommandFailure: failure.status
            case let error as FileError: ExitStatus(for: error.code)
            case let error as HubError: ExitStatus(for: error.code)
            case is ImagingError, is VocabularyError, is ConfigurationError, is TrainingError, is DatasetError,
                is EmojiError, is EvaluationError, is PromptError, is DecodingError:
                .badData
            case is CancellationError: .interrupted
            default: .software
            }
    }

    private init(for code: HubError.Code) {
        self =
            switch code {
            case .invalidName: .usage
            case .notFound: .noInput
            case .accessDenied, .unavailable: .unavailable
            default: .badData
            }
    }

    private init(for code: FileError.Code) {
        self =
            switch code {
            case .notFound: .noInput
            case .unwritable: .unavailable
            default: .badData
            }
    }
}
