/// The members of a batch, before they are copied together.
struct BatchDraft: Sendable {
    var groups: [PreparedGroup]
    var epoch: Int
    var step: Int
    var next: LoaderPosition
}

/// Sorts prepared groups, which come in the order of the epochs, into batches.
///
/// This is the one place that decides which pairs share a batch. It sees groups one after the other, whatever the
/// threads that prepared them, so that the batches depend on the order alone.
struct BatchAssembler {
    /// The number of groups in an epoch.
    let count: Int
    let groupsPerBatch: Int
    let dropsLast: Bool
    let distinctCaptions: Bool
    /// Where the next batch begins but for the groups in `current`.
    private(set) var position: LoaderPosition
    /// The members of the next batch so far.
    private(set) var current: [PreparedGroup] = []
    private var captions: Set<[Int32]> = []
    /// The groups that wait for a batch without their captions, in their order.
    private(set) var waiting: [PreparedGroup] = []
    /// How many groups of `position.deferred` are still to come before the order goes on.
    private var restoring: Int

    init(count: Int, groupsPerBatch: Int, options: LoaderOptions, from position: LoaderPosition) {
        self.count = count
        self.groupsPerBatch = groupsPerBatch
        dropsLast = options.dropsLast
        distinctCaptions = options.distinctCaptions
        self.position = position
        restoring = position.deferred.count
    }

    /// Takes the next group of the order, or `nil` for one that could not be read.
    ///
    /// - Returns: The batches that are complete with it, and whether an epoch ended that gave no batch at all.
    mutating func add(_ group: PreparedGroup?) -> (drafts: [BatchDraft], isEmptyEpoch: Bool) {
        var drafts: [BatchDraft] = []
        if restoring > 0 {
            restoring -= 1
            if let group { waiting.append(group) }
            if restoring == 0 { fill(&drafts) }
        } else {
            position.cursor += 1
            if let group { place(group, &drafts) }
        }
        guard position.cursor == count, restoring == 0 else { return (drafts, false) }
        finishEpoch(&drafts)
        let isEmpty = position.step == 0
        position = position.nextEpoch
        return (drafts, isEmpty)
    }

    private mutating func place(_ group: PreparedGroup, _ drafts: inout [BatchDraft]) {
        if fits(group) {
            join(group, &drafts)
        } else if waiting.count < 2 * groupsPerBatch {
            waiting.append(group)
        } else {
            waiting.append(group)
            join(waiting.removeFirst(), &drafts)
        }
    }

    private func fits(_ group: PreparedGroup) -> Bool {
        !distinctCaptions || !group.samples.contains { captions.contains($0.ids) }
    }

    private mutating func join(_ group: PreparedGroup, _ drafts: inout [BatchDraft]) {
        current.append(group)
        if distinctCaptions { captions.formUnion(group.samples.map(\.ids)) }
        guard current.count == groupsPerBatch else { return }
        close(&drafts)
        fill(&drafts)
    }

    /// Begins a batch with the groups that wait, as far as their captions allow it.
    private mutating func fill(_ drafts: inout [BatchDraft]) {
        var index = 0
        while index < waiting.count {
            guard fits(waiting[index]) else {
                index += 1
                continue
            }
            let group = waiting.remove(at: index)
            current.append(group)
            if distinctCaptions { captions.formUnion(group.samples.map(\.ids)) }
            if current.count == groupsPerBatch {
                close(&drafts)
                index = 0
            }
        }
    }

    private mutating func close(_ drafts: inout [BatchDraft]) {
        let (epoch, step) = (position.epoch, position.step)
        position.step += 1
        position.samplesSeen += current.reduce(0) { $0 + $1.samples.count }
        position.deferred = waiting.map(\.place)
        drafts.append(BatchDraft(groups: current, epoch: epoch, step: step, next: position))
        current = []
        captions = []
    }

    /// What is left over makes smaller batches, or none.
    private mutating func finishEpoch(_ drafts: inout [BatchDraft]) {
        while !dropsLast && !current.isEmpty {
            close(&drafts)
            fill(&drafts)
        }
        current = []
        captions = []
        waiting = []
    }
}
