package import CLIPFiles

/// What came of one task on one data set with one model, as reports and files have it.
package struct Evaluation: Sendable {
    /// What was asked, by CLIP_benchmark's names.
    package enum Task: String, Sendable, Hashable {
        case zeroShot = "zeroshot_classification"
        case retrieval = "zeroshot_retrieval"
        case probe = "linear_probe"
        case fewShot = "few_shot"
        case robustness = "robustness"
    }

    package var task: Task
    /// The model, as the user named it.
    package var model: String
    /// The data set's name.
    package var dataset: String
    /// The number of images that count.
    package var images: Int
    /// The number of those that do not, since they could not be read or have no label.
    package var leftOut: Int
    package var figures: [Figure]
    /// What else the task tells, for the document.
    package var details: [JSON.Member] = []

    package init(
        task: Task, model: String, dataset: String, images: Int, leftOut: Int, figures: [Figure],
        details: [JSON.Member] = []
    ) {
        (self.task, self.model, self.dataset) = (task, model, dataset)
        (self.images, self.leftOut, self.figures, self.details) = (images, leftOut, figures, details)
    }

    /// The document: the figures with their intervals, and the details.
    package var json: JSON {
        let metrics = figures.map { figure -> JSON.Member in
            var value: [JSON.Member] = [JSON.Member("value", .number(figure.value))]
            if let low = figure.low, let high = figure.high {
                value += [JSON.Member("low", .number(low)), JSON.Member("high", .number(high))]
            }
            return JSON.Member(figure.name, .object(value))
        }
        return .object(
            [
                JSON.Member("task", .string(task.rawValue)), JSON.Member("model", .string(model)),
                JSON.Member("dataset", .string(dataset)), JSON.Member("images", .integer(images)),
                JSON.Member("left_out", .integer(leftOut)), JSON.Member("metrics", .object(metrics)),
            ] + details)
    }

    /// The document that CLIP_benchmark writes, which its own command `build` reads.
    ///
    /// - Parameter architecture: The model's architecture, which is `model` there; the model itself is `pretrained`.
    package func benchmark(architecture: String) -> JSON {
        let metrics = figures.map { JSON.Member($0.name, .number($0.value)) }
        return [
            "dataset": .string(dataset), "model": .string(architecture), "pretrained": .string(model),
            "task": .string(task.rawValue), "metrics": .object(metrics), "language": "en",
        ]
    }
}

extension PairedComparison {
    /// The document of a comparison of two models.
    package func json(first model: String, second other: String, dataset: String) -> JSON {
        [
            "figure": .string(figure), "dataset": .string(dataset), "first": .string(model), "second": .string(other),
            "first_value": .number(first), "second_value": .number(second),
            "difference": .number(second - first), "low": .number(difference.lowerBound),
            "high": .number(difference.upperBound), "only_first": .integer(onlyFirst),
            "only_second": .integer(onlySecond), "p": .number(pValue),
        ]
    }
}
