import CLIPData
import CLIPImaging

/// Pictures side by side in one.
struct ImageGrid {
    private static let gap = 2
    private var canvas: [UInt8]
    private let width: Int
    private let height: Int
    private let cell: (width: Int, height: Int)

    /// An empty grid of cells.
    init(columns: Int, rows: Int, cellWidth: Int, cellHeight: Int) {
        cell = (cellWidth, cellHeight)
        width = columns * (cellWidth + Self.gap) + Self.gap
        height = rows * (cellHeight + Self.gap) + Self.gap
        canvas = [UInt8](repeating: 255, count: width * height * 3)
    }

    /// Puts an RGB picture, which is not larger than a cell, into one; with a frame around the cell where there is a colour.
    mutating func put(_ image: Bitmap, column: Int, row: Int, frame: [UInt8]? = nil) {
        let (left, top) = (column * (cell.width + Self.gap), row * (cell.height + Self.gap))
        if let frame {
            for y in top..<top + cell.height + 2 * Self.gap {
                for x in left..<left + cell.width + 2 * Self.gap { set(x, y, frame[...]) }
            }
        }
        for y in 0..<min(image.height, cell.height) {
            for x in 0..<min(image.width, cell.width) {
                let start = (y * image.width + x) * 3
                set(left + Self.gap + x, top + Self.gap + y, image.pixels[start..<start + 3])
            }
        }
    }

    private mutating func set(_ x: Int, _ y: Int, _ colour: ArraySlice<UInt8>) {
        canvas.replaceSubrange((y * width + x) * 3..<(y * width + x + 1) * 3, with: colour)
    }

    /// The whole picture.
    var bitmap: Bitmap { Bitmap(rgb: canvas, width: width, height: height) }
}

extension ImageGrid {
    /// About how long a side of a grid is at most.
    private static let side = 1024

    /// The first images of a batch, as the model sees them.
    static func images(of batch: Batch) -> Bitmap {
        let columns = max(1, min(8, side / batch.width))
        let rows = max(1, min(4, side / batch.height, (batch.count + columns - 1) / columns))
        var grid = ImageGrid(columns: columns, rows: rows, cellWidth: batch.width, cellHeight: batch.height)
        for index in 0..<min(batch.count, columns * rows) {
            grid.put(image(index, of: batch), column: index % columns, row: index / columns)
        }
        return grid.bitmap
    }

    private static func image(_ index: Int, of batch: Batch) -> Bitmap {
        let area = batch.width * batch.height
        let start = index * 3 * area
        var pixels = [UInt8](repeating: 0, count: 3 * area)
        for pixel in 0..<area {
            for channel in 0..<3 { pixels[3 * pixel + channel] = batch.pixels[start + channel * area + pixel] }
        }
        return Bitmap(rgb: pixels, width: batch.width, height: batch.height)
    }

    private static let right: [UInt8] = [29, 127, 78]

    /// The right picture of each caption, and beside it those that the caption finds, the right ones framed.
    static func retrieval(_ found: RetrievalGrid) throws -> Bitmap {
        let side = RetrievalGridMaker.side
        let columns = 1 + (found.queries.map(\.found.count).max() ?? 0)
        var grid = ImageGrid(columns: columns, rows: max(1, found.queries.count), cellWidth: side, cellHeight: side)
        for (row, query) in found.queries.enumerated() {
            grid.put(try query.own.bitmap(), column: 0, row: row)
            for (column, image) in query.found.enumerated() {
                grid.put(
                    try image.image.bitmap(), column: column + 1, row: row, frame: image.isRight ? Self.right : nil)
            }
        }
        return grid.bitmap
    }
}
