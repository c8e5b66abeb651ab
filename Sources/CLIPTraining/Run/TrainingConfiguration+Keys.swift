import CLIPData
import CLIPImaging
import CLIPModels

extension TrainingConfiguration {
    /// A configuration that leaves nothing out, whose values mean nothing: an unknown key is told the known ones by it.
    static var complete: TrainingConfiguration {
        var run = TrainingConfiguration()
        run.data = .complete
        (run.model, run.start) = (.preset(""), "")
        run.lock = LockConfiguration(image: .init(), text: .init())
        var lora = LoRAConfiguration()
        lora.from = ""
        run.lora = lora
        run.head = HeadConfiguration(classColumn: "")
        run.tokenizer = TokenizerConfiguration(from: "", learn: 0)
        var augmentation = ImageAugmentation()
        augmentation.jitter = ColorJitter()
        run.augmentation = augmentation
        run.optimiser.gradientNormLimit = 0
        (run.epochs, run.steps) = (0, 0)
        (run.microBatchSize, run.averageDecay) = (0, 0)
        run.distillation = DistillationConfiguration(teacher: "")
        var validation = ValidationConfiguration()
        validation.data = .complete
        validation.batchSize = 0
        run.validation = validation
        return run
    }
}

extension DataConfiguration {
    /// The same of data.
    fileprivate static var complete: DataConfiguration {
        var data = source
        data.mixture = [Part(source)]
        data.shardWeights = [0]
        let stage = EmojiPairs.Stage(until: 0, singleKind: 0, twins: 0, placesFirst: 0, kinds: 0)
        data.emoji = EmojiConfiguration(stages: [stage])
        return data
    }

    private static var source: DataConfiguration {
        var data = DataConfiguration()
        (data.table, data.jsonl, data.folder, data.coco, data.karpathy) = ("", "", "", "", "")
        (data.shards, data.splits) = ("", [.train])
        (data.separator, data.imageColumn, data.captionColumn, data.imageFolder) = ("", "", "", "")
        data.captions = ["{title}"]
        data.shortestEdge = 0
        return data
    }
}
