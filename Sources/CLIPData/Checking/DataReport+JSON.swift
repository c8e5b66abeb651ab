package import CLIPFiles
import CLIPImaging

extension DataReport {
    /// The report as one JSON object.
    package var json: JSON {
        [
            "source": .string(source), "samples": .integer(samples), "readable": .integer(readable),
            "captions": .integer(captions), "passed_over": skipped.json,
            "unreadable": .array(
                unreadable.map {
                    .object([JSON.Member("reason", .string($0.reason))] + ($0.samples.json.members ?? []))
                }),
            "duplicate_images": duplicateImages.json, "duplicate_captions": duplicateCaptions.json,
            "caption_tokens": tokens?.json ?? .null,
            "image_sizes": [
                "width": widths.json, "height": heights.json, "shorter_side": shorterSides.json,
                "bytes": .integer(bytes),
            ],
            "formats": Self.json(formatCounts),
            "modes": Self.json(modeCounts),
        ]
    }

    private static func json(_ counts: [(name: String, count: Int)]) -> JSON {
        .object(counts.map { JSON.Member($0.name, .integer($0.count)) })
    }
}

extension BadSamples {
    fileprivate var json: JSON {
        [
            "count": .integer(count),
            "first": .array(first.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
        ]
    }
}

extension DataReport.Duplicates {
    fileprivate var json: JSON {
        [
            "groups": .integer(groups), "superfluous": .integer(superfluous),
            "largest": .array(
                largest.map { ["count": .integer($0.count), "first": .array($0.names.map { .string($0) })] }),
        ]
    }
}

extension DataReport.TokenLengths {
    fileprivate var json: JSON {
        [
            "context": .integer(context), "cut": .integer(cut), "median": .integer(quantile(0.5)),
            "p95": .integer(quantile(0.95)), "longest": .integer(quantile(1)),
            "counts": .array(counts.map { .integer($0) }),
        ]
    }
}

extension DataReport.Spread {
    fileprivate var json: JSON {
        [
            "least": .integer(quantile(0)), "p5": .integer(quantile(0.05)), "median": .integer(quantile(0.5)),
            "p95": .integer(quantile(0.95)), "largest": .integer(quantile(1)),
        ]
    }
}
