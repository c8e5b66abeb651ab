/// A zip archive put together by hand, which may contradict itself.
struct ZipFixture {
    struct Record {
        var name: String
        var data: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// The size that the directory tells, where it is not that of the data.
        var count: UInt32?
        /// The size in the archive that the directory tells, where it is not that of the data.
        var packedCount: UInt32?
        /// The place that the directory tells, where it is not the record's.
        var start: UInt32?
        var extra: [UInt8] = []
    }

    var records: [Record]
    /// Whether sizes and places are told in the zip64 fields.
    var isLarge = false
    var comment: [UInt8] = []

    init(_ records: [(String, [UInt8])]) { self.records = records.map { Record(name: "a/\($0.0)", data: $0.1) } }

    /// What `torch.save` writes for a pickle, with one storage of six floats.
    init(pickle: [UInt8], storage: [UInt8] = ZipFixture.floats) {
        self.init([
            ("data.pkl", pickle), ("byteorder", Array("little".utf8)), ("data/0", storage), ("version", [51, 10]),
        ])
    }

    /// 0, 1, … 5 as floats.
    static let floats = (0..<6).flatMap { Pickle.little(Float($0).bitPattern) }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for record in records {
            directory += entry(record, at: file.count)
            file += Pickle.little(0x0403_4B50 as UInt32) + [UInt8](repeating: 0, count: 22)
            file += Pickle.little(UInt16(record.name.utf8.count)) + Pickle.little(3 as UInt16)
            file += Array(record.name.utf8) + [7, 7, 7] + record.data
        }
        let start = file.count
        file += directory
        if isLarge { file += largeEnd(start, directory.count) }
        file += Pickle.little(0x0605_4B50 as UInt32) + [0, 0, 0, 0]
        let (count, size, place) = (UInt16(records.count), UInt32(directory.count), UInt32(start))
        for _ in 0..<2 { file += Pickle.little(isLarge ? .max : count) }
        file += Pickle.little(isLarge ? .max : size) + Pickle.little(isLarge ? .max : place)
        return file + Pickle.little(UInt16(comment.count)) + comment
    }

    private func entry(_ record: Record, at place: Int) -> [UInt8] {
        let size = UInt32(record.data.count)
        let (count, packed) = (record.count ?? size, record.packedCount ?? size)
        let start = record.start ?? UInt32(place)
        let large = [UInt64(count), UInt64(packed), UInt64(start)].flatMap(Pickle.little)
        let extra = record.extra + (isLarge ? Pickle.little(1 as UInt16) + Pickle.little(24 as UInt16) + large : [])
        var entry = Pickle.little(0x0201_4B50 as UInt32) + [0, 0, 0, 0]
        entry += Pickle.little(record.flags) + Pickle.little(record.method) + [UInt8](repeating: 0, count: 8)
        entry += Pickle.little(isLarge ? .max : packed) + Pickle.little(isLarge ? .max : count)
        entry += Pickle.little(UInt16(record.name.utf8.count)) + Pickle.little(UInt16(extra.count))
        entry += [UInt8](repeating: 0, count: 10) + Pickle.little(isLarge ? .max : start)
        return entry + Array(record.name.utf8) + extra
    }

    private func largeEnd(_ start: Int, _ size: Int) -> [UInt8] {
        let count = Pickle.little(UInt64(records.count))
        let record =
            Pickle.little(0x0606_4B50 as UInt32) + Pickle.little(44 as UInt64) + [UInt8](repeating: 0, count: 12)
            + count + count + Pickle.little(UInt64(size)) + Pickle.little(UInt64(start))
        return record + Pickle.little(0x0706_4B50 as UInt32) + [0, 0, 0, 0]
            + Pickle.little(UInt64(start + size)) + Pickle.little(1 as UInt32)
    }
}
