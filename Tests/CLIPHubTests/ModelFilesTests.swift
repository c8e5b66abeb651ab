import CLIPHub
import Testing

struct ModelFilesTests {
    private func weights(_ names: [String], present: Set<String> = []) -> [String]? {
        ModelFiles.chosen(from: names, present: present)?.filter { !ModelFiles.small.contains($0) }
    }

    @Test("of Hugging Face's CLIP, descriptions, vocabulary and safetensors are taken, no other framework's weights")
    func huggingFace() {
        let names = [
            ".gitattributes", "README.md", "config.json", "flax_model.msgpack", "merges.txt", "model.safetensors",
            "preprocessor_config.json", "pytorch_model.bin", "special_tokens_map.json", "tf_model.h5", "tokenizer.json",
            "tokenizer_config.json", "vocab.json", "onnx/model.onnx", "0_CLIPModel/model.safetensors",
        ]
        #expect(
            ModelFiles.chosen(from: names) == [
                "config.json", "preprocessor_config.json", "vocab.json", "merges.txt", "tokenizer.json",
                "tokenizer_config.json", "special_tokens_map.json", "model.safetensors",
            ])
    }

    @Test("of a SigLIP the vocabulary of SentencePiece is taken")
    func sigLIP() {
        let names = ["config.json", "model.safetensors", "spiece.model", "tokenizer.model", "a/spiece.model"]
        #expect(
            ModelFiles.chosen(from: names) == ["config.json", "spiece.model", "tokenizer.model", "model.safetensors"])
    }

    @Test("where both layouts are there, open_clip's safetensors are taken, or those that are in the cache")
    func bothLayouts() {
        let names = [
            "open_clip_config.json", "config.json", "model.safetensors", "open_clip_model.safetensors",
            "open_clip_pytorch_model.bin", "pytorch_model.bin",
        ]
        #expect(weights(names) == ["open_clip_model.safetensors"])
        #expect(weights(names, present: ["model.safetensors"]) == ["model.safetensors"])
        #expect(weights(names, present: ["pytorch_model.bin"]) == ["open_clip_model.safetensors"])
        #expect(weights(names.filter { $0 != "open_clip_config.json" }) == ["model.safetensors"])
    }

    @Test("safetensors are preferred to pickles, whatever their layout")
    func formats() {
        #expect(
            weights(["open_clip_config.json", "open_clip_pytorch_model.bin", "model.safetensors"]) == [
                "model.safetensors"
            ])
        #expect(
            weights(["open_clip_config.json", "open_clip_pytorch_model.bin", "pytorch_model.bin"]) == [
                "open_clip_pytorch_model.bin"
            ])
        #expect(weights(["config.json", "pytorch_model.bin", "x.pt"]) == ["pytorch_model.bin"])
        #expect(weights(["config.json", "open_clip_pytorch_model.bin"]) == ["open_clip_pytorch_model.bin"])
    }

    @Test("shards are taken with their index, when all of them are there", arguments: ["safetensors", "bin"])
    func shards(suffix: String) {
        let stem = suffix == "bin" ? "pytorch_model" : "model"
        let index = "\(stem).\(suffix).index.json"
        let shards = (1...3).map { "\(stem)-0000\($0)-of-00003.\(suffix)" }
        #expect(weights(["config.json", index] + shards.reversed()) == [index] + shards)
        #expect(weights(["config.json", index] + shards.dropLast()) == nil)
        #expect(weights(["config.json"] + shards) == nil)
        #expect(weights(["config.json", index] + shards + ["\(stem).\(suffix)"]) == ["\(stem).\(suffix)"])
        #expect(weights([index, "\(stem)-00001-of-99999.\(suffix)", "\(stem)-00001-of-0000x.\(suffix)"]) == nil)
    }

    @Test("a .pt file is taken where it is the only one")
    func loneFile() {
        #expect(weights(["ViT-B-32.pt", "README.md"]) == ["ViT-B-32.pt"])
        #expect(weights(["a.pt", "b.pt"]) == nil)
        #expect(weights(["a/b.pt", ".pt"]) == nil)
    }

    @Test("a repository without weights has no model")
    func none() {
        #expect(ModelFiles.chosen(from: ["config.json", "vocab.json"]) == nil)
        #expect(ModelFiles.chosen(from: []) == nil)
    }
}
