internal import CLIPFiles
internal import CLIPImaging
internal import CLIPModels
internal import CLIPTensor

extension ModelFolder {
    /// What differs from most models, a line each.
    var peculiarities: [String] {
        [reading, activations, towers, text, resizing, colours, types].flatMap { $0 }
    }

    private var reading: [String] {
        var lines: [String] = []
        if layout == .weights { lines.append("no configuration beside the weights; told by \(configurationSource)") }
        if preprocessingFile == nil {
            lines.append("nothing says what is done to images; the layout's defaults are taken")
        }
        if isResized { lines.append("positions are interpolated to \(configuration.vision.imageSize) pixels") }
        return lines
    }

    private var activations: [String] {
        let (image, text) = (configuration.vision.activation, configuration.text.activation)
        guard let image, image != text else { return [] }
        return ["the towers' activations differ: \(image.rawValue) and \(text.rawValue)"]
    }

    private var towers: [String] {
        var lines: [String] = []
        if case .transformer(let tower) = configuration.vision {
            if tower.pooling == .average { lines.append("the image's feature is the mean of its patches") }
            if !tower.hasNormBefore { lines.append("no norm before the first block of the image tower") }
            if tower.layerScale != nil { lines.append("gains on what the image tower's blocks add") }
        }
        if configuration.initialLogitBias != nil {
            lines.append("a logit bias: probabilities are sigmoids, one for each pair")
        }
        return lines
    }

    private var text: [String] {
        let text = configuration.text
        var lines: [String] = []
        if !text.isCausal { lines.append("the text tower sees both ways") }
        if text.isPaddedAlways { lines.append("texts are padded to \(text.contextLength) tokens always") }
        switch text.pooling {
        case .highestToken, .token: break
        case .first, .last: lines.append("a text's feature is read at the \(text.pooling.name) position")
        }
        if text.projection == .none { lines.append("a text's feature is its embedding, without a projection") }
        return lines
    }

    private var resizing: [String] {
        var lines: [String] = []
        if preprocessing.resizeMode != .shortest {
            lines.append("images are resized by \(preprocessing.resizeMode.rawValue)")
        }
        if preprocessing.interpolation != .bicubic {
            lines.append("images are resized by \(preprocessing.interpolation.rawValue) interpolation")
        }
        return lines
    }

    private var colours: [String] {
        guard preprocessing.mean != ImagePreprocessing.openAIMean || preprocessing.std != ImagePreprocessing.openAIStd
        else { return [] }
        return ["images are normalised by the mean \(preprocessing.mean) and the deviation \(preprocessing.std)"]
    }

    private var types: [String] {
        let types = weights.elementCounts.keys.filter(\.isFloatingPoint)
        return types.count > 1
            ? ["weights of several types: \(types.map { "\($0)" }.sorted().joined(separator: ", "))"] : []
    }
}
