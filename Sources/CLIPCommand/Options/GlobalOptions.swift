internal import ArgumentParser
internal import CLIPTensor

/// The options that mean the same in every command that computes. Use as `@OptionGroup var global: GlobalOptions`, and
/// call ``apply()`` first in `run()`.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where to compute: cpu, cuda, cuda:N or mps.", valueName: "device"),
        transform: GlobalOptions.device)
    var device: Device = .cpu

    @Option(help: ArgumentHelp("Threads that an operator uses; all cores if not given.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("The seed of all that the command draws at random.", valueName: "n"))
    var seed: UInt64?

    func validate() throws {
        guard let threads, !(1...4096).contains(threads) else { return }
        throw ValidationError("--threads: expected 1 to 4096, found \(threads)")
    }

    /// Puts the options into effect and returns the device, after a look whether it is there. A command that draws hands
    /// ``seed`` on itself.
    @discardableResult
    func apply() throws -> Device {
        if let threads { Engine.threadCount = threads }
        do {
            try device.checkAvailable()
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
        return device
    }

    private static func device(_ text: String) throws -> Device {
        guard let device = Device(text) else {
            throw ValidationError("expected cpu, cuda, cuda:N or mps")
        }
        return device
    }
}
