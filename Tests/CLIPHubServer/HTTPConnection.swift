internal import Foundation

/// A connection of the stand-in for the hub: HTTP/1.1 with several requests one after another.
final class HTTPConnection {
    private let descriptor: Int32
    private let isStopped: () -> Bool

    init(_ descriptor: Int32, isStopped: @escaping () -> Bool) {
        self.descriptor = descriptor
        self.isStopped = isStopped
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next request; nil where there is none.
    func request() -> HubServer.Request? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard head.count < 1 << 16, recv(descriptor, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return HubServer.Request(method: String(words[0]), path: String(words[1]), headers: headers)
    }

    /// Sends an answer, or what a fault makes of it. Says whether the connection goes on.
    func send(_ answer: HTTPAnswer, to request: HubServer.Request, _ fault: Fault?) -> Bool {
        var answer = answer
        var framing = Framing()
        apply(fault, to: &answer, &framing)
        if framing.hasRanges && answer.status == 200 { applyRange(request.headers["range"], to: &answer) }
        let isHead = request.method == "HEAD"
        answer.headers[framing.isChunked ? "Transfer-Encoding" : "Content-Length"] =
            framing.isChunked ? "chunked" : "\(answer.body.count)"
        for name in framing.withoutHeaders { answer.headers[name] = nil }
        let head = answer.headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        guard put(Array("HTTP/1.1 \(answer.status) Answer\r\n\(head)\r\n".utf8)[...]) else { return false }
        return isHead || sendBody(answer.body, framing)
    }

    /// How a body goes over the wire.
    private struct Framing {
        var hasRanges = true
        var isChunked = false
        var withoutHeaders: [String] = []
        var parts = 1
        var wait: UInt32 = 0
        var isStalled = false
        var cut: Int?
    }

    private func apply(_ fault: Fault?, to answer: inout HTTPAnswer, _ framing: inout Framing) {
        switch fault {
        case nil: break
        case .status(let status, let headers): answer = HTTPAnswer(status: status, headers: headers)
        case .cut(let count): framing.cut = count
        case .corrupt: answer.body = answer.body.map { $0 ^ 0x55 }
        case .resized(let count):
            answer.body = Array((answer.body + [UInt8](repeating: 0, count: count)).prefix(count))
        case .without(let names): framing.withoutHeaders = names
        case .with(let headers): answer.headers.merge(headers) { $1 }
        case .chunked: framing.isChunked = true
        case .slow(let parts, let milliseconds): (framing.parts, framing.wait) = (parts, milliseconds)
        case .stalled: (framing.parts, framing.isStalled) = (2, true)
        case .withoutRanges: framing.hasRanges = false
        case .body(let bytes): answer.body = bytes
        }
    }

    private func applyRange(_ range: String?, to answer: inout HTTPAnswer) {
        guard let range, range.hasPrefix("bytes=") else { return }
        let ends = range.dropFirst(6).split(separator: "-").compactMap { Int($0) }
        guard let start = ends.first, start < answer.body.count else {
            answer = HTTPAnswer(status: 416)
            return
        }
        let end = min(ends.count > 1 ? ends[1] : Int.max - 1, answer.body.count - 1)
        answer.status = 206
        answer.headers["Content-Range"] = "bytes \(start)-\(end)/\(answer.body.count)"
        answer.body = Array(answer.body[start...max(start, end)])
    }

    private func sendBody(_ body: [UInt8], _ framing: Framing) -> Bool {
        let size = max(1, (body.count + framing.parts - 1) / framing.parts)
        var sent = 0
        for start in stride(from: 0, to: body.count, by: size) {
            if start > 0 { usleep(framing.wait * 1000) }
            while start > 0 && framing.isStalled && !isStopped() { usleep(5000) }
            var part = body[start..<min(start + size, body.count)]
            if let cut = framing.cut { part = part.prefix(max(cut - sent, 0)) }
            sent += part.count
            let head = framing.isChunked ? Array("\(String(part.count, radix: 16))\r\n".utf8) : []
            let tail = framing.isChunked ? Array("\r\n".utf8) : []
            guard put((head + part + tail)[...]) else { return false }
            if let cut = framing.cut, sent >= cut { return false }
        }
        return framing.isChunked ? put(Array("0\r\n\r\n".utf8)[...]) : framing.cut == nil
    }

    private func put(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

#if canImport(Darwin)
    private let noSignal: Int32 = 0
#else
    private let noSignal = Int32(MSG_NOSIGNAL)
#endif
