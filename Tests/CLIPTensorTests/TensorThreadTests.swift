import CLIPTensor
import Foundation
import Testing

@Suite("A thread for tensors")
struct TensorThreadTests {
    /// An actor that does its work on a thread of its own.
    actor Worker {
        nonisolated let thread = TensorThread(name: "tensor-test")
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private var total = 0.0

        func add(_ value: Double) throws -> String? {
            total += try Tensor(value).scalar()
            return Thread.current.name
        }

        func sum() -> Double { total }

        deinit { thread.stop() }
    }

    @Test("All of an actor's work runs on that thread, one job after the other")
    func isolation() async throws {
        let worker = Worker()
        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for i in 1...100 { group.addTask { try await worker.add(Double(i)) } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(names == ["tensor-test"])
        #expect(await worker.sum() == 5050)
    }
}
