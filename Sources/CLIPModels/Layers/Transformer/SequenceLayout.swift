import CLIPTensor

// Shapes: B batch, L length of the longest sequence, R rows of all sequences together, X any width.

/// How a stream's rows form sequences: `[B, L, X]`, or packed without padding, `[R, X]`, sequence after sequence.
struct SequenceLayout {
    /// The number of sequences.
    let batch: Int
    /// The length of the longest.
    let length: Int
    private let packing: Packing?

    private struct Packing {
        /// For each place of `[B, L]` the row that stands there; row 0 where there is none. Int64 `[B · L]`.
        let rowOfPlace: Tensor
        /// For each row its place. Int64 `[R]`.
        let placeOfRow: Tensor
        /// For each row its position in its sequence. Int64 `[R]`.
        let positionOfRow: Tensor
    }

    /// Sequences of one length.
    init(batch: Int, length: Int) {
        (self.batch, self.length, packing) = (batch, length, nil)
    }

    /// Sequences of these lengths, one after the other.
    init(packing lengths: [Int], on device: Device) throws {
        let longest = lengths.max() ?? 0
        var rowOfPlace = [Int64](repeating: 0, count: lengths.count * longest)
        var (places, positions): ([Int64], [Int64]) = ([], [])
        for (sequence, length) in lengths.enumerated() {
            for position in 0..<length {
                let place = sequence * longest + position
                rowOfPlace[place] = Int64(places.count)
                places.append(Int64(place))
                positions.append(Int64(position))
            }
        }
        (batch, length) = (lengths.count, longest)
        packing = Packing(
            rowOfPlace: try Tensor(rowOfPlace, shape: [rowOfPlace.count]).moved(to: device),
            placeOfRow: try Tensor(places, shape: [places.count]).moved(to: device),
            positionOfRow: try Tensor(positions, shape: [positions.count]).moved(to: device))
    }

    /// The tokens `[B, L]` of the rows, `[R]`; L may be more than the longest sequence.
    func rows(of tokens_BL: Tensor) throws -> Tensor {
        guard let packing else { return tokens_BL }
        return try tokens_BL.slice(1, 0..<length).reshaped(batch * length).indexed(0, by: packing.placeOfRow)
    }

    /// The embedding of each row's position, from a table `[context, D]`.
    func embeddedPositions(_ table: Tensor) throws -> Tensor {
        guard let packing else { return try table.slice(0, 0..<length) }
        return try packing.positionOfRow.embedded(in: table)
    }

    /// A stream as `[B, L, X]`, so that sequences can be multiplied. What stands behind the end of a shorter one is of no
    /// meaning.
    func arranged(_ stream: Tensor) throws -> Tensor {
        guard let packing else { return stream }
        let places = try Self.exchange(stream, by: packing.rowOfPlace, back: packing.placeOfRow)
        return try places.reshaped(batch, length, -1)
    }

    /// `[B, L, X]` as a stream.
    func rows(_ x_BLX: Tensor) throws -> Tensor {
        guard let packing else { return x_BLX }
        return try Self.rows(x_BLX.reshaped(batch * length, -1), packing)
    }

    private static func rows(_ places: Tensor, _ packing: Packing) throws -> Tensor {
        let count = places.size(0)
        return try Tensor.function(of: [places]) {
            [try places.indexed(0, by: packing.placeOfRow)]
        } backward: { gradients in
            guard let gradient = gradients[0] else { return [nil] }
            // Places without a row have no gradient; each row has one place.
            let spread = try Tensor.zeros([count, gradient.size(1)], dtype: gradient.dtype, device: gradient.device)
            try spread.copy(gradient, at: packing.placeOfRow)
            return [spread]
        }[0]
    }

    /// Each row at its places. Only its own place has a gradient: attention looks at none behind a sequence's end.
    private static func exchange(_ stream: Tensor, by rows: Tensor, back places: Tensor) throws -> Tensor {
        try Tensor.function(of: [stream]) {
            [try stream.indexed(0, by: rows)]
        } backward: { gradients in
            [try gradients[0]?.reshaped(rows.size(0), -1).indexed(0, by: places)]
        }[0]
    }
}

/// One position of each sequence, at which its feature is read.
struct ReadPositions {
    /// The positions' rows in the stream, int64 `[B]`.
    let rows: Tensor
    /// The positions in their sequences, int64 `[B]`.
    let positions: Tensor

    /// The same position in each sequence of one length.
    init(_ position: Int, in layout: SequenceLayout, on device: Device) throws {
        let same = try Tensor.full([layout.batch], Double(position), dtype: .int64, device: device)
        try self.init(same, in: layout)
    }

    /// A position in each sequence of one length, int64 `[B]`.
    init(_ positions: Tensor, in layout: SequenceLayout) throws {
        let starts = (0..<layout.batch).map { Int64($0 * layout.length) }
        rows = try Tensor(starts, shape: [layout.batch]).moved(to: positions.device) + positions
        self.positions = positions
    }

    /// The last position of each sequence of these lengths, packed.
    init(endsOf lengths: [Int], on device: Device) throws {
        var end = -1
        let rows = lengths.map { length in
            end += length
            return Int64(end)
        }
        self.rows = try Tensor(rows, shape: [lengths.count]).moved(to: device)
        positions = try Tensor(lengths.map { Int64($0 - 1) }, shape: [lengths.count]).moved(to: device)
    }

    /// A stream → its rows at the positions, `[B, D]`.
    func select(from stream: Tensor) throws -> Tensor {
        try stream.reshaped(-1, stream.size(-1)).indexed(0, by: rows)
    }

    /// What is added to the scores of the positions' queries, `[B, 1, 1, L]`: −∞ for what stands behind each.
    func visible(_ layout: SequenceLayout, _ dtype: DType) throws -> Tensor {
        let places_L = try Tensor.range(layout.length, device: positions.device)
        let isHidden_BL = try places_L.isGreater(than: positions.unsqueezed(1))
        let shape = [layout.batch, layout.length]
        let mask_BL = try Tensor.zeros(shape, dtype: dtype, device: positions.device)
            .filled(with: -.infinity, where: isHidden_BL)
        return try mask_BL.reshaped(layout.batch, 1, 1, layout.length)
    }
}
